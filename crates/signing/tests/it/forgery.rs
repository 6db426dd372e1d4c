//! Documents that must not be believed: each kind of forgery has its own reason.
use crate::setting::{DOCUMENT, LAYOUT, day, doctor_rules, life, now, signed, signer, trust, world};
use base64::Engine as _;
use karute_signing::authority::{Holder, TestAuthority};
use karute_signing::{KeySigner, Part, Refusal, Role, Rules, SignError, Trust, verify};
use proptest::prelude::*;

fn judge(document: &str) -> Result<karute_signing::Verified, Refusal> {
    verify(document.as_bytes(), &LAYOUT, &trust(), &doctor_rules(), now())
}

fn reason(document: &str) -> Refusal {
    judge(document).err().unwrap_or_else(|| panic!("accepted: {document}"))
}

/// A document with the text between two marks (marks excluded) replaced.
fn replaced(document: &str, from: &str, to: &str, by: impl FnOnce(&str) -> String) -> String {
    let (before, rest) = document.split_once(from).unwrap();
    let (inner, after) = rest.split_once(to).unwrap();
    format!("{before}{from}{}{to}{after}", by(inner))
}

#[test]
fn a_sound_signature_is_accepted_and_explained() {
    let verified = judge(&signed()).unwrap();
    assert_eq!(verified.roles, [Role::Doctor]);
    assert_eq!((verified.signing_time, verified.judged_at), (now(), now()));
    assert_eq!(verified.certificate.holder(), "架空　太郎");
    assert!(verified.octets.starts_with(b"<PrescriptionDocument id=\"PrescriptionDocument\">U0oxCj"));
    let lines = verified.explain();
    assert_eq!(lines[0], "署名者：架空　太郎（医師）");
    assert_eq!(lines[1], "署名日時：2026-06-15 10:15（署名者の申告）");
    assert!(lines.iter().any(|line| line == "署名の形式：ES"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("失効：失効していません")), "{lines:?}");
    let shown = format!("{verified:?}");
    assert!(!shown.contains("U0oxCj"), "content in a debug text: {shown}");
}

