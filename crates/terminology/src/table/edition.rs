//! What a file gives: rows, and the edition they belong to.
use super::record::{day, digits};
use karute_japan::Date;

/// One published file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// From when its contents hold; rows without a date of their own begin here.
    pub date: Date,
    /// Name of the file, without folders.
    pub file: String,
    /// SHA-256 of the file in hexadecimal digits.
    pub digest: String,
    /// Rows that were taken from it.
    pub rows: u32,
    /// Which part of the kind it is, where several files make one table; empty when it is all of it.
    pub part: String,
}

/// A row as a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: u32,
    /// Code, as [`column`](crate::column) says for the kind.
    pub key: String,
    /// From when it holds in these words, where the file says so.
    pub from: Option<Date>,
    /// From when the code exists at all, where the file says so.
    pub since: Option<Date>,
    /// Last day, where the file says so.
    pub until: Option<Date>,
    /// Values in the order of the columns of the kind.
    pub values: Vec<String>,
}

impl Edition {
    pub(super) fn line(&self) -> String {
        let date = digits(Some(self.date));
        let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        format!("{date}\t{}\t{}\t{}\t{}", clean(&self.file), clean(&self.digest), self.rows, clean(&self.part))
    }

    pub(super) fn from_line(line: &str) -> Option<Edition> {
        let mut fields = line.split('\t');
        Some(Edition {
            date: day(fields.next()?)?,
            file: fields.next()?.to_owned(),
            digest: fields.next()?.to_owned(),
            rows: fields.next()?.parse().ok()?,
            part: fields.next().unwrap_or_default().to_owned(),
        })
    }
}
