//! 医薬品HOTコードマスター (MEDIS), standard layout of 24 columns: HOT9, or HOT13 with a line for each package.
use super::header::check_width;
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_digits};
use crate::{Row, column};
use csv::StringRecord;
use std::collections::HashMap;

pub(super) const COLUMNS: usize = 24;

/// Values by column, in the order of the kind; those of HOT13 and JAN follow.
const VALUES: [usize; 12] = [2, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22];

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let (mut rows, mut record) = (file.rows(0), StringRecord::new());
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut heading = true;
    while let Some(line) = rows.next(&file.name, &mut record)? {
        let fields = Fields(&record);
        if fields.is_blank()
            || (std::mem::take(&mut heading) && !fields.code(1).starts_with(|c: char| c.is_ascii_digit()))
        {
            continue;
        }
        check_width(file, &mut rows, &record, line, COLUMNS)?;
        let key = format!("{}{}", fields.code(2), fields.code(3));
        let (row, packaged) = match row(&fields, &key) {
            Ok(row) => row,
            Err(fault) => {
                taking.take(line, &key, Err(fault));
                continue;
            }
        };
        if let Some(place) = places.get(&key).copied().filter(|_| packaged) {
            taking.take(line, &key, Ok(None));
            if let Some(known) = taking.rows().get_mut(place) {
                gather(known, row);
            }
        } else {
            places.insert(key.clone(), taking.rows().len());
            taking.take(line, &key, Ok(Some(row)));
        }
    }
    Ok(())
}

/// The row, and whether it is one package of several.
fn row(fields: &Fields<'_>, key: &str) -> Result<(Row, bool), Fault> {
    let whole = fields.code(1);
    if !is_digits(&whole, 13) && !is_digits(&whole, 9) {
        return Err(Fault::new(1, format!("HOTコード「{}」が13桁でも9桁でもありません", fields.text(1))));
    }
    if !is_digits(key, 9) || !whole.starts_with(key.get(..7).unwrap_or_default()) {
        return Err(Fault::new(2, format!("処方用番号7桁と会社識別用番号2桁「{key}」がHOTコードと合いません")));
    }
    fields.needed(12, "販売名")?;
    let changed = fields.day(24, "更新年月日")?;
    let until = match &*fields.code(23) {
        // 削除 and 中止; a date that is missing says only that it is over.
        "2" | "4" => Some(changed.ok_or_else(|| Fault::new(24, "更新年月日がありません"))?),
        "" | "0" | "1" | "3" => None,
        other => return Err(Fault::new(23, format!("レコード区分「{other}」は 1、2、3、4 のいずれでもありません"))),
    };
    let mut values: Vec<String> =
        VALUES
            .iter()
            .map(|column| {
                if matches!(column, 2..=10) {
                    fields.code(*column).into_owned()
                } else {
                    fields.text(*column).to_owned()
                }
            })
            .collect();
    let packaged = whole.len() == 13;
    values.push(if packaged { whole.into_owned() } else { String::new() });
    values.push(fields.code(6).into_owned());
    let row = Row { key: key.to_owned(), from: changed, until, values, ..Row::default() };
    Ok((row, packaged))
}

/// Adds a package: codes are joined, names are those of the last package that is still sold, and the whole has ended
/// when all packages have.
fn gather(known: &mut Row, package: Row) {
    let joined = [column::hot::HOT13.0, column::hot::JAN.0].map(|at| {
        let word = |row: &Row| row.values.get(at).cloned().unwrap_or_default();
        (at, format!("{} {}", word(known), word(&package)).trim().to_owned())
    });
    let until = match (known.until, package.until) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => None,
    };
    let from = known.from.max(package.from);
    if package.until.is_none() || known.until.is_some() {
        known.values = package.values;
    }
    for (at, codes) in joined {
        if let Some(value) = known.values.get_mut(at) {
            *value = codes;
        }
    }
    (known.until, known.from) = (until, from);
}