#[test]
fn changed_parts_are_named() {
    let document = signed();
    let content = document.replace("U0oxCjEs", "U0oxCjEt");
    assert_eq!(reason(&content), Refusal::DigestMismatch { part: Part::Document });
    let time = document.replace("T10:15:30+09:00</xa:SigningTime>", "T10:15:31+09:00</xa:SigningTime>");
    assert_eq!(reason(&time), Refusal::DigestMismatch { part: Part::Properties });
    let other = world().authority.issue(&Holder::doctor("SHIKEN JIRO", "試験　次郎", life())).unwrap();
    let other = base64::engine::general_purpose::STANDARD.encode(other.certificate.der());
    let certificate = replaced(&document, "<xs:X509Certificate>", "</xs:X509Certificate>", |_| other);
    assert_eq!(reason(&certificate), Refusal::DigestMismatch { part: Part::KeyInfo });
    let value = replaced(&document, "<xs:DigestValue>", "</xs:DigestValue>", |old| {
        old.strip_prefix('A').map_or_else(|| format!("A{}", &old[1..]), |rest| format!("B{rest}"))
    });
    assert_eq!(reason(&value), Refusal::DigestMismatch { part: Part::Document });
    // A digest that fits the changed content, in a SignedInfo that nobody signed.
    let resigned = signer().sign_now(content_of(&content).as_bytes(), &LAYOUT, now()).unwrap();
    let resigned = String::from_utf8(resigned.document).unwrap();
    let wanted = resigned.split_once("<xs:DigestValue>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let adjusted = replaced(&content, "<xs:DigestValue>", "</xs:DigestValue>", |_| wanted);
    assert_eq!(reason(&adjusted), Refusal::SignatureWrong);
    let value = replaced(&document, "<xs:SignatureValue Id=", "</xs:SignatureValue>", |old| {
        let at = old.find('>').unwrap() + 1;
        let (head, tail) = old.split_at(at);
        let first = if tail.starts_with('A') { 'B' } else { 'A' };
        format!("{head}{first}{}", &tail[1..])
    });
    assert_eq!(reason(&value), Refusal::SignatureWrong);
}

/// The document without its signature.
fn content_of(document: &str) -> String {
    let (before, rest) = document.split_once("<PrescriptionSign>").unwrap();
    format!("{before}{}", rest.split_once("</PrescriptionSign>").unwrap().1)
}

#[test]
fn wrapped_signatures_are_refused() {
    let document = signed();
    let genuine =
        document.split_once("<PrescriptionDocument").unwrap().1.split_once("</PrescriptionDocument>").unwrap().0;
    let genuine = format!("<PrescriptionDocument{genuine}</PrescriptionDocument>");
    // The signed element moves aside, a forged one takes its place.
    for forged_id in [" id=\"PrescriptionDocument\"", " id=\"other\"", ""] {
        let forged = format!("<PrescriptionDocument{forged_id}>RkFMU0U=</PrescriptionDocument>");
        let moved = document
            .replace(&genuine, &forged)
            .replace("</Prescription></Document>", &format!("</Prescription><Aside>{genuine}</Aside></Document>"));
        let expected = if forged_id.contains("PrescriptionDocument") {
            Refusal::DuplicateId { id: "PrescriptionDocument".into() }
        } else {
            Refusal::WrongReference { uri: "#PrescriptionDocument".into() }
        };
        assert_eq!(reason(&moved), expected);
    }
    // The signed element stands inside an element that is not signed, in an Object of the signature.
    let inside = document
        .replace(&genuine, "<PrescriptionDocument id=\"x\">RkFMU0U=</PrescriptionDocument>")
        .replace("</xs:Signature>", &format!("<xs:Object>{genuine}</xs:Object></xs:Signature>"));
    assert_eq!(reason(&inside), Refusal::Structure { what: "Signatureの構成" });
    // Two elements of the name, one signed.
    let twice = document.replace(&genuine, &format!("{genuine}<PrescriptionDocument>RkFMU0U=</PrescriptionDocument>"));
    assert_eq!(reason(&twice), Refusal::TargetMissing { element: "PrescriptionDocument".into() });
    // Another document under the same signature.
    let elsewhere = document
        .replace("<Prescription>", "<Wrapper><Prescription>")
        .replace("</Prescription>", "</Prescription></Wrapper>");
    assert_eq!(reason(&elsewhere), Refusal::TargetMissing { element: "PrescriptionDocument".into() });
    // A second signature, and a second place for signatures.
    let signature = document.split_once("<PrescriptionSign>").unwrap().1.split_once("</PrescriptionSign>").unwrap().0;
    let double = document.replace("</PrescriptionSign>", &format!("{signature}</PrescriptionSign>"));
    assert_eq!(reason(&double), Refusal::SignatureAmbiguous);
    let places = document.replace("</PrescriptionSign>", "</PrescriptionSign><PrescriptionSign></PrescriptionSign>");
    assert_eq!(reason(&places), Refusal::SignatureAmbiguous);
    // None at all.
    assert_eq!(reason(DOCUMENT), Refusal::SignatureMissing);
    assert_eq!(reason(&document.replace(signature, "")), Refusal::SignatureMissing);
}

#[test]
fn references_and_algorithms_outside_the_profile_are_refused() {
    let document = signed();
    for uri in ["", "#", "#Document", "#nowhere", "http://127.0.0.1/x", "#xpointer(/)"] {
        let other = document.replace("URI=\"#PrescriptionDocument\"", &format!("URI=\"{uri}\""));
        assert_eq!(reason(&other), Refusal::WrongReference { uri: uri.into() }, "{uri}");
    }
    let exclusive = "<xs:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></xs:Transform>";
    for uri in [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ] {
        let other = document.replacen(
            "<xs:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
            &format!("<xs:Transform Algorithm=\"{uri}\">"),
            1,
        );
        assert_eq!(reason(&other), Refusal::UnknownTransform { uri: uri.into() });
    }
    let twice = document.replacen(exclusive, &[exclusive, exclusive].concat(), 1);
    assert_eq!(reason(&twice), Refusal::Structure { what: "Transforms" });
    for (old, what, new) in [
        ("xmldsig-more#rsa-sha256", "SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        ("xmldsig-more#rsa-sha256", "SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        ("xmlenc#sha256", "DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"),
    ] {
        let other = document.replacen(&format!("http://www.w3.org/2001/04/{old}"), new, 1);
        assert_eq!(reason(&other), Refusal::UnknownAlgorithm { what, uri: new.into() });
    }
    let comments = document.replacen(
        "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
        "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"",
        1,
    );
    assert!(matches!(reason(&comments), Refusal::UnknownAlgorithm { what: "CanonicalizationMethod", .. }));
    // A part left unsigned.
    let (start, rest) = document.split_once("<xs:Reference ").unwrap();
    let (_, rest) = rest.split_once("</xs:Reference>").unwrap();
    assert_eq!(reason(&format!("{start}{rest}")), Refusal::NotSigned { part: Part::Document });
}

#[test]
fn hostile_xml_is_refused_before_anything_is_resolved() {
    let document = signed();
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    for doctype in [
        "<!DOCTYPE Document [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE Document [<!ATTLIST PrescriptionDocument id ID #IMPLIED>]>",
    ] {
        assert_eq!(reason(&document.replace(declaration, &format!("{declaration}{doctype}"))), Refusal::Doctype);
    }
    assert_eq!(reason(&document.replace("U0oxCjEs", "<?x?>U0oxCjEs")), Refusal::ProcessingInstruction);
    let huge = document.replace("U0oxCjEs", &"A".repeat(17 << 20));
    assert!(matches!(reason(&huge), Refusal::TooLarge { .. }));
    // Comments are no part of the canonical form; what was signed is handed out without them.
    let commented = judge(&document.replace("U0oxCjEs", "U0ox<!-- x -->CjEs")).unwrap();
    assert!(commented.text.starts_with("U0oxCjEs"));
    assert!(commented.octets.windows(8).any(|part| part == b"U0oxCjEs"));
}

#[test]
fn certificates_are_judged_by_the_rules() {
    let authority = &world().authority;
    let sign = |holder: &Holder<'_>| {
        let key = authority.issue(holder).unwrap().local_key().unwrap();
        let signer = KeySigner::new(key, Rules::default()).unwrap();
        String::from_utf8(signer.sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap().document).unwrap()
    };
    let doctor = Holder::doctor("SHIKEN JIRO", "試験　次郎", life());
    assert!(judge(&sign(&doctor)).is_ok());
    assert!(judge(&sign(&Holder { role: Some(Role::Dentist), ..doctor.clone() })).is_ok());
    assert_eq!(
        reason(&sign(&Holder { role: Some(Role::Pharmacist), ..doctor.clone() })),
        Refusal::Role { found: "薬剤師".into(), wanted: "医師、歯科医師".into() }
    );
    assert_eq!(reason(&sign(&Holder { role: None, ..doctor.clone() })), Refusal::RoleMissing);
    assert_eq!(reason(&sign(&Holder { for_signing: false, ..doctor.clone() })), Refusal::KeyUsage);
    let authentication = Some("1.2.392.100495.1.5.1.2.0.1");
    assert_eq!(reason(&sign(&Holder { policy: authentication, ..doctor.clone() })), Refusal::Policy);
    let neighbour = Some("1.2.392.100495.1.5.1.11");
    assert_eq!(reason(&sign(&Holder { policy: neighbour, ..doctor.clone() })), Refusal::Policy);

    // Another authority of the same names.
    let stranger = TestAuthority::new((day(2020, 1, 1), day(2045, 1, 1))).unwrap();
    let key = stranger.issue(&doctor).unwrap().local_key().unwrap();
    let document = KeySigner::new(key, doctor_rules()).unwrap().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap();
    assert!(matches!(
        verify(&document.document, &LAYOUT, &trust(), &doctor_rules(), now()),
        Err(Refusal::Untrusted { .. })
    ));
    // Without the authority in the middle.
    let alone = Trust { intermediates: Vec::new(), ..trust() };
    assert!(matches!(
        verify(signed().as_bytes(), &LAYOUT, &alone, &doctor_rules(), now()),
        Err(Refusal::Untrusted { .. })
    ));
}

#[test]
fn time_and_revocation_count_at_the_moment_of_judging() {
    let document = signed();
    let at = |trust: &Trust, rules: &Rules, moment| verify(document.as_bytes(), &LAYOUT, trust, rules, moment);
    let doctor = &world().doctor.certificate;
    assert!(matches!(at(&trust(), &doctor_rules(), day(2030, 1, 1)), Err(Refusal::Expired { .. })));
    assert!(matches!(at(&trust(), &doctor_rules(), day(2026, 6, 1)), Err(Refusal::SigningTimeInFuture)));

    let revoked = world().authority.trust(&[(doctor, day(2026, 6, 1))]).unwrap();
    assert!(matches!(at(&revoked, &doctor_rules(), now()), Err(Refusal::Revoked { .. })));
    let later = world().authority.trust(&[(doctor, day(2026, 7, 1))]).unwrap();
    assert!(at(&later, &doctor_rules(), now()).is_ok());
    assert!(matches!(at(&later, &doctor_rules(), day(2026, 7, 2)), Err(Refusal::Revoked { .. })));

    let without = Trust { crls: Vec::new(), ..trust() };
    let verified = at(&without, &doctor_rules(), now()).unwrap();
    assert!(verified.explain().iter().any(|line| line.contains("失効情報がない")));
    let strict = Rules { revocation_required: true, ..doctor_rules() };
    assert!(matches!(at(&without, &strict, now()), Err(Refusal::RevocationUnknown { .. })));
    assert!(at(&trust(), &strict, now()).is_ok());
    // Lists that ran out before the moment say nothing; nor do those of a stranger with the same names.
    let old = world().authority.crls(&[], (day(2026, 1, 1), day(2026, 2, 1))).unwrap();
    assert!(matches!(at(&Trust { crls: old, ..trust() }, &strict, now()), Err(Refusal::RevocationUnknown { .. })));
    let stranger = TestAuthority::new((day(2020, 1, 1), day(2045, 1, 1))).unwrap();
    let foreign = stranger.crls(&[(doctor, day(2026, 6, 1))], (day(2026, 1, 1), day(2027, 1, 1))).unwrap();
    assert!(at(&Trust { crls: foreign, ..trust() }, &doctor_rules(), now()).is_ok());
    assert!(matches!(
        at(&trust(), &Rules { stamp_required: true, ..doctor_rules() }, now()),
        Err(Refusal::StampMissing)
    ));
}

#[test]
fn a_signer_does_not_sign_what_would_be_refused() {
    let key = || world().doctor.local_key().unwrap();
    let pharmacists = Rules::hpki(&[Role::Pharmacist]);
    assert!(matches!(KeySigner::new(key(), pharmacists), Err(Refusal::Role { .. })));
    let expired = signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, day(2030, 1, 1)).unwrap_err();
    assert!(matches!(expired, SignError::Refused(Refusal::Expired { .. })), "{expired}");
    let again = signer().sign_now(signed().as_bytes(), &LAYOUT, now()).unwrap_err();
    assert!(matches!(again, SignError::Refused(Refusal::Placement { .. } | Refusal::DuplicateId { .. })), "{again}");
    let moved = DOCUMENT.replace("id=\"PrescriptionDocument\"", "id=\"x\"");
    assert!(matches!(
        signer().sign_now(moved.as_bytes(), &LAYOUT, now()),
        Err(SignError::Refused(Refusal::TargetMissing { .. }))
    ));
    for shown in [format!("{:?}", key()), format!("{:?}", signer()), format!("{:?}", world().doctor)] {
        assert!(shown.len() < 600 && shown.contains("Certificate("), "{shown}");
    }
}

