//! Speed and size at the size of the real masters (made up), and the published files where they are at hand.
use crate::tables::{day, row, table};
use karute_terminology::CodeSystem as S;
use karute_terminology::mapping::Ask;
use karute_terminology::{Kind, Mapping};
use std::path::PathBuf;
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

/// The published files, or a loud word that they are not here.
fn published(test: &str, name: &str) -> Option<PathBuf> {
    let file = karute_testkit::shared().map(|shared| shared.join("data/masters").join(name)).filter(|f| f.exists());
    if file.is_none() {
        karute_testkit::skipped(test, name);
    }
    file
}

#[test]
fn the_published_price_list_gives_products_their_own_codes() {
    let file = "nhi-drug-price-list-20250716.csv";
    let Some(path) = published("the_published_price_list_gives_products_their_own_codes", file) else { return };
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<_> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let (code, name, maker) = (record[1].trim(), record[7].trim(), record[8].trim());
            row(Kind::NhiPrice, code, &[("CODE", code), ("NAME", name), ("MAKER", maker), ("INGREDIENT", &record[2])])
        })
        .collect();
    let listed = rows.len();
    let maker = Kind::NhiPrice.columns().iter().position(|c| *c == "MAKER").unwrap();
    let common = rows.iter().filter(|r| r.values[maker].is_empty()).count();
    let mapping = Mapping::build(&[table(Kind::NhiPrice, "2025-07-16", rows)]);
    let of = |from, to| {
        let covered = mapping.covered(from, to, day("2025-07-20"));
        (covered.mapped, covered.unmapped)
    };
    // Each product of a brand has the code of the list; items under a common name have no product of their own here.
    assert_eq!(of(S::Yj, S::NhiDrug), (listed - common, 0));
    assert_eq!(of(S::NhiDrug, S::Yj), (listed - common, common));
    assert!(common > 1_000 && listed > 12_000, "{common} of {listed}");
    // Nothing is said of what the list does not know.
    let ask = Ask { from: S::NhiDrug, code: "2171022F1029", to: S::GenericName, day: day("2025-07-20"), local: &[] };
    assert!(mapping.translate(&ask).matches().is_empty());
}

#[test]
fn the_published_ended_diseases_lead_to_their_successors() {
    let file = "ssk-disease-master-retired-20260101.txt";
    let Some(path) = published("the_published_ended_diseases_lead_to_their_successors", file) else { return };
    let bytes = std::fs::read(path).unwrap();
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut successors = std::collections::BTreeSet::new();
    for record in reader.records() {
        let record = record.unwrap();
        if !record[3].is_empty() {
            successors.insert(record[3].to_owned());
        }
        let values = [("NAME", &record[5]), ("SUCCESSOR", &record[3])];
        rows.push(crate::ended(Kind::SskDisease, &record[2], "2003-05-31", &values));
    }
    let ended: std::collections::BTreeSet<String> = rows.iter().map(|r| r.key.clone()).collect();
    let at = Kind::SskDisease.columns().iter().position(|c| *c == "SUCCESSOR").unwrap();
    let replaced: Vec<String> = rows.iter().filter(|r| !r.values[at].is_empty()).map(|r| r.key.clone()).collect();
    // The successors themselves are not in this file; each gets a 管理番号 of ours.
    for (n, code) in successors.iter().filter(|code| !ended.contains(*code)).enumerate() {
        let (key, name) = (format!("2{n:07}"), format!("移行先{n}"));
        rows.push(row(Kind::SskDisease, code, &[("NAME", &name), ("KEY_NUMBER", &key)]));
    }
    let mut unique = std::collections::HashSet::new();
    rows.retain(|r| unique.insert(r.key.clone()));
    let mapping = Mapping::build(&[table(Kind::SskDisease, "2026-01-01", rows)]);
    let on = day("2026-11-22");
    let reached = replaced.iter().filter(|code| {
        let ask = Ask { from: S::ReceiptDisease, code, to: S::DiseaseKey, day: on, local: &[] };
        let translation = mapping.translate(&ask);
        translation.matches().iter().all(|m| m.equivalence.code() == "inexact") && !translation.matches().is_empty()
    });
    // A few were replaced by diseases that have ended without a successor of their own.
    let (reached, all) = (reached.count(), replaced.len());
    assert!(all > 5_000 && reached * 100 > all * 99, "{reached} of {all}");
}
