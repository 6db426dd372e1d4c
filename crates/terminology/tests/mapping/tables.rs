//! Small tables written for these tests: real codes of single items where they are plain facts, invented ones beside.
use karute_japan::Date;
use karute_terminology::{Edition, Kind, Mapping, MergeOptions, Row, Table};
use std::sync::Arc;

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A row with the named columns filled.
pub(crate) fn row(kind: Kind, key: &str, values: &[(&str, &str)]) -> Row {
    let columns = kind.columns();
    let mut row = Row { line: 1, key: key.to_owned(), values: vec![String::new(); columns.len()], ..Row::default() };
    for (name, value) in values {
        let at = columns.iter().position(|c| c == name).unwrap_or_else(|| panic!("{name} is no column of {kind:?}"));
        (*value).clone_into(&mut row.values[at]);
    }
    row
}

/// A row that ended.
pub(crate) fn ended(kind: Kind, key: &str, until: &str, values: &[(&str, &str)]) -> Row {
    Row { until: Some(day(until)), ..row(kind, key, values) }
}

pub(crate) fn table(kind: Kind, date: &str, rows: Vec<Row>) -> Arc<Table> {
    Arc::new(grown(&Table::empty(kind), date, rows))
}

pub(crate) fn grown(table: &Table, date: &str, rows: Vec<Row>) -> Table {
    let file = format!("{}-{date}.csv", table.kind().name());
    let digest = format!("{file}{}", rows.len());
    let edition = Edition { date: day(date), digest, file, rows: 0, part: String::new() };
    table.merge(rows, &edition, MergeOptions { difference: true, accept_vanished: true }).unwrap().table
}

pub(crate) fn drugs() -> Vec<Arc<Table>> {
    let hot = |key, values: &[_]| row(Kind::Hot, key, values);
    let ssk = |key, values: &[_]| row(Kind::SskDrug, key, values);
    let generic = |key, values: &[_]| row(Kind::GenericName, key, values);
    vec![
        table(
            Kind::Hot,
            "2026-10-31",
            vec![
                hot(
                    "103835401",
                    &[
                        ("HOT7", "1038354"),
                        ("NHI_CODE", "2171022F1029"),
                        ("YJ", "2171022F1029"),
                        ("RECEIPT_CODE", "612170709"),
                        ("NAME", "ノルバスク錠２．５ｍｇ"),
                        ("NOTICE_NAME", "ノルバスク錠２．５ｍｇ"),
                        ("HOT13", "1038354010101 1038354010201"),
                    ],
                ),
                // Two makers of one item listed under a common name.
                hot(
                    "900000101",
                    &[
                        ("HOT7", "9000001"),
                        ("NHI_CODE", "1124001F2010"),
                        ("YJ", "1124001F2028"),
                        ("RECEIPT_CODE", "620000101"),
                        ("RECEIPT_CODE_SECOND", "620000001"),
                        ("NAME", "エスタゾラム錠２ｍｇ「甲」"),
                    ],
                ),
                hot(
                    "900000102",
                    &[
                        ("HOT7", "9000001"),
                        ("NHI_CODE", "1124001F2010"),
                        ("YJ", "1124001F2036"),
                        ("RECEIPT_CODE", "620000102"),
                        ("RECEIPT_CODE_SECOND", "620000001"),
                        ("NAME", "エスタゾラム錠２ｍｇ「乙」"),
                    ],
                ),
                // Not listed in the price list.
                hot("900000901", &[("HOT7", "9000009"), ("YJ", "9990001F1020"), ("NAME", "自費錠")]),
            ],
        ),
        table(
            Kind::SskDrug,
            "2026-04-01",
            vec![
                ssk(
                    "612170709",
                    &[
                        ("NAME", "ノルバスク錠２．５ｍｇ"),
                        ("KANA", "ノルバスクジョウ"),
                        ("LISTING", "0"),
                        ("NHI_CODE", "2171022F1029"),
                    ],
                ),
                ssk(
                    "620000001",
                    &[
                        ("NAME", "エスタゾラム２ｍｇ錠"),
                        ("LISTING", "8"),
                        ("NHI_CODE", "1124001F2010"),
                        ("GENERIC_CODE", "1124001F2ZZZ"),
                    ],
                ),
                // New: not yet in HOT.
                ssk("629999901", &[("NAME", "新薬錠１０ｍｇ"), ("LISTING", "0"), ("NHI_CODE", "3999999F1020")]),
                // An exception of the generic names.
                ssk("620000201", &[("NAME", "例外錠"), ("LISTING", "0"), ("NHI_CODE", "2171022F1193")]),
            ],
        ),
        table(
            Kind::GenericName,
            "2026-04-01",
            vec![
                generic("2171022F1ZZZ", &[("CODE", "2171022F1ZZZ"), ("NAME", "【般】アムロジピン錠２．５ｍｇ")]),
                generic("1124001F2ZZZ", &[("CODE", "1124001F2ZZZ"), ("NAME", "【般】エスタゾラム錠２ｍｇ")]),
                generic("2171022F1ZZX", &[("CODE", "2171022F1ZZX"), ("NAME", "【般】例外錠")]),
                generic("E2171022F1193", &[("CODE", "2171022F1ZZX"), ("PRODUCT", "例外錠")]),
            ],
        ),
        table(
            Kind::NhiPrice,
            "2026-04-01",
            vec![
                row(
                    Kind::NhiPrice,
                    "2171022F1029",
                    &[
                        ("CODE", "2171022F1029"),
                        ("NAME", "ノルバスク錠２．５ｍｇ"),
                        ("INGREDIENT", "アムロジピンベシル酸塩"),
                        ("STRENGTH", "２．５ｍｇ１錠"),
                        ("MAKER", "ヴィアトリス製薬"),
                    ],
                ),
                row(
                    Kind::NhiPrice,
                    "1124001F2010",
                    &[("CODE", "1124001F2010"), ("NAME", "エスタゾラム２ｍｇ錠"), ("INGREDIENT", "エスタゾラム")],
                ),
            ],
        ),
    ]
}