#[test]
fn a_record_says_who_signed_what_and_nothing_of_the_content() {
    let signed = signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap();
    let record = &signed.record;
    assert_eq!(record.signed_at, "2026-06-15T10:15:30.000+09:00");
    assert_eq!((record.holder.as_str(), record.roles.as_slice()), ("架空　太郎", &["Medical Doctor".to_owned()][..]));
    assert_eq!(record.certificate_sha256, world().doctor.certificate.fingerprint().to_hex());
    assert_eq!(record.document_sha256, karute_crypto::sha256(&signed.document).to_hex());
    let verified = judge(std::str::from_utf8(&signed.document).unwrap()).unwrap();
    assert_eq!(record.content_sha256, karute_crypto::sha256(&verified.octets).to_hex());
    let shown = format!("{signed:?}");
    assert!(!shown.contains("U0oxCj"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever single byte is changed: the document is refused, or everything that counts is as it was.
    #[test]
    fn a_changed_byte_changes_nothing_that_counts(place in any::<prop::sample::Index>(), by in 1u8..=255) {
        let document = signed();
        let genuine = judge(&document).unwrap();
        let mut bytes = document.into_bytes();
        let at = place.index(bytes.len());
        bytes[at] ^= by;
        if let Ok(verified) = verify(&bytes, &LAYOUT, &trust(), &doctor_rules(), now()) {
            prop_assert_eq!(verified.octets, genuine.octets);
            prop_assert_eq!(verified.certificate, genuine.certificate);
            prop_assert_eq!(verified.signing_time, genuine.signing_time);
        }
    }

    /// Nothing that comes in makes the verifier fail otherwise than by a reason.
    #[test]
    fn rubble_is_refused_without_harm(cut in any::<prop::sample::Index>(), paste in any::<prop::sample::Index>(), from in any::<prop::sample::Index>()) {
        let document = signed();
        let bytes = document.as_bytes();
        let (cut, paste, from) = (cut.index(bytes.len()), paste.index(bytes.len()), from.index(bytes.len()));
        let mixed = [&bytes[..cut], &bytes[from.min(paste)..from.max(paste)], &bytes[paste..]].concat();
        if let Ok(verified) = verify(&mixed, &LAYOUT, &trust(), &doctor_rules(), now()) {
            prop_assert!(verified.text.starts_with("U0oxCjEs"));
        }
    }
}

/// Each kind of byte of the signed parts, changed once: content, times, digests, names, certificate, signature value.
#[test]
fn every_byte_of_the_signed_element_counts() {
    let document = signed();
    let start = document.find("<PrescriptionDocument").unwrap();
    let end = document.find("</PrescriptionDocument>").unwrap();
    for at in start..end {
        let mut bytes = document.clone().into_bytes();
        bytes[at] ^= 1;
        assert!(verify(&bytes, &LAYOUT, &trust(), &doctor_rules(), now()).is_err(), "byte {at}");
    }
}
