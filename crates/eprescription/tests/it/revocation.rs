//! A certificate that was revoked or whose time is over is seen before anything is issued with it.
use crate::sample::first;
use crate::signed::{now, world};
use crate::stage;
use crate::transport::TODAY;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_eprescription::client::{Network, NetworkError};
use karute_eprescription::office::{Office, Parts, RevocationSetting, SigningSetting, set_signing};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::UnsignedEnvelope;
use karute_eprescription::{Hpki, SignError, sign, signature};
use karute_japan::{Clock, ManualClock};
use karute_signing::{Certificate, KeySigner};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A network on which lists can be fetched.
struct Lists(Files);

impl Network for Lists {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
        _: usize,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, NetworkError>> {
        let found = self.0.lock().unwrap().get(&request.uri().to_string()).cloned();
        Box::pin(async move { found.map(|der| http::Response::new(Bytes::from(der))).ok_or(NetworkError::Unreachable) })
    }
}

fn pem(certificates: &[&Certificate]) -> String {
    let one = |certificate: &&Certificate| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate.der()))
    };
    certificates.iter().map(one).collect()
}

#[tokio::test]
async fn what_the_fetched_list_revokes_signs_nothing_and_stays_revoked() {
    let clock = Arc::new(ManualClock::new(now()));
    let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let (ledger, access, dir) = stage::open(false, Arc::clone(&time)).await;
    let files: Files = Arc::default();
    let served = Arc::clone(&files);
    let office = Office::new(Parts {
        ledger,
        profile: Profile::built_in(),
        clock: time,
        key: stage::key(),
        dial: Box::new(move |_| Ok(Arc::new(Lists(Arc::clone(&served))))),
    });
    let world = world();
    let authorities = dir.path().join("hpki.pem");
    std::fs::write(&authorities, pem(&[world.authority.root(), world.authority.people()])).unwrap();
    let url = "http://crl.example/people.crl";
    let revocation =
        RevocationSetting { authorities, lists: vec![url.to_owned(), "http://crl.example/away.crl".into()] };
    set_signing(&access, &SigningSetting { revocation: Some(revocation), ..SigningSetting::default() }).await.unwrap();
    let signer = KeySigner::new(world.doctor.local_key().unwrap(), signature::rules()).unwrap();
    office.lend(access.tenant(), "dr", Arc::new(Hpki::new(Arc::new(signer), Profile::built_in())));
    let profile = Profile::built_in();
    let document = UnsignedEnvelope::new(&first(TODAY).to_csv(&profile).unwrap(), &profile);
    let signed = async || {
        let signer = office.signer(&access, "dr").await.unwrap().unwrap();
        sign(&*signer, &document, clock.now()).await.map(drop)
    };
    let life = (now().plus_ms(-86_400_000), now().plus_ms(30 * 86_400_000));
    let list = |revoked: &[(&Certificate, karute_japan::Timestamp)]| {
        world.authority.crls(revoked, life).unwrap()[0].der().to_vec()
    };
    // Without any list nothing speaks against it; rubble is no list.
    assert_eq!(signed().await, Ok(()));
    files.lock().unwrap().insert(url.to_owned(), b"<html>".to_vec());
    assert_eq!(office.fetch_lists(&access).await.unwrap(), 0);
    files.lock().unwrap().insert(url.to_owned(), list(&[]));
    assert_eq!(office.fetch_lists(&access).await.unwrap(), 1);
    assert_eq!(signed().await, Ok(()));
    // Young lists are not fetched again; an older one is, and revokes.
    files.lock().unwrap().insert(url.to_owned(), list(&[(&world.doctor.certificate, now().plus_ms(-3_600_000))]));
    assert_eq!(office.fetch_lists(&access).await.unwrap(), 0);
    clock.advance_ms(7 * 3_600_000);
    assert_eq!(office.fetch_lists(&access).await.unwrap(), 1);
    assert_eq!(signed().await, Err(SignError::Certificate));
    // A list that does not come any more changes nothing.
    files.lock().unwrap().clear();
    clock.advance_ms(7 * 3_600_000);
    assert_eq!(office.fetch_lists(&access).await.unwrap(), 0);
    assert_eq!(signed().await, Err(SignError::Certificate));
}
