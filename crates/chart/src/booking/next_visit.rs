//! 次回: what the chart offers when a visit ends.
use super::agenda::{column, read_calendar, read_schedules};
use super::claim;
use super::schedule::{Calendar, Schedule, TimeOfDay};
use super::slots::{Day, Held, Slot, day};
use super::suggest::{Basis, Suggestion, around, distances, suggest};
use crate::ChartError;
use crate::query::{parse, search, search_all};
use crate::view::{Appointment, Encounter, Medication, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Reader};
use std::collections::BTreeMap;

/// Visits the usual distance is taken from.
const VISITS: usize = 8;
/// Supplies shorter than this are for something acute and do not say when to come back, in days.
const SHORT_SUPPLY: i32 = 7;
/// Weeks looked at for suggestions.
const DISTANCES: usize = 4;

/// What the chart offers for the next visit.
#[derive(Clone, Debug)]
pub struct NextVisit {
    /// Appointments that exist from tomorrow on, the nearest first.
    pub booked: Vec<Appointment>,
    /// The schedule the suggestions are of; `None` when the clinic offers none.
    pub schedule: Option<Schedule>,
    /// At most two.
    pub suggestions: Vec<Suggestion>,
}

/// Reads what is needed for `patient`: their visits, drugs and appointments, and which times of the schedule are taken
/// (without reading whose they are). The caller releases the reader.
pub fn next_visit<'a>(
    access: &'a Access,
    reader: &'a Reader,
    patient: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<NextVisit, ChartError>> {
    Box::pin(async move {
        let today = now.day_in_japan();
        let schedules = read_schedules(reader).await?;
        let calendar = read_calendar(reader).await?.0;
        let from = format!("ge{today}");
        let own = [("patient", patient.as_str()), ("date", from.as_str()), ("_sort", "date"), ("_count", "20")];
        let mut appointments = Vec::new();
        for version in search_all(reader, "Appointment", &own, 20).await? {
            appointments.push(Appointment::read(version.id.clone(), version.version, &parse(&version)?));
        }
        let of_today =
            appointments.iter().find(|a| a.start.is_some_and(|s| s.day_in_japan() == today) && a.status != "cancelled");
        let visits = visits(reader, patient).await?;
        let here = visits.first().filter(|v| v.arrived.is_some_and(|a| a.day_in_japan() == today));
        let time = of_today.and_then(|a| a.start).or_else(|| here.and_then(|v| v.arrived)).unwrap_or(now);
        let basis = Basis {
            today,
            time: TimeOfDay::of(time),
            supply_ends: supply_ends(reader, patient, today).await?,
            usual_days: usual_days(visits.iter().filter_map(|v| v.arrived).map(Timestamp::day_in_japan)),
        };
        let named = of_today.and_then(|a| column(a, &schedules));
        let schedule = named
            .and_then(|id| schedules.iter().find(|s| s.id == id && s.active))
            .or_else(|| schedules.iter().find(|s| s.active && !s.rules.is_empty()))
            .cloned();
        let suggestions = match &schedule {
            Some(schedule) => {
                let days = days(access, schedule, &calendar, &basis).await?;
                suggest(&basis, |date| days.get(&date).cloned().unwrap_or_default())
            }
            None => Vec::new(),
        };
        let booked = appointments
            .into_iter()
            .filter(|a| a.status == "booked" && a.start.is_some_and(|s| s.day_in_japan() > today))
            .collect();
        Ok(NextVisit { booked, schedule, suggestions })
    })
}

/// The first free slot of a schedule at or after `from`, within `days` days, as far as our own bookings know: nobody's
/// appointment is read. Booking it counts again.
pub fn next_free_slot<'a>(
    access: &'a Access,
    schedule: &'a Schedule,
    calendar: &'a Calendar,
    from: Timestamp,
    days: u16,
) -> BoxFuture<'a, Result<Option<Slot>, ChartError>> {
    Box::pin(async move {
        let mut date = from.day_in_japan();
        for _ in 0..days {
            if schedule.rules.iter().any(|r| r.weekday == date.weekday()) {
                let found = free_slots(access, schedule, calendar, date)
                    .await?
                    .slots
                    .into_iter()
                    .find(|s| s.is_free() && s.start >= from);
                if found.is_some() {
                    return Ok(found);
                }
            }
            let Ok(next) = date.tomorrow() else { return Ok(None) };
            date = next;
        }
        Ok(None)
    })
}

