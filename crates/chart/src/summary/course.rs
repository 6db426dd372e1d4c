//! 経過: visits, results and documents in one line of time, newest first.
use crate::view::{Document, Encounter, Immunization, Measurement, Medication, Note};
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
        /// Vaccinations given.
        vaccines: Vec<Immunization>,
    },
    /// Laboratory results of a day.
    Labs {
        /// The values, abnormal ones first.
        items: Vec<Measurement>,
    },
    /// A letter or report.
    Document(Document),
}

/// What the line of time is made of.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) encounters: Vec<Encounter>,
    pub(super) notes: Vec<Note>,
    pub(super) drugs: Vec<Medication>,
    pub(super) vaccines: Vec<Immunization>,
    pub(super) labs: Vec<Measurement>,
    pub(super) documents: Vec<Document>,
}

/// Puts the parts together. What has no date is left out: it has no place in a line of time.
pub(super) fn course(parts: Parts, most: usize) -> Vec<Entry> {
    let Parts { encounters, mut notes, drugs, vaccines, labs, documents } = parts;
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
                drugs: drugs.iter().filter(|d| d.encounter.as_ref() == Some(&encounter.id)).cloned().collect(),
                vaccines: vaccines.iter().filter(|v| v.encounter.as_ref() == Some(&encounter.id)).cloned().collect(),
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
                vaccines: Vec::new(),
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

/// Within a day: the visit, then its results, then papers.
fn rank(kind: &EntryKind) -> u8 {
    match kind {
        EntryKind::Visit { .. } => 0,
        EntryKind::Labs { .. } => 1,
        EntryKind::Document(_) => 2,
    }
}
