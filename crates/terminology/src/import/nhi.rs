//! 薬価基準収載品目リスト and 後発医薬品に関する情報 (MHLW): CSV or workbook, columns by their headings.
use super::day::day;
use super::header::{Columns, Heading, optional, required};
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_code};
use crate::{Extent, Row, column};
use csv::StringRecord;
use karute_japan::Date;
use std::collections::{BTreeSet, HashMap};

#[rustfmt::skip]
pub(super) const PRICES: [Heading; 14] = [
    required(&["区分"]),
    required(&["薬価基準収載医薬品コード", "薬価基準収載医薬品コード（12桁）"]),
    required(&["成分名"]),
    required(&["規格", "規格単位"]),
    optional(&["日本薬局方", "局方"]),
    optional(&["麻薬"]),
    required(&["品名"]),
    optional(&["メーカー名"]),
    optional(&["診療報酬において加算等の算定対象となる後発医薬品"]),
    optional(&["先発医薬品"]),
    optional(&["同一剤形・規格の後発医薬品がある先発医薬品"]),
    required(&["薬価"]),
    optional(&["経過措置による使用期限", "経過措置期限"]),
    optional(&["備考"]),
];

#[rustfmt::skip]
pub(super) const GENERICS: [Heading; 7] = [
    required(&["薬価基準収載医薬品コード"]),
    required(&["成分名"]),
    required(&["品名"]),
    required(&["各先発医薬品の後発医薬品の有無に関する情報"]),
    optional(&["収載年月日"]),
    optional(&["経過措置による使用期限"]),
    optional(&["備考"]),
];

/// The four lists of the ministry, one workbook each.
const CLASSES: usize = 4;

pub(super) fn read_prices(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let mut classes = BTreeSet::new();
    for sheet in 0..file.sheets().len() {
        let mut rows = file.rows(sheet);
        let headless = file.first().filter(|row| row.len() == 15 && is_code(&Fields(row).code(2), 12));
        let columns = match headless {
            // As the CSV has it: 局方, 麻薬, 業者名追記 stand between 規格 and 品名.
            Some(_) => Columns::fixed([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15], 15),
            None => match Columns::find(file, taking.kind, &mut rows, &PRICES) {
                Ok(columns) => columns,
                // Further sheets may hold notes.
                Err(_) if sheet > 0 => continue,
                Err(refusal) => return Err(refusal),
            },
        };
        let mut at = columns.at();
        // The workbooks leave the headings of 局方 and 麻薬 empty.
        if at[4] == 0 && at[6] >= at[3] + 3 {
            (at[4], at[5]) = (at[3] + 1, at[3] + 2);
        }
        let mut record = StringRecord::new();
        while let Some(line) = columns.next(file, &mut rows, &mut record)? {
            let fields = Fields(&record);
            let code = fields.code(at[1]);
            let row = price(&fields, &at);
            if row.is_ok() {
                classes.insert(fields.text(at[0]).to_owned());
            }
            taking.take(line, &code, row.map(Some));
        }
    }
    share(taking.rows(), column::nhi_price::NAME.0);
    if classes.len() < CLASSES {
        let spared = std::mem::take(&mut taking.extent.spared);
        let part = classes.iter().map(String::as_str).collect::<Vec<_>>().join("・");
        let covers = move |record: &crate::Record<'_>| classes.contains(record.get(column::nhi_price::CLASS));
        taking.extent = Extent { spared, ..Extent::part(part, covers) };
    }
    Ok(())
}

fn price(fields: &Fields<'_>, at: &[usize; 14]) -> Result<Row, Fault> {
    let code = twelve(fields, at[1])?;
    fields.needed(at[0], "区分")?;
    fields.needed(at[6], "品名")?;
    fields.needed(at[11], "薬価")?;
    let price = fields.number(at[11], "薬価")?;
    let until = fields.day(at[12], "経過措置による使用期限")?;
    let plain = |index: usize| fields.text(at.get(index).copied().unwrap_or_default()).to_owned();
    let mut values: Vec<String> = (0..11).map(plain).collect();
    if let Some(value) = values.get_mut(1) {
        value.clone_from(&code);
    }
    values.push(price);
    values.push(plain(12));
    Ok(Row { key: code, since: listed(fields.text(at[13])), until, values, ..Row::default() })
}

/// `R7.5.21収載` of the remarks.
fn listed(remark: &str) -> Option<Date> {
    day(remark.strip_suffix("収載")?).ok().flatten()
}

pub(super) fn read_generics(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    for sheet in 0..file.sheets().len() {
        let mut rows = file.rows(sheet);
        let headless = file.first().filter(|row| row.len() == 9 && is_code(&Fields(row).code(1), 12));
        let columns = match headless {
            Some(_) => Columns::fixed([1, 2, 3, 4, 5, 6, 7], 9),
            None => match Columns::find(file, taking.kind, &mut rows, &GENERICS) {
                Ok(columns) => columns,
                // Further sheets may hold notes.
                Err(_) if sheet > 0 => continue,
                Err(refusal) => return Err(refusal),
            },
        };
        let at = columns.at();
        let mut record = StringRecord::new();
        while let Some(line) = columns.next(file, &mut rows, &mut record)? {
            let fields = Fields(&record);
            taking.take(line, &fields.code(at[0]), generic(&fields, &at).map(Some));
        }
    }
    share(taking.rows(), column::nhi_generic::NAME.0);
    Ok(())
}

fn generic(fields: &Fields<'_>, at: &[usize; 7]) -> Result<Row, Fault> {
    let code = twelve(fields, at[0])?;
    fields.needed(at[2], "品名")?;
    let since = fields.day(at[4], "収載年月日")?;
    let until = fields.day(at[5], "経過措置による使用期限")?;
    let [_, ingredient, name, state, listed, usable, _] = at.map(|column| fields.text(column).to_owned());
    let values = vec![code.clone(), ingredient, name, state, listed, usable];
    Ok(Row { key: code, since, until, values, ..Row::default() })
}

/// 薬価基準収載医薬品コード of 12 characters.
pub(super) fn twelve(fields: &Fields<'_>, column: usize) -> Result<String, Fault> {
    let code = fields.code(column);
    if is_code(&code, 12) {
        Ok(code.into_owned())
    } else {
        let text = fields.text(column);
        Err(Fault::new(column, format!("薬価基準収載医薬品コード「{text}」が英数字12桁ではありません")))
    }
}

/// Where several products have one code, its name becomes part of the key.
fn share(rows: &mut [Row], name: usize) {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for row in &*rows {
        *counts.entry(row.key.clone()).or_default() += 1;
    }
    for row in rows {
        if counts.get(&row.key).is_some_and(|count| *count > 1) {
            let name = row.values.get(name).cloned().unwrap_or_default();
            row.key = format!("{}|{name}", row.key);
        }
    }
}
