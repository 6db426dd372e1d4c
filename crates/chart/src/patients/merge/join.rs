//! Making two records one.
use super::compare::is_open;
use super::repoint::{repoint, set_came_from};
use super::{MERGE, compartment};
use crate::clean::line;
use crate::patients::replaced_by;
use crate::query::{parse, resource_type};
use crate::view::Encounter;
use crate::{ChartError, letter, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Reader};

/// Longest reason kept, in characters.
const REASON: usize = 200;
/// How often what was written meanwhile is looked for.
const SWEEPS: usize = 3;

/// What a merge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Resources that speak of the record that stays now.
    pub moved: usize,
}

/// A patient as it is stored.
pub(super) struct Record {
    pub(super) id: Id,
    pub(super) version: u32,
    pub(super) body: Value<'static>,
}

impl Record {
    pub(super) async fn read(reader: &Reader, id: &Id) -> Result<Record, ChartError> {
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        Ok(Record { id: id.clone(), version: version.version, body: parse(&version)?.into_owned() })
    }
    pub(super) fn put(self) -> Result<Change, ChartError> {
        Ok(Change::Put {
            resource_type: resource_type("Patient")?,
            id: self.id,
            body: self.body,
            expect: Expect::Version(self.version),
        })
    }
}

/// Merges the record `given_up` into `kept`; each with the version that was seen. [`ChartError::Step`] when either was
/// merged already or both are in the building, [`ChartError::Invalid`] without a reason.
pub fn merge<'a>(
    access: &'a Access,
    (kept, kept_seen): (&'a Id, u32),
    (given_up, given_up_seen): (&'a Id, u32),
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<Joined, ChartError>> {
    Box::pin(async move {
        let reason: String = line(reason).chars().take(REASON).collect();
        if reason.is_empty() || kept == given_up {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::Read);
        reader.describe("患者の統合");
        let mut stays = Record::read(&reader, kept).await?;
        let mut goes = Record::read(&reader, given_up).await?;
        if stays.version != kept_seen || goes.version != given_up_seen {
            return Err(ChartError::Conflict);
        }
        if replaced_by(&stays.body).is_some() || replaced_by(&goes.body).is_some() {
            return Err(ChartError::Step);
        }
        if inside(&reader, kept).await? && inside(&reader, given_up).await? {
            return Err(ChartError::Step);
        }
        let changes = moves(&reader, kept, given_up).await?;
        reader.release(()).await?;

        add_link(&mut stays.body, given_up, "replaces", None);
        add_numbers(&mut stays.body, &goes.body);
        let said = [
            ("at", ("valueInstant", Value::string(now.to_fhir()))),
            ("by", ("valueString", Value::string(access.actor().name.clone()))),
            ("reason", ("valueString", Value::string(reason.clone()))),
        ];
        let parts = said.map(|(url, (name, value))| Object::new().with("url", url).with(name, value).into());
        let why = Object::new().with("url", MERGE).with("extension", parts.to_vec());
        add_link(&mut goes.body, kept, "replaced-by", Some(why.into()));
        if let Some(object) = goes.body.as_object_mut() {
            object.insert("active", Value::Bool(false));
        }
        let moved = changes.len();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("患者の統合（{reason}）"));
        commit.changes.extend([stays.put()?, goes.put()?]);
        commit.changes.extend(changes);
        commit.docs.push(reception::changed(now.day_in_japan(), kept, now));
        // Letters that are being written go along; who types on is told by the next save.
        commit.docs.extend(letter::with_other_patient(access, given_up, kept).await?);
        access.commit(commit).await?;
        let late = sweep(access, kept, given_up).await?;
        Ok(Joined { moved: moved + late })
    })
}

/// Whether a patient has a visit that has not ended.
async fn inside(reader: &Reader, patient: &Id) -> Result<bool, ChartError> {
    let open = [("patient", patient.as_str()), ("status", "arrived,in-progress,triaged,onleave"), ("_count", "5")];
    for version in crate::query::search(reader, "Encounter", &open).await?.matches {
        if is_open(&Encounter::read(version.id.clone(), version.version, &parse(&version)?)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// New versions of everything that speaks of the record given up.
async fn moves(reader: &Reader, kept: &Id, given_up: &Id) -> Result<Vec<Change>, ChartError> {
    let mut changes = Vec::new();
    for version in compartment(reader, given_up).await? {
        let mut body = parse(&version)?.into_owned();
        let places = repoint(&mut body, given_up, kept);
        if places.is_empty() {
            continue;
        }
        set_came_from(&mut body, given_up, Some(&places));
        changes.push(Change::Put {
            resource_type: version.resource_type,
            id: version.id.clone(),
            body,
            expect: Expect::Version(version.version),
        });
    }
    Ok(changes)
}

/// What another desk wrote for the record given up while it was being merged follows in a commit of its own.
async fn sweep(access: &Access, kept: &Id, given_up: &Id) -> Result<usize, ChartError> {
    let mut moved = 0;
    for _ in 0..SWEEPS {
        let reader = access.reader(Action::Read);
        reader.describe("患者の統合");
        let changes = moves(&reader, kept, given_up).await?;
        reader.release(()).await?;
        if changes.is_empty() {
            break;
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("患者の統合：同時に書かれた記録".to_owned());
        let size = changes.len();
        commit.changes = changes;
        match access.commit(commit).await {
            Ok(_) => moved += size,
            Err(karute_ledger::LedgerError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(moved)
}

/// Adds a link between the two records.
fn add_link(body: &mut Value<'static>, other: &Id, kind: &'static str, why: Option<Value<'static>>) {
    let Some(object) = body.as_object_mut() else { return };
    let mut links: Vec<Value<'static>> = match object.remove("link") {
        Some(Value::Array(links)) => links,
        _ => Vec::new(),
    };
    let target = Object::new().with("reference", format!("Patient/{other}"));
    let mut link = Object::new();
    if let Some(why) = why {
        link.insert("extension", Value::Array(vec![why]));
    }
    links.push(link.with("other", Value::from(target)).with("type", kind).into());
    object.insert("link", Value::Array(links));
}

/// The numbers of the record given up become old numbers of the one that stays.
fn add_numbers(body: &mut Value<'static>, from: &Value<'static>) {
    let Some(object) = body.as_object_mut() else { return };
    let mut all: Vec<Value<'static>> = object.get("identifier").map_or(&[][..], Value::items).to_vec();
    for identifier in from.get("identifier").map_or(&[][..], Value::items) {
        let mut old = identifier.clone();
        if let Some(old) = old.as_object_mut() {
            old.insert("use", Value::string("old"));
        }
        if !all.iter().any(|known| known.same_value(&old) || known.same_value(identifier)) {
            all.push(old);
        }
    }
    if !all.is_empty() {
        object.insert("identifier", Value::Array(all));
    }
}
