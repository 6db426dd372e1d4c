//! Reading letters: the page of a draft, a letter on record with its way and its history, the list of a patient.
use super::Place;
use super::delivery::{Delivery, State};
use super::draft::{Draft, Of, draft};
use super::head::{Consent, Head};
use super::material::{Material, material};
use super::resource::{Letter, consent_of};
use crate::ChartError;
use crate::query::{parse, resource_type, search, search_all};
use crate::view::Person;
use crate::view::element::reference;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, HistoryScope, Lookup, Reader, Version};

/// Letters of a patient read at most.
const MOST: usize = 200;

/// Everything the composer shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// The draft.
    pub draft: Draft,
    /// What the chart has for it, in the order of the left side.
    pub material: Vec<Material>,
    /// About whom.
    pub person: Person,
    /// Address of the patient; empty when none is known.
    pub address: String,
}

/// Reads the page of a draft through the caller's reader, as part of its audit event.
pub async fn page(access: &Access, reader: &Reader, of: Of<'_>, person: &Id, day: Date) -> Result<Page, ChartError> {
    let draft = draft(access, of, person).await?;
    let file = crate::registration::read_file(reader, of.patient).await?;
    let visit = draft.head.visit.as_deref().and_then(|visit| Id::new(visit).ok());
    let place = Place { patient: of.patient, visit: visit.as_ref() };
    let material = material(access, reader, place, person, day).await?;
    let address = [&file.form.state, &file.form.city, &file.form.line].map(String::as_str).concat();
    Ok(Page { draft, material, person: file.person, address })
}

/// A letter on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnRecord {
    /// The letter.
    pub letter: Letter,
    /// Where it stands on its way.
    pub delivery: Option<Delivery>,
    /// The patient's consent.
    pub consent: Option<Consent>,
}

/// One letter of a patient. One audit event.
pub async fn one(access: &Access, of: Of<'_>) -> Result<OnRecord, ChartError> {
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書");
    let found = read(&reader, of).await;
    match found {
        Ok(found) => Ok(reader.release(found).await?),
        Err(error) => {
            reader.release(()).await?;
            Err(error)
        }
    }
}

/// The same through the caller's reader.
pub async fn read(reader: &Reader, of: Of<'_>) -> Result<OnRecord, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Composition")?, of.letter).await? else {
        return Err(ChartError::NotFound);
    };
    let letter = Letter::read(version.id.clone(), version.version, &parse(&version)?);
    let letter = letter.filter(|letter| letter.patient == *of.patient).ok_or(ChartError::NotFound)?;
    let delivery = match reader.read(resource_type("Task")?, of.letter).await? {
        Lookup::Found(version) => Delivery::read(version.version, &parse(&version)?),
        _ => None,
    };
    let consent = match reader.read(resource_type("Consent")?, of.letter).await? {
        Lookup::Found(version) => consent_of(&parse(&version)?),
        _ => None,
    };
    Ok(OnRecord { letter, delivery, consent })
}

/// The letters of a patient, newest first: drafts, and what is on record.
pub async fn list(access: &Access, reader: &Reader, patient: &Id) -> Result<(Vec<Head>, Vec<OnRecord>), ChartError> {
    let drafts = super::draft::drafts(access, Some(patient)).await?;
    let token = format!("http://loinc.org|{}", super::LOINC_LETTER);
    let pairs = [("patient", patient.as_str()), ("type", token.as_str()), ("_sort", "-date"), ("_count", "100")];
    let versions = search_all(reader, "Composition", &pairs, MOST).await?;
    let tasks = tasks(reader, &versions).await?;
    let mut letters = Vec::new();
    for version in &versions {
        let Some(letter) = Letter::read(version.id.clone(), version.version, &parse(version)?) else { continue };
        let delivery = tasks.iter().find(|task| task.id == version.id);
        let delivery = match delivery {
            Some(task) => Delivery::read(task.version, &parse(task)?),
            None => None,
        };
        letters.push(OnRecord { letter, delivery, consent: None });
    }
    Ok((drafts, letters))
}

async fn tasks(reader: &Reader, versions: &[Version]) -> Result<Vec<Version>, ChartError> {
    let kind = resource_type("Task")?;
    let keys: Vec<_> = versions.iter().map(|version| (kind, version.id.clone())).collect();
    Ok(reader.read_many(&keys).await?)
}

/// A letter that did not arrive, or is on its way for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The letter and its way.
    pub found: OnRecord,
    /// About whom.
    pub person: Person,
}

/// Own letters that somebody must mend (送信できていません), newest first, for the inbox.
pub async fn failed(reader: &Reader) -> Result<Vec<Stuck>, ChartError> {
    let code = format!("{}|{}", super::delivery::TASK, super::delivery::CODE);
    let pairs = [("code", code.as_str()), ("status", "failed"), ("_sort", "-modified"), ("_count", "100")];
    let mut stuck = Vec::new();
    for task in search(reader, "Task", &pairs).await?.matches {
        let body = parse(&task)?;
        let Some(letter) = reference(&body, &["focus", "reference"], "Composition") else { continue };
        let Lookup::Found(version) = reader.read(resource_type("Composition")?, &letter).await? else { continue };
        let Some(letter) = Letter::read(version.id.clone(), version.version, &parse(&version)?) else { continue };
        let Lookup::Found(patient) = reader.read(resource_type("Patient")?, &letter.patient).await? else { continue };
        let person = Person::read(letter.patient.clone(), &parse(&patient)?);
        let delivery = Delivery::read(task.version, &body).filter(|delivery| delivery.state == State::Failed);
        stuck.push(Stuck { found: OnRecord { letter, delivery, consent: None }, person });
    }
    Ok(stuck)
}

/// Something that happened to a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A version of its text was signed, replaced or withdrawn.
    Text(Box<Letter>),
    /// It moved on its way.
    Way(Delivery),
}

/// Everything that happened to a letter, newest first: 確定, 送信, 登録, 差し替え, 取消.
pub async fn history(reader: &Reader, of: Of<'_>) -> Result<Vec<Event>, ChartError> {
    let mut found: Vec<(u64, Event)> = Vec::new();
    let composition = HistoryScope::Instance(resource_type("Composition")?, of.letter.clone());
    for version in reader.history(composition, 100, None, None).await?.matches {
        let body = parse(&version)?;
        let letter = Letter::read(version.id.clone(), version.version, &body);
        let letter = letter.filter(|letter| letter.patient == *of.patient).ok_or(ChartError::NotFound)?;
        found.push((version.seq, Event::Text(Box::new(letter))));
    }
    if found.is_empty() {
        return Err(ChartError::NotFound);
    }
    let task = HistoryScope::Instance(resource_type("Task")?, of.letter.clone());
    for version in reader.history(task, 200, None, None).await?.matches {
        let delivery = Delivery::read(version.version, &parse(&version)?);
        found.extend(delivery.map(|delivery| (version.seq, Event::Way(delivery))));
    }
    found.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Ok(found.into_iter().map(|(_, event)| event).collect())
}
