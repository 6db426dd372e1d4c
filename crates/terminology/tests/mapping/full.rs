//! Speed and size at the size of the real masters (made up), and the published files where they are at hand.
use crate::tables::{day, row, table};
use karute_terminology::CodeSystem as S;
use karute_terminology::mapping::Ask;
use karute_terminology::{Kind, Mapping};
use std::time::{Duration, Instant};

/// Tables as large as the real ones: 25,000 drugs with 4 packages each, 27,000 diseases.
fn large() -> Mapping {
    let hot = (0..25_000_u32).map(|n| {
        let (yj, receipt) = (format!("{:07}F{:04}", n / 40, n % 40 + 1000), format!("6{n:08}"));
        let packages: Vec<String> = (0..4).map(|p| format!("{n:09}{p:04}")).collect();
        let name = format!("試験薬{n}錠{}ｍｇ「会社{}」", n % 50, n % 97);
        let values = [
            ("HOT7", &format!("{:07}", n / 3)),
            ("NHI_CODE", &yj),
            ("YJ", &yj),
            ("RECEIPT_CODE", &receipt),
            ("NAME", &name),
            ("HOT13", &packages.join(" ")),
        ]
        .map(|(n, v)| (n, v.to_owned()));
        let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        row(Kind::Hot, &format!("{n:09}"), &values)
    });
    let diseases = (0..27_000_u32).map(|n| {
        let (key, exchange) = (format!("2{n:07}"), format!("X{n:05}"));
        let (name, icd) = (format!("試験病{n}"), format!("A{:03}", n % 1000));
        let values = [("NAME", &*name), ("KEY_NUMBER", &*key), ("EXCHANGE_CODE", &*exchange), ("ICD10", &*icd)];
        row(Kind::SskDisease, &format!("{n:07}"), &values)
    });
    let tables =
        [table(Kind::Hot, "2026-10-01", hot.collect()), table(Kind::SskDisease, "2026-10-01", diseases.collect())];
    let began = Instant::now();
    let mapping = Mapping::build(&tables);
    // The goal is 300 ms in a release build; a debug build on a shared machine is an order of magnitude slower.
    let limit = if cfg!(debug_assertions) { Duration::from_secs(20) } else { Duration::from_millis(300) };
    let took = began.elapsed();
    assert!(took < limit, "built in {took:?}");
    mapping
}

#[test]
fn full_masters_are_built_quickly_and_held_small() {
    let mapping = large();
    assert!(mapping.bytes() < 8 << 20, "{} bytes", mapping.bytes());
    let on = day("2026-11-22");
    let began = Instant::now();
    for n in (0..25_000_u32).step_by(100) {
        let code = format!("6{n:08}");
        let ask = Ask { from: S::ReceiptDrug, code: &code, to: S::Hot9, day: on, local: &[] };
        assert_eq!(mapping.translate(&ask).matches()[0].code, format!("{n:09}"));
    }
    let each = began.elapsed() / 250;
    assert!(each < Duration::from_millis(if cfg!(debug_assertions) { 20 } else { 1 }), "{each:?} a translation");
    // A classification code stands for many diseases; the answer is bounded.
    let ask = Ask { from: S::Icd10, code: "A001", to: S::DiseaseKey, day: on, local: &[] };
    assert_eq!(mapping.translate(&ask).matches().len(), 27);
}
