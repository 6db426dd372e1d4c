//! Taking the rows of a file into a table: nothing is forgotten, only ended.
use super::record::digits;
use super::{Edition, Record, Row, Table};
use crate::Kind;
use karute_japan::Date;
use std::borrow::Cow;
use std::iter::Peekable;

/// How a file is to be taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct MergeOptions {
    /// The file holds only what changed (差分): codes that it does not name stay as they are.
    pub difference: bool,
    /// Codes may be missing in great number; a person has looked at the list.
    pub accept_vanished: bool,
}

/// A table with a file taken in, and what that changed. Counts are of codes.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The new table.
    pub table: Table,
    /// Whether this file was taken before, so that nothing happened.
    pub known: bool,
    /// Codes that were not there.
    pub added: u32,
    /// Codes with other words, prices or dates.
    pub changed: u32,
    /// Codes that can no longer be used, marked so by the file.
    pub ended: u32,
    /// Codes that the file no longer names and that therefore ended the day before its edition.
    pub vanished: u32,
    /// Codes as they were.
    pub unchanged: u32,
}

/// Why a file was not taken. Nothing was changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// An edition that is already in is newer.
    #[error("{edition} の版は、取り込み済みの {newest} の版より古いため取り込めません")]
    Older {
        /// Date of the file.
        edition: Date,
        /// Date of the newest edition in the table.
        newest: Date,
    },
    /// Two rows have one key.
    #[error("{line} 行目: コード {key} は {first_line} 行目にもあります")]
    Duplicate {
        /// Line of the second.
        line: u32,
        /// Line of the first.
        first_line: u32,
        /// The key.
        key: String,
    },
    /// Codes in use are missing, more than this kind of file leaves out in practice.
    #[error(
        "使用中のコード {count} 件がファイルにありません（{examples}）。ファイルが途中で切れていないか確かめ、\
         正しければ --accept-vanished を付けて取り込んでください"
    )]
    Vanished {
        /// How many.
        count: u32,
        /// The first of them.
        examples: String,
    },
    /// The file has no row.
    #[error("ファイルに取り込める行がありません")]
    Empty,
}

/// How many codes in use may be missing from a full file. Files of 支払基金, MEDIS and the laboratory lists keep a code
/// and mark it as ended (マスターファイル仕様説明書, 変更区分 9), lists of prices and of names drop it.
fn vanish_limit(kind: Kind, usable: u32) -> u32 {
    match kind {
        Kind::SskDisease
        | Kind::SskModifier
        | Kind::SskDrug
        | Kind::SskAct
        | Kind::SskMaterial
        | Kind::SskComment
        | Kind::MedisDisease
        | Kind::Hot => 0,
        _ => (usable / 20).max(20),
    }
}

impl Table {
    /// Takes the rows of one file. Rows need no order; the result does not depend on it.
    pub fn merge(&self, mut rows: Vec<Row>, edition: &Edition, options: MergeOptions) -> Result<Merged, MergeError> {
        if self.editions.iter().any(|known| known.digest == edition.digest) {
            let unchanged = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            return Ok(Merged { known: true, unchanged, ..Merged::nothing(self.clone()) });
        }
        if let Some(newest) = self.editions.last().map(|e| e.date).filter(|newest| *newest > edition.date) {
            return Err(MergeError::Older { edition: edition.date, newest });
        }
        if rows.is_empty() {
            return Err(MergeError::Empty);
        }
        rows.sort_by(|a, b| (&a.key, a.line).cmp(&(&b.key, b.line)));
        for pair in rows.windows(2) {
            if let [first, second] = pair
                && first.key == second.key
            {
                let (line, first_line, key) = (second.line, first.line, second.key.clone());
                return Err(MergeError::Duplicate { line, first_line, key });
            }
        }
        let mut merging =
            Merging { table: self, edition, counts: Merged::nothing(Table::empty(self.kind)), gone: Vec::new() };
        let lines = merging.lines(&rows, options);
        let Merging { counts, gone, .. } = merging;
        let usable = self.records().filter(|(_, r)| r.is_usable(edition.date)).count();
        let limit = vanish_limit(self.kind, u32::try_from(usable).unwrap_or(u32::MAX));
        if counts.vanished > limit && !options.accept_vanished {
            let more = if gone.len() > 5 { " ほか" } else { "" };
            let examples = gone.iter().take(5).copied().collect::<Vec<_>>().join(", ") + more;
            return Err(MergeError::Vanished { count: counts.vanished, examples });
        }
        let mut editions = self.editions.clone();
        let taken = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        editions.push(Edition { rows: taken, ..edition.clone() });
        let table = Table::from_lines(self.kind, editions, lines.iter().map(AsRef::as_ref));
        Ok(Merged { table, ..counts })
    }
}

