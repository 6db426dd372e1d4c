//! Where each code stands: for every bearing column, the numbers of its records in the order of their codes.
//!
//! Codes are not copied: an entry is eight bytes, and a comparison reads the code from its table.
use crate::system::facet::{FACETS, Facet};
use crate::{CodeSystem, Kind, Record, Table};
use karute_japan::Date;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A code in a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Number of the record in its table.
    record: u32,
    /// Place within the record, for lists.
    slot: u16,
}

/// The tables, and an index for each of [`FACETS`].
#[derive(Debug, Default)]
pub(super) struct Index {
    tables: BTreeMap<Kind, Arc<Table>>,
    /// Parallel to [`FACETS`].
    entries: Vec<Box<[Entry]>>,
}

/// A record that bears a code.
#[derive(Clone, Copy)]
pub(super) struct Hit<'m> {
    pub(super) facet: &'static Facet,
    pub(super) table: &'m Table,
    pub(super) record: Record<'m>,
}

impl Hit<'_> {
    /// Whether it is the revision of its record that holds on that day.
    pub(super) fn is_current(&self, day: Date) -> bool {
        self.table.at(self.record.key(), day) == Some(self.record)
    }
}

impl Index {
    pub(super) fn build<'t>(tables: impl IntoIterator<Item = &'t Arc<Table>>) -> Index {
        let tables: BTreeMap<Kind, Arc<Table>> =
            tables.into_iter().filter(|t| !t.is_empty()).map(|t| (t.kind(), Arc::clone(t))).collect();
        let entries = FACETS.iter().map(|facet| sorted(facet, tables.get(&facet.kind).map(Arc::as_ref))).collect();
        Index { tables, entries }
    }

    pub(super) fn table(&self, kind: Kind) -> Option<&Table> {
        self.tables.get(&kind).map(Arc::as_ref)
    }

    /// Bytes of the index, without the tables.
    pub(super) fn bytes(&self) -> usize {
        self.entries.iter().map(|e| e.len() * size_of::<Entry>()).sum()
    }

    /// The facets of a system, each with its number.
    pub(super) fn facets(system: CodeSystem) -> impl Iterator<Item = (usize, &'static Facet)> {
        FACETS.iter().enumerate().filter(move |(_, facet)| facet.system == system)
    }

    /// Number of codes (with repetitions) of a facet.
    pub(super) fn len(&self, facet: usize) -> usize {
        self.entries.get(facet).map_or(0, |entries| entries.len())
    }

    /// The code at a position of a facet, with its record.
    pub(super) fn entry(&self, number: usize, at: usize) -> Option<(Cow<'_, str>, Hit<'_>)> {
        let facet = FACETS.get(number)?;
        let entry = *self.entries.get(number)?.get(at)?;
        let table = self.table(facet.kind)?;
        let record = table.record(entry.record)?;
        Some((facet.code(&record, entry.slot)?, Hit { facet, table, record }))
    }

    /// All revisions of records of a facet that bear exactly this code.
    pub(super) fn hits(&self, number: usize, code: &str) -> impl Iterator<Item = Hit<'_>> {
        let first = self.first(number, code);
        (first..)
            .map_while(move |at| self.entry(number, at))
            .take_while(move |(found, _)| found == code)
            .map(|(_, h)| h)
    }

    /// The distinct codes of a facet that begin with `head`.
    pub(super) fn beginning(&self, number: usize, head: &str) -> Vec<Cow<'_, str>> {
        let first = self.first(number, head);
        let mut found: Vec<Cow<'_, str>> = (first..)
            .map_while(|at| self.entry(number, at))
            .map(|(code, _)| code)
            .take_while(|code| code.starts_with(head))
            .collect();
        found.dedup();
        found
    }

    /// Position of the first entry whose code is not below `code`.
    pub(super) fn first(&self, number: usize, code: &str) -> usize {
        let Some(facet) = FACETS.get(number) else { return 0 };
        let (Some(entries), Some(table)) = (self.entries.get(number), self.table(facet.kind)) else { return 0 };
        entries.partition_point(|entry| {
            table.record(entry.record).and_then(|r| facet.code(&r, entry.slot)).is_some_and(|found| *found < *code)
        })
    }
}

fn sorted(facet: &Facet, table: Option<&Table>) -> Box<[Entry]> {
    let Some(table) = table else { return Box::default() };
    let mut codes: Vec<(Cow<'_, str>, Entry)> = Vec::new();
    for (record, at) in table.records() {
        codes.extend(facet.codes(at).map(|(slot, code)| (code, Entry { record, slot })));
    }
    // Stable: revisions of one record stay in the order of their dates.
    codes.sort_by(|(a, _), (b, _)| a.cmp(b));
    codes.into_iter().map(|(_, entry)| entry).collect()
}
