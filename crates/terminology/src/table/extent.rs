//! What a file speaks about, where several files make one table.
use super::Record;
use crate::kind::Column;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What one file says about the table it goes into. The default: everything, and what it does not name has ended.
#[derive(Clone, Default)]
pub struct Extent {
    /// Name of the part; editions are compared by date only with those of the same part. Empty: all of the kind.
    pub part: String,
    /// Which records the file would name if they still held; `None` for all.
    pub covers: Option<Covers>,
    /// What happens to those it does not name.
    pub absent: Absent,
    /// Columns that the file does not carry: they keep their value.
    pub keeps: Vec<Column>,
    /// Columns that the file knows less well than the part of this name: filled where they are empty once that part
    /// is there.
    pub yields: Option<(&'static str, Vec<Column>)>,
    /// Columns of words separated by spaces, to which the file adds its own.
    pub joins: Vec<Column>,
    /// Keys of rows that could not be taken: whatever the table says of them stays.
    pub spared: BTreeSet<String>,
}

/// Whether a file would name a record.
pub type Covers = Arc<dyn Fn(&Record<'_>) -> bool + Send + Sync>;

/// What becomes of a record that a file covers and does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// It ended the day before the edition.
    #[default]
    Ends,
    /// It stays, and this column becomes empty.
    Clears(Column),
    /// This word of the column goes; the record ends with the last of them.
    Withdraws(Column, &'static str),
    /// Nothing.
    Stays,
}

impl std::fmt::Debug for Extent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let covers = if self.covers.is_some() { "some" } else { "all" };
        f.debug_struct("Extent")
            .field("part", &self.part)
            .field("covers", &covers)
            .field("absent", &self.absent)
            .finish_non_exhaustive()
    }
}

impl Extent {
    /// A part by name that covers the records for which `covers` holds.
    pub fn part(name: impl Into<String>, covers: impl Fn(&Record<'_>) -> bool + Send + Sync + 'static) -> Extent {
        Extent { part: name.into(), covers: Some(Arc::new(covers)), ..Extent::default() }
    }

    pub(super) fn covers(&self, record: &Record<'_>) -> bool {
        !self.spared.contains(record.key()) && self.covers.as_ref().is_none_or(|covers| covers(record))
    }

    /// Whether an edition of the part `other` says something about the same records.
    pub(super) fn overlaps(&self, other: &str) -> bool {
        self.part == other || self.part.is_empty() || other.is_empty()
    }
}
