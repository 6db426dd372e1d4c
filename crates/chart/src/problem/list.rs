//! Reading the list.
use super::name::{Named, same};
use super::outcome::Outcome;
use super::resource;
use crate::ChartError;
use crate::author::{awaits_approval, principal_in};
use crate::query::parse;
use crate::view::Problem;
use crate::view::element::{reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::Value;
use karute_ledger::{Reader, Version};

/// A disease name with what is needed to change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Opaque id.
    pub id: Id,
    /// Version the reader saw.
    pub version: u32,
    /// As every screen shows it.
    pub problem: Problem,
    /// As codes.
    pub named: Named,
    /// 転帰 of an ended name.
    pub outcome: Option<Outcome>,
    /// Who entered it.
    pub recorder: Option<String>,
    /// Entered by a proxy and not approved yet (承認待ち).
    pub awaiting: bool,
    /// For whom a proxy entered or changed it (依頼医).
    pub principal: Option<String>,
    /// The visit it was made in.
    pub visit: Option<Id>,
    /// Its place for billing; `None`: nobody ordered it.
    place: Option<i64>,
}

/// The list of a patient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// Active names: in the order for billing, else main first, then oldest first.
    pub active: Vec<Entry>,
    /// Ended names, newest first.
    pub past: Vec<Entry>,
}

impl List {
    /// The active entry that means the same disease (SRCH-22).
    pub fn active_same(&self, named: &Named) -> Option<&Entry> {
        self.active.iter().find(|entry| same(&entry.named, named))
    }

    /// Names of the past that are not active, each once, newest first: what a field without text offers (SRCH-21).
    pub fn suggested(&self, most: usize) -> Vec<&Entry> {
        let mut found: Vec<&Entry> = Vec::new();
        for entry in &self.past {
            let known = self.active.iter().chain(found.iter().copied()).any(|other| same(&other.named, &entry.named));
            if !known && !entry.named.is_uncoded() && !entry.named.is_suspected() {
                found.push(entry);
            }
            if found.len() == most {
                break;
            }
        }
        found
    }
}

/// The list of a patient.
pub fn list<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<List, ChartError>> {
    Box::pin(async move { entries(&crate::asked::problems(reader, patient).await?) })
}

/// The list made of these versions.
fn entries(versions: &[Version]) -> Result<List, ChartError> {
    let mut list = List::default();
    for version in versions {
        let Some(entry) = entry(version, &parse(version)?) else { continue };
        if entry.problem.active { list.active.push(entry) } else { list.past.push(entry) }
    }
    list.active.sort_by_key(|e| (e.place.unwrap_or(i64::MAX), !e.problem.main, e.problem.start, e.id.clone()));
    list.past.sort_by_key(|e| (std::cmp::Reverse(e.problem.end.or(e.problem.start)), e.id.clone()));
    Ok(list)
}

pub(super) fn entry(version: &Version, body: &Value<'_>) -> Option<Entry> {
    let mut problem = Problem::read(body)?;
    let named = resource::named(body)?;
    problem.suspected |= named.is_suspected();
    Some(Entry {
        id: version.id.clone(),
        version: version.version,
        outcome: if problem.active { None } else { resource::outcome(body) },
        problem,
        named,
        recorder: text(body, &["recorder", "display"]),
        awaiting: awaits_approval(body),
        principal: principal_in(body),
        visit: reference(body, &["encounter", "reference"], "Encounter"),
        place: resource::order(body),
    })
}
