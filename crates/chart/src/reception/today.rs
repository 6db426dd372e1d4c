//! Reading the list of a day.
use super::mark::acts;
use super::{Expected, Reception, Visit, similar};
use crate::view::{Appointment, Encounter, Insurance, Person, VisitState};
use crate::{
    ChartError,
    query::{joined, parse, resource_type, search, search_all, within},
};
use futures_util::future::BoxFuture;
use futures_util::future::try_join;
use karute_fhir::Id;
use karute_japan::Date;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Reader};
use std::collections::{BTreeMap, BTreeSet};

/// Visits and appointments shown at most; a busy clinic has 120 a day.
const MOST: usize = 600;

/// The reception list of `date` as it stands at `now`. One audit event.
pub fn today(access: &Access, date: Date, now: Timestamp) -> BoxFuture<'_, Result<Reception, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("受付一覧");
        let marks = async {
            let lately = match Id::new(&access.actor().id) {
                Ok(by) => crate::opened::lately(access, &by, now).await?,
                Err(_) => Vec::new(),
            };
            Ok::<_, ChartError>((lately, acts(access, date).await?))
        };
        let (mut list, (lately, mut acts)) = try_join(Box::pin(read(&reader, date, now)), marks).await?;
        // Who was just seen and left can be taken for who waits now (SAFE-03).
        mark_opened(&mut list.visits, &lately);
        for visit in &mut list.visits {
            visit.act = acts.remove(visit.id.as_str());
        }
        Ok(reader.release(list).await?)
    })
}

async fn read(reader: &Reader, date: Date, now: Timestamp) -> Result<Reception, ChartError> {
    let (from, to) = within(date);
    let day = [("date", from.as_str()), ("date", to.as_str()), ("_count", "200"), ("_sort", "date")];
    let (came, booked) =
        try_join(search_all(reader, "Encounter", &day, MOST), search_all(reader, "Appointment", &day, MOST)).await?;
    let mut encounters = Vec::new();
    for version in &came {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(version)?);
        // An open visit of an earlier day reaches into this one; it belongs to the day of its arrival.
        if visit.arrived.is_some_and(|a| a.day_in_japan() == date) {
            encounters.push(visit);
        }
    }
    let mut appointments = Vec::new();
    for version in &booked {
        appointments.push(Appointment::read(version.id.clone(), version.version, &parse(version)?));
    }

    let ids: BTreeSet<&Id> = encounters
        .iter()
        .filter_map(|e| e.patient.as_ref())
        .chain(appointments.iter().filter_map(|a| a.patient.as_ref()))
        .collect();
    let (people, insurance) = try_join(people(reader, &ids), insurance(reader, &ids)).await?;

    let all = encounters.iter().filter_map(|e| visit(e, &people, &insurance, &appointments, date));
    let (mut cancelled, mut visits): (Vec<Visit>, Vec<Visit>) = all.partition(|v| v.state == VisitState::Cancelled);
    cancelled.sort_by_key(|v| (v.arrived, v.queue_number));
    visits.sort_by_key(|v| (v.place, v.queue_number));
    mark_similar(&mut visits);

    let kept: BTreeSet<&Id> = encounters
        .iter()
        .filter(|e| e.state != Some(VisitState::Cancelled))
        .filter_map(|e| e.appointment.as_ref())
        .collect();
    let mut expected: Vec<Expected> = appointments
        .iter()
        .filter(|a| a.status == "booked" && !kept.contains(&a.id))
        .filter_map(|a| {
            let person = people.get(a.patient.as_ref()?)?.clone();
            let valid = valid(insurance.get(&person.id), date);
            Some(Expected {
                id: a.id.clone(),
                version: a.version,
                start: a.start,
                insurance: valid,
                person,
                kind: a.kind.clone(),
                reason: a.reason.clone(),
            })
        })
        .collect();
    expected.sort_by_key(|e| e.start);
    Ok(Reception { date, at: now, visits, cancelled, expected })
}

