//! 経過: visits, results and documents in one line of time, newest first.
use crate::view::{Document, Encounter, Measurement, Medication, Note};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use std::collections::BTreeMap;

/// One entry of the course.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The day.
    pub date: Date,
    /// What.
    pub kind: EntryKind,
}

/// Kinds of entries.
#[derive(Clone, Debug)]
pub enum EntryKind {
    /// A visit.
    Visit {
        /// 初診, 再診 …
        kind: Option<String>,
        /// Why the patient came.
        reason: Option<String>,
        /// Who saw the patient.
        author: Option<String>,
        /// Sections of the note, when the reader may see notes.
        note: Vec<(String, String)>,
        /// What was prescribed.
        drugs: Vec<Medication>,
    },
    /// Laboratory results of a day.
    Labs {
        /// The values, abnormal ones first.
        items: Vec<Measurement>,
    },
    /// A letter or report.
    Document(Document),
}

/// Puts the parts together. Visits without a date are left out: they have no place in a line of time.
pub(super) fn course(
    encounters: Vec<Encounter>,
    mut notes: Vec<Note>,
    drugs: &[Medication],
    labs: &[Measurement],
    documents: Vec<Document>,
    most: usize,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for encounter in encounters {
        let Some(date) = encounter.arrived.map(Timestamp::day_in_japan) else { continue };
        let own = notes.iter().position(|n| n.encounter.as_ref() == Some(&encounter.id));
        let note = own.map(|at| notes.swap_remove(at));
        entries.push(Entry {
            date,
            kind: EntryKind::Visit {
                kind: encounter.kind,
                reason: encounter.reason,
                author: note.as_ref().and_then(|n| n.author.clone()).or(encounter.practitioner),
                note: note.map(|n| n.sections).unwrap_or_default(),
                drugs: of_visit(drugs, &encounter.id),
            },
        });
    }
    for note in notes {
        let Some(date) = note.date else { continue };
        entries.push(Entry {
            date,
            kind: EntryKind::Visit {
                kind: None,
                reason: None,
                author: note.author,
                note: note.sections,
                drugs: Vec::new(),
            },
        });
    }
    let mut days: BTreeMap<Date, Vec<Measurement>> = BTreeMap::new();
    for lab in labs {
        if let Some(date) = lab.date {
            days.entry(date).or_default().push(lab.clone());
        }
    }
    for (date, mut items) in days {
        items.sort_by_key(|m| m.flag == crate::view::Flag::None);
        entries.push(Entry { date, kind: EntryKind::Labs { items } });
    }
    for document in documents {
        if let Some(date) = document.date {
            entries.push(Entry { date, kind: EntryKind::Document(document) });
        }
    }
    entries.sort_by_key(|e| (std::cmp::Reverse(e.date), rank(&e.kind)));
    entries.truncate(most);
    entries
}

fn of_visit(drugs: &[Medication], visit: &Id) -> Vec<Medication> {
    drugs.iter().filter(|d| d.encounter.as_ref() == Some(visit)).cloned().collect()
}

/// Within a day: the visit, then its results, then papers.
fn rank(kind: &EntryKind) -> u8 {
    match kind {
        EntryKind::Visit { .. } => 0,
        EntryKind::Labs { .. } => 1,
        EntryKind::Document(_) => 2,
    }
}
