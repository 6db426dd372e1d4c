//! From code to code, with provenance and with reasons where there is none.
#![allow(clippy::unwrap_used, missing_docs)]

mod full;
mod tables;

use karute_terminology::CodeSystem as S;
use karute_terminology::mapping::{Ask, LocalPair, NoMapping, Translation};
use karute_terminology::{Kind, Mapping, Masters, MastersHandle};
use tables::{day, diseases, drugs, ended, grown, mapping, row, table};

fn ask(from: S, code: &str, to: S) -> Ask<'_> {
    Ask { from, code, to, day: day("2026-11-22"), local: &[] }
}

/// `code=equivalence` of each match.
fn told(translation: &Translation) -> String {
    match translation {
        Translation::Matches(matches) => {
            matches.iter().map(|m| format!("{}={}", m.code, m.equivalence.code())).collect::<Vec<_>>().join(" ")
        }
        Translation::NoMapping(no) => format!("-{}", format!("{no:?}").split('(').next().unwrap_or_default()),
    }
}

#[test]
fn codes_are_translated() {
    let mapping = mapping();
    let cases = [
        // A brand: one code each, packages below it.
        (S::Yj, "2171022F1029", S::NhiDrug, "2171022F1029=equal"),
        (S::Yj, "2171022F1029", S::ReceiptDrug, "612170709=equivalent"),
        (S::Yj, "2171022F1029", S::Hot9, "103835401=equivalent"),
        (S::Yj, "2171022F1029", S::Hot7, "1038354=wider"),
        (S::Yj, "2171022F1029", S::Hot13, "1038354010101=narrower 1038354010201=narrower"),
        (S::Yj, "2171022F1029", S::GenericName, "2171022F1ZZZ=wider"),
        (S::Yj, "2171022F1029", S::Ingredient, "2171022F1ZZZ=wider"),
        (S::Yj, "2171022F1029", S::DrugAllergen, "YCM2171022F1029=equivalent"),
        (S::Hot13, "1038354010201", S::Hot9, "103835401=wider"),
        (S::Hot13, "1038354010201", S::Yj, "2171022F1029=wider"),
        (S::Hot9, "103835401", S::ReceiptDrug, "612170709=equivalent"),
        (S::Hot9, "103835401", S::GenericName, "2171022F1ZZZ=wider"),
        (S::ReceiptDrug, "612170709", S::Yj, "2171022F1029=equivalent"),
        (S::ReceiptDrug, "612170709", S::GenericName, "2171022F1ZZZ=wider"),
        (S::NhiDrug, "2171022F1029", S::GenericName, "2171022F1ZZZ=wider"),
        (S::GenericName, "2171022F1ZZZ", S::NhiDrug, "2171022F1029=narrower"),
        (S::GenericName, "2171022F1ZZZ", S::Yj, "2171022F1029=narrower"),
        (S::GenericName, "2171022F1ZZZ", S::Ingredient, "2171022F1ZZZ=equal"),
        (S::Ingredient, "2171022F1ZZZ", S::GenericName, "2171022F1ZZZ=equal"),
        // Two products under one common name.
        (S::NhiDrug, "1124001F2010", S::Yj, "1124001F2028=narrower 1124001F2036=narrower"),
        (S::Yj, "1124001F2028", S::NhiDrug, "1124001F2010=wider"),
        (S::Yj, "1124001F2028", S::GenericName, "1124001F2ZZZ=wider"),
        (S::GenericName, "1124001F2ZZZ", S::Hot9, "900000101=narrower 900000102=narrower"),
        (S::Hot7, "9000001", S::Hot9, "900000101=narrower 900000102=narrower"),
        (S::ReceiptDrug, "620000001", S::Yj, "1124001F2028=inexact 1124001F2036=inexact"),
        // An exception has its own generic name, though its nine characters say another.
        (S::NhiDrug, "2171022F1193", S::GenericName, "2171022F1ZZX=wider"),
        (S::ReceiptDrug, "620000201", S::GenericName, "2171022F1ZZX=wider"),
        (S::GenericName, "2171022F1ZZX", S::NhiDrug, "2171022F1193=narrower"),
        // Not in HOT yet: the code of the price list is the product's own.
        (S::ReceiptDrug, "629999901", S::Yj, "3999999F1020=equivalent"),
        (S::Yj, "3999999F1020", S::ReceiptDrug, "629999901=equivalent"),
        (S::Yj, "3999999F1020", S::Hot9, "-NotListed"),
        (S::Yj, "3999999F1020", S::GenericName, "-NotListed"),
        (S::Yj, "9990001F1020", S::NhiDrug, "-NotListed"),
        (S::Yj, "9990001F1020", S::GenericName, "-NotListed"),
        (S::Yj, "0000000X0000", S::NhiDrug, "-UnknownCode"),
        (S::Ingredient, "2171022F1029", S::Yj, "-UnknownCode"),
        (S::Yj, "2171022F1029", S::Icd10, "-Unrelated"),
        // Diseases.
        (S::DiseaseKey, "20062122", S::ReceiptDisease, "4019014=equivalent"),
        (S::DiseaseKey, "20062122", S::DiseaseExchange, "BFJN=equivalent"),
        (S::DiseaseKey, "20062122", S::Icd10, "I10=wider"),
        (S::DiseaseExchange, "CFJN", S::Icd10, "E143=wider H360=wider"),
        (S::DiseaseExchange, "CFJN", S::Icd10Who, "E14.3=wider H36.0=wider"),
        (S::Icd10Who, "E14.3", S::DiseaseKey, "20074041=narrower"),
        (S::Icd10, "I10", S::ReceiptDisease, "4010006=narrower 4019014=narrower"),
        (S::ReceiptDisease, "0000999", S::Icd10, "-NotListed"),
        (S::ReceiptDisease, "7581001", S::DiseaseKey, "20062122=inexact"),
        (S::ModifierKey, "20102241", S::ReceiptModifier, "2056=equivalent"),
        (S::ReceiptModifier, "8002", S::ModifierExchange, "8002X=equivalent"),
        (S::ReceiptModifier, "8002", S::Icd10, "-Unrelated"),
        (S::ReceiptDisease, "4019014", S::ReceiptModifier, "-Unrelated"),
        // Laboratory.
        (S::Jlac10, "3B035000002327201", S::Jlac11, "A1111111111111111=equivalent"),
        (S::Jlac11, "A1111111111111111", S::Jlac10, "3B035000002327201=equivalent"),
        (S::Jlac10, "3B035000002327101", S::Jlac11, "-NotListed"),
        (S::Jlac10, "3B035000002327101", S::ClinsItem, "AST=wider"),
        (S::Jlac11, "A2222222222222222", S::ClinsItem, "AST=wider"),
        (S::ClinsItem, "HBSAG", S::Jlac10, "5F016000002302311=narrower"),
        (S::Jlac10, "3B035000002327201", S::ClinsCore10, "3B035000002327201=equal"),
        (S::Jlac10, "3B035000002327201", S::ClinsInfection10, "-NotListed"),
        (S::Jlac10, "5Z999000002399901", S::ClinsItem, "-NotListed"),
        (S::Jlac10, "3B035000002327101", S::Act, "160019410=wider"),
        (S::Act, "160019410", S::Jlac10, "3B035000002327101=narrower 3B035000002327201=narrower"),
        (S::LocalLab, "0198", S::Jlac10, "-UnknownCode"),
    ];
    for (from, code, to, want) in cases {
        assert_eq!(told(&mapping.translate(&ask(from, code, to))), want, "{from:?} {code} → {to:?}");
    }
}

