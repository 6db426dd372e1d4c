//! The current day, as the reception list reads it.
//!
//! | In the clinic | In FHIR |
//! |---|---|
//! | 診察待ち | `Encounter.status` `arrived` |
//! | 診察中 | `in-progress` |
//! | 検査・処置中 | `triaged` |
//! | 会計待ち | `onleave` |
//! | 終了 | `finished`, with `period.end` |
//! | 来院前の予約 | `Appointment.status` `booked` and no Encounter |
//! | 予約して来院した | `Appointment.status` `arrived` (`fulfilled` when finished), `Encounter.appointment` points to it |
//! | 受付時刻 | `Encounter.period.start` |
//! | 今の状態になった時刻 | end of the newest `Encounter.statusHistory.period`; without one, the time of arrival |
//! | 受付番号 | `Encounter.identifier` with system [`QUEUE_SYSTEM`] |
//! | 区分（初診・再診・予防接種） | `Encounter.type[0].text`, `Appointment.serviceType[0].text` |
//! | 来院理由 | `Encounter.reasonCode[0].text`, `Appointment.reasonCode[0].text` |
//! | 発熱・通訳・車椅子、問診 | `Encounter.meta.tag` with system [`VISIT_TAG_SYSTEM`]: `fever`, `interpreter`, `wheelchair`, `questionnaire-done`, `questionnaire-missing` |
//!
//! `Encounter.class` is always `AMB`. 似た氏名 is not recorded: the list finds it.
//!
//! Times lie around the moment asked for, so that the list is alive at whatever hour the demo starts; none leaves the day.
use crate::course::{Visit, history};
use crate::people::{CAST, Mark, Person, Role};
use crate::resource::{self, Stay};
use crate::stream::{doctor_of, encounter_id, examined, treated};
use crate::{Author, Params};
use karute_japan::Timestamp;
use karute_json::Value;

/// `Encounter.identifier.system` of the number called.
pub const QUEUE_SYSTEM: &str = "urn:karute:queue-number";
/// `Encounter.meta.tag.system` of what reception must know.
pub const VISIT_TAG_SYSTEM: &str = "https://karute.example/fhir/visit-tag";

/// All resources of the day of `now`. Patients and their state are those of the history, whenever it was made.
pub(crate) fn today(params: &Params, now: Timestamp) -> Vec<Value<'static>> {
    let doctors = resource::doctors(params);
    let present = CAST.len().min(params.patients as usize);
    // Numbers go by arrival.
    let mut order: Vec<(i64, usize)> =
        CAST.iter().take(present).enumerate().map(|(index, role)| (-role.arrived, index)).collect();
    order.sort_unstable();
    let mut out = Vec::new();
    let mut queue = 0;
    for (_, index) in order {
        let person = Person::of(params, index as u32);
        let Some(role) = person.role() else { continue };
        if role.status == "booked" {
            out.push(expected(params, now, &person, role, &doctors));
            continue;
        }
        queue += 1;
        let Some(mut visit) = history(params, &person).pop().filter(|visit| visit.day == params.today()) else {
            continue;
        };
        visit.day = now.day_in_japan();
        arrived(params, now, &person, role, visit, queue, &doctors, &mut out);
    }
    out
}

/// Some minutes before now (after, when negative), but not outside today.
fn minutes_ago(now: Timestamp, minutes: i64) -> Timestamp {
    let first = Timestamp::in_japan(now.day_in_japan(), 0, 0, 0);
    let last = Timestamp::in_japan(now.day_in_japan(), 23, 44, 59);
    now.plus_ms(-minutes * 60_000).clamp(first, last)
}

/// The quarter of an hour in which a time lies.
fn quarter(at: Timestamp) -> Timestamp {
    const QUARTER: i64 = 15 * 60 * 1_000_000;
    Timestamp::from_micros(at.as_micros().div_euclid(QUARTER) * QUARTER)
}

fn appointment_id(params: &Params, now: Timestamp, person: &Person) -> String {
    params.id("appointment", u64::from(person.index), 0, now.day_in_japan())
}

fn expected(params: &Params, now: Timestamp, person: &Person, role: &Role, doctors: &[Author]) -> Value<'static> {
    let start = quarter(minutes_ago(now, role.arrived));
    let doctor = doctors.get(person.index as usize % doctors.len().max(1)).cloned();
    let doctor = doctor.unwrap_or_else(|| Author { id: "unknown".to_owned(), name: "不明".to_owned() });
    let id = appointment_id(params, now, person);
    resource::appointment(&id, &person.id, "booked", start, role.kind, role.reason, &doctor)
}

fn arrived(
    params: &Params,
    now: Timestamp,
    person: &Person,
    role: &Role,
    mut visit: Visit,
    queue: u32,
    doctors: &[Author],
    out: &mut Vec<Value<'static>>,
) {
    let doctor = doctor_of(doctors, &visit);
    visit.arrived = minutes_ago(now, role.arrived);
    let since = minutes_ago(now, role.since);
    let finished = role.status == "finished";
    visit.left = if finished { since } else { now };
    let appointment = role.booked.then(|| appointment_id(params, now, person));
    if let Some(id) = &appointment {
        let start = quarter(minutes_ago(now, role.arrived - 20));
        let status = if finished { "fulfilled" } else { "arrived" };
        out.push(resource::appointment(id, &person.id, status, start, role.kind, role.reason, &doctor));
    }
    let mut marks: Vec<&'static str> = role.marks.iter().map(|mark| code(*mark)).collect();
    if !role.marks.contains(&Mark::QuestionnaireMissing) {
        marks.push("questionnaire-done");
    }
    let stay = Stay {
        id: encounter_id(params, person, &visit),
        patient: &person.id,
        status: role.status,
        kind: visit.kind,
        reason: &visit.reason,
        arrived: visit.arrived,
        since: (role.status != "arrived").then_some(since),
        left: finished.then_some(since),
        queue_number: Some(queue),
        appointment,
        tags: resource::tags(&marks),
    };
    out.push(resource::encounter(params, &stay, &doctor));
    // What is measured first is there once the patient was called; the rest when the doctor is done.
    if role.status != "arrived" {
        visit.labs.clear();
        out.extend(examined(params, person, &visit));
    }
    if matches!(role.status, "onleave" | "finished") {
        out.extend(treated(params, person, &visit, &doctor));
    }
}

fn code(mark: Mark) -> &'static str {
    match mark {
        Mark::Fever => "fever",
        Mark::Interpreter => "interpreter",
        Mark::Wheelchair => "wheelchair",
        Mark::QuestionnaireMissing => "questionnaire-missing",
    }
}
