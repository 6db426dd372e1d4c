//! What an operator sets: how an institution reaches the service, and with what its doctors sign.
use crate::sample::first;
use crate::signed::{now, world};
use crate::stage;
use crate::transport::TODAY;
use karute_eprescription::flow::Form;
use karute_eprescription::office::{Connection, Office, OfficeError, Parts, Way, connection, dial, set_connection};
use karute_eprescription::profile::Profile;
use karute_eprescription::sign;
use karute_eprescription::wire::envelope::UnsignedEnvelope;
use karute_japan::{Clock, ManualClock};
use karute_ledger::{Access, AuditFilter, Ledger};
use karute_signing::authority::Issued;
use karute_signing::{SignError, SignerKind};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const PASSWORD: &str = "正しい言葉 1";

async fn opened(postgres: bool) -> (Ledger, Access, tempfile::TempDir, Office) {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(now()));
    let (ledger, access, dir) = stage::open(postgres, Arc::clone(&clock)).await;
    let office = office(&ledger, clock);
    (ledger, access, dir, office)
}

fn office(ledger: &Ledger, clock: Arc<dyn Clock>) -> Office {
    let profile = Profile::built_in();
    Office::new(Parts { ledger: ledger.clone(), profile, clock, key: stage::key(), dial: dial() })
}

#[allow(clippy::print_stderr)]
fn skipped() {
    eprintln!("SKIPPED: openssl is not installed; `cargo xtask test` installs it");
}

/// A PKCS#12 file made by OpenSSL; `None`, loudly, where there is no OpenSSL.
fn pkcs12(whose: &Issued) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("key.der"), &*whose.key).unwrap();
    std::fs::write(path("cert.der"), whose.certificate.der()).unwrap();
    let openssl = |args: &[&str]| match Command::new("openssl").args(args).output() {
        Ok(output) => {
            assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(())
        }
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
            skipped();
            None
        }
    };
    openssl(&["pkey", "-inform", "DER", "-in", &path("key.der"), "-out", &path("key.pem")])?;
    openssl(&["x509", "-inform", "DER", "-in", &path("cert.der"), "-out", &path("cert.pem")])?;
    let pass = format!("pass:{PASSWORD}");
    let (key, cert, out) = (path("key.pem"), path("cert.pem"), path("out.p12"));
    openssl(&["pkcs12", "-export", "-inkey", &key, "-in", &cert, "-out", &out, "-passout", &pass])?;
    Some(std::fs::read(path("out.p12")).unwrap())
}

async fn a_doctors_key_file_is_kept_sealed_and_signs(postgres: bool) {
    let Some((doctors, nurses)) = pkcs12(&world().doctor).zip(pkcs12(&world().nurse)) else { return };
    let (ledger, access, _dir, kept_by) = opened(postgres).await;
    let wrong = kept_by.keep_key(&access, "dr", doctors.clone(), "違う言葉".to_owned()).await;
    assert!(matches!(wrong, Err(OfficeError::Key(SignError::Password))), "{wrong:?}");
    let broken = kept_by.keep_key(&access, "dr", b"no file".to_vec(), PASSWORD.to_owned()).await;
    assert!(matches!(broken, Err(OfficeError::Key(SignError::KeyFile { .. }))), "{broken:?}");
    let huge = kept_by.keep_key(&access, "dr", vec![0x30; 1 << 20], PASSWORD.to_owned()).await;
    assert!(matches!(huge, Err(OfficeError::Damaged)), "{huge:?}");
    let nurse = kept_by.keep_key(&access, "dr", nurses, PASSWORD.to_owned()).await;
    assert!(matches!(nurse, Err(OfficeError::Key(SignError::Refused(_)))), "{nurse:?}");
    assert!(kept_by.signer(&access, "dr").await.unwrap().is_none(), "nothing of these is kept");

    kept_by.keep_key(&access, "dr", doctors, PASSWORD.to_owned()).await.unwrap();
    let events = access.audit_events(AuditFilter { limit: 1, ..AuditFilter::default() }).await.unwrap();
    assert!(events[0].body.contains("署名用の鍵を登録: dr") && !events[0].body.contains("言葉"), "{}", events[0].body);
    let sealed = access.doc("eprescription.key", "dr").await.unwrap().unwrap();
    assert!(!sealed.contains("言葉") && !sealed.contains("file"), "nothing of it can be read");
    // Another process, later.
    let office = office(&ledger, Arc::new(ManualClock::new(now())));
    let signer = office.signer(&access, "dr").await.unwrap().unwrap();
    assert_eq!(signer.kind(), SignerKind::LocalKey);
    let profile = Profile::built_in();
    let document = UnsignedEnvelope::new(&first(TODAY).to_csv(&profile).unwrap(), &profile);
    assert!(sign(&*signer, &document, now()).await.unwrap().document.signs(&document));
    // Neither somebody else's nor another institution's, not even by copying what is kept.
    assert!(office.signer(&access, "other").await.unwrap().is_none());
    let elsewhere = stage::institution(&ledger, "elsewhere", "1319900028").await;
    assert!(office.signer(&elsewhere, "dr").await.unwrap().is_none());
    for (to, person) in [(&elsewhere, "dr"), (&access, "thief")] {
        let mut commit = karute_ledger::Commit::new(karute_ledger::Action::Administer);
        let (key, value) = (person.to_owned(), sealed.clone());
        commit.docs.push(karute_ledger::Doc::Put { space: "eprescription.key", key, value, expires: None });
        to.commit(commit).await.unwrap();
        assert!(matches!(office.signer(to, person).await, Err(OfficeError::Damaged)));
    }
}

