//! Editions taken one after another.
use super::*;
use crate::column::nhi_price::{CLASS, NAME, PRICE};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn edition(date: &str, digest: &str) -> Edition {
    let file = format!("{digest}.csv");
    Edition { date: day(date), file, digest: digest.to_owned(), rows: 0, part: String::new() }
}

/// A row of prices: code, name, price, last day.
fn row(line: u32, code: &str, name: &str, price: &str, until: Option<&str>) -> Row {
    let mut values = vec![String::new(); Kind::NhiPrice.columns().len()];
    values[CLASS.0] = "内用薬".to_owned();
    values[NAME.0] = name.to_owned();
    values[PRICE.0] = price.to_owned();
    Row { line, key: code.to_owned(), until: until.map(day), values, ..Row::default() }
}

fn rows(list: &[(&str, &str, &str)]) -> Vec<Row> {
    list.iter().zip(2..).map(|((code, name, price), line)| row(line, code, name, price, None)).collect()
}

fn march() -> Table {
    let rows = rows(&[("A", "あ錠", "10"), ("B", "い錠", "20"), ("C", "う錠", "30")]);
    Table::empty(Kind::NhiPrice).merge(rows, &edition("2026-03-01", "march"), MergeOptions::default()).unwrap().table
}

/// What is shown of a code on a day, and whether it could be used.
fn shown(table: &Table, code: &str, on: &str) -> Option<(String, String, bool)> {
    let record = table.at(code, day(on))?;
    Some((record.get(NAME).to_owned(), record.get(PRICE).to_owned(), record.is_usable(day(on))))
}

#[allow(clippy::unnecessary_wraps)]
fn some(name: &str, price: &str, usable: bool) -> Option<(String, String, bool)> {
    Some((name.to_owned(), price.to_owned(), usable))
}

