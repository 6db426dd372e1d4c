//! The published files beside the checkout, taken in as they are.
#![allow(clippy::unwrap_used)]
use karute_japan::Date;
use karute_terminology::{ImportOptions, Imported, Kind, MergeOptions, Reason, Table, column, import, read};
use std::path::Path;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn options(digest: &str) -> ImportOptions {
    ImportOptions { date: None, today: day("2026-04-01"), merge: MergeOptions::default(), digest: digest.to_owned() }
}

fn take(table: &Table, shared: &Path, path: &str) -> Imported {
    let bytes = std::fs::read(shared.join(path)).unwrap();
    import(table, path, &bytes, &options(path)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Kind, file, rows read, codes in the table, date of the edition.
const FILES: &[(Kind, &str, u32, u32, &str)] = &[
    (Kind::NhiPrice, "data/masters/nhi-drug-price-list-20250716.csv", 12434, 12434, "2025-07-16"),
    (Kind::NhiGeneric, "data/masters/nhi-generic-list-20250716.csv", 12434, 12434, "2025-07-16"),
    (Kind::SskComment, "data/masters/ssk-comment-master-20250715.csv", 3759, 3759, "2025-07-15"),
    (Kind::SskDisease, "data/masters/ssk-disease-master-retired-20260101.txt", 7965, 7965, "2026-01-01"),
    (Kind::SskMaterial, "data/masters/ssk-materials-master-20251128.csv", 1364, 1364, "2025-11-28"),
    (Kind::Jlac10, "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC10-corelabo-cs.json", 593, 593, "2024-11-01"),
    (Kind::Jlac10, "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC10-infectionlabo-cs.json", 378, 378, "2024-11-01"),
    (Kind::Jlac11, "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC11-corelabo-cs.json", 6401, 6401, "2024-11-01"),
    (
        Kind::Jlac11,
        "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC11-infectionlabo-cs.json",
        1251,
        1251,
        "2024-11-01",
    ),
    (Kind::Allergen, "fhir/jfagy/CodeSystem-jp-jfagy-food-allergen-cs.json", 1129, 1129, "2025-04-01"),
    (Kind::Allergen, "fhir/jfagy/CodeSystem-jp-jfagy-non-food-non-medication-allergen-cs.json", 609, 609, "2024-07-09"),
    (Kind::ClinsLab, "specs/clins-lab-items.csv", 93, 93, "2026-04-01"),
    (Kind::Usage, "data/usages.csv", 175, 175, "2026-04-01"),
    (Kind::Jlac10, "data/lab-tests.csv", 66, 66, "2026-04-01"),
];

#[test]
fn every_published_file_is_taken_whole() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped("every_published_file_is_taken_whole", "no shared folder");
    };
    for &(kind, path, read, total, date) in FILES {
        let Imported { merged, report } = take(&Table::empty(kind), &shared, path);
        assert_eq!((report.read, report.total, report.added), (read, total, total), "{path}: {}", report.text());
        assert_eq!(report.rejected, [], "{path}");
        assert_eq!(report.edition, day(date), "{path}");
        // Again: nothing happens. The same contents under another digest: nothing changes.
        let again = take(&merged.table, &shared, path);
        assert!(again.report.known, "{path}");
        let bytes = std::fs::read(shared.join(path)).unwrap();
        let same = import(&merged.table, path, &bytes, &options("other")).unwrap().report;
        assert_eq!((same.unchanged, same.added + same.changed + same.ended + same.vanished), (total, 0), "{path}");
        let stored = merged.table.encode().unwrap();
        let back = Table::decode(kind, &stored).unwrap();
        assert!(back.records().map(|(_, r)| r.key()).eq(merged.table.records().map(|(_, r)| r.key())), "{path}");
    }
}