fn visit(
    encounter: &Encounter,
    people: &BTreeMap<Id, Person>,
    insurance: &BTreeMap<Id, Vec<Insurance>>,
    appointments: &[Appointment],
    date: Date,
) -> Option<Visit> {
    let person = people.get(encounter.patient.as_ref()?)?.clone();
    let recorded = insurance.get(&person.id);
    let valid = valid(recorded, date);
    let booked = encounter.appointment.as_ref().and_then(|id| appointments.iter().find(|a| &a.id == id));
    Some(Visit {
        id: encounter.id.clone(),
        version: encounter.version,
        queue_number: encounter.queue_number,
        state: encounter.state?,
        arrived: encounter.arrived,
        since: encounter.since,
        booked: booked.and_then(|a| a.start),
        insurance_lapsed: valid.is_none() && recorded.is_some_and(|r| !r.is_empty()),
        insurance: valid,
        person,
        kind: encounter.kind.clone(),
        reason: encounter.reason.clone(),
        tags: encounter.tags.clone(),
        doctor: encounter.doctor.clone(),
        doctor_name: encounter.practitioner.clone(),
        room: encounter.room.clone(),
        place: encounter.place.or(encounter.arrived),
        cancelled: encounter.cancelled.clone(),
        act: None,
        similar: Vec::new(),
    })
}

/// The main insurance that holds on a day.
pub(crate) fn valid(all: Option<&Vec<Insurance>>, date: Date) -> Option<Insurance> {
    // Of two of the same order the one that began later: people hand in a new card before the old one is ended.
    all?.iter().filter(|i| i.valid_on(date)).min_by_key(|i| (i.order, std::cmp::Reverse(i.from))).cloned()
}

fn mark_similar(visits: &mut [Visit]) {
    let inside: Vec<Person> = visits.iter().filter(|v| v.is_inside()).map(|v| v.person.clone()).collect();
    for visit in visits.iter_mut().filter(|v| v.is_inside()) {
        visit.similar =
            inside.iter().filter(|other| similar(&visit.person, other).is_some()).map(|p| p.id.clone()).collect();
    }
}

/// Marks those who could be taken for somebody whose chart this person opened within the hour.
fn mark_opened(visits: &mut [Visit], lately: &[Person]) {
    for visit in visits.iter_mut().filter(|v| v.is_inside()) {
        for other in lately.iter().filter(|other| similar(&visit.person, other).is_some()) {
            if !visit.similar.contains(&other.id) {
                visit.similar.push(other.id.clone());
            }
        }
    }
}

/// Patients by id.
pub(crate) async fn people(reader: &Reader, ids: &BTreeSet<&Id>) -> Result<BTreeMap<Id, Person>, ChartError> {
    let patient = resource_type("Patient")?;
    let wanted: Vec<_> = ids.iter().map(|id| (patient, (*id).clone())).collect();
    let mut found = BTreeMap::new();
    for version in reader.read_many(&wanted).await? {
        found.insert(version.id.clone(), Person::read(version.id.clone(), &parse(&version)?));
    }
    Ok(found)
}

/// Insurance by patient.
pub(crate) async fn insurance(
    reader: &Reader,
    ids: &BTreeSet<&Id>,
) -> Result<BTreeMap<Id, Vec<Insurance>>, ChartError> {
    let mut found: BTreeMap<Id, Vec<Insurance>> = BTreeMap::new();
    let all: Vec<&Id> = ids.iter().copied().collect();
    for chunk in all.chunks(50) {
        let list = joined(chunk.iter().copied());
        let page =
            search(reader, "Coverage", &[("beneficiary", &list), ("status", "active"), ("_count", "400")]).await?;
        for version in page.matches {
            let insurance = Insurance::read(&parse(&version)?);
            if let Some(patient) = insurance.patient.clone() {
                found.entry(patient).or_default().push(insurance);
            }
        }
    }
    Ok(found)
}
