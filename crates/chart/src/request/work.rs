//! 検査・処置: what is to be done now, patient by patient.
use super::change::read;
use super::item::When;
use super::perform::{Performed, of_visits};
use super::resource::{Request, Status};
use crate::ChartError;
use crate::query::{joined, parse, search_all, within};
use crate::view::{Allergy, Encounter, Person, VisitState};
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Reader};

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
pub async fn work(access: &Access, day: Date) -> Result<Vec<Work>, ChartError> {
    let reader = access.reader(Action::View);
    reader.describe("検査・処置の一覧");
    let found = list(&reader, day).await?;
    Ok(reader.release(found).await?)
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
    let mut works = Vec::new();
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
        let (person, allergy) = who(reader, &patient).await?;
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

async fn who(reader: &Reader, patient: &Id) -> Result<(Person, Allergy), ChartError> {
    let patient_type = crate::query::resource_type("Patient")?;
    let karute_ledger::Lookup::Found(version) = reader.read(patient_type, patient).await? else {
        return Err(ChartError::NotFound);
    };
    let person = Person::read(patient.clone(), &parse(&version)?);
    Ok((person, crate::summary::allergies(reader, patient).await?))
}
