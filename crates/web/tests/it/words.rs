//! The masters the screens search: the product's own starter set.
use karute_terminology::{Edition, Kind, Masters, MastersHandle, MergeOptions, Row, Table};
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

/// Before anything is loaded there are none.
pub(crate) fn none() -> MastersHandle {
    MastersHandle::default()
}

pub(crate) fn masters() -> MastersHandle {
    let price = [("2171022F1274", [("NAME", "アムロジピン錠5mg「試」"), ("CODE", "2171022F1274")].as_slice())];
    let town = [("PREFECTURE", "東京都"), ("CITY", "千代田区"), ("TOWN", "丸の内")];
    let postal = [("1000001|1", [].as_slice()), ("1000005|1", town.as_slice())];
    let own = [table(Kind::Postal, "postal.csv", &postal), table(Kind::NhiPrice, "price.csv", &price)];
    let starter = karute_terminology::starter::tables().into_iter();
    let starter = starter.filter(|table| own.iter().all(|ours| ours.kind() != table.kind()));
    let tables: Vec<_> = starter.map(Arc::new).collect();
    MastersHandle::new(Masters::new(tables.into_iter().chain(own.into_iter().map(Arc::new))))
}

/// Two names that are taken for one another and do very different things.
pub(crate) fn look_alikes() -> MastersHandle {
    let drugs = [
        ("2171022F2025", [("CODE", "2171022F2025"), ("NAME", "ノルバスク錠５ｍｇ")].as_slice()),
        ("4291003F1024", [("CODE", "4291003F1024"), ("NAME", "ノルバデックス錠１０ｍｇ")].as_slice()),
    ];
    let receipt = [("620000001", [("NAME", "ベザトール錠２００ｍｇ")].as_slice())];
    let tables = [table(Kind::SskDrug, "y.csv", &receipt), table(Kind::NhiPrice, "price.csv", &drugs)];
    MastersHandle::new(Masters::new(tables.map(Arc::new)))
}

/// Postal codes as an official file gives them.
pub(crate) fn postal() -> Table {
    table(Kind::Postal, "utf_ken_all.csv", &[("1000001|1", &[])])
}
