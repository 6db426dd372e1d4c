//! Asking, answering, taking back: each one commit, with the mark that tells the list of work.
use super::read::{Errand, State};
use super::{CODE, LONGEST};
use crate::ChartError;
use crate::author::{Author, Standing};
use crate::letter::TASK;
use crate::parts::{clean_line, concept, reference};
use crate::query::{parse, resource_type};
use crate::request::work_changed;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Hands something about a document to whoever carries things out, under the id of the press: pressed twice it is asked
/// once. [`ChartError::Invalid`] without words, [`ChartError::Step`] for a proxy.
pub fn ask<'a>(
    access: &'a Access,
    id: &'a Id,
    (document, patient): (&'a Id, &'a Id),
    words: &'a str,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        if author.standing == Standing::Proxy {
            return Err(ChartError::Step);
        }
        let words = clean_line(words, LONGEST).ok_or(ChartError::Invalid)?;
        let body = Object::new()
            .with("resourceType", "Task")
            .with("status", State::Open.status())
            .with("intent", "order")
            .with("code", concept(TASK, CODE, "看護師への依頼"))
            .with("description", words)
            .with("focus", reference("DocumentReference", document))
            .with("for", reference("Patient", patient))
            .with("authoredOn", now.to_fhir())
            .with("lastModified", now.to_fhir())
            .with("requester", author.reference());
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("届いた文書について看護師へ依頼".to_owned());
        let resource_type = resource_type("Task")?;
        let body = Value::Object(body);
        commit.changes.push(Change::Put { resource_type, id: id.clone(), body, expect: Expect::Absent });
        commit.docs.push(work_changed(id, now));
        match access.commit(commit).await {
            Ok(_) | Err(LedgerError::Exists) => Ok(()),
            Err(other) => Err(other.into()),
        }
    })
}

/// Says what was done. [`ChartError::Invalid`] without words; [`ChartError::Conflict`] when somebody was quicker;
/// [`ChartError::Step`] when it is open no longer.
pub fn answer<'a>(
    access: &'a Access,
    (id, seen): (&'a Id, u32),
    words: &'a str,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let words = clean_line(words, LONGEST).ok_or(ChartError::Invalid)?;
        end(access, (id, seen), (State::Answered, "看護師への依頼に返事"), Some(&words), author, now).await
    })
}

/// Takes it back. [`ChartError::Step`] when it is open no longer.
pub fn withdraw<'a>(
    access: &'a Access,
    (id, seen): (&'a Id, u32),
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(end(access, (id, seen), (State::Withdrawn, "看護師への依頼を取り下げ"), None, author, now))
}

async fn end(
    access: &Access,
    (id, seen): (&Id, u32),
    (state, detail): (State, &str),
    words: Option<&str>,
    author: &Author,
    now: Timestamp,
) -> Result<(), ChartError> {
    let kind = resource_type("Task")?;
    let Lookup::Found(version) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
    let errand = Errand::read(&version)?.ok_or(ChartError::NotFound)?;
    if errand.state != State::Open {
        return Err(ChartError::Step);
    }
    if errand.version != seen {
        return Err(ChartError::Conflict);
    }
    let Value::Object(mut body) = parse(&version)?.into_owned() else { return Err(ChartError::NotFound) };
    body.insert("status", Value::string(state.status()));
    body.insert("lastModified", Value::string(now.to_fhir()));
    if let Some(words) = words {
        let note = Object::new()
            .with("authorReference", author.reference())
            .with("time", now.to_fhir())
            .with("text", words.to_owned());
        body.insert("note", Value::Array(vec![note.into()]));
        body.insert("owner", author.reference());
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    let expect = Expect::Version(seen);
    commit.changes.push(Change::Put { resource_type: kind, id: id.clone(), body: Value::Object(body), expect });
    commit.docs.push(work_changed(id, now));
    access.commit(commit).await?;
    Ok(())
}