#[test]
fn every_match_tells_where_it_comes_from() {
    let mapping = mapping();
    let cases = [
        (S::Yj, "2171022F1029", S::Hot9, "HOTコードマスター 2026-10-31 版"),
        (S::Yj, "3999999F1020", S::ReceiptDrug, "銘柄別収載"),
        (
            S::NhiDrug,
            "2171022F1029",
            S::GenericName,
            "一般名処方マスタ 2026-04-01 版（薬価基準収載医薬品コードの先頭9桁＋ZZZ）",
        ),
        (S::NhiDrug, "2171022F1193", S::GenericName, "例外コード品目対照表"),
        (S::Yj, "1124001F2028", S::GenericName, "HOTコードマスター 2026-10-31 版 → 医薬品マスター 2026-04-01 版"),
        (S::ReceiptDisease, "7581001", S::DiseaseKey, "移行先コード"),
    ];
    for (from, code, to, want) in cases {
        let translation = mapping.translate(&ask(from, code, to));
        let source = translation.matches()[0].source();
        assert!(source.contains(want), "{code}: {source}");
    }
    let named = mapping.translate(&ask(S::Yj, "2171022F1029", S::GenericName));
    assert_eq!(named.matches()[0].display, "【般】アムロジピン錠２．５ｍｇ");
}

