//! From ES to ES-A: time stamps, certificates and lists added by a service, believed on receipt.
use crate::setting::{DOCUMENT, LAYOUT, day, doctor_rules, life, now, pem, run, signer, trust, world};
use karute_japan::Timestamp;
use karute_signing::authority::{Holder, TestAuthority};
use karute_signing::extend::{add_archive_stamp, add_stamp, add_values, archive_imprint, stamp_imprint};
use karute_signing::{KeySigner, Level, Refusal, Rules, Trust, stamp, verify};

fn stamped(document: &[u8], authority: &TestAuthority, at: Timestamp) -> Vec<u8> {
    let token = authority.stamp_token(&stamp_imprint(document, &LAYOUT).unwrap(), at).unwrap();
    add_stamp(document, &LAYOUT, &token).unwrap()
}

/// Signed now, stamped three seconds later by the service.
fn es_t() -> Vec<u8> {
    let signed = signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap();
    stamped(&signed.document, &world().authority, now().plus_ms(3000))
}

fn es_xl() -> Vec<u8> {
    let authority = &world().authority;
    let (of_stamp, of_signature) = (authority.stamp_values().unwrap(), authority.signature_values(&[]).unwrap());
    add_values(&es_t(), &LAYOUT, &of_stamp, &of_signature).unwrap()
}

/// Trust in the root alone: everything else must come with the document.
fn root_only() -> Trust {
    Trust { intermediates: Vec::new(), crls: Vec::new(), ..trust() }
}

#[test]
fn a_time_stamp_decides_the_moment_of_judging() {
    let document = es_t();
    let rules = Rules { stamp_required: true, ..doctor_rules() };
    // Years after the certificate ran out.
    let verified = verify(&document, &LAYOUT, &trust(), &rules, day(2040, 1, 1)).unwrap();
    assert_eq!(verified.level, Level::EsT);
    assert_eq!(verified.judged_at, now().plus_ms(3000));
    assert_eq!(verified.stamps[0].authority, "SIM Time Stamp Authority");
    assert!(verified.explain().iter().any(|line| line.starts_with("タイムスタンプ：2026-06-15 10:15")));

    // A revocation before the time stamp counts, one after it does not.
    let doctor = &world().doctor.certificate;
    let before = world().authority.trust(&[(doctor, day(2026, 6, 14))]).unwrap();
    assert!(matches!(verify(&document, &LAYOUT, &before, &rules, now()), Err(Refusal::Revoked { .. })));
    let after = world().authority.trust(&[(doctor, day(2026, 6, 16))]).unwrap();
    assert!(verify(&document, &LAYOUT, &after, &rules, day(2026, 7, 1)).is_ok());
}

#[test]
fn a_document_with_all_its_evidence_needs_only_the_root() {
    assert!(matches!(verify(&es_t(), &LAYOUT, &root_only(), &doctor_rules(), now()), Err(Refusal::Untrusted { .. })));
    let rules = Rules { stamp_required: true, revocation_required: true, ..doctor_rules() };
    let verified = verify(&es_xl(), &LAYOUT, &root_only(), &rules, day(2040, 1, 1)).unwrap();
    assert_eq!(verified.level, Level::EsXl);
    assert_eq!(verified.chain.certificates.len(), 3);
    // The lists that came along name the certificate.
    let authority = &world().authority;
    let revoked = authority.signature_values(&[(&world().doctor.certificate, day(2026, 6, 1))]).unwrap();
    let document = add_values(&es_t(), &LAYOUT, &authority.stamp_values().unwrap(), &revoked).unwrap();
    assert!(matches!(verify(&document, &LAYOUT, &root_only(), &rules, now()), Err(Refusal::Revoked { .. })));
}

#[test]
fn an_archive_time_stamp_covers_everything_before_it() {
    let xl = es_xl();
    let token = |document: &[u8]| {
        world().authority.stamp_token(&archive_imprint(document, &LAYOUT).unwrap(), day(2027, 1, 1)).unwrap()
    };
    let once = add_archive_stamp(&xl, &LAYOUT, &token(&xl)).unwrap();
    let twice = add_archive_stamp(&once, &LAYOUT, &token(&once)).unwrap();
    let verified = verify(&twice, &LAYOUT, &root_only(), &doctor_rules(), day(2040, 1, 1)).unwrap();
    assert_eq!((verified.level, verified.archive_stamps.len()), (Level::EsA, 2));
    assert_eq!(verified.judged_at, now().plus_ms(3000));

    // An unsigned property that was changed afterwards.
    let text = String::from_utf8(once).unwrap();
    let renamed = text.replace("<xa:SignatureTimeStamp Id=\"TS-", "<xa:SignatureTimeStamp Id=\"XX-");
    assert_ne!(text, renamed);
    assert_eq!(
        verify(renamed.as_bytes(), &LAYOUT, &root_only(), &doctor_rules(), now()).err(),
        Some(Refusal::StampImprint)
    );
}

