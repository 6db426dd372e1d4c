//! 一般名処方マスタ (MHLW): the list and the 例外コード品目対照表, as workbook or as one CSV each.
//!
//! A name that is no longer listed can still be prescribed; only the addition for it is gone. So it does not end.
use super::day;
use super::header::{Columns, Heading, optional, required};
use super::nhi::twelve;
use super::refusal::{Reason, Refusal};
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_code};
use crate::{Absent, Extent, Row, column};
use csv::StringRecord;

#[rustfmt::skip]
pub(super) const NAMES: [Heading; 10] = [
    optional(&["区分"]),
    required(&["一般名コード"]),
    required(&["一般名処方の標準的な記載", "標準的な記載"]),
    optional(&["成分名"]),
    optional(&["規格"]),
    optional(&["一般名処方加算対象", "一般名処方加算"]),
    optional(&["例外コード"]),
    optional(&["同一剤形・規格内の最低薬価", "最低薬価"]),
    optional(&["薬価基準収載医薬品コード"]),
    optional(&["品名"]),
];

/// The class under which names of バイオ後続品, which have a workbook of their own, are kept apart.
const BIOSIMILAR: &str = "バイオ後続品";

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let mut seen = false;
    let biosimilar = file.sheets().iter().any(|name| name.contains("バイオ")) || file.name.contains("バイオ");
    for (number, sheet) in file.sheets().iter().enumerate() {
        if taking.date.is_none() {
            taking.date = day::of_name(sheet);
        }
        let mut rows = file.rows(number);
        let columns = match Columns::find(file, taking.kind, &mut rows, &NAMES) {
            Ok(columns) => columns,
            // A workbook may have sheets of notes.
            Err(_) if file.text().is_none() => continue,
            Err(refusal) => return Err(refusal),
        };
        seen = true;
        let at = columns.at();
        let exceptions = at[8] > 0;
        let (mut record, mut above) = (StringRecord::new(), StringRecord::new());
        while let Some(line) = columns.next(file, &mut rows, &mut record)? {
            if exceptions {
                fill(&mut record, &above, &at);
                above.clone_from(&record);
            }
            let fields = Fields(&record);
            let key = if exceptions { format!("E{}", fields.code(at[8])) } else { fields.code(at[1]).into_owned() };
            taking.take(line, &key, row(&fields, &at, &key, exceptions, biosimilar));
        }
    }
    if !seen {
        let text = "一般名コード、標準的な記載の見出しがあるシートが見つかりません。";
        return Err(Refusal::new(&file.name, Reason::Layout, text));
    }
    let lists = taking.rows().iter().any(|row| !row.key.starts_with('E'));
    let products = taking.rows().iter().any(|row| row.key.starts_with('E'));
    let part = match (biosimilar, lists, products) {
        (true, ..) => "biosimilar",
        (_, true, true) => "all",
        (_, true, false) => "list",
        _ => "exceptions",
    };
    let covers = move |record: &crate::Record<'_>| {
        let product = record.key().starts_with('E');
        let is_biosimilar = record.get(column::generic_name::CLASS) == BIOSIMILAR;
        is_biosimilar == biosimilar && if product { products } else { lists }
    };
    let absent = Absent::Clears(column::generic_name::ADDITION);
    taking.extent = Extent { absent, spared: std::mem::take(&mut taking.extent.spared), ..Extent::part(part, covers) };
    Ok(())
}

/// What stands empty under the name above means the same.
fn fill(record: &mut StringRecord, above: &StringRecord, at: &[usize; 10]) {
    let shared: Vec<usize> = at.iter().take(5).filter(|column| **column > 0).map(|column| column - 1).collect();
    let own = Fields(record).text(at[1]).is_empty();
    if own {
        let filled = |(index, field): (usize, &str)| {
            let blank = field.trim().is_empty() && shared.contains(&index);
            if blank { above.get(index).unwrap_or_default().to_owned() } else { field.to_owned() }
        };
        *record = record.iter().enumerate().map(filled).collect::<Vec<_>>().into();
    }
}

fn row(
    fields: &Fields<'_>,
    at: &[usize; 10],
    key: &str,
    exceptions: bool,
    biosimilar: bool,
) -> Result<Option<Row>, Fault> {
    let code = fields.code(at[1]);
    // Notes under the table have no code.
    if code.is_empty() && fields.text(at[2]).is_empty() {
        return Ok(None);
    }
    if !is_code(&code, 12) {
        return Err(Fault::new(at[1], format!("一般名コード「{}」が英数字12桁ではありません", fields.text(at[1]))));
    }
    fields.needed(at[2], "標準的な記載")?;
    if exceptions {
        twelve(fields, at[8])?;
        fields.needed(at[9], "品名")?;
    }
    let price = fields.number(at[7], "最低薬価")?;
    let text = |column: usize| fields.text(column).to_owned();
    let class = if biosimilar { BIOSIMILAR.to_owned() } else { text(at[0]) };
    let values = vec![
        class,
        code.into_owned(),
        text(at[2]),
        text(at[3]),
        text(at[4]),
        text(at[5]),
        text(at[6]),
        price,
        text(at[9]),
    ];
    Ok(Some(Row { key: key.to_owned(), values, ..Row::default() }))
}