#[test]
fn a_laboratorys_own_codes_are_translated_by_the_clinics_pairs() {
    let mapping = mapping();
    let pair = |local: &str, system, code: &str| LocalPair {
        local: local.to_owned(),
        system,
        code: code.to_owned(),
        display: "AST".to_owned(),
    };
    let pairs = [pair("0198", S::Jlac10, "3B035000002327201"), pair("0199", S::Jlac11, "A2222222222222222")];
    let cases = [
        (S::LocalLab, "0198", S::Jlac10, "3B035000002327201=equivalent"),
        (S::LocalLab, "0198", S::Jlac11, "A1111111111111111=equivalent"),
        (S::LocalLab, "0198", S::ClinsItem, "AST=wider"),
        (S::LocalLab, "0199", S::ClinsItem, "AST=wider"),
        (S::Jlac10, "3B035000002327201", S::LocalLab, "0198=equivalent"),
        (S::Jlac11, "A1111111111111111", S::LocalLab, "0198=equivalent"),
        (S::ClinsItem, "AST", S::LocalLab, "0198=narrower 0199=narrower"),
        (S::LocalLab, "0199", S::Jlac10, "-NotListed"),
        (S::LocalLab, "9999", S::Jlac10, "-UnknownCode"),
        (S::Jlac10, "3B035000002327101", S::LocalLab, "-NotListed"),
    ];
    for (from, code, to, want) in cases {
        let asked = Ask { local: &pairs, ..ask(from, code, to) };
        assert_eq!(told(&mapping.translate(&asked)), want, "{from:?} {code} → {to:?}");
    }
    let asked = Ask { local: &pairs, ..ask(S::LocalLab, "0198", S::Jlac11) };
    let source = mapping.translate(&asked).matches()[0].source();
    assert!(source.starts_with("施設の対応表 → "), "{source}");
}

#[test]
fn the_masters_of_the_day_decide() {
    let before = row(Kind::SskDisease, "1234567", &[("NAME", "旧名"), ("KEY_NUMBER", "20000001"), ("ICD10", "A00")]);
    let first = table(Kind::SskDisease, "2025-01-01", vec![before]);
    let after = row(Kind::SskDisease, "1234567", &[("NAME", "新名"), ("KEY_NUMBER", "20000001"), ("ICD10", "B00")]);
    let second = std::sync::Arc::new(grown(&first, "2026-06-01", vec![after]));
    let third = grown(
        &second,
        "2026-10-01",
        vec![ended(
            Kind::SskDisease,
            "1234567",
            "2026-12-31",
            &[("NAME", "新名"), ("KEY_NUMBER", "20000001"), ("ICD10", "B00")],
        )],
    );
    let mapping = Mapping::build([&std::sync::Arc::new(third)]);
    for (on, icd, name, active) in [
        ("2026-03-01", "A00", "旧名", true),
        ("2026-05-31", "A00", "旧名", true),
        ("2026-06-01", "B00", "新名", true),
        ("2026-12-31", "B00", "新名", true),
        ("2027-01-01", "B00", "新名", false),
    ] {
        let asked = Ask { day: day(on), ..ask(S::DiseaseKey, "20000001", S::Icd10) };
        let translation = mapping.translate(&asked);
        let found = &translation.matches()[0];
        assert_eq!((found.code.as_str(), found.active), (icd, active), "{on}");
        let concept = mapping.concept(S::ReceiptDisease, "1234567", day(on)).unwrap();
        assert_eq!((concept.display.as_str(), concept.active), (name, active), "{on}");
    }
}

