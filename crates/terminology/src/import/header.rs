//! Columns found by their headings.
use super::refusal::{Reason, Refusal};
use super::source::{File, Rows};
use super::taking::Fields;
use crate::Kind;
use csv::StringRecord;
use karute_japan::half_width_code;

/// Rows above the headings that titles and dates may take.
const ABOVE: usize = 12;

/// A column as a file may call it; the first of the names is the one that people are told.
pub(super) struct Heading {
    pub(super) names: &'static [&'static str],
    pub(super) required: bool,
}

pub(super) const fn required(names: &'static [&'static str]) -> Heading {
    Heading { names, required: true }
}

pub(super) const fn optional(names: &'static [&'static str]) -> Heading {
    Heading { names, required: false }
}

/// Where the columns are. Numbers count from 1; 0 is a column that the file does not have.
#[derive(Clone, Debug)]
pub(super) struct Columns<const N: usize> {
    at: [usize; N],
    /// Columns of the heading row; of a workbook rows may be of any length.
    width: Option<usize>,
}

impl<const N: usize> Columns<N> {
    /// Looks for the row of headings and leaves `rows` behind it.
    pub(super) fn find(
        file: &File<'_>,
        kind: Kind,
        rows: &mut Rows<'_>,
        wanted: &[Heading; N],
    ) -> Result<Columns<N>, Refusal> {
        let mut record = StringRecord::new();
        let mut best: (usize, u32, Vec<&str>) = (0, 1, Vec::new());
        for _ in 0..ABOVE {
            let Some(line) = rows.next(&file.name, &mut record)? else { break };
            let columns = Columns::of(&record, wanted, file.text().is_some());
            let missing: Vec<&str> = std::iter::zip(wanted, columns.at)
                .filter(|(heading, at)| heading.required && *at == 0)
                .map(|(heading, _)| heading.names.first().copied().unwrap_or_default())
                .collect();
            if missing.is_empty() {
                return Ok(columns);
            }
            let found = columns.at.iter().filter(|at| **at > 0).count();
            if found > best.0 || best.2.is_empty() {
                best = (found, line, missing);
            }
        }
        let text = format!("{}の見出し「{}」が見つかりません。", kind.label(), best.2.join("」「"));
        Err(Refusal::new(&file.name, Reason::Layout, text).at(best.1, None))
    }

    /// The same in the first sheet that has the headings; workbooks have sheets of notes too.
    pub(super) fn find_sheet<'f>(
        file: &'f File<'_>,
        kind: Kind,
        wanted: &[Heading; N],
    ) -> Result<(Columns<N>, Rows<'f>), Refusal> {
        let mut first = None;
        for sheet in 0..file.sheets().len() {
            let mut rows = file.rows(sheet);
            match Columns::find(file, kind, &mut rows, wanted) {
                Ok(columns) => return Ok((columns, rows)),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        let none = || Refusal::new(&file.name, Reason::Empty, "シートがありません。");
        Err(first.unwrap_or_else(none))
    }

    /// The columns of a row of headings.
    pub(super) fn of(record: &StringRecord, wanted: &[Heading; N], text: bool) -> Columns<N> {
        let headings: Vec<String> = record.iter().map(plain).collect();
        let place = |heading: &Heading| {
            let by_name = |name: &&str| headings.iter().position(|found| *found == plain(name));
            heading.names.iter().find_map(by_name).map_or(0, |index| index + 1)
        };
        let mut at = [0; N];
        for (at, heading) in at.iter_mut().zip(wanted) {
            *at = place(heading);
        }
        Columns { at, width: text.then_some(record.len()) }
    }

    /// Columns at known places of a file without headings.
    pub(super) fn fixed(at: [usize; N], width: usize) -> Columns<N> {
        Columns { at, width: Some(width) }
    }

    /// Column numbers in the order of what was wanted.
    pub(super) fn at(&self) -> [usize; N] {
        self.at
    }

    /// Reads the next row that is not blank; refuses one that has another number of columns.
    pub(super) fn next(
        &self,
        file: &File<'_>,
        rows: &mut Rows<'_>,
        record: &mut StringRecord,
    ) -> Result<Option<u32>, Refusal> {
        while let Some(line) = rows.next(&file.name, record)? {
            if Fields(record).is_blank() {
                continue;
            }
            if let Some(width) = self.width {
                check_width(file, rows, record, line, width)?;
            }
            return Ok(Some(line));
        }
        Ok(None)
    }
}

/// Refuses a row of another number of columns; empty ones at its end do not count.
pub(super) fn check_width(
    file: &File<'_>,
    rows: &mut Rows<'_>,
    record: &StringRecord,
    line: u32,
    width: usize,
) -> Result<(), Refusal> {
    let filled =
        record.iter().enumerate().filter(|(_, field)| !field.trim().is_empty()).last().map_or(0, |(at, _)| at + 1);
    if record.len() == width || (record.len() > width && filled <= width) {
        return Ok(());
    }
    let mut after = StringRecord::new();
    if record.len() < width && !file.is_closed() && rows.next(&file.name, &mut after)?.is_none() {
        return Err(file.cut());
    }
    let text = format!("列数が {} です。{width} 列のはずです。", record.len());
    let column = record.len().min(width) + 1;
    Err(Refusal::new(&file.name, Reason::Columns, text).at(line, Some(column)))
}

/// A heading as it is compared: half-width letters, no spaces, lower case, full-width brackets.
fn plain(text: &str) -> String {
    half_width_code(text).chars().filter(|c| *c != '\u{FEFF}').flat_map(char::to_lowercase).collect()
}
