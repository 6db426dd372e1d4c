//! The synthetic clinic of a demonstration: its past, once, and its today, on every day it is started.
use super::state::DemoState;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::storage::Storage;
use karute_fhir::{Id, ResourceType};
use karute_identity::{Person, Profession};
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Tenant};
use karute_synthetic::{Author, Clinic, Params};
use std::borrow::Cow;

/// Years of history.
const YEARS: u32 = 3;

/// Writes what is not there yet.
pub(super) async fn fill(
    storage: &Storage,
    tenant: &Tenant,
    access: &Access,
    state: &mut DemoState,
    index: usize,
) -> Result<(), Problem> {
    // The second institution is there to be kept apart, not to be looked at.
    let patients = if index == 0 { state.patients } else { (state.patients / 10).clamp(5, 30) };
    let seed = state.seed.wrapping_add(index as u64);
    let now = storage.clock.now();
    let Some(made) = state.tenants.get(index).map(|t| (t.made, t.filled, t.day.clone())) else { return Ok(()) };
    let (made_at, filled, day) = made;
    if filled && day == now.date_in_japan() {
        return Ok(());
    }
    let people = storage.identity.people(access).await?;
    let authors = authors(&people);
    let clinic = Clinic::new(Params {
        authors: authors.clone(),
        ..Params::new(
            seed,
            patients,
            YEARS,
            if filled { Timestamp::from_micros(made_at) } else { now },
            &tenant.institution_code,
            &tenant.display_name,
        )
    });
    if filled {
        write(access, clinic.today_at(now)).await?;
    } else {
        // What an interrupted start began is finished as it was begun: the same moment gives the same records.
        let clinic = match made_at {
            0 => clinic.clone(),
            at => Clinic::new(Params { now: Timestamp::from_micros(at), ..clinic.params().clone() }),
        };
        set(state, index, |t| t.made = clinic.params().now.as_micros())?;
        let mut progress = Progress::new(&format!("{}の架空の記録を作っています", tenant.display_name), None);
        karute_synthetic::load(access, &clinic, |done| progress.at(done)).await?;
        progress.end();
    }
    super::book::fill(storage, access, &clinic, &authors).await?;
    set(state, index, |t| {
        t.filled = true;
        t.day = now.date_in_japan();
    })
}

fn set(state: &mut DemoState, index: usize, change: impl FnOnce(&mut super::state::DemoTenant)) -> Result<(), Problem> {
    if let Some(tenant) = state.tenants.get_mut(index) {
        change(tenant);
    }
    state.save()
}

/// Writes a day; what is there already stays as it is.
async fn write(access: &Access, day: Vec<Value<'static>>) -> Result<(), Problem> {
    const UNUSABLE: &str = "架空の今日の記録を作れません。";
    for body in day {
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(Cow::into_owned);
        let resource_type = text("resourceType").and_then(|name| ResourceType::parse(&name));
        let id = text("id").and_then(|id| Id::new(&id).ok());
        let (resource_type, id) = resource_type.zip(id).ok_or_else(|| Problem::new(UNUSABLE))?;
        let mut commit = Commit::new(Action::Create);
        commit.changes = vec![Change::Put { resource_type, id, body, expect: Expect::Absent }];
        match access.commit(commit).await {
            Ok(_) | Err(LedgerError::Exists) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// The doctors who can sign in also signed the past.
fn authors(people: &[Person]) -> Vec<Author> {
    let doctors = people.iter().filter(|p| p.professions.contains(&Profession::Doctor));
    doctors.map(|p| Author { id: p.id.clone(), name: p.name.clone() }).collect()
}
