//! ICD10対応標準病名マスター (MEDIS): three files make one table.
//!
//! Keys begin with `D` (病名基本テーブル nmain), `M` (修飾語テーブル mdfy) or `X` (索引テーブル index); a file ends only
//! what begins with its own letter.
use super::header::{Columns, Heading, optional, required};
use super::plain_name;
use super::refusal::{Reason, Refusal};
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_digits};
use crate::{Extent, Row};
use csv::StringRecord;
use karute_japan::full_width_kana;
use std::collections::HashSet;

/// One of the three.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Basic,
    Modifiers,
    Index,
}

#[rustfmt::skip]
const BASIC: [Heading; 12] = [
    required(&["病名管理番号"]),
    required(&["病名表記"]),
    optional(&["病名表記カナ", "カナ"]),
    required(&["病名交換用コード", "交換用コード"]),
    required(&["ICD10", "ICD-10", "ICD10コード", "ICD10-2013", "ICD-10(2013)"]),
    optional(&["ICD10複数分類コード", "ICD10複数分類", "ICD-10複数分類コード"]),
    optional(&["レセ電算コード", "レセプト電算コード"]),
    optional(&["単独使用禁止区分"]),
    optional(&["保険請求外区分"]),
    optional(&["移行先病名管理番号"]),
    optional(&["更新日付"]),
    optional(&["変更区分"]),
];
#[rustfmt::skip]
const MODIFIERS: [Heading; 8] = [
    required(&["修飾語管理番号"]),
    required(&["修飾語表記", "修飾語"]),
    optional(&["修飾語表記カナ", "カナ"]),
    required(&["修飾語交換用コード", "修飾語コード", "交換用コード"]),
    optional(&["修飾語区分"]),
    optional(&["接続位置区分"]),
    optional(&["レセ電算修飾語コード", "レセ電算コード"]),
    optional(&["変更区分"]),
];
#[rustfmt::skip]
const INDEX: [Heading; 3] = [
    required(&["索引用語"]),
    required(&["対応用語コード"]),
    optional(&["病名修飾語区分"]),
];

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let first = file.first().unwrap_or_default();
    match part(file, &first) {
        Some(Part::Basic) => basic(file, &first, taking)?,
        Some(Part::Modifiers) => modifiers(file, &first, taking)?,
        Some(Part::Index) => index(file, &first, taking)?,
        None => {
            let text = format!(
                "標準病名マスターの 病名基本（nmain、16列以上）、修飾語（mdfy、10列）、索引（index、9列）のどれでもない列数 {} です。",
                first.len()
            );
            return Err(Refusal::new(&file.name, Reason::Columns, text).at(1, Some(first.len().max(1))));
        }
    }
    Ok(())
}

/// Which of the three it is: by headings, by name, by columns.
fn part(file: &File<'_>, first: &StringRecord) -> Option<Part> {
    let has = |word: &str| first.iter().any(|field| field.contains(word));
    let name = plain_name(&file.name).to_ascii_lowercase();
    let shape = match first.len() {
        9 => Some(Part::Index),
        10 | 11 => Some(Part::Modifiers),
        16.. => Some(Part::Basic),
        _ => None,
    };
    if has("索引用語") {
        Some(Part::Index)
    } else if has("修飾語管理番号") {
        Some(Part::Modifiers)
    } else if has("病名管理番号") {
        Some(Part::Basic)
    } else if name.contains("index") {
        shape.filter(|part| *part == Part::Index)
    } else if name.contains("mdfy") {
        shape.filter(|part| *part == Part::Modifiers)
    } else if name.contains("nmain") {
        shape.filter(|part| *part == Part::Basic)
    } else {
        let numbered = is_digits(&Fields(first).code(2), 8);
        shape.filter(|part| numbered != (*part == Part::Index))
    }
}

fn covering(taking: &mut Taking, name: &str, letter: char) {
    let spared = std::mem::take(&mut taking.extent.spared);
    taking.extent = Extent { spared, ..Extent::part(name, move |record| record.key().starts_with(letter)) };
}

/// Headings where the file has them, else the published order.
fn columns<const N: usize>(
    file: &File<'_>,
    first: &StringRecord,
    taking: &Taking,
    rows: &mut super::source::Rows<'_>,
    headings: &[Heading; N],
    fixed: [usize; N],
) -> Result<Columns<N>, Refusal> {
    let word = headings.first().and_then(|heading| heading.names.first()).copied().unwrap_or_default();
    if first.iter().any(|field| field.contains(word)) {
        Columns::find(file, taking.kind, rows, headings)
    } else {
        Ok(Columns::fixed(fixed, first.len()))
    }
}