#[test]
fn forged_time_stamps_are_refused() {
    let signed = signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap().document;
    let judge = |document: &[u8]| verify(document, &LAYOUT, &trust(), &doctor_rules(), now().plus_ms(60_000)).err();
    // Of another authority.
    let stranger = TestAuthority::new((day(2020, 1, 1), day(2045, 1, 1))).unwrap();
    assert!(matches!(judge(&stamped(&signed, &stranger, now())), Some(Refusal::StampUntrusted { .. })));
    // Of another signature.
    let other = signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now().plus_ms(1000)).unwrap().document;
    let token = world().authority.stamp_token(&stamp_imprint(&other, &LAYOUT).unwrap(), now()).unwrap();
    assert_eq!(judge(&add_stamp(&signed, &LAYOUT, &token).unwrap()), Some(Refusal::StampImprint));
    // With any byte changed: of the time, the imprint, the attributes, the signature. (The certificates that come along
    // and their order prove nothing by themselves.)
    let genuine = world().authority.stamp_token(&stamp_imprint(&signed, &LAYOUT).unwrap(), now()).unwrap();
    let time = genuine.windows(14).position(|part| part == b"20260615011530").unwrap();
    for at in [time + 13, time - 40, genuine.len() - 1, genuine.len() - 200] {
        let mut token = genuine.clone();
        token[at] ^= 1;
        assert!(judge(&add_stamp(&signed, &LAYOUT, &token).unwrap()).is_some(), "byte {at}");
    }
    assert_eq!(judge(&add_stamp(&signed, &LAYOUT, &genuine).unwrap()), None);
    // Before the signer says to have signed.
    assert_eq!(
        judge(&stamped(&signed, &world().authority, now().plus_ms(-3_600_000))),
        Some(Refusal::SigningTimeInFuture)
    );
    // Signed by somebody who may not stamp: a person's key is no authority's.
    assert!(matches!(judge(&add_stamp(&signed, &LAYOUT, b"rubble").unwrap()), Some(Refusal::Unreadable { .. })));
}

#[test]
fn openssl_accepts_our_tokens_and_we_accept_its() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let authority = &world().authority;
    let request = stamp::request(&karute_crypto::sha256(b"some octets"), [1, 2, 3, 4, 5, 6, 7, 8]);
    let answer = authority.stamp(&request, now()).unwrap();
    std::fs::write(path("request"), &request).unwrap();
    std::fs::write(path("answer"), &answer).unwrap();
    std::fs::write(path("root.pem"), pem("CERTIFICATE", authority.root().der())).unwrap();
    let (ask, said, root) = (path("request"), path("answer"), path("root.pem"));
    let args = ["ts", "-verify", "-queryfile", &ask, "-in", &said, "-CAfile", &root, "-attime", "1781486130"];
    let Some(output) = run("openssl", &args, b"") else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("Verification: OK"), "{said}");
    // An answer to another request is not taken.
    let other = stamp::request(&karute_crypto::sha256(b"some octets"), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(stamp::answer(&answer, &other), Err(Refusal::StampImprint));
    assert!(stamp::answer(&answer, &request).is_ok());

    // A request of ours is one for OpenSSL as well.
    let args = ["ts", "-query", "-in", &ask, "-text"];
    let output = run("openssl", &args, b"").unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Hash Algorithm: sha256") && text.contains("0x0102030405060708"), "{text}");
}

#[test]
fn the_names_of_ids_let_several_signatures_stand_in_one_document() {
    // A pharmacy puts the whole signed document into its own and signs around it.
    const OUTER: karute_signing::Layout = karute_signing::Layout {
        signed: &["Document", "Dispensing"],
        signed_id: "Dispensing",
        container: &["Document", "DispensingSign"],
        signature_id: "DispensingSign",
    };
    const INNER: karute_signing::Layout = karute_signing::Layout {
        signed: &["Document", "Dispensing", "ReferencePrescription", "PrescriptionDocument"],
        signed_id: "PrescriptionDocument",
        container: &["Document", "Dispensing", "ReferencePrescription", "PrescriptionSign"],
        signature_id: "PrescriptionSign",
    };
    let text = String::from_utf8(es_xl()).unwrap();
    let inner = text.split_once("<Prescription>").unwrap().1.split_once("</Prescription>").unwrap().0;
    let outer = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"Document\" xsi:noNamespaceSchemaLocation=\"ED.xsd\"><Dispensing id=\"Dispensing\"><ReferencePrescription>{inner}</ReferencePrescription><DispensingDocument id=\"DispensingDocument\">Q0oxLAo=</DispensingDocument></Dispensing></Document>"
    );
    let pharmacist =
        Holder { role: Some(karute_signing::Role::Pharmacist), ..Holder::doctor("YAKUZAI", "調剤　一郎", life()) };
    let pharmacists = Rules::hpki(&[karute_signing::Role::Pharmacist]);
    let key = world().authority.issue(&pharmacist).unwrap().local_key().unwrap();
    let signed =
        KeySigner::new(key, pharmacists.clone()).unwrap().sign_now(outer.as_bytes(), &OUTER, day(2026, 6, 16)).unwrap();
    let later = day(2026, 6, 17);
    let dispensing = verify(&signed.document, &OUTER, &trust(), &pharmacists, later).unwrap();
    assert_eq!(dispensing.certificate.holder(), "調剤　一郎");
    let prescription = verify(&signed.document, &INNER, &root_only(), &doctor_rules(), later).unwrap();
    assert_eq!((prescription.certificate.holder().as_str(), prescription.level), ("架空　太郎", Level::EsXl));
    assert!(matches!(verify(&signed.document, &OUTER, &trust(), &doctor_rules(), later), Err(Refusal::Role { .. })));
}
