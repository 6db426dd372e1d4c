//! What is being taken from a file.
use super::day::{self, day};
use super::refusal::{Reason, Refusal, Rejected};
use super::source::File;
use super::{Parsed, plain_name};
use crate::{Extent, Kind, Row};
use csv::StringRecord;
use karute_japan::{Date, half_width_code};
use std::borrow::Cow;

/// Rows that may be wrong: so many, or one in a hundred.
const FEW: usize = 20;
/// Rows that are named in a refusal for too many wrong ones.
const NAMED: usize = 3;

/// Rows gathered so far.
pub(super) struct Taking {
    pub(super) kind: Kind,
    file: String,
    rows: Vec<Row>,
    read: u32,
    rejected: Vec<Rejected>,
    pub(super) date: Option<Date>,
    pub(super) extent: Extent,
}

/// A wrong value: column from 1 and why.
pub(super) struct Fault {
    column: usize,
    reason: String,
}

impl Fault {
    pub(super) fn new(column: usize, reason: impl Into<String>) -> Fault {
        Fault { column, reason: reason.into() }
    }
}

impl Taking {
    pub(super) fn new(kind: Kind, file: &File<'_>) -> Taking {
        let name = plain_name(&file.name);
        Taking {
            kind,
            file: file.name.clone(),
            rows: Vec::new(),
            read: 0,
            rejected: Vec::new(),
            date: day::of_name(name),
            extent: Extent::default(),
        }
    }

    /// Counts a row of data and keeps what was made of it; `None` is a row that says nothing of its own.
    pub(super) fn take(&mut self, line: u32, key: &str, outcome: Result<Option<Row>, Fault>) {
        self.read += 1;
        match outcome {
            Ok(Some(mut row)) => {
                row.line = line;
                debug_assert_eq!(row.values.len(), self.kind.columns().len(), "{}", self.kind.name());
                self.rows.push(row);
            }
            Ok(None) => {}
            Err(Fault { column, reason }) => {
                let key = Some(key.to_owned()).filter(|key| !key.is_empty());
                self.extent.spared.extend(key.clone());
                let column = u32::try_from(column).unwrap_or(u32::MAX);
                self.rejected.push(Rejected { line, column, key, reason });
            }
        }
    }

    /// The rows so far, for kinds that gather several lines in one.
    pub(super) fn rows(&mut self) -> &mut Vec<Row> {
        &mut self.rows
    }

    /// Everything, unless too much of it was wrong.
    pub(super) fn finish(self) -> Result<Parsed, Refusal> {
        let Taking { kind, file, rows, read, rejected, date, extent } = self;
        let none = rows.is_empty() && !rejected.is_empty();
        if none || rejected.len() > FEW.max(read as usize / 100) {
            let named: Vec<String> = rejected.iter().take(NAMED).map(ToString::to_string).collect();
            let (count, label) = (rejected.len(), kind.label());
            let text = format!("{label}として読めない行が{read}行中{count}行あります（{}）。", named.join("、"));
            let first = rejected.first().map_or((1, 1), |first| (first.line, first.column));
            return Err(Refusal::new(&file, Reason::Rejected, text).at(first.0, Some(first.1 as usize)));
        }
        if rows.is_empty() {
            let text = format!("{}の行がひとつもありません。", kind.label());
            return Err(Refusal::new(&file, Reason::Empty, text));
        }
        Ok(Parsed { rows, read, rejected, date, extent })
    }
}

/// A row by column numbers from 1, as the published descriptions count them.
pub(super) struct Fields<'r>(pub(super) &'r StringRecord);

impl<'r> Fields<'r> {
    /// The value without spaces around; empty where there is none.
    pub(super) fn text(&self, column: usize) -> &'r str {
        column.checked_sub(1).and_then(|index| self.0.get(index)).unwrap_or_default().trim()
    }

    /// A code or number in half width.
    pub(super) fn code(&self, column: usize) -> Cow<'r, str> {
        half_width_code(self.text(column))
    }

    /// A day; none where the file says none.
    pub(super) fn day(&self, column: usize, name: &str) -> Result<Option<Date>, Fault> {
        let text = self.text(column);
        day(text).map_err(|_| Fault::new(column, format!("{name}「{text}」が日付ではありません")))
    }

    /// A number with decimals, as written.
    pub(super) fn number(&self, column: usize, name: &str) -> Result<String, Fault> {
        let text = self.code(column).replace(',', "");
        let fits = text.strip_prefix('-').unwrap_or(&text).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if fits && text.bytes().filter(|byte| *byte == b'.').count() <= 1 {
            Ok(text)
        } else {
            Err(Fault::new(column, format!("{name}「{}」が数値ではありません", self.text(column))))
        }
    }

    /// A text that must not be empty.
    pub(super) fn needed(&self, column: usize, name: &str) -> Result<&'r str, Fault> {
        match self.text(column) {
            "" => Err(Fault::new(column, format!("{name}が空です"))),
            text => Ok(text),
        }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.0.iter().all(|field| field.trim().is_empty())
    }
}

/// A code of so many ASCII letters and digits.
pub(super) fn is_code(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A code of so many digits.
pub(super) fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}
