//! A card, played by SoftHSM.
use crate::setting::{DOCUMENT, LAYOUT, doctor_rules, now, pem, run, skipped, trust, world};
use karute_signing::signer::pkcs11::TokenLibrary;
use karute_signing::signer::{SignerKind, SigningKey as _};
use karute_signing::{KeySigner, SignError, Signer as _, verify};
use std::path::Path;
use std::process::Command;

const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// The test that speaks to the card runs in a process of its own, because the library reads its configuration from the
/// environment.
const INSIDE: &str = "KARUTE_TEST_SOFTHSM";

#[test]
fn a_card_signs_with_its_pin() {
    if std::env::var_os(INSIDE).is_some() {
        speak_to_the_card();
        return;
    }
    if !Path::new(LIBRARY).exists() {
        skipped("softhsm2");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("tokens")).unwrap();
    std::fs::write(path("softhsm2.conf"), format!("directories.tokendir = {}\nlog.level = ERROR\n", path("tokens")))
        .unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "pkcs11::a_card_signs_with_its_pin", "--nocapture"])
        .env("SOFTHSM2_CONF", path("softhsm2.conf"))
        .env(INSIDE, folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn speak_to_the_card() {
    let folder = std::path::PathBuf::from(std::env::var_os(INSIDE).unwrap());
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let tool = |args: &[&str]| {
        let output = run("softhsm2-util", args, b"").unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    tool(&["--init-token", "--free", "--label", "HPKI TEST", "--so-pin", "12345678", "--pin", "4649"]);
    std::fs::write(path("key.pem"), pem("PRIVATE KEY", &world().doctor.key)).unwrap();
    tool(&["--import", &path("key.pem"), "--token", "HPKI TEST", "--label", "sign", "--id", "01", "--pin", "4649"]);

    let library = TokenLibrary::load(Path::new(LIBRARY)).unwrap();
    let token = library.tokens().unwrap().into_iter().find(|token| token.label == "HPKI TEST").unwrap();
    // A key without certificate is of no use.
    assert!(matches!(library.open(&token, "4649"), Err(SignError::TokenEmpty)));
    write_certificate(&token.label);

    let error = library.open(&token, "0000").unwrap_err();
    assert!(matches!(error, SignError::Pin { .. }), "{error:?}");
    assert!(!error.to_string().contains("0000"));

    let key = library.open(&token, "4649").unwrap();
    assert_eq!(key.certificate(), &world().doctor.certificate);
    assert!(!format!("{key:?}").contains("4649"));
    let signer = KeySigner::new(key, doctor_rules()).unwrap();
    assert_eq!(signer.kind(), SignerKind::Token);
    let signed = signer.sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap();
    assert_eq!(signed.record.kind, SignerKind::Token);
    assert!(verify(&signed.document, &LAYOUT, &trust(), &doctor_rules(), now()).is_ok());
    assert!(matches!(TokenLibrary::load(Path::new("/nowhere.so")), Err(SignError::TokenLibrary)));
}

/// What the issuer of a card does; a signer never writes to it.
fn write_certificate(label: &str) {
    use cryptoki::context::Pkcs11;
    use cryptoki::object::{Attribute, CertificateType, ObjectClass};
    use cryptoki::session::UserType;
    use cryptoki::types::AuthPin;
    let library = Pkcs11::new(LIBRARY).unwrap();
    let slots = library.get_slots_with_initialized_token().unwrap();
    let slot = slots.into_iter().find(|slot| library.get_token_info(*slot).unwrap().label() == label).unwrap();
    let session = library.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&AuthPin::new("4649".into()))).unwrap();
    let certificate = &world().doctor.certificate;
    session
        .create_object(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Id(vec![1]),
            Attribute::Subject(b"\x30\x00".to_vec()),
            Attribute::Value(certificate.der().to_vec()),
        ])
        .unwrap();
}