#[test]
fn a_published_file_given_as_another_kind_is_named() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped("a_published_file_given_as_another_kind_is_named", "no shared folder");
    };
    for &(found, path, ..) in FILES {
        let bytes = std::fs::read(shared.join(path)).unwrap();
        // The beginning of a text shows what it is; 40 lines of it.
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let text = !bytes.starts_with(b"{");
        let bytes = ends.take(40).last().filter(|_| text).map_or(&bytes[..], |end| &bytes[..end]);
        for asked in Kind::ALL.into_iter().filter(|asked| *asked != found) {
            let Err(refusal) = read(asked, path, bytes) else { panic!("{path} as {}", asked.name()) };
            assert_eq!(refusal.reason, Reason::OtherKind, "{path} as {}: {refusal}", asked.name());
            assert!(refusal.expected.contains(found.name()), "{path} as {}: {refusal}", asked.name());
        }
    }
}

#[test]
fn published_values_stand_where_they_belong() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped("published_values_stand_where_they_belong", "no shared folder");
    };
    let prices = take(&Table::empty(Kind::NhiPrice), &shared, FILES[0].1).merged.table;
    let norvasc = prices.newest("2171022F2025").unwrap();
    assert_eq!(norvasc.get(column::nhi_price::NAME), "ノルバスク錠５ｍｇ");
    assert_eq!(norvasc.get(column::nhi_price::PRICE), "13.7");
    assert_eq!(norvasc.get(column::nhi_price::CLASS), "内用薬");
    let until = prices.records().filter(|(_, r)| r.until() == Some(day("2026-03-31"))).count();
    assert_eq!(until, 297);
    let narcotics = prices.records().filter(|(_, r)| r.get(column::nhi_price::NARCOTIC) == "麻").count();
    assert_eq!(narcotics, 177);

    let retired = take(&Table::empty(Kind::SskDisease), &shared, FILES[3].1).merged.table;
    let old = retired.newest("9491001").unwrap();
    assert_eq!(old.get(column::ssk_disease::KANA), "１ドネッショウ");
    assert_eq!((old.get(column::ssk_disease::SUCCESSOR), old.until()), ("8837221", Some(day("2003-05-31"))));
    assert_eq!(retired.records().filter(|(_, r)| r.is_usable(day("2027-01-01"))).count(), 0);

    let comments = take(&Table::empty(Kind::SskComment), &shared, FILES[2].1).merged.table;
    let telephone = comments.newest("840000001").unwrap();
    assert_eq!(telephone.get(column::ssk_comment::NAME), "電話等再診（　　回）");
    assert_eq!(telephone.get(column::ssk_comment::KANA), "デンワトウサイシン");
    assert_eq!(telephone.get(column::ssk_comment::EDITING), "7 2 0 0 0 0 0 0");
    assert_eq!(comments.newest("820000001").unwrap().get(column::ssk_comment::KANA), "ベットコメントアリ");
}

#[test]
fn lists_of_laboratory_codes_complete_one_another() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped("lists_of_laboratory_codes_complete_one_another", "no shared folder");
    };
    let core = "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC10-corelabo-cs.json";
    let infection = "fhir/jp-clins/CodeSystem-jp-clins-codesystem-JLAC10-infectionlabo-cs.json";
    let (own, empty) = ("data/lab-tests.csv", Table::empty(Kind::Jlac10));
    let all = |order: [&str; 3]| {
        order.into_iter().fold(empty.clone(), |table, path| take(&table, &shared, path).merged.table)
    };
    let (one, other) = (all([core, infection, own]), all([own, infection, core]));
    let ast = "3B035000002327201";
    for table in [&one, &other] {
        let ast = table.newest(ast).unwrap();
        assert_eq!(ast.get(column::jlac10::CLINS_ITEM), "AST");
        assert_eq!(ast.get(column::jlac10::NAME), "AST(GOT)");
        assert_eq!(ast.get(column::jlac10::UNIT), "U/L");
        let codes = table.records().map(|(_, record)| record.key()).collect::<std::collections::BTreeSet<_>>();
        assert!(codes.len() > 593 + 378 && codes.len() < 593 + 378 + 66);
        assert!(table.records().all(|(_, record)| record.until().is_none_or(|until| until >= day("2024-10-31"))));
    }
}
