//! 郵便番号データ (日本郵便): KEN_ALL (CP932, half-width kana, long names continued on further lines) and UTF_KEN_ALL.
use super::header::check_width;
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_digits};
use crate::{Extent, Row, column};
use csv::StringRecord;
use karute_japan::full_width_kana;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

pub(super) const COLUMNS: usize = 15;

/// A name whose bracket is still open.
struct Open {
    code: String,
    town: String,
    kana: String,
}

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let (mut rows, mut record) = (file.rows(0), StringRecord::new());
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut prefectures = BTreeSet::new();
    let (mut heading, mut open) = (true, None::<Open>);
    let mut seen = BTreeSet::new();
    while let Some(line) = rows.next(&file.name, &mut record)? {
        let fields = Fields(&record);
        if fields.is_blank() || (std::mem::take(&mut heading) && !is_digits(&fields.code(3), 7)) {
            continue;
        }
        check_width(file, &mut rows, &record, line, COLUMNS)?;
        let code = fields.code(3).into_owned();
        // A long name goes on under the same code until its bracket closes; the kana may be whole on every line.
        if let Some(long) = open.as_mut().filter(|long| long.code == code) {
            long.town.push_str(fields.text(9));
            long.kana.push_str(fields.text(6));
        } else {
            open = Some(Open { code: code.clone(), town: fields.text(9).into(), kana: fields.text(6).into() });
        }
        if open.as_ref().is_some_and(|long| long.town.contains('（') && !long.town.contains('）')) {
            taking.take(line, "", Ok(None));
            continue;
        }
        let Some(whole) = open.take() else { continue };
        let row = row(&fields, &whole);
        let row = row.map(|mut row| {
            // Several ranges of one town have one line each.
            if !seen.insert((code.clone(), row.values.first().cloned(), row.values.get(3).cloned())) {
                return None;
            }
            prefectures.insert(fields.text(7).to_owned());
            let number = numbers.entry(code.clone()).or_default();
            *number += 1;
            row.key = format!("{code}|{number}");
            Some(row)
        });
        taking.take(line, "", row);
    }
    if !file.is_closed() {
        return Err(file.cut());
    }
    if prefectures.len() == 1 {
        let part = prefectures.iter().next().cloned().unwrap_or_default();
        let covers = move |record: &crate::Record<'_>| prefectures.contains(record.get(column::postal::PREFECTURE));
        taking.extent = Extent::part(part, covers);
    }
    Ok(())
}

fn row(fields: &Fields<'_>, whole: &Open) -> Result<Row, Fault> {
    if !is_digits(&whole.code, 7) {
        return Err(Fault::new(3, format!("郵便番号「{}」が数字7桁ではありません", fields.text(3))));
    }
    let municipality = fields.code(1).into_owned();
    if !is_digits(&municipality, 5) {
        return Err(Fault::new(1, format!("全国地方公共団体コード「{}」が数字5桁ではありません", fields.text(1))));
    }
    let prefecture = fields.needed(7, "都道府県名")?.to_owned();
    let city = fields.needed(8, "市区町村名")?.to_owned();
    let name = without_note(&whole.town);
    let unnamed =
        name == "以下に掲載がない場合" || name.ends_with("の次に番地がくる場合") || name == format!("{city}一円");
    let unnamed = unnamed || (name.len() > "一円".len() && name.ends_with("一円"));
    let kana = full_width_kana(&whole.kana).into_owned();
    let (town, town_kana) =
        if unnamed { (String::new(), String::new()) } else { (name.into_owned(), without_note(&kana).into_owned()) };
    let [prefecture_kana, city_kana] = [4, 5].map(|column| full_width_kana(fields.text(column)).into_owned());
    let values = vec![municipality, prefecture, city, town, prefecture_kana, city_kana, town_kana];
    Ok(Row { values, ..Row::default() })
}

/// The name up to its first bracket.
fn without_note(text: &str) -> Cow<'_, str> {
    match text.find(['（', '(']) {
        Some(at) => Cow::Borrowed(text.get(..at).unwrap_or_default().trim_end()),
        None => Cow::Borrowed(text),
    }
}
