//! The vectors of e-prescription.md section 12, read from the specification itself.
use crate::setting::{LAYOUT, doctor_rules, now, signer, trust};
use karute_signing::c14n::{Method, canonical_form};
use karute_signing::verify;
use std::path::Path;

/// The specification, where it lies beside the checkout.
#[allow(clippy::print_stderr)]
fn specification() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/e-prescription.md");
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: the specification does not lie beside the checkout");
    }
    text
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// The paper envelope of the first example.
fn envelope(specification: &str) -> String {
    let base64: String = between(specification, "join the lines):\n\n```\n", "```").split_whitespace().collect();
    assert_eq!(base64.len(), 1368);
    let envelope = between(specification, "BASE64 = the string above:\n\n```xml\n", "\n```").replace("BASE64", &base64);
    assert_eq!(envelope.len(), 1736);
    envelope
}

#[test]
fn the_digests_of_the_specification_come_out() {
    use base64::Engine as _;
    let Some(specification) = specification() else { return };
    let envelope = envelope(&specification);
    let digest = |method| {
        let octets = canonical_form(envelope.as_bytes(), Some("PrescriptionDocument"), method).unwrap();
        base64::engine::general_purpose::STANDARD.encode(karute_crypto::sha256(&octets).0)
    };
    assert_eq!(digest(Method::Inclusive), between(&specification, "inclusive C14N `", "`"));
    assert_eq!(digest(Method::Exclusive), between(&specification, "exclusive C14N `", "`"));
}

#[test]
fn the_envelope_of_the_specification_is_signed_without_a_byte_of_it_changing() {
    let Some(specification) = specification() else { return };
    let envelope = envelope(&specification);
    let signed = signer().sign_now(envelope.as_bytes(), &LAYOUT, now()).unwrap();
    let text = String::from_utf8(signed.document.clone()).unwrap();
    let (before, rest) = text.split_once("<PrescriptionSign>").unwrap();
    let (_, after) = rest.split_once("</PrescriptionSign>").unwrap();
    assert_eq!([before, after].concat(), envelope);
    assert!(!text.contains('\n'));
    assert!(text.contains("<xa:SigningTime>2026-06-15T10:15:30+09:00</xa:SigningTime>"));
    let verified = verify(&signed.document, &LAYOUT, &trust(), &doctor_rules(), now()).unwrap();
    assert_eq!(verified.text.len(), 1368);
}
