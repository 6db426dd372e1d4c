//! Taking the rows of a file into a table: nothing is forgotten, only ended.
use super::record::digits;
use super::{Absent, Edition, Extent, Record, Row, Table};
use crate::Kind;
use crate::kind::Column;
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
        "使用中のコード {count} 件がファイルにありません（{examples}）。ファイルが途中で切れていないか、\
         差分のファイルでないか（差分なら --difference）確かめ、正しければ --accept-vanished を付けて取り込んでください"
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

/// How many codes in use may be missing from a full file. Files of 支払基金 and MEDIS keep a code
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
    /// Takes the rows of one file that is all of its kind. Rows need no order; the result does not depend on it.
    pub fn merge(&self, rows: Vec<Row>, edition: &Edition, options: MergeOptions) -> Result<Merged, MergeError> {
        self.merge_part(rows, edition, &Extent::default(), options)
    }

    /// Takes the rows of one file that says what `extent` says. Rows need no order; the result does not depend on it.
    pub fn merge_part(
        &self,
        mut rows: Vec<Row>,
        edition: &Edition,
        extent: &Extent,
        options: MergeOptions,
    ) -> Result<Merged, MergeError> {
        if self.editions.iter().any(|known| known.digest == edition.digest && known.part == extent.part) {
            let unchanged = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            return Ok(Merged { known: true, unchanged, ..Merged::nothing(self.clone()) });
        }
        let before = || self.editions.iter().filter(|known| extent.overlaps(&known.part));
        if let Some(newest) = before().map(|known| known.date).max().filter(|newest| *newest > edition.date) {
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
        let yielding = match &extent.yields {
            Some((part, columns)) if self.editions.iter().any(|known| known.part == *part) => columns.as_slice(),
            _ => &[],
        };
        let first = before().next().is_none();
        let counts = Merged::nothing(Table::empty(self.kind));
        let mut merging = Merging { table: self, edition, extent, yielding, first, counts, gone: Vec::new() };
        let lines = merging.lines(&rows, options);
        let Merging { counts, gone, .. } = merging;
        let usable = self.records().filter(|(_, r)| r.is_usable(edition.date) && extent.covers(r)).count();
        let limit = vanish_limit(self.kind, u32::try_from(usable).unwrap_or(u32::MAX));
        if counts.vanished > limit && !options.accept_vanished {
            let more = if gone.len() > 5 { " ほか" } else { "" };
            let examples = gone.iter().take(5).copied().collect::<Vec<_>>().join(", ") + more;
            return Err(MergeError::Vanished { count: counts.vanished, examples });
        }
        let mut editions = self.editions.clone();
        let taken = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        editions.push(Edition { rows: taken, part: extent.part.clone(), ..edition.clone() });
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
    extent: &'t Extent,
    /// Columns that are only filled where empty.
    yielding: &'t [Column],
    /// Whether nothing was known of this part before.
    first: bool,
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

    /// The values of a row, completed by what the file leaves to others.
    fn values<'v>(&self, newest: &Record<'t>, row: &'v Row) -> Vec<Cow<'v, str>>
    where
        't: 'v,
    {
        let extent = self.extent;
        let value = |(number, (new, old)): (usize, (&'v String, &'t str))| {
            let column = Column(number);
            if extent.keeps.contains(&column) || (!old.is_empty() && self.yielding.contains(&column)) {
                return Cow::Borrowed(old);
            }
            if extent.joins.contains(&column) {
                return Cow::Owned(joined(old, new));
            }
            Cow::Borrowed(new.as_str())
        };
        row.values.iter().zip(newest.values().chain(std::iter::repeat(""))).enumerate().map(value).collect()
    }

    /// A code that the file names.
    fn named(&mut self, revisions: &[Record<'t>], row: &Row, lines: &mut Vec<Cow<'t, str>>) {
        let Some((newest, earlier)) = revisions.split_last() else {
            self.counts.added += 1;
            // In the first file ever taken, a code without a date has always been there: when its words changed last
            // says nothing about that.
            let later = (!self.first).then(|| row.from.unwrap_or(self.edition.date));
            let from = row.since.or(later);
            lines.push(line(&row.key, from, row.until, row.values.iter().map(String::as_str)).into());
            return;
        };
        lines.extend(earlier.iter().map(|record| Cow::Borrowed(record.line)));
        let values = self.values(newest, row);
        let same = newest.values().eq(values.iter().map(|value| cleaned(value)));
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
        let values = values.iter().map(AsRef::as_ref);
        // New words of a code that ends before they begin are a correction of its last words.
        let stillborn = row.until.is_some_and(|until| until < begins);
        if (same && !revived) || !follows || stillborn {
            // Another end of the same words, or a correction of words that begin on the same day.
            lines.push(line(&row.key, newest.from(), row.until, values).into());
        } else {
            lines.push(closed(newest, begins).into());
            lines.push(line(&row.key, Some(begins), row.until, values).into());
        }
    }

    /// A code that the file does not name.
    fn unnamed(&mut self, revisions: &[Record<'t>], options: MergeOptions, lines: &mut Vec<Cow<'t, str>>) {
        let Some((newest, earlier)) = revisions.split_last() else { return };
        lines.extend(earlier.iter().map(|record| Cow::Borrowed(record.line)));
        let open = newest.is_usable(self.edition.date) && newest.until().is_none();
        let change = match self.extent.absent {
            _ if options.difference || !open || !self.extent.covers(newest) => None,
            Absent::Stays => None,
            Absent::Clears(column) if newest.get(column).is_empty() => None,
            Absent::Clears(column) => Some(Some((column, String::new()))),
            Absent::Withdraws(column, word) => {
                let mut others = newest.get(column).split(' ').filter(|other| *other != word && !other.is_empty());
                match others.next() {
                    Some(first) => Some(Some((column, others.fold(first.to_owned(), |all, word| all + " " + word)))),
                    None => Some(None),
                }
            }
            Absent::Ends => Some(None),
        };
        let Some(change) = change else {
            self.counts.unchanged += 1;
            lines.push(newest.line.into());
            return;
        };
        self.counts.vanished += 1;
        self.gone.push(newest.key());
        let begins = self.edition.date;
        let replaced = change.map(|(column, text)| {
            let value =
                |(number, old): (usize, &'t str)| if number == column.0 { text.clone() } else { old.to_owned() };
            newest.values().enumerate().map(value).collect::<Vec<_>>()
        });
        match replaced {
            None => lines.push(closed(newest, begins).into()),
            Some(values) if newest.from().is_some_and(|from| from >= begins) => {
                lines.push(line(newest.key(), newest.from(), None, values.iter().map(String::as_str)).into());
            }
            Some(values) => {
                lines.push(closed(newest, begins).into());
                lines.push(line(newest.key(), Some(begins), None, values.iter().map(String::as_str)).into());
            }
        }
    }
}

/// A revision that gives way to another on a day.
fn closed(newest: &Record<'_>, begins: Date) -> String {
    let eve = begins.yesterday().ok();
    let until = newest.until().filter(|until| Some(*until) < eve).or(eve);
    line(newest.key(), newest.from(), until, newest.values())
}

/// The words of both, each once, those of `old` first.
fn joined(old: &str, new: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in old.split(' ').chain(new.split(' ')) {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

/// A value as it stands in a table, where tabs and line ends have no place.
fn cleaned(text: &str) -> Cow<'_, str> {
    if text.contains(['\t', '\n', '\r']) {
        Cow::Owned(text.replace(['\t', '\n', '\r'], " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// The next revisions while they are of `key`.
fn take<'t>(old: &mut Peekable<impl Iterator<Item = Record<'t>>>, key: &str) -> Vec<Record<'t>> {
    std::iter::from_fn(|| old.next_if(|record| record.key() == key)).collect()
}

/// A line of a table.
fn line<'v>(key: &str, from: Option<Date>, until: Option<Date>, values: impl Iterator<Item = &'v str>) -> String {
    let mut line = format!("{}\t{}\t{}", cleaned(key), digits(from), digits(until));
    for value in values {
        line.push('\t');
        line.push_str(&cleaned(value));
    }
    line
}
