//! Real signatures: what a doctor's key signs is what the service takes, and nothing else is.
use crate::sample::{first, pretended};
use crate::transport::{TODAY, web};
use futures_util::FutureExt as _;
use karute_eprescription::client::{Client, ClientError};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::{Envelope, SignedXml, UnsignedEnvelope};
use karute_eprescription::{Hpki, LAYOUT, SignError, Signature, Signer, sign, signature};
use karute_japan::{Clock, Date, ManualClock, Timestamp};
use karute_sandbox::Sandbox;
use karute_sandbox::eprescription::{Hpki as Verifier, Settings};
use karute_signing::authority::{Holder, Issued, TestAuthority};
use karute_signing::{Certificate, KeySigner, Role, Rules};
use std::io::ErrorKind;
use std::process::Command;
use std::sync::{Arc, OnceLock};

/// One authority and its people: keys are slow to make.
pub(crate) struct World {
    pub(crate) authority: TestAuthority,
    pub(crate) doctor: Issued,
    pub(crate) nurse: Issued,
}

fn day(year: i16, month: i8, day: i8) -> Timestamp {
    Timestamp::in_japan(Date::new(year, month, day).unwrap(), 12, 0, 0)
}

pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let life = (day(2025, 4, 1), day(2029, 3, 31));
        let authority = TestAuthority::new((day(2020, 1, 1), day(2045, 1, 1))).unwrap();
        let doctor = authority.issue(&Holder::doctor("KAKUU TARO", "架空　太郎", life)).unwrap();
        let nurse = Holder { role: Some(Role::Nurse), ..Holder::doctor("KAKUU JIRO", "架空　次郎", life) };
        let nurse = authority.issue(&nurse).unwrap();
        World { authority, doctor, nurse }
    })
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()
}

/// A signer with the key of `whose`; `rules` are its own.
fn signer(whose: &Issued, rules: Rules) -> Hpki {
    let key = KeySigner::new(whose.local_key().unwrap(), rules).unwrap();
    Hpki::new(Arc::new(key), Profile::built_in())
}

fn unsigned() -> UnsignedEnvelope {
    let profile = Profile::built_in();
    UnsignedEnvelope::new(&first(TODAY).to_csv(&profile).unwrap(), &profile)
}

fn signed() -> Signature {
    let signer = signer(&world().doctor, signature::rules());
    sign(&signer, &unsigned(), now()).now_or_never().unwrap().unwrap()
}

/// A service that verifies signatures in earnest; `revoked` since two days.
fn service(revoked: &[&Certificate]) -> (Client, Sandbox) {
    let clock = Arc::new(ManualClock::new(now()));
    let revoked: Vec<_> = revoked.iter().map(|certificate| (*certificate, day(2026, 6, 13))).collect();
    let trust = world().authority.trust(&revoked).unwrap();
    let settings = Settings { signatures: Arc::new(Verifier::new(trust)), ..Settings::default() };
    let sandbox = Sandbox::with(Arc::clone(&clock) as Arc<dyn Clock>, settings).unwrap();
    (web(&sandbox, clock), sandbox)
}

/// The service's code for a document that it does not take.
async fn refused(client: &Client, bytes: Vec<u8>) -> String {
    let document = SignedXml::new(bytes, &Profile::built_in()).unwrap();
    match client.register(Envelope::Electronic(document), "RX-1").await {
        Err(ClientError::Declined(outcome)) => outcome.code,
        other => panic!("{other:?}"),
    }
}

fn code(name: &str) -> String {
    Profile::built_in().result_code(name).to_owned()
}

#[tokio::test]
async fn what_a_doctors_key_signs_is_registered_and_told_to_the_audit_trail() {
    let Signature { document, record } = signed();
    assert!(document.signs(&unsigned()));
    assert_eq!((record.holder.as_str(), record.roles.as_slice()), ("架空　太郎", &["Medical Doctor".to_owned()][..]));
    assert_eq!(record.document_sha256, karute_crypto::sha256(document.bytes()).to_hex());
    let (client, sandbox) = service(&[]);
    let ids = client.register(Envelope::Electronic(document), "RX-1").await.unwrap();
    assert!(!ids.access_code.is_empty());
    assert_eq!(sandbox.eprescription().standing(), 1);
}