fn basic(file: &File<'_>, first: &StringRecord, taking: &mut Taking) -> Result<(), Refusal> {
    // Older editions have 確度 and 複数ICD候補 after the second ICD-10.
    let fixed = if first.len() >= 18 {
        [2, 3, 4, 6, 7, 8, 11, 17, 18, 16, 15, 1]
    } else {
        [2, 3, 4, 6, 7, 8, 9, 15, 16, 14, 13, 1]
    };
    let mut rows = file.rows(0);
    let columns = columns(file, first, taking, &mut rows, &BASIC, fixed)?;
    let at = columns.at();
    let mut record = StringRecord::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let key = format!("D{}", fields.code(at[0]));
        let row = || {
            let number = eight(&fields, at[0], "病名管理番号")?;
            let name = fields.needed(at[1], "病名表記")?.to_owned();
            let changed = fields.day(at[10], "更新日付")?;
            let over = matches!(&*fields.code(at[11]), "1" | "9");
            let [exchange, icd10, second, receipt, alone, claim, successor] =
                [at[3], at[4], at[5], at[6], at[7], at[8], at[9]].map(|column| fields.code(column).into_owned());
            let kana = full_width_kana(fields.text(at[2])).into_owned();
            let values =
                vec![name, kana, number, exchange, icd10, second, receipt, alone, claim, successor, String::new()];
            let until = if over {
                Some(changed.ok_or_else(|| Fault::new(at[10], "更新日付がありません"))?)
            } else {
                None
            };
            Ok(Some(Row { key: key.clone(), from: changed, until, values, ..Row::default() }))
        };
        taking.take(line, &key, row());
    }
    covering(taking, "basic", 'D');
    Ok(())
}

fn modifiers(file: &File<'_>, first: &StringRecord, taking: &mut Taking) -> Result<(), Refusal> {
    let mut rows = file.rows(0);
    let columns = columns(file, first, taking, &mut rows, &MODIFIERS, [2, 3, 4, 5, 7, 6, 9, 1])?;
    let at = columns.at();
    let mut record = StringRecord::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let key = format!("M{}", fields.code(at[0]));
        let row = || {
            let number = eight(&fields, at[0], "修飾語管理番号")?;
            let name = fields.needed(at[1], "修飾語表記")?.to_owned();
            // Without a date, a row that is marked as gone simply does not come; the merge ends it.
            if matches!(&*fields.code(at[7]), "1" | "9") {
                return Ok(None);
            }
            let kana = full_width_kana(fields.text(at[2])).into_owned();
            let class = format!("{} {}", fields.code(at[4]), fields.code(at[5]));
            let (exchange, receipt) = (fields.code(at[3]).into_owned(), fields.code(at[6]).into_owned());
            let blank = String::new;
            let values = vec![
                name,
                kana,
                number,
                exchange,
                blank(),
                blank(),
                receipt,
                blank(),
                blank(),
                blank(),
                class.trim().to_owned(),
            ];
            Ok(Some(Row { key: key.clone(), values, ..Row::default() }))
        };
        taking.take(line, &key, row());
    }
    covering(taking, "modifiers", 'M');
    Ok(())
}

fn index(file: &File<'_>, first: &StringRecord, taking: &mut Taking) -> Result<(), Refusal> {
    let mut rows = file.rows(0);
    let columns = columns(file, first, taking, &mut rows, &INDEX, [1, 2, 3])?;
    let at = columns.at();
    let mut record = StringRecord::new();
    let mut seen: HashSet<String> = HashSet::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let (term, code) = (full_width_kana(fields.text(at[0])), fields.code(at[1]));
        let key = format!("X{term}|{code}");
        let mut row = || {
            fields.needed(at[0], "索引用語")?;
            if !(2..=9).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let text = fields.text(at[1]);
                return Err(Fault::new(at[1], format!("対応用語コード「{text}」が英数字9文字までではありません")));
            }
            // A term may be listed for a word as synonym and again as another writing: once is enough to find it.
            if !seen.insert(key.clone()) {
                return Ok(None);
            }
            let mut values = vec![String::new(); 11];
            let kana = if term.chars().all(is_kana) { term.clone().into_owned() } else { String::new() };
            let class = fields.code(at[2]).into_owned();
            for (place, value) in
                [(0, term.clone().into_owned()), (1, kana), (3, code.clone().into_owned()), (10, class)]
            {
                if let Some(slot) = values.get_mut(place) {
                    *slot = value;
                }
            }
            Ok(Some(Row { key: key.clone(), values, ..Row::default() }))
        };
        taking.take(line, "", row());
    }
    covering(taking, "index", 'X');
    Ok(())
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FC}')
}

fn eight(fields: &Fields<'_>, column: usize, name: &str) -> Result<String, Fault> {
    let number = fields.code(column);
    if is_digits(&number, 8) {
        Ok(number.into_owned())
    } else {
        Err(Fault::new(column, format!("{name}「{}」が数字8桁ではありません", fields.text(column))))
    }
}
