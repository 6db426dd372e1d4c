//! How long signing and judging take:
//! `cargo run --release -p karute-signing --features test-authority --example signing_speed`.
//!
//! Measures the whole of it, from the bytes of a document to the bytes of the signed one (parsing, canonicalisation,
//! digests, RSA of 2,048 bits, checking our own signature), and from bytes to a judgement with a chain of three
//! certificates and two revocation lists. Prints median and 95th percentile in microseconds.
#![allow(clippy::print_stdout)]

use karute_japan::{Date, Timestamp};
use karute_signing::authority::{AuthorityError, Holder, TestAuthority};
use karute_signing::extend::{add_stamp, add_values, stamp_imprint};
use karute_signing::{KeySigner, Layout, Role, Rules, verify};
use std::error::Error;
use std::time::Instant;

const LAYOUT: Layout = Layout {
    signed: &["Document", "Prescription", "PrescriptionDocument"],
    signed_id: "PrescriptionDocument",
    container: &["Document", "Prescription", "PrescriptionSign"],
    signature_id: "PrescriptionSign",
};

const ROUNDS: usize = 1000;

fn document(base64_bytes: usize) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"Document\" xsi:noNamespaceSchemaLocation=\"EP.xsd\"><Prescription><PrescriptionManagement id=\"PrescriptionManagement\"><Version Value=\"EPS1.0\"/></PrescriptionManagement><PrescriptionDocument id=\"PrescriptionDocument\">{}</PrescriptionDocument></Prescription></Document>",
        "QUJD".repeat(base64_bytes / 4)
    )
}

fn measure<T, E>(name: &str, mut work: impl FnMut() -> Result<T, E>) -> Result<(), E> {
    for _ in 0..20 {
        work()?;
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::hint::black_box(work()?);
        times.push(started.elapsed().as_micros());
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(ROUNDS * percent / 100).copied().unwrap_or_default();
    println!("{name}: median {} µs, 95 % {} µs", at(50), at(95));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let date = |year: i16| Ok::<_, Box<dyn Error>>(Timestamp::in_japan(Date::new(year, 6, 15)?, 10, 0, 0));
    let now = date(2026)?;
    let authority = TestAuthority::new((date(2020)?, date(2045)?))?;
    let doctor = authority.issue(&Holder::doctor("KAKUU TARO", "架空　太郎", (date(2025)?, date(2029)?)))?;
    let rules = Rules::hpki(&[Role::Doctor]);
    let signer = KeySigner::new(doctor.local_key()?, rules.clone())?;
    let trust = authority.trust(&[])?;
    for size in [1368, 1 << 20] {
        let document = document(size);
        measure(&format!("sign, {size} bytes of content"), || signer.sign_now(document.as_bytes(), &LAYOUT, now))?;
        let signed = signer.sign_now(document.as_bytes(), &LAYOUT, now)?.document;
        measure(&format!("judge ES, {size} bytes of content"), || verify(&signed, &LAYOUT, &trust, &rules, now))?;
        let token = authority.stamp_token(&stamp_imprint(&signed, &LAYOUT)?, now)?;
        let stamped = add_stamp(&signed, &LAYOUT, &token)?;
        let whole = || -> Result<Vec<u8>, AuthorityError> {
            Ok(add_values(&stamped, &LAYOUT, &authority.stamp_values()?, &authority.signature_values(&[])?)?)
        };
        let whole = whole()?;
        measure(&format!("judge ES-XL, {size} bytes of content"), || verify(&whole, &LAYOUT, &trust, &rules, now))?;
    }
    Ok(())
}