pub(crate) fn diseases() -> Vec<Arc<Table>> {
    let disease = |key, values: &[_]| row(Kind::SskDisease, key, values);
    let modifier = |key, values: &[_]| row(Kind::SskModifier, key, values);
    vec![
        table(
            Kind::SskDisease,
            "2026-01-01",
            vec![
                disease(
                    "4019014",
                    &[
                        ("NAME", "高血圧症"),
                        ("KANA", "コウケツアツショウ"),
                        ("KEY_NUMBER", "20062122"),
                        ("EXCHANGE_CODE", "BFJN"),
                        ("ICD10", "I10"),
                    ],
                ),
                disease(
                    "4010006",
                    &[
                        ("NAME", "本態性高血圧症"),
                        ("KEY_NUMBER", "20062124"),
                        ("EXCHANGE_CODE", "AFJN"),
                        ("ICD10", "I10"),
                    ],
                ),
                // Underlying disease and manifestation.
                disease(
                    "2500099",
                    &[
                        ("NAME", "糖尿病網膜症"),
                        ("KEY_NUMBER", "20074041"),
                        ("EXCHANGE_CODE", "CFJN"),
                        ("ICD10", "E143"),
                        ("ICD10_SECOND", "H360"),
                    ],
                ),
                disease("0000999", &[("NAME", "未コード化傷病名"), ("KEY_NUMBER", "20084317")]),
                ended(Kind::SskDisease, "7581001", "2003-05-31", &[("NAME", "旧高血圧症"), ("SUCCESSOR", "4019014")]),
            ],
        ),
        table(
            Kind::SskModifier,
            "2026-01-01",
            vec![
                modifier("2056", &[("NAME", "右"), ("KEY_NUMBER", "20102241"), ("EXCHANGE_CODE", "2056X")]),
                modifier("8002", &[("NAME", "の疑い"), ("KEY_NUMBER", "20102242"), ("EXCHANGE_CODE", "8002X")]),
            ],
        ),
    ]
}

pub(crate) fn labs() -> Vec<Arc<Table>> {
    vec![
        table(
            Kind::Jlac10,
            "2026-04-01",
            vec![
                row(
                    Kind::Jlac10,
                    "3B035000002327201",
                    &[("NAME", "AST(GOT)"), ("ACT_CODE", "160019410"), ("JLAC11", "A1111111111111111")],
                ),
                row(Kind::Jlac10, "3B035000002327101", &[("NAME", "AST(GOT)"), ("ACT_CODE", "160019410")]),
                row(Kind::Jlac10, "5Z999000002399901", &[("NAME", "対応のない検査")]),
            ],
        ),
        table(
            Kind::ClinsLab,
            "2026-03-31",
            vec![
                row(
                    Kind::ClinsLab,
                    "AST",
                    &[
                        ("GROUP", "core"),
                        ("NAME", "AST(GOT)"),
                        ("DISPLAY", "AST"),
                        ("JLAC10", "3B035000002327201 3B035000002327101 3B035000002399901"),
                        ("JLAC11", "A1111111111111111 A2222222222222222"),
                    ],
                ),
                row(
                    Kind::ClinsLab,
                    "HBSAG",
                    &[
                        ("GROUP", "infection"),
                        ("NAME", "HBs抗原"),
                        ("DISPLAY", "HBsAgRESULT"),
                        ("JLAC10", "5F016000002302311"),
                    ],
                ),
            ],
        ),
    ]
}

pub(crate) fn mapping() -> Mapping {
    Mapping::build(drugs().iter().chain(&diseases()).chain(&labs()))
}
