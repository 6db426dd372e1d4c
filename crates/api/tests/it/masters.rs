//! Small masters for these tests: codes and names of single items.
use karute_japan::Date;
use karute_terminology::{Edition, Kind, Masters, MergeOptions, Row, Table};
use std::sync::Arc;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn row(kind: Kind, key: &str, values: &[(&str, &str)]) -> Row {
    let columns = kind.columns();
    let mut row = Row { line: 1, key: key.to_owned(), values: vec![String::new(); columns.len()], ..Row::default() };
    for (name, value) in values {
        let at = columns.iter().position(|c| c == name).unwrap();
        (*value).clone_into(&mut row.values[at]);
    }
    row
}

fn table(kind: Kind, file: &str, rows: Vec<Row>) -> Arc<Table> {
    let (digest, file, part) = (format!("{kind:?}"), file.to_owned(), String::new());
    let edition = Edition { date: day("2026-04-01"), digest, file, rows: 0, part };
    Arc::new(Table::empty(kind).merge(rows, &edition, MergeOptions::default()).unwrap().table)
}

/// A few drugs, diseases, laboratory items, usages, acts and allergens.
pub(crate) fn masters() -> Masters {
    let ended = |row: Row| Row { until: Some(day("2026-09-30")), ..row };
    let hot = |key, yj, receipt, name| {
        let values = [("YJ", yj), ("NHI_CODE", yj), ("RECEIPT_CODE", receipt), ("NAME", name), ("HOT7", "1038354")];
        row(Kind::Hot, key, &values)
    };
    let disease = |key, name, kana, number, exchange, icd| {
        let values =
            [("NAME", name), ("KANA", kana), ("KEY_NUMBER", number), ("EXCHANGE_CODE", exchange), ("ICD10", icd)];
        row(Kind::SskDisease, key, &values)
    };
    Masters::new([
        table(
            Kind::Hot,
            "hot.csv",
            vec![
                hot("103835401", "2171022F1029", "612170709", "ノルバスク錠２．５ｍｇ"),
                hot("103835601", "2171022F2025", "612170710", "ノルバスク錠５ｍｇ"),
                ended(hot("103835901", "2171022F3099", "612170799", "旧ノルバスク錠１０ｍｇ")),
            ],
        ),
        table(
            Kind::SskDrug,
            "y.txt",
            [("612170709", "2171022F1029", "2171022F1ZZZ", "２．５"), ("612170710", "2171022F2025", "", "５")]
                .map(|(key, nhi, general, strength)| {
                    let values = [
                        ("NAME", format!("ノルバスク錠{strength}ｍｇ")),
                        ("FULL_NAME", format!("ノルバスク錠{strength}ｍｇ")),
                        ("KANA", format!("ノルバスクジョウ{strength}ＭＧ")),
                        ("UNIT", "錠".to_owned()),
                        ("PRICE", "13.50".to_owned()),
                        ("FORM", "1".to_owned()),
                        ("NHI_CODE", nhi.to_owned()),
                        ("GENERIC_CODE", general.to_owned()),
                        ("GENERIC_NAME", format!("【般】アムロジピン錠{strength}ｍｇ")),
                    ];
                    row(Kind::SskDrug, key, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
                })
                .into(),
        ),
        table(
            Kind::GenericName,
            "generic.xlsx",
            vec![row(
                Kind::GenericName,
                "2171022F1ZZZ",
                &[("CODE", "2171022F1ZZZ"), ("NAME", "【般】アムロジピン錠２．５ｍｇ")],
            )],
        ),
        table(
            Kind::SskDisease,
            "b.txt",
            vec![
                disease("4019014", "高血圧症", "コウケツアツショウ", "20062122", "BFJN", "I10"),
                disease("4660009", "感冒", "カンボウ", "", "", "J00"),
                disease("2500013", "糖尿病", "トウニョウビョウ", "20068050", "DFJN", "E14"),
            ],
        ),
        table(
            Kind::Jlac10,
            "starter",
            vec![row(Kind::Jlac10, "3B035000002327201", &[("NAME", "AST(GOT)"), ("JLAC11", "A1111111111111111")])],
        ),
        table(
            Kind::Usage,
            "usage.csv",
            vec![row(Kind::Usage, "1013044400000000", &[("NAME", "１日３回朝昼夕食後"), ("LISTS", "JAMI eP")])],
        ),
        table(Kind::SskAct, "s.csv", vec![row(Kind::SskAct, "112007410", &[("NAME", "再診料"), ("POINTS", "75")])]),
        table(
            Kind::Allergen,
            "jfagy.json",
            vec![row(Kind::Allergen, "J9FA11000000", &[("NAME", "そば"), ("CLASS", "food")])],
        ),
    ])
}
