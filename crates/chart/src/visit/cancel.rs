//! Cancelling an arrival: somebody was received by mistake, or went home before being seen. The visit stays in the
//! record as cancelled, with the reason; its appointment, if it kept one, is open again.
use super::accept::open_visit;
use super::change::{Stored, stored};
use super::resource;
use crate::query::{parse, resource_type};
use crate::view::{Encounter, VisitState};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, Guard, LedgerError, Lookup};

/// Longest reason kept, in characters.
const REASON: usize = 200;

/// Cancels an arrival. Only who still waits: whoever was seen has a record to finish ([`ChartError::Step`]).
/// [`ChartError::Invalid`] without a reason.
pub fn cancel<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        let reason: String = crate::clean::line(reason).chars().take(REASON).collect();
        if reason.is_empty() {
            return Err(ChartError::Invalid);
        }
        let mut stored = stored(access, id, seen).await?;
        if stored.visit.state != Some(VisitState::Waiting) {
            return Err(ChartError::Step);
        }
        resource::set_state(&mut stored.body, &stored.visit, VisitState::Cancelled, now);
        resource::set_cancelled(&mut stored.body, Some(&reason));
        let words = format!("受付を取り消す（{reason}）");
        commit(access, stored, words, "受付を取り消しました", ("arrived", "booked"), Vec::new(), now).await
    })
}

/// Takes the cancellation back: the patient waits again under the same number. [`ChartError::Step`] when the visit is
/// not cancelled, or the patient was received again meanwhile.
pub fn restore<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    now: Timestamp,
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        let mut stored = stored(access, id, seen).await?;
        let patient = stored.visit.patient.clone().ok_or(ChartError::NotFound)?;
        if stored.visit.state != Some(VisitState::Cancelled) {
            return Err(ChartError::Step);
        }
        resource::set_state(&mut stored.body, &stored.visit, VisitState::Waiting, now);
        resource::set_cancelled(&mut stored.body, None);
        let day = stored.visit.arrived.unwrap_or(now).day_in_japan();
        let guards = vec![Guard::NoMatch(open_visit(&patient, day)?)];
        let words = "受付の取り消しを戻す".to_owned();
        let made = commit(access, stored, words, "取り消しを戻しました", ("booked", "arrived"), guards, now).await;
        match made {
            Err(ChartError::Ledger(LedgerError::Guard(_))) => Err(ChartError::Step),
            other => other,
        }
    })
}

/// One commit of the visit and, where the appointment stands as expected, of the appointment.
async fn commit(
    access: &Access,
    stored: Stored,
    words: String,
    done: &str,
    (from, to): (&str, &'static str),
    guards: Vec<Guard>,
    now: Timestamp,
) -> Result<Encounter, ChartError> {
    let (id, appointment) = (stored.visit.id.clone(), stored.visit.appointment.clone());
    let day = stored.visit.arrived.unwrap_or(now).day_in_japan();
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(words);
    commit.guards = guards;
    commit.changes.push(stored.put()?);
    if let Some(appointment) = appointment
        && let Lookup::Found(version) = access.read(resource_type("Appointment")?, &appointment).await?
    {
        let mut body = parse(&version)?.into_owned();
        let stands = body.get("status").and_then(Value::as_str).is_some_and(|s| s == from);
        if let (true, Some(object)) = (stands, body.as_object_mut()) {
            object.insert("status", Value::string(to));
            commit.changes.push(Change::Put {
                resource_type: resource_type("Appointment")?,
                id: appointment,
                body,
                expect: Expect::Version(version.version),
            });
        }
    }
    commit.docs.push(reception::changed(day, &id, now));
    commit.docs.push(reception::acted(access, day, &id, done, now));
    let made = access.commit(commit).await?;
    let version = made.versions.into_iter().find(|v| v.id == id);
    let version = version.ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
    Ok(Encounter::read(id, version.version, &parse(&version)?))
}
