//! What the doctor sees of requests beside the record.
use super::change::{of_visit, read as request};
use super::item::When;
use super::resource::{Request, Status};
use crate::ChartError;
use crate::query::search;
use crate::sets::{self, OrderSet};
use crate::view::{Appointment, Measurement};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::Reader;

/// A test that was measured within so many days is hinted at before it is ordered again.
pub const AGAIN_WITHIN_DAYS: i32 = 28;
/// Requests of the past looked at for Do.
const PAST: &str = "80";

/// A test ordered now that was measured not long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The request.
    pub request: Id,
    /// When it was measured.
    pub measured: Date,
    /// What came out, with unit.
    pub value: String,
}

/// What the doctor sees.
#[derive(Clone, Debug)]
pub struct RequestPane {
    /// Whose.
    pub patient: Id,
    /// The visit.
    pub visit: Id,
    /// The day.
    pub day: Date,
    /// What the visit asks for, revoked ones left out.
    pub now: Vec<Request>,
    /// What earlier visits asked for and is due today: 次回 that is now, or this very day; done today, too.
    pub due: Vec<Request>,
    /// The visit before that asked for something, and what: for Do.
    pub previous: Option<(Id, Vec<Request>)>,
    /// The person's own sets and the clinic's that hold something to ask for.
    pub sets: Vec<OrderSet>,
    /// Day of the next appointment: 次回.
    pub next: Option<Date>,
    /// Tests measured not long ago.
    pub again: Vec<Again>,
}

/// Reads the pane of a visit as a person sees it, who has sets of their own.
pub fn read<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    visit: &'a Id,
    person: &'a Id,
    day: Date,
) -> BoxFuture<'a, Result<RequestPane, ChartError>> {
    Box::pin(async move {
        let mut now = of_visit(reader, visit).await?;
        now.retain(|r| r.status != Status::Revoked);
        let pairs = [("patient", patient.as_str()), ("_sort", "-authored"), ("_count", PAST)];
        let mut past: Vec<Request> = Vec::new();
        for version in search(reader, "ServiceRequest", &pairs).await?.matches {
            past.extend(request(&version)?.filter(|r| r.visit.as_ref() != Some(visit) && r.status != Status::Revoked));
        }
        let due: Vec<Request> = past.iter().filter(|r| is_due(r, day)).cloned().collect();
        let before = past.first().and_then(|r| r.visit.clone());
        let previous = before.map(|before| {
            past.retain(|r| r.visit.as_ref() == Some(&before));
            past.sort_by(|a, b| a.id.cmp(&b.id));
            (before, past)
        });
        let mut offered = sets::in_use(reader, person).await?;
        offered.retain(|set| set.items.iter().any(|i| super::kind_of(&i.system, &i.code, &i.display).is_some()));
        let labs = if now.iter().any(|r| r.asked.kind == super::Kind::Lab) {
            crate::summary::newest_labs(reader, patient).await?
        } else {
            Vec::new()
        };
        let next = next_appointment(reader, patient, day).await?;
        let again = again(&now, &labs, day);
        Ok(RequestPane {
            patient: patient.clone(),
            visit: visit.clone(),
            day,
            now,
            due,
            previous,
            sets: offered,
            next,
            again,
        })
    })
}

/// Whether a request of an earlier visit belongs to the visit of `day`: it is in force and its time has come, or it was
/// carried out on that day.
pub fn is_due(request: &Request, day: Date) -> bool {
    match (request.status, request.asked.when) {
        (Status::Active, When::NextVisit) => request.written.is_none_or(|written| written < day),
        (Status::Active, When::On(on)) => on <= day,
        (Status::Completed, When::On(on)) => on == day,
        _ => false,
    }
}

/// Day of the next appointment after `day`.
async fn next_appointment(reader: &Reader, patient: &Id, day: Date) -> Result<Option<Date>, ChartError> {
    let from = format!("ge{}", day.tomorrow().unwrap_or(day));
    let pairs =
        [("patient", patient.as_str()), ("status", "booked"), ("date", &from), ("_sort", "date"), ("_count", "1")];
    let found = search(reader, "Appointment", &pairs).await?.matches;
    let Some(version) = found.first() else { return Ok(None) };
    let booked = Appointment::read(version.id.clone(), version.version, &crate::query::parse(version)?);
    Ok(booked.start.map(karute_japan::Timestamp::day_in_japan))
}

/// Tests that were measured within [`AGAIN_WITHIN_DAYS`], the newest value of each. A hint, never a stop: the doctor
/// knows why.
pub fn again(requests: &[Request], labs: &[Measurement], day: Date) -> Vec<Again> {
    let recent = |then: Date| day.since(then).is_ok_and(|s| (0..=AGAIN_WITHIN_DAYS).contains(&s.get_days()));
    let of = |request: &Request| {
        let same = labs.iter().filter(|m| !request.asked.code.is_empty() && m.code == request.asked.code);
        let newest = same.filter(|m| m.date.is_some_and(recent)).max_by_key(|m| m.date)?;
        let value = format!("{}{}", newest.value, newest.unit.as_deref().unwrap_or_default());
        Some(Again { request: request.id.clone(), measured: newest.date?, value })
    };
    requests.iter().filter(|r| r.status != Status::Completed).filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::request::NewRequest;

    #[test]
    fn what_was_asked_for_the_next_visit_is_due_when_the_patient_comes() {
        let day: Date = "2026-11-20".parse().unwrap();
        let on = |text: &str| When::On(text.parse().unwrap());
        let cases = [
            (Status::Active, When::NextVisit, "2026-10-23", true),
            (Status::Active, When::NextVisit, "2026-11-20", false),
            (Status::Active, on("2026-11-20"), "2026-10-23", true),
            (Status::Active, on("2026-11-13"), "2026-10-23", true),
            (Status::Active, on("2026-11-27"), "2026-10-23", false),
            (Status::Completed, on("2026-11-20"), "2026-10-23", true),
            (Status::Completed, on("2026-10-23"), "2026-10-23", false),
            (Status::Draft, When::NextVisit, "2026-10-23", false),
            (Status::Revoked, When::NextVisit, "2026-10-23", false),
        ];
        for (status, when, written, expected) in cases {
            let id = Id::new("rq").unwrap();
            let asked = NewRequest::coded("urn:karute:codesystem:ssk-act", "160010010", "HbA1c", when).unwrap();
            let request = Request {
                id,
                version: 1,
                status,
                asked,
                group: None,
                specimen: None,
                patient: None,
                visit: None,
                written: written.parse().ok(),
                by: None,
                principal: None,
                awaiting: false,
            };
            assert_eq!(is_due(&request, day), expected, "{status:?} {when:?} {written}");
        }
    }
}
