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

/// The day being written.
struct Day<'p> {
    params: &'p Params,
    now: Timestamp,
    doctors: Vec<Author>,
}

/// All resources of the day of `now`. Patients and their state are those of the history, whenever it was made.
pub(crate) fn today(params: &Params, now: Timestamp) -> Vec<Value<'static>> {
    let day = Day { params, now, doctors: resource::doctors(params) };
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
            out.push(day.expected(&person, role));
            continue;
        }
        let Some(visit) = history(params, &person).pop().filter(|visit| visit.day == params.today()) else { continue };
        queue += 1;
        out.extend(day.arrived(&person, role, visit, queue));
    }
    out
}

impl Day<'_> {
    /// Some minutes before now (after, when negative), but not outside the day.
    fn minutes_ago(&self, minutes: i64) -> Timestamp {
        let date = self.now.day_in_japan();
        let first = Timestamp::in_japan(date, 0, 0, 0);
        let last = Timestamp::in_japan(date, 23, 44, 59);
        self.now.plus_ms(-minutes * 60_000).clamp(first, last)
    }
    fn appointment_id(&self, person: &Person) -> String {
        self.params.id("appointment", u64::from(person.index), 0, self.now.day_in_japan())
    }
    /// Somebody who has not arrived.
    fn expected(&self, person: &Person, role: &Role) -> Value<'static> {
        let start = quarter(self.minutes_ago(role.arrived));
        let doctor = doctor_of(&self.doctors, person.index);
        let id = self.appointment_id(person);
        resource::appointment(&id, &person.id, "booked", start, role.kind, role.reason, &doctor)
    }
    /// Somebody who has, with everything there is of the visit so far.
    fn arrived(&self, person: &Person, role: &Role, mut visit: Visit, queue: u32) -> Vec<Value<'static>> {
        let params = self.params;
        let doctor = doctor_of(&self.doctors, visit.doctor);
        let since = self.minutes_ago(role.since);
        let finished = role.status == "finished";
        visit.day = self.now.day_in_japan();
        visit.arrived = self.minutes_ago(role.arrived);
        visit.left = if finished { since } else { self.now };
        let mut out = Vec::new();
        let appointment = role.booked.then(|| self.appointment_id(person));
        if let Some(id) = &appointment {
            let start = quarter(self.minutes_ago(role.arrived - 20));
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
        out
    }
}

/// The quarter of an hour in which a time lies.
fn quarter(at: Timestamp) -> Timestamp {
    const QUARTER: i64 = 15 * 60 * 1_000_000;
    Timestamp::from_micros(at.as_micros().div_euclid(QUARTER) * QUARTER)
}

fn code(mark: Mark) -> &'static str {
    match mark {
        Mark::Fever => "fever",
        Mark::Interpreter => "interpreter",
        Mark::Wheelchair => "wheelchair",
        Mark::QuestionnaireMissing => "questionnaire-missing",
    }
}
