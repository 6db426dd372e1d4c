//! Key files as OpenSSL writes them.
use crate::setting::{DOCUMENT, LAYOUT, doctor_rules, now, pem, run, trust, world};
use karute_signing::signer::SigningKey as _;
use karute_signing::signer::pkcs12;
use karute_signing::{KeySigner, LocalKey, SignError, verify};

const PASSWORD: &str = "秘密の言葉 1";

/// A file made by OpenSSL with the given options.
fn file(options: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let world = world();
    std::fs::write(path("key.pem"), pem("PRIVATE KEY", &world.doctor.key)).unwrap();
    std::fs::write(path("cert.pem"), pem("CERTIFICATE", world.doctor.certificate.der())).unwrap();
    std::fs::write(path("people.pem"), pem("CERTIFICATE", world.authority.people().der())).unwrap();
    let (key, cert, people, out) = (path("key.pem"), path("cert.pem"), path("people.pem"), path("out.p12"));
    let password = format!("pass:{PASSWORD}");
    let mut args = vec!["pkcs12", "-export", "-inkey", &key, "-in", &cert, "-certfile", &people, "-out", &out];
    args.extend(["-passout", &password]);
    args.extend(options);
    let output = run("openssl", &args, b"")?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(path("out.p12")).unwrap())
}

#[test]
fn files_of_today_are_opened_and_sign() {
    for options in [
        &[][..],
        &["-macalg", "sha512", "-keypbe", "AES-128-CBC", "-certpbe", "AES-192-CBC", "-iter", "10000"],
        &["-macalg", "sha1", "-certpbe", "NONE"],
    ] {
        let Some(file) = file(options) else { return };
        let key = LocalKey::from_pkcs12(&file, PASSWORD).unwrap();
        assert_eq!(key.certificate(), &world().doctor.certificate);
        assert_eq!(key.chain(), std::slice::from_ref(world().authority.people()));
        let signer = KeySigner::new(key, doctor_rules()).unwrap();
        let signed = signer.sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap();
        assert!(verify(&signed.document, &LAYOUT, &trust(), &doctor_rules(), now()).is_ok());
    }
}

#[test]
fn a_wrong_password_is_told_from_a_broken_or_old_file() {
    let Some(good) = file(&[]) else { return };
    for wrong in ["", "秘密の言葉", "秘密の言葉 1 "] {
        assert_eq!(pkcs12::open(&good, wrong).err(), Some(SignError::Password));
    }
    let shown = format!("{:?}", pkcs12::open(&good, PASSWORD).unwrap());
    assert!(!shown.contains("key"), "{shown}");
    assert!(matches!(pkcs12::open(&good[..good.len() / 2], PASSWORD), Err(SignError::KeyFile { .. })));
    assert!(matches!(pkcs12::open(b"", PASSWORD), Err(SignError::KeyFile { .. })));
    assert!(matches!(pkcs12::open(&vec![0x30; 2 << 20], PASSWORD), Err(SignError::KeyFile { what: "大きすぎます" })));
    // Any byte of what the MAC is over changed.
    for at in (100..good.len() - 150).step_by(97) {
        let mut broken = good.clone();
        broken[at] ^= 0x40;
        assert!(pkcs12::open(&broken, PASSWORD).is_err(), "byte {at}");
    }
    let Some(old) = file(&["-legacy"]) else { return };
    let error = pkcs12::open(&old, PASSWORD).unwrap_err();
    assert!(error.to_string().contains("古い暗号方式"), "{error}");
}

#[test]
fn a_key_needs_its_certificate() {
    let world = world();
    let others = vec![world.authority.people().clone()];
    assert!(matches!(LocalKey::from_pkcs8(&world.doctor.key, others), Err(SignError::KeyMismatch)));
    assert!(matches!(LocalKey::from_pkcs8(b"rubble", Vec::new()), Err(SignError::KeyFile { .. })));
}
