//! Workbooks of the ministry (.xlsx).
use super::refusal::{Reason, Refusal};
use calamine::{DataRef, Reader as _, Xlsx};
use csv::StringRecord;
use std::io::Cursor;

/// Most rows and columns that are looked at of a sheet.
const MAX_ROWS: u32 = 400_000;
const MAX_COLUMNS: u32 = 256;

/// A sheet: its rows that are not empty, with their numbers from 1.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) rows: Vec<(u32, StringRecord)>,
}

/// All sheets, cell by cell: a cell far outside costs nothing.
pub(super) fn sheets(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let unreadable = |error: &calamine::XlsxError| {
        let text =
            format!("Excel ファイル（.xlsx）として開けません（{error}）。途中で切れていないか確かめてください。");
        Refusal::new(file, Reason::Encoding, text)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        // Sheets of charts have no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(|error| unreadable(&error))? {
            let (row, column) = cell.get_position();
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                continue;
            }
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            if rows.last().is_none_or(|(last, _)| *last != row) {
                rows.push((row, Vec::new()));
            }
            let Some((_, fields)) = rows.last_mut() else { continue };
            let column = column as usize;
            if fields.len() <= column {
                fields.resize(column + 1, String::new());
            }
            if let Some(field) = fields.get_mut(column) {
                *field = text;
            }
        }
        let rows = rows.into_iter().map(|(row, fields)| (row + 1, StringRecord::from(fields))).collect();
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

/// A cell as the text it shows; days as `YYYYMMDD`.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => if *flag { "1" } else { "0" }.to_owned(),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}{month:02}{day:02}")
        }
        DataRef::DateTimeIso(text) => text.get(..10).unwrap_or(text).replace('-', ""),
    }
}