#[test]
fn march_is_shown_with_its_names_and_prices_after_april() {
    let april = rows(&[("A", "あ錠「新」", "9.5"), ("B", "い錠", "20"), ("D", "え錠", "40")]);
    let options = MergeOptions::default();
    let merged = march().merge(april, &edition("2026-04-01", "april"), options).unwrap();
    let counts = (merged.added, merged.changed, merged.ended, merged.vanished, merged.unchanged);
    assert_eq!(counts, (1, 1, 0, 1, 1));
    let table = merged.table;
    for (code, on, expected) in [
        ("A", "2026-03-31", some("あ錠", "10", true)),
        ("A", "2026-04-01", some("あ錠「新」", "9.5", true)),
        ("A", "1999-01-01", some("あ錠", "10", true)),
        ("B", "2026-04-01", some("い錠", "20", true)),
        ("C", "2026-03-31", some("う錠", "30", true)),
        ("C", "2026-04-01", some("う錠", "30", false)),
        ("D", "2026-04-01", some("え錠", "40", true)),
        ("D", "2026-03-31", some("え錠", "40", false)),
        ("E", "2026-04-01", None),
    ] {
        assert_eq!(shown(&table, code, on), expected, "{code} {on}");
    }
    assert_eq!(table.editions().iter().map(|e| e.rows).collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn codes_end_are_corrected_and_come_back() {
    let options = MergeOptions { difference: true, accept_vanished: false };
    let take = |table: &Table, date: &str, rows: Vec<Row>| table.merge(rows, &edition(date, date), options).unwrap();
    // Ends: marked by the file.
    let ended = take(&march(), "2026-04-01", vec![row(2, "A", "あ錠", "10", Some("2026-09-30"))]);
    assert_eq!((ended.ended, ended.table.len()), (1, 3));
    assert_eq!(shown(&ended.table, "A", "2026-10-01"), some("あ錠", "10", false));
    // Another end of the same words.
    let later = take(&ended.table, "2026-05-01", vec![row(2, "A", "あ錠", "10", Some("2026-12-31"))]);
    assert_eq!(shown(&later.table, "A", "2026-10-01"), some("あ錠", "10", true));
    // Revived after its end: two times of use with a gap.
    let back = take(&ended.table, "2026-11-01", vec![row(2, "A", "あ錠", "12", None)]);
    for (on, expected) in [
        ("2026-09-30", some("あ錠", "10", true)),
        ("2026-10-15", some("あ錠", "10", false)),
        ("2026-11-01", some("あ錠", "12", true)),
    ] {
        assert_eq!(shown(&back.table, "A", on), expected, "{on}");
    }
    // A correction of the same day leaves no trace.
    let new = take(&march(), "2026-04-01", vec![row(2, "D", "え錠", "40", None)]).table;
    let corrected = new.merge(vec![row(2, "D", "え錠", "41", None)], &edition("2026-04-01", "again"), options).unwrap();
    assert_eq!(corrected.table.revisions("D").count(), 1);
    assert_eq!(shown(&corrected.table, "D", "2026-04-01"), some("え錠", "41", true));
    // A difference file says nothing about the others.
    assert_eq!(shown(&corrected.table, "B", "2026-04-01"), some("い錠", "20", true));
}

#[test]
fn dates_of_rows_come_before_the_date_of_the_edition() {
    let mut changed = row(2, "A", "あ錠", "9", None);
    changed.from = Some(day("2026-03-15"));
    let mut new = row(3, "D", "え錠", "40", None);
    (new.since, new.from) = (Some(day("2026-02-01")), Some(day("2026-03-15")));
    let options = MergeOptions { difference: true, accept_vanished: false };
    let table = march().merge(vec![changed, new], &edition("2026-04-01", "april"), options).unwrap().table;
    assert_eq!(shown(&table, "A", "2026-03-14"), some("あ錠", "10", true));
    assert_eq!(shown(&table, "A", "2026-03-15"), some("あ錠", "9", true));
    assert_eq!(shown(&table, "D", "2026-02-01"), some("え錠", "40", true));
    assert_eq!(shown(&table, "D", "2026-01-31"), some("え錠", "40", false));
}

#[test]
fn what_cannot_be_merged_changes_nothing() {
    let march = march();
    let plain = MergeOptions::default();
    let older = march.merge(rows(&[("A", "あ", "1")]), &edition("2026-02-01", "old"), plain).unwrap_err();
    assert_eq!(older, MergeError::Older { edition: day("2026-02-01"), newest: day("2026-03-01") });
    let twice = march.merge(rows(&[("A", "あ", "1"), ("A", "あ", "2")]), &edition("2026-04-01", "two"), plain);
    assert_eq!(twice.unwrap_err(), MergeError::Duplicate { line: 3, first_line: 2, key: "A".to_owned() });
    assert_eq!(march.merge(Vec::new(), &edition("2026-04-01", "no"), plain).unwrap_err(), MergeError::Empty);
    let again = march.merge(rows(&[("X", "x", "1")]), &edition("2026-03-01", "march"), plain).unwrap();
    assert!(again.known && again.table.newest("X").is_none());
}

#[test]
fn vanished_codes_need_a_person() {
    // Files of 支払基金 keep codes and mark them: not one may be missing.
    let values = || vec![String::new(); Kind::SskModifier.columns().len()];
    let all = |keys: &[&str]| -> Vec<Row> {
        let row = |(key, line): (&&str, u32)| Row { line, key: (*key).to_owned(), values: values(), ..Row::default() };
        keys.iter().zip(1..).map(row).collect()
    };
    let plain = MergeOptions::default();
    let first = Table::empty(Kind::SskModifier)
        .merge(all(&["0001", "0002"]), &edition("2026-03-01", "1"), plain)
        .unwrap()
        .table;
    let error = first.merge(all(&["0001"]), &edition("2026-04-01", "2"), plain).unwrap_err();
    assert_eq!(error, MergeError::Vanished { count: 1, examples: "0002".to_owned() });
    let accepted = MergeOptions { accept_vanished: true, ..plain };
    let merged = first.merge(all(&["0001"]), &edition("2026-04-01", "2"), accepted).unwrap();
    assert_eq!((merged.vanished, merged.table.newest("0002").unwrap().until()), (1, Some(day("2026-03-31"))));
    // A row that could not be read does not end its code.
    let extent = Extent { spared: ["0002".to_owned()].into(), ..Extent::default() };
    let merged = first.merge_part(all(&["0001"]), &edition("2026-04-01", "2"), &extent, plain).unwrap();
    assert_eq!((merged.vanished, merged.table.newest("0002").unwrap().until()), (0, None));
}

#[test]
fn parts_of_a_kind_do_not_end_one_another() {
    let class = |name: &'static str| Extent::part(name, move |record| record.get(CLASS) == name);
    let of = |name: &str, list: &[(&str, &str, &str)]| {
        let mut rows = rows(list);
        for row in &mut rows {
            row.values[CLASS.0] = name.to_owned();
        }
        rows
    };
    let plain = MergeOptions::default();
    let empty = Table::empty(Kind::NhiPrice);
    let inner = of("内用薬", &[("A", "あ", "1"), ("B", "い", "2")]);
    let outer = of("外用薬", &[("M", "ま", "3")]);
    let one = empty.merge_part(inner, &edition("2026-04-01", "i"), &class("内用薬"), plain).unwrap().table;
    // Older than the other part, and still welcome.
    let both = one.merge_part(outer, &edition("2026-03-01", "o"), &class("外用薬"), plain).unwrap();
    assert_eq!((both.vanished, both.table.len()), (0, 3));
    assert_eq!(both.table.newest("M").unwrap().from(), None, "the first file of its part");
    let less = of("内用薬", &[("A", "あ", "1")]);
    let less = both.table.merge_part(less, &edition("2026-05-01", "i2"), &class("内用薬"), plain).unwrap();
    assert_eq!(less.vanished, 1);
    assert_eq!(shown(&less.table, "B", "2026-05-01"), some("い", "2", false));
    assert_eq!(shown(&less.table, "M", "2026-05-01"), some("ま", "3", true));
}

#[test]
fn columns_of_others_are_kept_filled_and_joined() {
    let plain = MergeOptions::default();
    let take = |table: &Table, rows: Vec<Row>, digest: &str, extent: &Extent| {
        table.merge_part(rows, &edition("2026-04-01", digest), extent, plain).unwrap().table
    };
    let base = take(&march(), rows(&[("A", "あ錠", "10")]), "own", &Extent::part("list", |_| false));
    let named =
        |record: &Record<'_>| (record.get(CLASS).to_owned(), record.get(NAME).to_owned(), record.get(PRICE).to_owned());
    let newest = |table: &Table, key: &str| named(&table.newest(key).unwrap());
    let other = |yields| Extent {
        keeps: vec![PRICE],
        yields: Some((yields, vec![NAME])),
        joins: vec![CLASS],
        ..Extent::part("other", |_| false)
    };
    let mut new = rows(&[("A", "別名", "")]);
    new[0].values[CLASS.0] = "内用薬 外用薬".to_owned();
    let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    let joined = take(&base, new.clone(), "o", &other("list"));
    assert_eq!(newest(&joined, "A"), text("内用薬 外用薬", "あ錠", "10"));
    // Without the better list its own name counts.
    let joined = take(&base, new, "o", &other("absent"));
    assert_eq!(newest(&joined, "A"), text("内用薬 外用薬", "別名", "10"));
    // What is no longer listed loses a word, a column, or ends.
    for (absent, expected, until) in [
        (Absent::Withdraws(CLASS, "外用薬"), text("内用薬", "別名", "10"), None),
        (Absent::Clears(NAME), text("内用薬 外用薬", "", "10"), None),
        (Absent::Ends, text("内用薬 外用薬", "別名", "10"), Some(day("2026-04-30"))),
        (Absent::Stays, text("内用薬 外用薬", "別名", "10"), None),
    ] {
        let extent = Extent { absent, ..Extent::part("other", |record| record.key() == "A") };
        let rows = rows(&[("B", "い錠", "20")]);
        let table = joined.merge_part(rows, &edition("2026-05-01", "p"), &extent, plain).unwrap().table;
        assert_eq!(newest(&table, "A"), expected, "{absent:?}");
        assert_eq!(table.newest("A").unwrap().until(), until, "{absent:?}");
        // And before that day everything is as it was.
        assert_eq!(named(&table.at("A", day("2026-04-30")).unwrap()), text("内用薬 外用薬", "別名", "10"));
    }
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let one = ("[あ-お\t\n]{0,3}", 1..4u8, proptest::option::of(1i8..28));
    proptest::collection::btree_map("[A-H][0-9|]?", one, 1..12).prop_map(|all| {
        let mut rows = Vec::new();
        for (line, (key, (name, price, until))) in (1..).zip(all) {
            let until = until.map(|day| format!("2026-06-{day:02}"));
            rows.push(row(line, &key, &name, &price.to_string(), until.as_deref()));
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_does_not_matter(first in any_rows(), second in any_rows(), turn in 0usize..12) {
        let options = MergeOptions { difference: false, accept_vanished: true };
        let mut turned = second.clone();
        turned.rotate_left(turn % second.len());
        turned.reverse();
        let one = Table::empty(Kind::NhiPrice).merge(first, &edition("2026-03-01", "a"), options).unwrap().table;
        let straight = one.merge(second, &edition("2026-04-01", "b"), options).unwrap();
        let turned = one.merge(turned, &edition("2026-04-01", "b"), options).unwrap();
        prop_assert_eq!(&straight.table.text, &turned.table.text);
        prop_assert_eq!(straight.changed, turned.changed);
        // Stored and read back it is the same, and what was known of March is still known.
        let back = Table::decode(Kind::NhiPrice, &straight.table.encode().unwrap()).unwrap();
        prop_assert_eq!(&back.text, &straight.table.text);
        prop_assert_eq!(&back.editions, &straight.table.editions);
        for (_, old) in one.records().filter(|(_, old)| old.is_usable(day("2026-03-15"))) {
            let then = straight.table.at(old.key(), day("2026-03-15")).unwrap();
            prop_assert!(then.values().eq(old.values()) && then.is_usable(day("2026-03-15")));
        }
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_and_never_panic(
        rows in any_rows(),
        cut in any::<proptest::sample::Index>(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let table = Table::empty(Kind::NhiPrice).merge(rows, &edition("2026-03-01", "a"), MergeOptions::default()).unwrap().table;
        let stored = table.encode().unwrap();
        prop_assert!(Table::decode(Kind::NhiPrice, &stored[..cut.index(stored.len())]).is_err());
        let mut broken = stored.clone();
        broken[at.index(stored.len())] ^= byte;
        let _ = Table::decode(Kind::NhiPrice, &broken);
        prop_assert!(Table::decode(Kind::Hot, &stored).is_err());
    }

    #[test]
    fn any_bytes_are_no_table(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Table::decode(Kind::Postal, &bytes).is_err());
    }
}
