//! Small masters and a search over a handful of rows, for the screens to show.
use karute_terminology::{Edition, Kind, Masters, MastersHandle, MergeOptions, Row, Table};
use karute_web::{FindTerms, TermAnswer, TermKind, TermLine, TermQuestion};
use std::sync::Arc;

/// A table of these keys and values by column name.
fn table(kind: Kind, file: &str, rows: &[(&str, &[(&str, &str)])]) -> Table {
    let rows = rows.iter().map(|(key, fill)| {
        let mut values = vec![String::new(); kind.columns().len()];
        for (name, value) in *fill {
            let at = kind.columns().iter().position(|column| column == name).unwrap();
            (*value).clone_into(&mut values[at]);
        }
        Row { key: (*key).to_owned(), values, ..Row::default() }
    });
    let date = "2026-10-01".parse().unwrap();
    let edition = Edition { date, file: file.to_owned(), digest: file.to_owned(), rows: 0, part: String::new() };
    Table::empty(kind).merge(rows.collect(), &edition, MergeOptions::default()).unwrap().table
}

pub(crate) fn masters() -> MastersHandle {
    let price = [("2171022F1274", [("NAME", "アムロジピン錠5mg「試」"), ("CODE", "2171022F1274")].as_slice())];
    let postal = [("1000001|1", [].as_slice())];
    MastersHandle::new(Masters::new([
        Arc::new(table(Kind::NhiPrice, "starter", &price)),
        Arc::new(table(Kind::Postal, "starter", &postal)),
    ]))
}

/// Postal codes as an official file gives them.
pub(crate) fn postal() -> Table {
    table(Kind::Postal, "utf_ken_all.csv", &[("1000001|1", &[])])
}

fn line(display: &str, code: &str, matched: usize) -> TermLine {
    TermLine {
        system: "urn:test".to_owned(),
        code: code.to_owned(),
        display: display.to_owned(),
        matched: std::iter::once(0..matched).collect(),
        enter: true,
        ..TermLine::default()
    }
}

/// Answers to the few words the tests type.
pub(crate) fn finder() -> FindTerms {
    Arc::new(|question: &TermQuestion<'_>| {
        let lines = match (question.kind, question.text) {
            (TermKind::Usage, "読み込み中") => return None,
            (TermKind::Lab, "hba") => vec![line("HbA1c", "3D046", 3)],
            (TermKind::Drug, "あむろ") => {
                let nhi = "2171022F1274".to_owned();
                let group = if question.adopted.contains(&nhi) { "採用薬" } else { "" };
                let found = line("アムロジピン錠5mg「試」", "2171022F1274", 9);
                vec![TermLine { nhi_code: Some(nhi), group: group.to_owned(), ..found }]
            }
            (TermKind::Drug, "のるばで") => {
                let group = "名前が似ています。薬効を確かめる".to_owned();
                let found = line("ノルバデックス錠10mg", "4291003F1", 12);
                vec![TermLine {
                    look_alike: true, high_risk: true, class_tag: "抗がん薬".to_owned(), group, ..found
                }]
            }
            _ => Vec::new(),
        };
        let total = u32::try_from(lines.len()).unwrap();
        Some(TermAnswer { lines, total })
    })
}
