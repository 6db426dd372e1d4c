//! How what is sent and received is kept: a FHIR `Task` with every step as a version, documents and files beside it as
//! `Binary`, to the byte.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_fhir::search::{ParseContext, Query};
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use karute_json::{Limits, Object, Value, parse};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup, Reader, Version};
use serde::Serialize;
use serde::de::DeserializeOwned;

const CODE: &str = "urn:karute:task";
const STORED: &str = "urn:karute:sharing";
/// System of `Task.businessStatus`: where it stands.
const STATE: &str = "urn:karute:sharing-state";

/// Most tasks of one search.
const MAX_FOUND: usize = 1_000;

/// What travels in a task's extension.
pub trait Stored: Serialize + DeserializeOwned + Send + Sync {
    /// Code of the task, for searches.
    const CODE: &'static str;
    /// What people call it.
    const WORDS: &'static str;
    /// Where it stands, as a code.
    fn state(&self) -> &'static str;
    /// Where it stands, for people.
    fn words(&self) -> &'static str;
    /// `Task.status`
    fn status(&self) -> &'static str;
    /// Numbers by which it is found: system and value.
    fn numbers(&self) -> Vec<(&'static str, String)>;
    /// The `Binary` it is about.
    fn focus(&self) -> Option<&str>;
}

/// A task and what is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<S> {
    /// Id of the task.
    pub id: Id,
    /// Its version; 0 while it has none.
    pub version: u32,
    /// The patient; none while nobody knows who it is.
    pub patient: Option<Id>,
    /// What is kept.
    pub stored: S,
}

impl<S: Stored> Kept<S> {
    /// A new one.
    pub fn new(id: Id, patient: Option<Id>, stored: S) -> Kept<S> {
        Kept { id, version: 0, patient, stored }
    }

    /// The task as a change; its version must still be the one that was read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn change(&self, now: Timestamp) -> Result<Change, LedgerError> {
        let body = self.body(now).ok_or_else(|| LedgerError::Integrity("a task cannot be written".into()))?;
        let expect = if self.version == 0 { Expect::Absent } else { Expect::Version(self.version) };
        Ok(Change::Put { resource_type: kind("Task")?, id: self.id.clone(), body, expect })
    }

    fn body(&self, now: Timestamp) -> Option<Value<'static>> {
        let stored = &self.stored;
        let coding = |system: &str, code: &str| Value::object([("system", text(system)), ("code", text(code))]);
        let concept = |coding: Value<'static>, words: &str| {
            Value::object([("coding", Value::Array(vec![coding])), ("text", text(words))])
        };
        let reference = |to: String| Value::object([("reference", Value::string(to))]);
        let extension =
            Value::object([("url", text(STORED)), ("valueString", Value::string(serde_json::to_string(stored).ok()?))]);
        let numbers: Vec<Value<'static>> = stored
            .numbers()
            .into_iter()
            .map(|(system, value)| Value::object([("system", text(system)), ("value", Value::string(value))]))
            .collect();
        let mut task = Object::new();
        task.insert("resourceType", text("Task"));
        task.insert("extension", Value::Array(vec![extension]));
        if !numbers.is_empty() {
            task.insert("identifier", Value::Array(numbers));
        }
        task.insert("status", text(stored.status()));
        task.insert("businessStatus", concept(coding(STATE, stored.state()), stored.words()));
        task.insert("intent", text("order"));
        task.insert("code", concept(coding(CODE, S::CODE), S::WORDS));
        if let Some(binary) = stored.focus() {
            task.insert("focus", reference(format!("Binary/{binary}")));
        }
        if let Some(patient) = &self.patient {
            task.insert("for", reference(format!("Patient/{patient}")));
        }
        task.insert("lastModified", Value::string(now.to_fhir()));
        Some(Value::Object(task))
    }

    fn read(version: &Version) -> Result<Kept<S>, LedgerError> {
        let damaged = || LedgerError::Integrity(format!("Task/{} is not of record sharing", version.id));
        let body = parse(version.body.as_bytes(), &Limits::FHIR).map_err(|_| damaged())?;
        let stored = body.get("extension").map_or(&[][..], Value::items).iter().find_map(|extension| {
            let ours = extension.get("url").and_then(Value::as_str).is_some_and(|url| url == STORED);
            ours.then(|| extension.get("valueString").and_then(Value::as_str).map(std::borrow::Cow::into_owned))
                .flatten()
        });
        let patient = match body.at(&["for", "reference"]).and_then(Value::as_str) {
            Some(text) => Some(text.strip_prefix("Patient/").and_then(|id| Id::new(id).ok()).ok_or_else(damaged)?),
            None => None,
        };
        Ok(Kept {
            id: version.id.clone(),
            version: version.version,
            patient,
            stored: serde_json::from_str(&stored.ok_or_else(damaged)?).map_err(|_| damaged())?,
        })
    }

    /// Makes it durable now.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] when somebody was quicker.
    pub async fn keep(&mut self, access: &Access, now: Timestamp) -> Result<(), LedgerError> {
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("電子カルテ情報共有: {}", S::WORDS));
        commit.changes.push(self.change(now)?);
        let committed = access.commit(commit).await?;
        self.version = committed.versions.first().map_or(self.version, |version| version.version);
        Ok(())
    }
}

fn text(plain: &str) -> Value<'static> {
    Value::string(plain.to_owned())
}

pub(crate) fn kind(name: &str) -> Result<ResourceType, LedgerError> {
    ResourceType::parse(name).ok_or_else(|| LedgerError::Unsupported(name.to_owned()))
}

