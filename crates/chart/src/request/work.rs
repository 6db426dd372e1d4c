//! 検査・処置: what is to be done now, patient by patient.
use super::change::read;
use super::item::When;
use super::perform::{Performed, of_visits};
use super::resource::{Request, Status};
use crate::ChartError;
use crate::query::{joined, parse, search_all, within};
use crate::reception::people;
use crate::view::element::reference;
use crate::view::{Allergy, Encounter, Person, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::Value;
use karute_ledger::{Access, Action, Doc, Reader};
use std::collections::{BTreeMap, BTreeSet};

/// A request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The request.
    pub request: Request,
    /// What became of it.
    pub performed: Option<Performed>,
}

/// The work on one patient.
#[derive(Clone, Debug)]
pub struct Work {
    /// Who.
    pub person: Person,
    /// Allergies: who gives an injection must see them.
    pub allergy: Allergy,
    /// The visit of today.
    pub visit: Encounter,
    /// To do first, done after.
    pub jobs: Vec<Job>,
}

impl Work {
    /// How many are still to be done.
    pub fn open(&self) -> usize {
        self.jobs.iter().filter(|j| j.request.status == Status::Active).count()
    }
}

/// The work of a day: everybody in the building who has something to be done, who waits for it first. One audit event.
pub fn work(access: &Access, day: Date) -> BoxFuture<'_, Result<Vec<Work>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("検査・処置の一覧");
        let found = list(&reader, day).await?;
        Ok(reader.release(found).await?)
    })
}

async fn list(reader: &Reader, day: Date) -> Result<Vec<Work>, ChartError> {
    let (from, to) = within(day);
    let pairs = [("date", from.as_str()), ("date", to.as_str()), ("_count", "200")];
    let mut visits: Vec<Encounter> = Vec::new();
    for version in search_all(reader, "Encounter", &pairs, 400).await? {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        // An old visit that was never finished reaches into every later day.
        let here = visit.arrived.is_some_and(|a| a.day_in_japan() == day);
        if here && !matches!(visit.state, None | Some(VisitState::Cancelled)) && visit.patient.is_some() {
            visits.push(visit);
        }
    }
    let patients = joined(visits.iter().filter_map(|v| v.patient.as_ref()));
    if patients.is_empty() {
        return Ok(Vec::new());
    }
    let mut requests: Vec<Request> = Vec::new();
    // What is in force, whenever it was written, and what became of what was for today.
    let active = [("patient", patients.as_str()), ("status", "active"), ("_count", "200")];
    let today =
        [("patient", patients.as_str()), ("occurrence", from.as_str()), ("occurrence", to.as_str()), ("_count", "200")];
    for pairs in [active.as_slice(), today.as_slice()] {
        for version in search_all(reader, "ServiceRequest", pairs, 1_000).await? {
            let request = read(&version)?.filter(|r| r.asked.kind.is_work() && !requests.iter().any(|k| k.id == r.id));
            requests.extend(request);
        }
    }
    // What belongs to another day is not today's work; what was written today for 次回 neither.
    requests.retain(|r| match r.asked.when {
        When::On(on) => on == day || (r.status == Status::Active && on < day),
        When::NextVisit => r.status == Status::Active && r.written.is_none_or(|written| written < day),
    });
    let done = of_visits(reader, &joined(requests.iter().filter_map(|r| r.visit.as_ref()))).await?;
    let mut found = Vec::new();
    for visit in visits {
        let mut jobs: Vec<Job> = requests
            .iter()
            .filter(|r| r.patient == visit.patient)
            .map(|r| Job { request: r.clone(), performed: done.iter().find(|p| p.request == r.id).cloned() })
            // What the doctor took back again is nobody's work; what could not be done is told.
            .filter(|j| {
                matches!(j.request.status, Status::Active | Status::Completed)
                    || j.performed.is_some()
                    || j.request.awaiting
            })
            .collect();
        if jobs.is_empty() {
            continue;
        }
        jobs.sort_by(|a, b| {
            let key = |j: &Job| (j.request.status != Status::Active, !j.request.asked.urgent, j.request.asked.kind);
            key(a).cmp(&key(b)).then_with(|| a.request.id.cmp(&b.request.id))
        });
        let Some(patient) = visit.patient.clone() else { continue };
        found.push((patient, visit, jobs));
    }
    let ids: BTreeSet<&Id> = found.iter().map(|(patient, ..)| patient).collect();
    let (people, allergies) = (people(reader, &ids).await?, allergies(reader, &ids).await?);
    let mut works = Vec::new();
    for (patient, visit, jobs) in found {
        let person = people.get(&patient).cloned().ok_or(ChartError::NotFound)?;
        let allergy = allergies.get(&patient).cloned().unwrap_or(Allergy::Unconfirmed);
        works.push(Work { person, allergy, visit, jobs });
    }
    works.sort_by_key(|w| (w.open() == 0, order(w.visit.state), w.visit.queue_number));
    Ok(works)
}

/// Who waits for it first, then who is with the doctor, then the others.
fn order(state: Option<VisitState>) -> u8 {
    match state {
        Some(VisitState::InTreatment) => 0,
        Some(VisitState::InConsultation) => 1,
        Some(VisitState::Waiting) => 2,
        _ => 3,
    }
}

/// Allergies of several patients, read together.
async fn allergies(reader: &Reader, patients: &BTreeSet<&Id>) -> Result<BTreeMap<Id, Allergy>, ChartError> {
    let all: Vec<&Id> = patients.iter().copied().collect();
    let mut found = BTreeMap::new();
    for some in all.chunks(50) {
        let list = joined(some.iter().copied());
        let pairs = [("patient", list.as_str()), ("_count", "200")];
        let versions = search_all(reader, "AllergyIntolerance", &pairs, 2_000).await?;
        let mut bodies = Vec::with_capacity(versions.len());
        for version in &versions {
            bodies.push(parse(version)?);
        }
        for patient in some {
            let own =
                |body: &&Value<'_>| reference(body, &["patient", "reference"], "Patient").as_ref() == Some(*patient);
            found.insert((*patient).clone(), Allergy::read(bodies.iter().filter(own)));
        }
    }
    Ok(found)
}

/// Where the mark of each day's work lies. It tells nothing about anybody, so asking for it is not audited.
const SPACE: &str = "chart.worklist";
/// How long a day's mark is kept after the last change, in milliseconds.
const KEPT_MS: i64 = 3 * 24 * 3_600_000;

/// The mark of a day's work: another text whenever something was asked for, done, taken back, or a visit moved on.
pub fn work_mark(access: &Access, day: Date) -> BoxFuture<'_, Result<String, ChartError>> {
    Box::pin(async move {
        let own = access.doc(SPACE, &day.to_string()).await?.unwrap_or_default();
        Ok(format!("{}-{}", own.trim_matches('"'), crate::reception::change_mark(access, day).await?))
    })
}

/// The document that goes into the transaction of a change.
pub(crate) fn changed(request: &Id, now: Timestamp) -> Doc {
    Doc::Put {
        space: SPACE,
        key: now.day_in_japan().to_string(),
        value: format!("\"{}-{request}\"", now.as_micros()),
        expires: Some(now.plus_ms(KEPT_MS)),
    }
}
