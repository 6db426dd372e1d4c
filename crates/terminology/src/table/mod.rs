//! One master table: records versioned by date, kept as one text.
mod edition;
mod extent;
mod merge;
mod record;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use edition::{Edition, Row};
pub use extent::{Absent, Covers, Extent};
pub use merge::{MergeError, MergeOptions, Merged};
pub use record::Record;

use crate::Kind;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use karute_japan::Date;
use std::io::{Read as _, Write as _};

/// Largest decompressed table accepted, in bytes.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// All records of one kind, each with its revisions.
///
/// The text has a line per revision, fields separated by tabs: key, first day, last day (`YYYYMMDD`, empty for open),
/// then the columns of the kind. Lines are sorted by key, then by first day. A look-up touches one line and copies
/// nothing.
#[derive(Clone, Debug)]
pub struct Table {
    kind: Kind,
    text: Box<str>,
    /// Where each line begins, and one past the end of the last.
    starts: Box<[u32]>,
    editions: Vec<Edition>,
}

/// What was stored cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("stored table {kind} is damaged: {reason}")]
pub struct Damaged {
    kind: &'static str,
    reason: String,
}

impl Table {
    /// A table without records.
    pub fn empty(kind: Kind) -> Table {
        Table { kind, text: Box::from(""), starts: Box::from([0]), editions: Vec::new() }
    }

    /// A table from its lines, which must be sorted; no line ends with a line feed here.
    fn from_lines<'l>(kind: Kind, editions: Vec<Edition>, lines: impl Iterator<Item = &'l str>) -> Table {
        let mut text = String::new();
        let mut starts = vec![0];
        for line in lines {
            text.push_str(line);
            text.push('\n');
            starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Table { kind, text: text.into(), starts: starts.into(), editions }
    }

    /// What it is a table of.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The editions it was made from, oldest first.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// Number of revisions.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether it has no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.starts.len() * 4
    }

    /// A revision by its number, below [`Table::len`]. Numbers are stable for this value only.
    pub fn record(&self, number: u32) -> Option<Record<'_>> {
        let at = number as usize;
        let (from, to) = (*self.starts.get(at)? as usize, *self.starts.get(at + 1)? as usize);
        Some(Record::new(self.text.get(from..to.checked_sub(1)?)?, self.kind))
    }

    /// All revisions in the order of key and date, with their numbers.
    pub fn records(&self) -> impl Iterator<Item = (u32, Record<'_>)> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).filter_map(|n| Some((n, self.record(n)?)))
    }

    /// The revisions of a key, oldest first.
    pub fn revisions<'t>(&'t self, key: &'t str) -> impl Iterator<Item = (u32, Record<'t>)> + 't {
        let first = self.first(key);
        (first..u32::MAX)
            .map_while(move |n| Some((n, self.record(n)?)))
            .take_while(move |(_, record)| record.key() == key)
    }

    /// The revision by which a code of that day is shown: the last one that began by then, else the earliest known.
    /// Whether it could be used on that day is another question: [`Record::is_usable`].
    pub fn at<'t>(&'t self, key: &'t str, day: Date) -> Option<Record<'t>> {
        let mut best = None;
        for (_, record) in self.revisions(key) {
            if best.is_none() || record.from().is_none_or(|from| from <= day) {
                best = Some(record);
            }
        }
        best
    }

    /// The newest revision of a key.
    pub fn newest<'t>(&'t self, key: &'t str) -> Option<Record<'t>> {
        self.revisions(key).last().map(|(_, record)| record)
    }

    /// Number of the first line whose key is not below `key`.
    fn first(&self, key: &str) -> u32 {
        let (mut low, mut high) = (0_u32, u32::try_from(self.len()).unwrap_or(u32::MAX));
        while low < high {
            let middle = low.midpoint(high);
            if self.record(middle).is_some_and(|record| record.key() < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The table as it is kept at rest: compressed, with its editions.
    pub fn encode(&self) -> std::io::Result<Vec<u8>> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        writeln!(gzip, "karute-master\t1\t{}\t{}", self.kind.name(), self.editions.len())?;
        for edition in &self.editions {
            writeln!(gzip, "{}", edition.line())?;
        }
        gzip.write_all(self.text.as_bytes())?;
        gzip.finish()
    }

    /// What [`Table::encode`] made, or the same text uncompressed (the starter set).
    pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Table, Damaged> {
        let damaged = |reason: String| Damaged { kind: kind.name(), reason };
        let mut text = String::new();
        let mut plain: &[u8] = bytes;
        let read = match bytes {
            [0x1f, 0x8b, ..] => GzDecoder::new(bytes).take(MAX_BYTES).read_to_string(&mut text),
            _ => plain.read_to_string(&mut text),
        };
        read.map_err(|e| damaged(e.to_string()))?;
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let count = head
            .strip_prefix("karute-master\t1\t")
            .and_then(|rest| rest.strip_prefix(kind.name()))
            .and_then(|rest| rest.strip_prefix('\t'))
            .and_then(|count| count.parse::<usize>().ok())
            .ok_or_else(|| damaged(format!("unexpected head {head:?}")))?;
        let mut editions = Vec::new();
        for _ in 0..count {
            let line = lines.next().unwrap_or_default();
            editions.push(Edition::from_line(line).ok_or_else(|| damaged("edition".into()))?);
        }
        let columns = kind.columns().len();
        let rest: Vec<&str> = lines.collect();
        for (number, pair) in rest.windows(2).enumerate() {
            if let [a, b] = pair
                && sort_key(a) >= sort_key(b)
            {
                return Err(damaged(format!("line {} is out of order", number + 1)));
            }
        }
        if let Some(at) = rest.iter().position(|line| line.matches('\t').count() != columns + 2) {
            return Err(damaged(format!("line {} has another number of columns", at + 1)));
        }
        Ok(Table::from_lines(kind, editions, rest.into_iter()))
    }
}

/// Key and first day.
fn sort_key(line: &str) -> (&str, &str) {
    let mut fields = line.split('\t');
    (fields.next().unwrap_or_default(), fields.next().unwrap_or_default())
}
