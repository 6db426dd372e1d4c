//! Over all charts of the clinic, newest first, so many notes per press.
use super::patient::{Hit, What, in_note, plain};
use super::words::Words;
use crate::ChartError;
use crate::query::{parse, query, resource_type};
use crate::view::element::{reference, text};
use crate::view::{Document, Note, Person};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action};
use std::collections::HashMap;

/// Notes and documents looked through for one press.
const PER_PRESS: usize = 2_000;
/// Read at once.
const PAGE: usize = 500;
/// Hits after which a press ends.
const ENOUGH: usize = 40;

/// Where a press ended: the instant of the oldest note looked at, and how many of that instant were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The instant.
    pub at: Timestamp,
    /// Notes of that instant that were looked at.
    pub done: u32,
}

/// A hit with whose it is, by more than a name.
#[derive(Clone, Debug)]
pub struct ClinicHit {
    /// Whose.
    pub person: Person,
    /// What.
    pub hit: Hit,
}

/// What a press found.
#[derive(Clone, Debug, Default)]
pub struct ClinicPage {
    /// Newest first.
    pub hits: Vec<ClinicHit>,
    /// Notes and documents looked through.
    pub looked: usize,
    /// The instant of the oldest.
    pub reached: Option<Timestamp>,
    /// Where to go on; `None`: everything was looked through.
    pub next: Option<Place>,
}

/// Looks through the charts. One audit event: it keeps the words and how many records were looked through, and names those
/// of which something is shown, with their patients. What held none of the words leaves this function in no form.
pub fn clinic<'a>(
    access: &'a Access,
    typed: &'a str,
    words: &'a Words,
    from: Option<Place>,
) -> BoxFuture<'a, Result<ClinicPage, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Search);
        let typed: String = typed.trim().chars().take(60).collect();
        reader.describe(format!("全カルテの検索: {typed}"));
        let mut page = ClinicPage::default();
        let mut found: Vec<(Id, Hit)> = Vec::new();
        for kind in ["Composition", "DocumentReference"] {
            // Documents are few; they are looked through with the first press.
            if kind == "DocumentReference" && from.is_some() {
                continue;
            }
            let mut place = from;
            loop {
                let until = place.map(|p| format!("le{}", p.at.to_fhir()));
                let count = PAGE.to_string();
                let mut pairs = vec![("_sort", "-date"), ("_count", count.as_str())];
                if let Some(until) = &until {
                    pairs.push(("date", until.as_str()));
                }
                let versions = reader.look_through(&query(kind, &pairs)?, None).await?.matches;
                let skip = place.map_or(0, |p| p.done as usize).min(versions.len());
                let last = versions.len() < PAGE;
                let fresh = versions.get(skip..).unwrap_or_default();
                let mut looked = 0;
                for version in fresh {
                    if found.len() >= ENOUGH {
                        break;
                    }
                    looked += 1;
                    let body = parse(version)?;
                    let at = text(&body, &["date"]).and_then(|t| Timestamp::parse(&t));
                    let hit = if kind == "Composition" {
                        Note::read(&body).and_then(|note| in_note(&note, words))
                    } else {
                        Document::read(&body).and_then(|d| {
                            let text = [Some(d.title), d.source.clone(), d.summary]
                                .into_iter()
                                .flatten()
                                .collect::<Vec<_>>()
                                .join("　");
                            plain(What::Document, d.date, d.source, &text, words)
                        })
                    };
                    if let (Some(hit), Some(owner)) = (hit, reference(&body, &["subject", "reference"], "Patient")) {
                        reader.shows(version);
                        found.push((owner, hit));
                    }
                    if let Some(at) = at {
                        place = Some(match place {
                            Some(p) if p.at == at => Place { at, done: p.done + 1 },
                            _ => Place { at, done: 1 },
                        });
                    }
                }
                page.looked += looked;
                // A page that brings nothing new would come again for ever.
                let through = fresh.is_empty() || (last && looked == fresh.len());
                if through || page.looked >= PER_PRESS || found.len() >= ENOUGH {
                    if kind == "Composition" {
                        page.reached = place.map(|p| p.at);
                        page.next = if through { None } else { place };
                    }
                    break;
                }
            }
        }
        let mut keys = Vec::new();
        for (owner, _) in &found {
            let key = (resource_type("Patient")?, owner.clone());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut people: HashMap<Id, Person> = HashMap::new();
        for version in reader.read_many(&keys).await? {
            people.insert(version.id.clone(), Person::read(version.id.clone(), &parse(&version)?));
        }
        let known =
            |(owner, hit): (Id, Hit)| people.get(&owner).map(|person| ClinicHit { person: person.clone(), hit });
        page.hits = found.into_iter().filter_map(known).collect();
        page.hits.sort_by_key(|found| std::cmp::Reverse(found.hit.date));
        reader.describe(format!("全カルテの検索: {typed}（{}件を照合、{}件を表示）", page.looked, page.hits.len()));
        Ok(reader.release(page).await?)
    })
}