#[tokio::test]
async fn what_was_altered_pretended_or_revoked_is_not_taken() {
    let (client, sandbox) = service(&[]);
    let text = String::from_utf8(signed().document.bytes().to_vec()).unwrap();
    // Another content under the same signature.
    let profile = Profile::built_in();
    let mut other = first(TODAY);
    other.groups[0].quantity += 1;
    let other = UnsignedEnvelope::new(&other.to_csv(&profile).unwrap(), &profile);
    let content = |envelope: &[u8]| {
        let text = String::from_utf8(envelope.to_vec()).unwrap();
        let (_, rest) = text.split_once("id=\"PrescriptionDocument\">").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let altered = text.replacen(&content(unsigned().bytes()), &content(other.bytes()), 1);
    assert_ne!(altered, text);
    assert_eq!(refused(&client, altered.into_bytes()).await, code("signature_invalid"));
    // A signature that only looks like one.
    assert_eq!(refused(&client, pretended(&unsigned()).bytes().to_vec()).await, code("signature_invalid"));
    assert_eq!(sandbox.eprescription().standing(), 0);
    // A certificate that was revoked before.
    let (client, sandbox) = service(&[&world().doctor.certificate]);
    assert_eq!(refused(&client, text.into_bytes()).await, code("certificate_expired"));
    assert_eq!(sandbox.eprescription().standing(), 0);
}

#[tokio::test]
async fn only_doctors_sign_prescriptions() {
    // Ours does not let a nurse's certificate through, whatever the key's own rules allow.
    let lenient = Rules { roles: Vec::new(), ..signature::rules() };
    let nurse = signer(&world().nurse, lenient.clone());
    assert_eq!(sign(&nurse, &unsigned(), now()).await.map(drop), Err(SignError::Certificate));
    let strict = KeySigner::new(world().nurse.local_key().unwrap(), signature::rules());
    assert!(strict.is_err());
    // Nor does the service, when the document comes from elsewhere.
    let key = KeySigner::new(world().nurse.local_key().unwrap(), lenient).unwrap();
    let signed = key.sign_now(unsigned().bytes(), &LAYOUT, now()).unwrap();
    let (client, sandbox) = service(&[]);
    assert_eq!(refused(&client, signed.document).await, code("role_wrong"));
    assert_eq!(sandbox.eprescription().standing(), 0);
}

/// A signer that answers with another document.
struct Mistaken(Hpki);

impl Signer for Mistaken {
    fn kind(&self) -> karute_signing::SignerKind {
        self.0.kind()
    }
    fn sign<'s>(
        &'s self,
        _document: &'s UnsignedEnvelope,
        at: Timestamp,
    ) -> futures_util::future::BoxFuture<'s, Result<Signature, SignError>> {
        Box::pin(async move {
            let profile = Profile::built_in();
            let other = UnsignedEnvelope::new(crate::sample::SECOND.as_bytes(), &profile);
            self.0.sign(&other, at).await
        })
    }
}

#[tokio::test]
async fn a_signature_of_another_document_is_not_taken_from_a_signer() {
    let mistaken = Mistaken(signer(&world().doctor, signature::rules()));
    assert_eq!(sign(&mistaken, &unsigned(), now()).await.map(drop), Err(SignError::Foreign));
    // A certificate that has run out signs nothing.
    let doctor = signer(&world().doctor, signature::rules());
    assert_eq!(sign(&doctor, &unsigned(), day(2030, 1, 1)).await.map(drop), Err(SignError::Certificate));
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
#[allow(clippy::print_stderr)]
fn xmlsec1_accepts_the_signed_prescription_and_refuses_a_changed_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("root.pem"), pem("CERTIFICATE", world().authority.root().der())).unwrap();
    std::fs::write(path("people.pem"), pem("CERTIFICATE", world().authority.people().der())).unwrap();
    let check = |document: &str| {
        std::fs::write(path("signed.xml"), document).unwrap();
        let args = [
            ["--verify", "--enabled-key-data", "x509"].map(str::to_owned).to_vec(),
            vec!["--trusted-pem".to_owned(), path("root.pem"), "--untrusted-pem".to_owned(), path("people.pem")],
            ["--verification-time", "2026-06-15+10:00:00", "--id-attr:id", "PrescriptionDocument", "--id-attr:Id"]
                .map(str::to_owned)
                .to_vec(),
            vec!["KeyInfo".to_owned(), "--id-attr:Id".to_owned(), "SignedProperties".to_owned(), path("signed.xml")],
        ];
        match Command::new("xmlsec1").args(args.concat()).output() {
            Ok(output) => Some(output),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("SKIPPED: xmlsec1 is not installed; `cargo xtask test` installs it");
                None
            }
            Err(error) => panic!("xmlsec1: {error}"),
        }
    };
    let document = String::from_utf8(signed().document.bytes().to_vec()).unwrap();
    let Some(output) = check(&document) else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("SignedInfo References (ok/all): 3/3"), "{said}");
    let changed = document.replacen("U0ox", "U0oy", 1);
    assert_ne!(changed, document);
    assert!(!check(&changed).unwrap().status.success());
}
