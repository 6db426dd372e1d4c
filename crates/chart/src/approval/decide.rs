//! Approving and sending back. Approval is a new version that names who stands for it.
use super::Kind;
use crate::ChartError;
use crate::author::{AWAITING_APPROVAL, Author, ENTRY_SYSTEM, awaits_approval, set_awaiting};
use crate::note;
use crate::query::{parse, resource_type, search};
use crate::view::element::{reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, HistoryScope, Lookup, Reader};

/// Extension of a resource that was entered by a proxy and approved: who, and when. A `Composition` has an `attester`
/// for this.
const APPROVAL: &str = "urn:karute:approval";
/// Entries approved at once at most.
const MOST: usize = 500;

/// An entry as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Kind.
    pub kind: Kind,
    /// Id.
    pub id: Id,
    /// Version.
    pub version: u32,
}

impl Entry {
    /// Reads `Condition/abc/3`.
    pub fn parse(text: &str) -> Option<Entry> {
        let mut parts = text.split('/');
        let entry = Entry {
            kind: Kind::parse(parts.next()?)?,
            id: Id::new(parts.next()?).ok()?,
            version: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(entry)
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.kind.type_name(), self.id, self.version)
    }
}

/// Approves entries in one commit: all of them or, when one has changed since it was shown, none.
pub fn approve<'a>(
    access: &'a Access,
    entries: &'a [Entry],
    by: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<usize, ChartError>> {
    Box::pin(async move {
        if entries.len() > MOST {
            return Err(ChartError::TooMany);
        }
        let reader = access.reader(Action::Read);
        reader.describe("承認");
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("代行入力の承認 {}件", entries.len()));
        for entry in entries {
            let mut body = waiting(&reader, entry).await?;
            if entry.kind == Kind::Note {
                commit.changes.extend(
                    vital_signs(&reader, &body, |sign| {
                        set_awaiting(sign, false);
                        stamp(sign, by, now);
                    })
                    .await?,
                );
                note::approve_note(&mut body, by, now);
            } else {
                set_awaiting(&mut body, false);
                stamp(&mut body, by, now);
            }
            commit.changes.push(put(entry, body)?);
        }
        reader.release(()).await?;
        access.commit(commit).await?;
        Ok(entries.len())
    })
}

/// Sends an entry back with a reason: what was there before the proxy changed it stands again; what was new is marked
/// as entered in error. The entry stays in the history.
pub fn reject<'a>(
    access: &'a Access,
    entry: &'a Entry,
    why: &'a str,
    by: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reason = note::reason(why)?;
        let reader = access.reader(Action::Read);
        reader.describe("差し戻し");
        let present = waiting(&reader, entry).await?;
        let signs = if entry.kind == Kind::Note {
            vital_signs(&reader, &present, |sign| {
                set_awaiting(sign, false);
                if let Some(object) = sign.as_object_mut() {
                    object.insert("status", Value::string("entered-in-error"));
                }
            })
            .await?
        } else {
            Vec::new()
        };
        let mut body = match before(&reader, entry).await? {
            Some(body) => body,
            None => in_error(entry.kind, present),
        };
        reader.release(()).await?;
        set_awaiting(&mut body, false);
        note::because(&mut body, &format!("差し戻し：{reason}"), by, now);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("代行入力の差し戻し {entry}"));
        commit.changes.push(put(entry, body)?);
        commit.changes.extend(signs);
        access.commit(commit).await?;
        Ok(())
    })
}

/// The vital signs that a proxy handed in with a note: they are decided with it.
async fn vital_signs(
    reader: &Reader,
    note: &Value<'_>,
    decide: impl Fn(&mut Value<'static>),
) -> Result<Vec<Change>, ChartError> {
    let Some(visit) = reference(note, &["encounter", "reference"], "Encounter") else { return Ok(Vec::new()) };
    let tag = format!("{ENTRY_SYSTEM}|{AWAITING_APPROVAL}");
    let pairs = [("encounter", visit.as_str()), ("_tag", tag.as_str()), ("_count", "40")];
    let mut changes = Vec::new();
    for version in search(reader, "Observation", &pairs).await?.matches {
        let mut body = parse(&version)?.into_owned();
        decide(&mut body);
        changes.push(Change::Put {
            resource_type: resource_type("Observation")?,
            id: version.id.clone(),
            body,
            expect: Expect::Version(version.version),
        });
    }
    Ok(changes)
}

async fn waiting(reader: &Reader, entry: &Entry) -> Result<Value<'static>, ChartError> {
    let Lookup::Found(version) = reader.read(entry.kind.resource_type()?, &entry.id).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?.into_owned();
    if version.version != entry.version || !awaits_approval(&body) {
        return Err(ChartError::Conflict);
    }
    Ok(body)
}

/// The newest version that nobody had to approve any more.
async fn before(reader: &Reader, entry: &Entry) -> Result<Option<Value<'static>>, ChartError> {
    let scope = HistoryScope::Instance(entry.kind.resource_type()?, entry.id.clone());
    for version in reader.history(scope, 50, None, None).await?.matches {
        if version.body.is_empty() {
            continue;
        }
        let body = parse(&version)?.into_owned();
        if !awaits_approval(&body) {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

fn in_error(kind: Kind, mut body: Value<'static>) -> Value<'static> {
    let Some(object) = body.as_object_mut() else { return body };
    match kind {
        Kind::Note | Kind::Prescription | Kind::Request | Kind::Alert | Kind::Pregnancy | Kind::Document => {
            object.insert("status", Value::string("entered-in-error"));
        }
        Kind::Problem | Kind::Allergy => {
            let system = match kind {
                Kind::Problem => "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                _ => "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
            };
            let coding =
                Value::object([("system", Value::string(system)), ("code", Value::string("entered-in-error"))]);
            object.remove("clinicalStatus");
            object.insert("verificationStatus", Value::object([("coding", Value::Array(vec![coding]))]));
        }
    }
    body
}

/// Says who approved it, and when.
pub(crate) fn stamp(body: &mut Value<'static>, by: &Author, now: Timestamp) {
    let Some(object) = body.as_object_mut() else { return };
    let mut extensions = match object.remove("extension") {
        Some(Value::Array(extensions)) => extensions,
        _ => Vec::new(),
    };
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(APPROVAL));
    let part =
        |url: &'static str, name: &'static str, value| Value::object([("url", Value::string(url)), (name, value)]);
    extensions.push(Value::object([
        ("url", Value::string(APPROVAL)),
        (
            "extension",
            Value::Array(vec![
                part("by", "valueReference", by.reference()),
                part("at", "valueDateTime", Value::string(now.to_fhir())),
            ]),
        ),
    ]));
    object.insert("extension", Value::Array(extensions));
}

fn put(entry: &Entry, body: Value<'static>) -> Result<Change, ChartError> {
    let resource_type = entry.kind.resource_type()?;
    Ok(Change::Put { resource_type, id: entry.id.clone(), body, expect: Expect::Version(entry.version) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entries_of_forms_read_back() {
        let entry = Entry::parse("Condition/c-1/3").unwrap();
        assert_eq!((entry.kind, entry.version, entry.to_string().as_str()), (Kind::Problem, 3, "Condition/c-1/3"));
        for nonsense in
            ["", "Condition", "Condition/c-1", "Patient/p/1", "Condition/c-1/x", "Condition/c-1/1/2", "Condition//1"]
        {
            assert_eq!(Entry::parse(nonsense), None, "{nonsense}");
        }
    }
}
