//! Reading the record of a visit: drafts, what is confirmed, what is deleted.
use super::draft::{Kept, kept_as};
use super::{Clash, Draft, Place, Reopened, SPACE, Section, drafts_in};
use crate::ChartError;
use crate::query::{parse, resource_type, search};
use crate::view::{Encounter, Note, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Lookup, Reader, Version};

/// The record of a visit as a page shows it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The visit.
    pub visit: Encounter,
    /// Sections being written.
    pub drafts: Vec<(Section, Draft)>,
    /// Conflicts this person has to settle.
    pub clashes: Vec<(Section, Clash)>,
    /// What is on record: confirmed, waiting for approval, or deleted.
    pub note: Option<Note>,
    /// Set while a confirmed record is opened again.
    pub reopened: Option<Reopened>,
}

impl Record {
    /// Whether it is being written: nothing is on record yet, or it was opened again.
    pub fn is_open(&self) -> bool {
        self.reopened.is_some() || self.note.as_ref().is_none_or(Note::is_deleted)
    }
    /// The draft of a section.
    pub fn draft(&self, section: Section) -> Option<&Draft> {
        self.drafts.iter().find(|(s, _)| *s == section).map(|(_, d)| d)
    }
    /// Text of a draft.
    pub fn text(&self, section: Section) -> &str {
        self.draft(section).map_or("", |d| d.text.as_str())
    }
}

/// Reads the record of a visit of a patient; part of the caller's page and of its audit event.
pub fn record<'a>(
    access: &'a Access,
    reader: &'a Reader,
    place: Place<'a>,
    person: &'a Id,
) -> BoxFuture<'a, Result<Record, ChartError>> {
    Box::pin(async move {
        let visit = visit(reader, place).await?;
        let Kept { drafts, clashes, reopened, .. } = drafts_in(access, place.visit, person).await?;
        let note = match composition_of(reader, place.visit).await? {
            Some(version) => Note::of(&parse(&version)?),
            None => None,
        };
        let drafts = drafts.into_iter().map(|(s, d, _)| (s, d)).collect();
        Ok(Record { visit, drafts, clashes, note, reopened: reopened.map(|(r, _)| r) })
    })
}

/// The visit, when it is this patient's.
pub(crate) async fn visit(reader: &Reader, place: Place<'_>) -> Result<Encounter, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Encounter")?, place.visit).await? else {
        return Err(ChartError::NotFound);
    };
    let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
    if visit.patient.as_ref() == Some(place.patient) { Ok(visit) } else { Err(ChartError::NotFound) }
}

/// The day of a visit that may be written about.
pub(super) async fn visit_day(access: &Access, place: Place<'_>) -> Result<Date, ChartError> {
    let reader = access.reader(karute_ledger::Action::Read);
    reader.describe("記録を書く");
    let visit = visit(&reader, place).await?;
    let visit = reader.release(visit).await?;
    if visit.state == Some(VisitState::Cancelled) {
        return Err(ChartError::Step);
    }
    visit.arrived.map(karute_japan::Timestamp::day_in_japan).ok_or(ChartError::Step)
}

/// The Composition of a visit: the one that counts, else the newest deleted one.
pub(crate) async fn composition_of(reader: &Reader, visit: &Id) -> Result<Option<Version>, ChartError> {
    let encounter = format!("Encounter/{visit}");
    let pairs = [("encounter", encounter.as_str()), ("_sort", "-date"), ("_count", "10")];
    let mut deleted = None;
    for version in search(reader, "Composition", &pairs).await?.matches {
        let note = Note::of(&parse(&version)?);
        match note {
            Some(note) if !note.is_deleted() => return Ok(Some(version)),
            Some(_) if deleted.is_none() => deleted = Some(version),
            _ => {}
        }
    }
    Ok(deleted)
}

/// A visit with drafts that nobody confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Visit.
    pub visit: Id,
    /// Patient.
    pub patient: Id,
    /// Day of the visit.
    pub day: Date,
    /// Who wrote, without repetition.
    pub authors: Vec<(String, String)>,
    /// How the record begins.
    pub begins: String,
}

/// Drafts looked through at most; far more than a clinic leaves open.
const MOST: u32 = 4_000;

/// Visits before `today` whose drafts nobody confirmed, oldest first.
pub fn unconfirmed(access: &Access, today: Date) -> BoxFuture<'_, Result<Vec<Unconfirmed>, ChartError>> {
    Box::pin(async move {
        let mut found: Vec<Unconfirmed> = Vec::new();
        for (key, value) in access.docs(SPACE, "", MOST).await? {
            let Some((visit, rest)) = key.split_once('/') else { continue };
            if Section::parse(rest).is_none() {
                continue;
            }
            let draft: Draft = kept_as(&value)?;
            let (Ok(visit), Ok(patient)) = (Id::new(visit), Id::new(&draft.patient)) else { continue };
            if draft.day >= today || draft.text.is_empty() {
                continue;
            }
            let at = found.iter().position(|u| u.visit == visit).unwrap_or_else(|| {
                let day = draft.day;
                found.push(Unconfirmed { visit, patient, day, authors: Vec::new(), begins: String::new() });
                found.len() - 1
            });
            let Some(entry) = found.get_mut(at) else { continue };
            let author = (draft.person, draft.name);
            if !entry.authors.contains(&author) {
                entry.authors.push(author);
            }
            if entry.begins.is_empty() && rest != "V" {
                entry.begins = draft.text.chars().take(60).collect();
            }
        }
        found.sort_by(|a, b| (a.day, &a.visit).cmp(&(b.day, &b.visit)));
        Ok(found)
    })
}

/// The newest note of the patient that belongs to another visit.
pub fn previous<'a>(reader: &'a Reader, place: Place<'a>) -> BoxFuture<'a, Result<Option<Note>, ChartError>> {
    Box::pin(async move {
        let pairs = [("patient", place.patient.as_str()), ("_sort", "-date"), ("_count", "6")];
        for version in search(reader, "Composition", &pairs).await?.matches {
            let note = Note::read(&parse(&version)?);
            if let Some(note) = note.filter(|n| n.encounter.as_ref() != Some(place.visit) && n.status != "preliminary")
            {
                return Ok(Some(note));
            }
        }
        Ok(None)
    })
}
