//! What a patient was given before: codes of prescriptions and diagnoses with how often, so that a search can put them
//! first; and the institution's own sets, which stand among laboratory items.
//!
//! A search runs with every keystroke. Reading the record each time would write an audit event for each letter, so what
//! was read is kept for a few minutes, for the same caller only; the first reading leaves the event.
use crate::fhir::search;
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_chart::{ChartError, sets};
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_japan::Timestamp;
use karute_ledger::{Action, Lookup, TenantId};
use karute_terminology::LabSets;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// For how long what was read is used again, in milliseconds.
const KEEP_MS: i64 = 5 * 60_000;
/// For how long sets are: what was changed is found after this time, in milliseconds.
const KEEP_SETS_MS: i64 = 60_000;
/// Most patients (of all institutions) kept at a time.
const MAX_KEPT: usize = 2_000;
/// Latest resources of a patient that are counted.
const MAX_RESOURCES: u32 = 200;

/// Code and how often.
pub(crate) type Counts = HashMap<String, u32>;

/// Institution, caller, type, patient.
type Key = (TenantId, String, &'static str, String);

/// Until when, and the sets.
type KeptSets = (Timestamp, Arc<LabSets>);

/// What was read lately.
#[derive(Default)]
pub(crate) struct Habits {
    kept: Mutex<HashMap<Key, (Timestamp, Arc<Counts>)>>,
    sets: Mutex<HashMap<(TenantId, String), KeptSets>>,
}

impl Habits {
    fn get(&self, key: &Key, now: Timestamp) -> Option<Arc<Counts>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(until, _)| now < *until).map(|(_, counts)| Arc::clone(counts))
    }

    fn put(&self, key: Key, now: Timestamp, counts: Arc<Counts>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(key, (now.plus_ms(KEEP_MS), counts));
    }
}

/// The caller, as what was read is kept for.
fn caller(ctx: &Ctx) -> String {
    let actor = ctx.access.actor();
    format!("{:?} {}", actor.kind, actor.id)
}

/// The institution's own sets; none where the token may not read them.
pub(crate) async fn lab_sets(ctx: &Ctx) -> Result<Arc<LabSets>, Failure> {
    let plan = ResourceType::parse("PlanDefinition").ok_or_else(Failure::not_found)?;
    if !ctx.may(plan, Interaction::Search) || !ctx.may(plan, Interaction::Read) {
        return Ok(Arc::default());
    }
    let (key, now) = ((ctx.access.tenant(), caller(ctx)), ctx.state.now());
    let shelf = &ctx.state.inner.habits.sets;
    let kept = shelf.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some((_, sets)) = kept.filter(|(until, _)| now < *until) {
        return Ok(sets);
    }
    let sets = Arc::new(sets::lab_sets(&ctx.access).await.map_err(|error| match error {
        ChartError::Ledger(error) => error.into(),
        _ => Failure::contention(),
    })?);
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    if shelf.len() >= MAX_KEPT {
        shelf.clear();
    }
    shelf.insert(key, (now.plus_ms(KEEP_SETS_MS), Arc::clone(&sets)));
    Ok(sets)
}

/// The codes in the latest resources of `kind` (`MedicationRequest`, `Condition`) of a patient.
pub(crate) async fn of_patient(ctx: &Ctx, kind: &'static str, patient: &str) -> Result<Arc<Counts>, Failure> {
    let id = Id::new(patient).map_err(|_| Failure::not_found().at("http.patient"))?;
    let resource = |name| ResourceType::parse(name).ok_or_else(Failure::not_found);
    let (person, kind_of) = (resource("Patient")?, resource(kind)?);
    ctx.require(person, Interaction::Read)?;
    ctx.require(kind_of, Interaction::Search)?;
    let key: Key = (ctx.access.tenant(), caller(ctx), kind, id.as_str().to_owned());
    let now = ctx.state.now();
    let habits = &ctx.state.inner.habits;
    if let Some(counts) = habits.get(&key, now) {
        return Ok(counts);
    }
    let newest = if kind == "Condition" { "-recorded-date" } else { "-authoredon" };
    let pairs = [("patient", id.as_str()), ("_count", &MAX_RESOURCES.to_string()), ("_sort", newest)]
        .map(|(n, v)| (n.to_owned(), v.to_owned()));
    let query = search::parse(ctx, kind_of, &pairs)?;
    let reader = ctx.reader(Action::Search);
    if !matches!(reader.read(person, &id).await?, Lookup::Found(_)) {
        return Err(reader.release(Failure::not_found().at("http.patient")).await?);
    }
    let page = reader.search(&query, None).await?;
    let mut counts = Counts::new();
    for version in &page.matches {
        let Ok(tree) = serde_json::from_str::<Value>(&version.body) else { continue };
        let element = if kind == "Condition" { &tree["code"] } else { &tree["medicationCodeableConcept"] };
        for code in element["coding"].as_array().into_iter().flatten().filter_map(|c| c["code"].as_str()) {
            *counts.entry(code.to_owned()).or_default() += 1;
        }
    }
    let counts = reader.release(Arc::new(counts)).await?;
    habits.put(key, now, Arc::clone(&counts));
    Ok(counts)
}
