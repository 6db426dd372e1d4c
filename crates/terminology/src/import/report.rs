//! What an import did, for people.
use super::refusal::Rejected;
use crate::{Edition, Kind, Merged};
use karute_japan::Date;

/// Rejected rows that the text names.
const NAMED: usize = 20;

/// Outcome of an import. Counts are of codes, `read` and `rejected` of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was imported.
    pub kind: Kind,
    /// Name of the file, without folders.
    pub file: String,
    /// Which part of the kind; empty for all of it.
    pub part: String,
    /// Date of the edition.
    pub edition: Date,
    /// Whether the file was in already, so that nothing happened.
    pub known: bool,
    /// Rows of data in the file.
    pub read: u32,
    /// Codes that were not there before.
    pub added: u32,
    /// Codes with other words, prices or dates.
    pub changed: u32,
    /// Codes that the file marks as ended.
    pub ended: u32,
    /// Codes that the file no longer names.
    pub vanished: u32,
    /// Codes as they were.
    pub unchanged: u32,
    /// Rows that were left out.
    pub rejected: Vec<Rejected>,
    /// Revisions in the table now.
    pub total: u32,
}

impl Report {
    pub(super) fn new(merged: &Merged, edition: &Edition, part: &str, read: u32, rejected: Vec<Rejected>) -> Report {
        Report {
            kind: merged.table.kind(),
            file: edition.file.clone(),
            part: part.to_owned(),
            edition: edition.date,
            known: merged.known,
            read,
            added: merged.added,
            changed: merged.changed,
            ended: merged.ended,
            vanished: merged.vanished,
            unchanged: merged.unchanged,
            rejected,
            total: u32::try_from(merged.table.len()).unwrap_or(u32::MAX),
        }
    }

    /// A few lines in Japanese.
    pub fn text(&self) -> String {
        let Report { kind, file, edition, read, .. } = self;
        let mut text = format!("{}（{}） {file} {edition} 版\n", kind.label(), kind.name());
        if self.known {
            text.push_str("取り込み済みのファイルです。何も変わっていません。\n");
            return text;
        }
        text.push_str(&format!(
            "読込 {read} 行、新規 {}、変更 {}、終了 {}、消滅 {}、変更なし {}、除外 {}（登録数 {}）\n",
            self.added,
            self.changed,
            self.ended,
            self.vanished,
            self.unchanged,
            self.rejected.len(),
            self.total,
        ));
        for rejected in self.rejected.iter().take(NAMED) {
            text.push_str(&format!("  除外 {rejected}\n"));
        }
        if let Some(more) = self.rejected.len().checked_sub(NAMED).filter(|more| *more > 0) {
            text.push_str(&format!("  ほか {more} 行\n"));
        }
        text
    }
}