impl Merged {
    fn nothing(table: Table) -> Merged {
        Merged { table, known: false, added: 0, changed: 0, ended: 0, vanished: 0, unchanged: 0 }
    }
}

struct Merging<'t> {
    table: &'t Table,
    edition: &'t Edition,
    counts: Merged,
    /// Keys that the file does not name.
    gone: Vec<&'t str>,
}

impl<'t> Merging<'t> {
    /// All lines of the new table in order. `rows` are sorted by key.
    fn lines(&mut self, rows: &[Row], options: MergeOptions) -> Vec<Cow<'t, str>> {
        let mut lines = Vec::with_capacity(self.table.len() + rows.len());
        let mut old = self.table.records().map(|(_, record)| record).peekable();
        for row in rows {
            while let Some(key) = old.peek().map(Record::key).filter(|key| *key < row.key.as_str()) {
                let revisions = take(&mut old, key);
                self.unnamed(&revisions, options, &mut lines);
            }
            let revisions = take(&mut old, &row.key);
            self.named(&revisions, row, &mut lines);
        }
        while let Some(key) = old.peek().map(Record::key) {
            let revisions = take(&mut old, key);
            self.unnamed(&revisions, options, &mut lines);
        }
        lines
    }

    /// A code that the file names.
    fn named(&mut self, revisions: &[Record<'t>], row: &Row, lines: &mut Vec<Cow<'t, str>>) {
        let Some((newest, earlier)) = revisions.split_last() else {
            self.counts.added += 1;
            // In the first file ever taken, a row without a date has always been so.
            let from = row.from.or((!self.table.is_empty()).then_some(self.edition.date));
            lines.push(line(&row.key, from, row.until, row.values.iter().map(String::as_str)).into());
            return;
        };
        lines.extend(earlier.iter().map(|record| Cow::Borrowed(record.line)));
        let same = newest.values().eq(row.values.iter().map(String::as_str));
        if same && newest.until() == row.until {
            self.counts.unchanged += 1;
            lines.push(newest.line.into());
            return;
        }
        if row.until.is_some() && newest.until() != row.until {
            self.counts.ended += 1;
        } else {
            self.counts.changed += 1;
        }
        let begins = row.from.unwrap_or(self.edition.date);
        let revived =
            newest.until().is_some_and(|until| until < begins) && row.until.is_none_or(|until| until >= begins);
        let follows = newest.from().is_none_or(|from| from < begins);
        let values = row.values.iter().map(String::as_str);
        if (same && !revived) || !follows {
            // Another end of the same words, or a correction of words that begin on the same day.
            lines.push(line(&row.key, newest.from(), row.until, values).into());
        } else {
            let eve = begins.yesterday().ok();
            let until = newest.until().filter(|until| Some(*until) < eve).or(eve);
            lines.push(line(newest.key(), newest.from(), until, newest.values()).into());
            lines.push(line(&row.key, Some(begins), row.until, values).into());
        }
    }

    /// A code that the file does not name.
    fn unnamed(&mut self, revisions: &[Record<'t>], options: MergeOptions, lines: &mut Vec<Cow<'t, str>>) {
        let Some((newest, earlier)) = revisions.split_last() else { return };
        lines.extend(earlier.iter().map(|record| Cow::Borrowed(record.line)));
        if options.difference || !newest.is_usable(self.edition.date) || newest.until().is_some() {
            self.counts.unchanged += 1;
            lines.push(newest.line.into());
            return;
        }
        self.counts.vanished += 1;
        self.gone.push(newest.key());
        lines.push(line(newest.key(), newest.from(), self.edition.date.yesterday().ok(), newest.values()).into());
    }
}

/// The next revisions while they are of `key`.
fn take<'t>(old: &mut Peekable<impl Iterator<Item = Record<'t>>>, key: &str) -> Vec<Record<'t>> {
    std::iter::from_fn(|| old.next_if(|record| record.key() == key)).collect()
}

/// A line of a table. Tabs and line ends cannot stand in a value.
fn line<'v>(key: &str, from: Option<Date>, until: Option<Date>, values: impl Iterator<Item = &'v str>) -> String {
    let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let mut line = format!("{}\t{}\t{}", clean(key), digits(from), digits(until));
    for value in values {
        line.push('\t');
        if value.contains(['\t', '\n', '\r']) { line.push_str(&clean(value)) } else { line.push_str(value) }
    }
    line
}
