//! 受付する: somebody stands at the desk.
use super::resource;
use crate::query::{parse, query, resource_type, search_all, within};
use crate::view::{Appointment, Encounter, Tag};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::{Id, search::Query};
use karute_japan::Date;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, Guard, LedgerError, Lookup, Reader};

/// Who arrives.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// Somebody with an appointment; the version is the one the desk saw.
    Booked {
        /// Appointment id.
        appointment: Id,
        /// Its version.
        seen: u32,
    },
    /// A known patient without one.
    WalkIn {
        /// Patient id.
        patient: Id,
        /// 初診, 再診 …; by the record when not said.
        kind: Option<String>,
        /// Why the patient came.
        reason: Option<String>,
    },
}

/// 区分 as the desk chooses it.
pub const KINDS: [&str; 5] = ["初診", "再診", "予防接種", "健診", "自費"];

/// How often another desk may take the number first before we give up.
const TRIES: usize = 5;
/// Statuses of a visit that has not ended.
const OPEN: &str = "arrived,in-progress,triaged,onleave";
/// Longest reason taken from a form, in characters.
const REASON: usize = 200;

/// Opens a visit under the id `new` with the next number of the day. [`ChartError::Step`] when the patient is in the
/// building already.
pub fn accept(
    access: &Access,
    arrival: Arrival,
    new: Id,
    date: Date,
    now: Timestamp,
) -> BoxFuture<'_, Result<Encounter, ChartError>> {
    accept_with(access, arrival, new, date, now, &|_| ())
}

/// The same, with what else follows from the reception, for its commit: jobs of a connector.
pub fn accept_with<'a>(
    access: &'a Access,
    arrival: Arrival,
    new: Id,
    date: Date,
    now: Timestamp,
    beside: &'a (dyn Fn(&mut Commit) + Sync),
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        for _ in 0..TRIES {
            let mut commit = prepare(access, &arrival, &new, date, now).await?;
            beside(&mut commit);
            match access.commit(commit).await {
                Ok(made) => {
                    let version = made.versions.into_iter().find(|v| v.id == new);
                    let version = version.ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
                    return Ok(Encounter::read(new, version.version, &parse(&version)?));
                }
                // The number was taken at another desk at the same moment, or the patient was.
                Err(LedgerError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChartError::Conflict)
    })
}

async fn prepare(
    access: &Access,
    arrival: &Arrival,
    new: &Id,
    date: Date,
    now: Timestamp,
) -> Result<Commit, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("受付");
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("受付".to_owned());
    let (patient, appointment, said, reason) = match arrival {
        Arrival::Booked { appointment, seen } => {
            let (appointment, body) = booked(&reader, appointment).await?;
            if appointment.version != *seen {
                return Err(ChartError::Conflict);
            }
            if appointment.status != "booked" {
                return Err(ChartError::Step);
            }
            commit.changes.push(Change::Put {
                resource_type: resource_type("Appointment")?,
                id: appointment.id.clone(),
                body,
                expect: Expect::Version(appointment.version),
            });
            let patient = appointment.patient.clone().ok_or(ChartError::NotFound)?;
            let reason = appointment.reason.clone();
            (patient, Some(appointment), None, reason)
        }
        Arrival::WalkIn { patient, kind, reason } => {
            let kind = kind.as_deref().and_then(|k| KINDS.into_iter().find(|known| *known == k));
            let reason = reason.as_deref().map(crate::clean::line).filter(|r| !r.is_empty());
            (patient.clone(), None, kind, reason.map(|r| r.chars().take(REASON).collect()))
        }
    };
    let Lookup::Found(version) = reader.read(resource_type("Patient")?, &patient).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?;
    if let Some(kept) = crate::patients::replaced_by(&body) {
        return Err(ChartError::Merged(kept));
    }
    // What always concerns a patient concerns this visit too.
    let mut tags: Vec<Tag> = Tag::read(&body).into_iter().filter(|t| Tag::BY_HAND.contains(t)).collect();
    tags.push(Tag::QuestionnaireMissing);
    let here = open_visit(&patient, date)?;
    if !reader.search(&here, None).await?.matches.is_empty() {
        return Err(ChartError::Step);
    }
    let number = next_number(&reader, date).await?;
    let known = match said {
        Some(said) => said.to_owned(),
        None => kind(&reader, &patient, appointment.as_ref()).await?,
    };
    reader.release(()).await?;

    commit.guards.push(Guard::NoMatch(here));
    commit.guards.push(Guard::NoMatch(number_of_day(number, date)?));
    commit.changes.push(Change::Put {
        resource_type: resource_type("Encounter")?,
        id: new.clone(),
        body: resource::arrived(&patient, appointment.as_ref(), number, Some(&known), reason.as_deref(), &tags, now),
        expect: Expect::Absent,
    });
    commit.docs.push(reception::changed(date, new, now));
    commit.docs.push(reception::acted(access, date, new, "受付しました", now));
    Ok(commit)
}

async fn booked(reader: &Reader, id: &Id) -> Result<(Appointment, Value<'static>), ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Appointment")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let mut body = parse(&version)?.into_owned();
    let appointment = Appointment::read(version.id.clone(), version.version, &body);
    if let Some(object) = body.as_object_mut() {
        object.insert("status", Value::string("arrived"));
    }
    Ok((appointment, body))
}

/// 予約 says what kind; otherwise 再診 for whoever has been here before.
pub(crate) async fn kind(
    reader: &Reader,
    patient: &Id,
    appointment: Option<&Appointment>,
) -> Result<String, ChartError> {
    if let Some(kind) = appointment.and_then(|a| a.kind.clone()) {
        return Ok(kind);
    }
    let before = query("Encounter", &[("patient", patient.as_str()), ("_count", "1")])?;
    let known = !reader.search(&before, None).await?.matches.is_empty();
    Ok(if known { "再診" } else { "初診" }.to_owned())
}

async fn next_number(reader: &Reader, date: Date) -> Result<u32, ChartError> {
    let (from, to) = within(date);
    let pairs = [("date", from.as_str()), ("date", to.as_str()), ("_count", "200")];
    let mut largest = 0;
    for version in search_all(reader, "Encounter", &pairs, 1_000).await? {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        // The number of a cancelled arrival is not given again: somebody may still hold its slip.
        if visit.arrived.is_some_and(|a| a.day_in_japan() == date) {
            largest = largest.max(visit.queue_number.unwrap_or(0));
        }
    }
    Ok(largest.saturating_add(1))
}

/// An open visit of the patient that began on the day. One that nobody closed on an earlier day must not keep the
/// patient out.
pub(super) fn open_visit(patient: &Id, date: Date) -> Result<Query, ChartError> {
    let (after, to) = beginning(date);
    query("Encounter", &[("patient", patient.as_str()), ("status", OPEN), ("date", &after), ("date", &to)])
}

fn number_of_day(number: u32, date: Date) -> Result<Query, ChartError> {
    let (after, to) = beginning(date);
    let identifier = format!("{}|{number}", crate::view::QUEUE_SYSTEM);
    query("Encounter", &[("identifier", &identifier), ("date", &after), ("date", &to)])
}

/// The two conditions that a period must meet to begin on a day.
fn beginning(date: Date) -> (String, String) {
    (format!("sa{}", date.yesterday().unwrap_or(date)), within(date).1)
}