#[test]
fn what_is_not_loaded_is_said() {
    let only_diseases = Mapping::build(diseases().iter());
    let translation = only_diseases.translate(&ask(S::Yj, "2171022F1029", S::Hot9));
    let Translation::NoMapping(no) = translation else { panic!("{translation:?}") };
    assert!(matches!(&no, NoMapping::NotLoaded(kinds) if kinds.contains(&Kind::Hot)), "{no:?}");
    assert!(no.reason().contains("HOTコードマスター"), "{}", no.reason());
    let no_hot: Vec<_> = drugs().into_iter().filter(|t| t.kind() != Kind::Hot).collect();
    let translation = Mapping::build(&no_hot).translate(&ask(S::Yj, "2171022F1029", S::Hot9));
    assert_eq!(translation, Translation::NoMapping(NoMapping::NotLoaded(vec![Kind::Hot])));
    assert!(Mapping::build(&no_hot).translate(&ask(S::Yj, "2171022F1029", S::ReceiptDrug)).matches().len() == 1);
}

#[test]
fn codes_are_listed_and_filtered() {
    let mapping = mapping();
    let on = day("2026-11-22");
    let codes = |listed: &karute_terminology::mapping::Listed<'_>| {
        listed.concepts.iter().map(|c| c.code.clone()).collect::<Vec<_>>()
    };
    let all = mapping.list(S::ReceiptDisease, on, false, "", 0, 100);
    assert_eq!(codes(&all), ["0000999", "2500099", "4010006", "4019014", "7581001"]);
    let active = mapping.list(S::ReceiptDisease, on, true, "", 1, 2);
    assert_eq!((active.total, codes(&active)), (4, vec!["2500099".to_owned(), "4010006".to_owned()]));
    for (system, words, want) in [
        (S::ReceiptDisease, "こうけつあつ", vec!["4019014"]),
        (S::ReceiptDisease, "高血圧", vec!["4019014", "4010006"]),
        (S::ReceiptDisease, "本態 高血圧", vec!["4010006"]),
        (S::ReceiptDisease, "4010", vec!["4010006"]),
        (S::ReceiptDisease, "なし", vec![]),
        (S::Icd10, "i10", vec!["I10"]),
        (S::Yj, "ｴｽﾀｿﾞﾗﾑ 乙", vec!["1124001F2036"]),
    ] {
        assert_eq!(codes(&mapping.list(system, on, true, words, 0, 100)), want, "{words}");
    }
    assert_eq!(mapping.list(S::Yj, on, true, "", 90, 10).concepts.len(), 0);
    assert_eq!(mapping.list(S::Material, on, true, "", 0, 10).total, 0);
}

#[test]
fn codes_that_stand_for_no_code_are_known_and_mean_nothing_else() {
    let mapping = mapping();
    for (system, code, display) in
        [(S::DiseaseKey, "99999999", "未コード化傷病名"), (S::DrugAllergen, "D9M000000000", "コード指定不可")]
    {
        let concept = mapping.concept(system, code, day("2026-11-22")).unwrap();
        assert_eq!((concept.display.as_str(), concept.active), (display, true));
    }
    assert_eq!(told(&mapping.translate(&ask(S::DiseaseKey, "99999999", S::Icd10))), "-UnknownCode");
    assert!(mapping.concept(S::ReceiptDisease, "99999999", day("2026-11-22")).is_none());
}

#[test]
fn coverage_counts_both_ways() {
    let coverage = mapping().coverage(day("2026-11-22"));
    let of = |from, to| {
        let one = coverage.iter().find(|c| c.from == from && c.to == to).unwrap();
        (one.mapped, one.unmapped)
    };
    assert_eq!(of(S::Yj, S::Hot9), (4, 2));
    assert_eq!(of(S::Hot9, S::Yj), (4, 0));
    assert_eq!(of(S::DiseaseKey, S::Icd10), (3, 1));
    assert_eq!(of(S::Jlac10, S::Jlac11), (1, 4));
    assert!(coverage.iter().all(|c| c.mapped + c.unmapped > 0), "{coverage:?}");
}

#[test]
fn who_holds_masters_keeps_them_while_newer_ones_come() {
    let handle = MastersHandle::new(Masters::new(diseases()));
    let (clone, held) = (handle.clone(), handle.current());
    handle.replace(Masters::new(drugs()));
    assert!(held.table(Kind::SskDisease).is_some() && held.mapping().defines(S::ReceiptDisease));
    assert!(clone.current().table(Kind::SskDisease).is_none() && clone.current().mapping().defines(S::Yj));
}
