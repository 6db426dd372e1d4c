//! Why a file, or a row of it, was not taken.
use super::plain_name;
use crate::Kind;

/// A file that is refused as a whole; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the file, without folders.
    pub file: String,
    /// Line, from 1 (of a workbook: row).
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
    /// What kind of fault it is.
    pub reason: Reason,
    /// What is wrong and what was expected, in Japanese.
    pub expected: String,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Neither CP932 nor UTF-8, or no workbook that can be opened.
    Encoding,
    /// It ends in the middle of a line.
    Truncated,
    /// A line has another number of columns.
    Columns,
    /// Headings or values show that it is laid out in another way.
    Layout,
    /// It is a file of another kind.
    OtherKind,
    /// Too many rows are wrong.
    Rejected,
    /// Two rows have one code.
    Duplicate,
    /// Codes in use are missing.
    Vanished,
    /// It is older than what is in.
    Older,
    /// It has no rows.
    Empty,
    /// It is larger than any such file.
    TooLarge,
}

impl Refusal {
    pub(super) fn new(file: &str, reason: Reason, expected: impl Into<String>) -> Refusal {
        Refusal { file: plain_name(file).to_owned(), line: None, column: None, reason, expected: expected.into() }
    }

    pub(super) fn at(mut self, line: u32, column: Option<usize>) -> Refusal {
        self.line = Some(line);
        self.column = column.and_then(|column| u32::try_from(column).ok());
        self
    }

    pub(super) fn other_kind(file: &str, asked: Kind, found: Kind) -> Refusal {
        let (label, found_label, name) = (asked.label(), found.label(), found.name());
        let text = format!("{label}ではなく、{found_label}（{name}）のファイルのようです。種類を確かめてください。");
        Refusal::new(file, Reason::OtherKind, text)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, " {line}行目")?;
        }
        if let Some(column) = self.column {
            write!(f, " {column}列目")?;
        }
        write!(f, ": {}", self.expected)
    }
}

impl std::error::Error for Refusal {}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Its code, where it has one: what the table knows of it stays as it is.
    pub key: Option<String>,
    /// Why, in Japanese.
    pub reason: String,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}行目 {}列目: {}", self.line, self.column, self.reason)
    }
}