async fn the_service_is_reached_as_it_is_set(postgres: bool) {
    let (_ledger, access, dir, office) = opened(postgres).await;
    assert!(connection(&access).await.unwrap().is_none() && office.reach(&access).await.unwrap().is_none());
    let folder = |sandbox| Connection {
        way: Way::Folder { requests: dir.path().join("req"), results: dir.path().join("res") },
        sandbox,
        form: Form::Paper,
    };
    // The real service: refused while an entry of the profile is assumed.
    set_connection(&access, Some(&folder(false))).await.unwrap();
    assert!(matches!(office.reach(&access).await, Err(OfficeError::Profile(_))));
    set_connection(&access, Some(&folder(true))).await.unwrap();
    let reached = office.reach(&access).await.unwrap().unwrap();
    assert_eq!(reached.connection, folder(true));
    assert!(Arc::ptr_eq(&reached, &office.reach(&access).await.unwrap().unwrap()), "made once");

    let web = |base: &str, password: String, trust: Option<&Path>| Connection {
        way: Way::WebApi {
            base: base.to_owned(),
            user: "u".to_owned(),
            password,
            trust: trust.map(Path::to_owned),
            certificate: None,
        },
        sandbox: true,
        form: Form::Electronic,
    };
    let sealed = office.seal_password(access.tenant(), "ひみつ");
    assert!(!sealed.contains("ひみつ"));
    set_connection(&access, Some(&web("http://127.0.0.1:9/e", sealed.clone(), None))).await.unwrap();
    let other = office.reach(&access).await.unwrap().unwrap();
    assert!(!Arc::ptr_eq(&reached, &other), "a changed setting is followed");
    let open = web("http://127.0.0.1:9/e", "not sealed".to_owned(), None);
    set_connection(&access, Some(&open)).await.unwrap();
    assert!(matches!(office.reach(&access).await, Err(OfficeError::Damaged)));
    set_connection(&access, Some(&web("http://service.example/e", sealed.clone(), None))).await.unwrap();
    assert!(matches!(office.reach(&access).await, Err(OfficeError::Address(_))), "never in the clear over a network");
    let missing = dir.path().join("none.pem");
    set_connection(&access, Some(&web("https://service.example/e", sealed, Some(&missing)))).await.unwrap();
    assert!(matches!(office.reach(&access).await, Err(OfficeError::File(_))));
    set_connection(&access, None).await.unwrap();
    assert!(office.reach(&access).await.unwrap().is_none());
}

macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test] async fn $case() { super::$case(false).await; })+ }
        mod postgres { $(#[tokio::test] async fn $case() { super::$case(true).await; })+ }
    };
}

on_both!(a_doctors_key_file_is_kept_sealed_and_signs, the_service_is_reached_as_it_is_set);
