//! 経過: visits, results and documents in one line of time, newest first.
use crate::outside::{Batch, Section, What};
use crate::view::{Document, Encounter, Immunization, Measurement, Medication, Note};
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
        /// The visit; absent for a note that belongs to none.
        visit: Option<Id>,
        /// 初診, 再診 …
        kind: Option<String>,
        /// Why the patient came.
        reason: Option<String>,
        /// Who saw the patient.
        author: Option<String>,
        /// Sections of the note, when the reader may see notes.
        note: Vec<(String, String)>,
        /// Who confirmed it, whether it was corrected or waits for approval; when the reader may see notes.
        record: Option<Box<Note>>,
        /// Whether it says the same as the note before it (前回と同文, SAFE-11).
        repeats: bool,
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
    /// What another institution registered of a day, as it was viewed.
    Outside(Outside),
}

/// What one institution says of one day.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Who says it.
    pub institution: String,
    /// Values, abnormal ones first.
    pub values: Vec<Measurement>,
    /// The rest: its kind and its words.
    pub others: Vec<(&'static str, String)>,
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
    /// What was viewed of other institutions.
    pub(super) outside: Vec<Batch>,
}

/// Puts the parts together. What has no date is left out: it has no place in a line of time.
pub(super) fn course(parts: Parts, most: usize) -> Vec<Entry> {
    let Parts { encounters, mut notes, drugs, vaccines, labs, documents, outside } = parts;
    let mut entries: Vec<Entry> = Vec::new();
    let shown: Vec<Option<Id>> = encounters.iter().map(|e| Some(e.id.clone())).collect();
    for encounter in encounters {
        let Some(date) = encounter.arrived.map(Timestamp::day_in_japan) else { continue };
        // The note that counts before one that was deleted.
        let of_visit = |n: &&Note| n.encounter.as_ref() == Some(&encounter.id);
        let own = notes
            .iter()
            .position(|n| of_visit(&n) && !n.is_deleted())
            .or_else(|| notes.iter().position(|n| of_visit(&n)));
        let note = own.map(|at| notes.swap_remove(at));
        entries.push(Entry {
            date,
            kind: EntryKind::Visit {
                kind: encounter.kind,
                reason: encounter.reason,
                author: note.as_ref().and_then(|n| n.author.clone()).or(encounter.practitioner),
                note: note.as_ref().filter(|n| !n.is_deleted()).map(|n| n.sections.clone()).unwrap_or_default(),
                record: note.map(Box::new),
                repeats: false,
                drugs: drugs.iter().filter(|d| d.encounter.as_ref() == Some(&encounter.id)).cloned().collect(),
                vaccines: vaccines.iter().filter(|v| v.encounter.as_ref() == Some(&encounter.id)).cloned().collect(),
                visit: Some(encounter.id),
            },
        });
    }
    for note in notes.into_iter().filter(|n| !n.is_deleted() && !shown.contains(&n.encounter)) {
        let Some(date) = note.date else { continue };
        entries.push(Entry {
            date,
            kind: EntryKind::Visit {
                visit: note.encounter.clone(),
                kind: None,
                reason: None,
                author: note.author.clone(),
                note: note.sections.clone(),
                record: Some(Box::new(note)),
                repeats: false,
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
    mark_repeats(&mut entries);
    let cut = entries.len() > most;
    entries.truncate(most);
    // What others say is laid beside our own course; it never pushes a visit of ours out of sight.
    let since = entries.last().map(|oldest| oldest.date).filter(|_| cut);
    let mut others = by_day(outside);
    others.retain(|entry| since.is_none_or(|since| entry.date >= since));
    others.sort_by_key(|entry| std::cmp::Reverse(entry.date));
    others.truncate(most);
    entries.extend(others);
    entries.sort_by_key(|e| (std::cmp::Reverse(e.date), rank(&e.kind)));
    entries
}

/// An entry for each institution and day. What has no day of its own has no place in a line of time.
fn by_day(batches: Vec<Batch>) -> Vec<Entry> {
    let mut days: BTreeMap<(Date, String), Outside> = BTreeMap::new();
    for batch in batches {
        for item in batch.items {
            let Some(date) = item.day() else { continue };
            let day = days.entry((date, batch.institution.clone())).or_insert_with(|| Outside {
                institution: batch.institution.clone(),
                values: Vec::new(),
                others: Vec::new(),
            });
            let kind = Section::of(&item).word();
            match &item.what {
                What::Result(result) => day.values.push(result.measured.clone()),
                What::Disease(_) => day.others.push((kind, item.name())),
                What::Allergy(_) | What::Drug(_) => {
                    day.others.push((kind, format!("{} {}", item.name(), item.words()).trim_end().to_owned()));
                }
            }
        }
    }
    days.into_iter()
        .map(|((date, _), mut outside)| {
            outside.values.sort_by_key(|m| m.flag == crate::view::Flag::None);
            Entry { date, kind: EntryKind::Outside(outside) }
        })
        .collect()
}

/// Marks notes that say word for word what the one before them said.
fn mark_repeats(entries: &mut [Entry]) {
    let mut before: Vec<(String, String)> = Vec::new();
    for entry in entries.iter_mut().rev() {
        if let EntryKind::Visit { note, repeats, .. } = &mut entry.kind
            && !note.is_empty()
        {
            *repeats = *note == before;
            before.clone_from(note);
        }
    }
}

/// Within a day: the visit, then its results, then papers.
fn rank(kind: &EntryKind) -> u8 {
    match kind {
        EntryKind::Visit { .. } => 0,
        EntryKind::Labs { .. } => 1,
        EntryKind::Document(_) => 2,
        EntryKind::Outside(_) => 3,
    }
}