/// A day of a schedule with what our own bookings hold in it: nobody's appointment is read.
pub fn free_slots<'a>(
    access: &'a Access,
    schedule: &'a Schedule,
    calendar: &'a Calendar,
    date: Date,
) -> BoxFuture<'a, Result<Day, ChartError>> {
    Box::pin(async move {
        let taken = claim::taken(access, &schedule.id, date).await?.into_iter();
        let held: Vec<Held> = taken.map(|(start, end)| Held { schedule: schedule.id.clone(), start, end }).collect();
        Ok(day(schedule, calendar, date, &held))
    })
}

/// The slots of all days that can come into question.
async fn days(
    access: &Access,
    schedule: &Schedule,
    calendar: &Calendar,
    basis: &Basis,
) -> Result<BTreeMap<Date, Vec<Slot>>, ChartError> {
    let mut found = BTreeMap::new();
    for (weeks, _) in distances(basis).into_iter().take(DISTANCES) {
        for date in around(basis, weeks) {
            if found.contains_key(&date) {
                continue;
            }
            let slots = free_slots(access, schedule, calendar, date).await?.slots;
            // A day with room ends the search for this distance: later ones are worse.
            let room = slots.iter().any(|s| s.is_free() && s.label.is_none());
            found.insert(date, slots);
            if room {
                break;
            }
        }
    }
    Ok(found)
}

async fn visits(reader: &Reader, patient: &Id) -> Result<Vec<Encounter>, ChartError> {
    let count = VISITS.to_string();
    let pairs = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", count.as_str())];
    let mut found = Vec::new();
    for version in search(reader, "Encounter", &pairs).await?.matches {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        if visit.state != Some(VisitState::Cancelled) {
            found.push(visit);
        }
    }
    // A visit without an end reaches into today; the order is that of the arrivals.
    found.sort_by_key(|v| std::cmp::Reverse(v.arrived));
    Ok(found)
}

/// Median distance between the days of visits, newest first.
fn usual_days(days: impl Iterator<Item = Date>) -> Option<i64> {
    let days: Vec<Date> = days.collect();
    let mut gaps: Vec<i64> = days
        .windows(2)
        .filter_map(|pair| match pair {
            [later, earlier] => earlier.until(*later).ok().map(|span| i64::from(span.get_days())),
            _ => None,
        })
        .filter(|gap| *gap > 0)
        .collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied()
}

/// The first day without drugs: of those prescribed last, the shortest supply that is for longer than something acute.
async fn supply_ends(reader: &Reader, patient: &Id, today: Date) -> Result<Option<Date>, ChartError> {
    let pairs = [("patient", patient.as_str()), ("status", "active,draft"), ("_sort", "-authoredon"), ("_count", "30")];
    let mut newest: Option<Date> = None;
    let mut ends: Option<Date> = None;
    for version in search(reader, "MedicationRequest", &pairs).await?.matches {
        let Some(drug) = Medication::read(&parse(&version)?) else { continue };
        let (Some(written), Some(until)) = (drug.written, drug.until) else { continue };
        if *newest.get_or_insert(written) != written {
            break;
        }
        let days = written.until(until).map_or(0, |span| span.get_days()) + 1;
        if days >= SHORT_SUPPLY {
            let end = until.tomorrow().unwrap_or(until);
            ends = Some(ends.map_or(end, |e: Date| e.min(end)));
        }
    }
    Ok(ends.filter(|end| *end > today))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_usual_distance_is_the_median_and_two_visits_a_day_do_not_count() {
        for (days, expected) in [
            ("2026-11-20 2026-10-23 2026-09-25 2026-07-03", Some(28)),
            ("2026-11-20 2026-11-20 2026-10-23", Some(28)),
            ("2026-11-20", None),
            ("", None),
            ("2028-03-28 2028-02-29", Some(28)),
        ] {
            let days = days.split_whitespace().map(|d| d.parse().unwrap());
            assert_eq!(usual_days(days), expected);
        }
    }
}
