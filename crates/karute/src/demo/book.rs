//! The appointment book of a demonstration: the usual schedules, and the coming weeks of those whom the doctor has seen
//! today.
use crate::problem::Problem;
use crate::storage::Storage;
use karute_chart::ChartError;
use karute_chart::booking::{self, Doctor, NewBooking, Place, ScheduleKind, TimeOfDay};
use karute_fhir::Id;
use karute_json::Value;
use karute_ledger::Access;
use karute_synthetic::{Author, Clinic};

const UNUSABLE: &str = "架空の予約を作れません。";
/// Days in which the next free slot is looked for.
const LOOK_AHEAD_DAYS: u16 = 30;
/// A day in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// Writes them once: a clinic that has schedules keeps its own.
pub(super) async fn fill(
    storage: &Storage,
    access: &Access,
    clinic: &Clinic,
    authors: &[Author],
) -> Result<(), Problem> {
    let failed = |_: ChartError| Problem::new(UNUSABLE);
    let doctors: Vec<Doctor> =
        authors.iter().filter_map(|a| Some(Doctor { id: Id::new(&a.id).ok()?, name: a.name.clone() })).collect();
    let mut made = 0;
    let next = || {
        made += 1;
        Id::new(&format!("schedule-{made}")).ok()
    };
    match booking::usual_schedules(access, &doctors, next).await {
        Ok(()) => {}
        Err(ChartError::Step) => return Ok(()),
        Err(error) => return Err(failed(error)),
    }
    let (schedules, calendar) = booking::schedules(access).await.map_err(failed)?;
    let now = storage.clock.now();
    for (n, body) in clinic.today_at(now).iter().filter(|b| is(b, "Encounter") && seen(b)).enumerate() {
        let number = i64::try_from(n).unwrap_or(0);
        let Some(patient) = patient(body) else { continue };
        let mine: Vec<_> = schedules.iter().filter(|s| s.kind == ScheduleKind::Doctor).collect();
        let Some(schedule) = mine.get(n % mine.len().max(1)) else { continue };
        // Tomorrow and the weeks after, at the times of the morning.
        let date = now.plus_ms((1 + number % 9) * DAY_MS).day_in_japan();
        let from = TimeOfDay::from_minutes(540 + u16::try_from(n % 6).unwrap_or(0) * 30).map_or(now, |t| t.on(date));
        let slot = booking::next_free_slot(access, schedule, &calendar, from, LOOK_AHEAD_DAYS).await.map_err(failed)?;
        let (Some(slot), Ok(id)) = (slot, Id::new(&format!("next-{n}"))) else { continue };
        let wish = NewBooking {
            patient,
            place: Place { schedule: schedule.id.clone(), start: slot.start },
            kind: Some("再診".to_owned()),
            reason: reason(body),
            comment: None,
        };
        // A place that is refused is left empty.
        let _ = booking::book(access, id, &wish, now).await;
    }
    Ok(())
}

fn is(body: &Value<'_>, kind: &str) -> bool {
    body.get("resourceType").and_then(Value::as_str).is_some_and(|t| t == kind)
}

/// Whether the doctor is done with the patient: the others are to be given their next appointment in the demonstration.
fn seen(body: &Value<'_>) -> bool {
    body.get("status").and_then(Value::as_str).is_some_and(|s| matches!(&*s, "finished" | "onleave" | "triaged"))
}

fn patient(body: &Value<'_>) -> Option<Id> {
    let text = body.at(&["subject", "reference"])?.as_str()?;
    Id::new(text.strip_prefix("Patient/")?).ok()
}

fn reason(body: &Value<'_>) -> Option<String> {
    Some(body.at(&["reasonCode", "0"])?.get("text")?.as_str()?.into_owned())
}