/// An id, made of ours.
///
/// # Errors
/// When it is too long or has characters that ids do not have.
pub fn id(text: &str) -> Result<Id, LedgerError> {
    Id::new(text).map_err(|_| LedgerError::Limit("id"))
}

/// A document beside a task, to the byte.
///
/// # Errors
/// When the resource type is not known.
pub fn binary(id: Id, patient: Option<&Id>, content_type: &str, bytes: &[u8]) -> Result<Change, LedgerError> {
    let mut body = Object::new();
    body.insert("resourceType", text("Binary"));
    body.insert("contentType", text(content_type));
    if let Some(patient) = patient {
        let whose = Value::object([("reference", Value::string(format!("Patient/{patient}")))]);
        body.insert("securityContext", whose);
    }
    body.insert("data", Value::string(STANDARD.encode(bytes)));
    // What was kept first stays: nothing is written over.
    Ok(Change::Put { resource_type: kind("Binary")?, id, body: Value::Object(body), expect: Expect::Absent })
}

/// The bytes of a document beside a task, and their type; `None` when it is not there.
///
/// # Errors
/// When it is damaged.
pub async fn bytes(reader: &Reader, id: &Id) -> Result<Option<(String, Vec<u8>)>, LedgerError> {
    let Lookup::Found(version) = reader.read(kind("Binary")?, id).await? else { return Ok(None) };
    let damaged = || LedgerError::Integrity(format!("Binary/{id} cannot be read"));
    let body = parse(version.body.as_bytes(), &Limits::FHIR).map_err(|_| damaged())?;
    let told = |name: &str| body.get(name).and_then(Value::as_str).ok_or_else(damaged);
    let bytes = STANDARD.decode(told("data")?.as_bytes()).map_err(|_| damaged())?;
    Ok(Some((told("contentType")?.into_owned(), bytes)))
}

fn query(pairs: &[(&str, &str)]) -> Result<Query, LedgerError> {
    let owned: Vec<(String, String)> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let context = ParseContext { base: "", now: Timestamp::default() };
    karute_fhir::search::parse(kind("Task")?, &owned, &context)
        .map_err(|error| LedgerError::Unsupported(format!("Task.{}", error.parameter)))
}

/// One, through the caller's reader; `None` when it is not there.
///
/// # Errors
/// When it is of another kind, or the ledger cannot be read.
pub async fn read<S: Stored>(reader: &Reader, id: &Id) -> Result<Option<Kept<S>>, LedgerError> {
    match reader.read(kind("Task")?, id).await? {
        Lookup::Found(version) => Kept::read(&version).map(Some),
        _ => Ok(None),
    }
}

/// One.
///
/// # Errors
/// When it is not there, of another kind, or the ledger cannot be read.
pub async fn load<S: Stored>(access: &Access, id: &Id) -> Result<Kept<S>, LedgerError> {
    find(access, id).await?.ok_or(LedgerError::NotFound)
}

/// One; `None` when it is not there.
///
/// # Errors
/// When it is of another kind, or the ledger cannot be read.
pub async fn find<S: Stored>(access: &Access, id: &Id) -> Result<Option<Kept<S>>, LedgerError> {
    let reader = access.reader(Action::Read);
    let found = read(&reader, id).await?;
    reader.release(found).await
}

/// Which ones.
#[derive(Clone, Debug, Default)]
pub struct Which<'w> {
    /// Of this patient.
    pub patient: Option<&'w Id>,
    /// That stand so (codes of [`Stored::state`]); empty for all.
    pub states: &'w [&'w str],
    /// With this number: system and value.
    pub number: Option<(&'w str, &'w str)>,
}

impl Which<'_> {
    fn query<S: Stored>(&self, count_only: bool) -> Result<Query, LedgerError> {
        let code = format!("{CODE}|{}", S::CODE);
        let states: Vec<String> = self.states.iter().map(|state| format!("{STATE}|{state}")).collect();
        let states = states.join(",");
        let number = self.number.map(|(system, value)| format!("{system}|{value}"));
        let mut pairs = vec![("code", code.as_str())];
        pairs.extend(self.patient.map(|patient| ("patient", patient.as_str())));
        pairs.extend((!states.is_empty()).then_some(("business-status", states.as_str())));
        pairs.extend(number.as_deref().map(|number| ("identifier", number)));
        if count_only {
            pairs.push(("_count", "0"));
        }
        query(&pairs)
    }
}

/// All that are meant, in the order of their ids, through the caller's reader.
///
/// # Errors
/// When the ledger cannot be read, or there are more than 1,000.
pub async fn all<S: Stored>(reader: &Reader, which: &Which<'_>) -> Result<Vec<Kept<S>>, LedgerError> {
    let query = which.query::<S>(false)?;
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = reader.search(&query, after.as_deref()).await?;
        for version in &page.matches {
            found.push(Kept::read(version)?);
        }
        after = page.next;
        if after.is_none() {
            found.sort_by(|one: &Kept<S>, other| one.id.as_str().cmp(other.id.as_str()));
            return Ok(found);
        }
        if found.len() > MAX_FOUND {
            return Err(LedgerError::Limit("tasks of record sharing"));
        }
    }
}

/// How many are meant. Nothing of them is told, so that no event names them.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn count<S: Stored>(access: &Access, which: &Which<'_>) -> Result<u64, LedgerError> {
    let reader = access.reader(Action::View);
    reader.describe(format!("{}の数", S::WORDS));
    let found = reader.search(&which.query::<S>(true)?, None).await?;
    reader.release(found.total.unwrap_or_default()).await
}
