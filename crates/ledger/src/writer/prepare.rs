//! What can be done before the transaction is done on the caller's task: texts and index entries.
use super::body::Body;
use crate::audit_event::Event;
use crate::jobs::JobDone;
use crate::{Actor, Change, Commit, Doc, Expect, Guard, LedgerError, NewJob, Outcome};
use karute_fhir::search::{IndexEntry, IndexValue, ParamKey, extract};
use karute_fhir::{Id, ResourceType};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A write, ready for its transaction.
pub(crate) struct Prepared {
    pub(super) event: Event,
    pub(super) guards: Vec<Guard>,
    pub(super) changes: Vec<PreparedChange>,
    pub(super) docs: Vec<Doc>,
    pub(super) jobs: Vec<NewJob>,
    pub(super) done: Option<JobDone>,
}

/// A change of one resource.
pub(super) struct PreparedChange {
    pub(super) key: Key,
    pub(super) expect: Expect,
    /// `None` deletes.
    pub(super) put: Option<Put>,
}

/// A new version's content.
pub(super) struct Put {
    pub(super) body: Body,
    pub(super) entries: Arc<Vec<IndexEntry>>,
}

/// What names a resource.
pub(super) type Key = (ResourceType, Id);

impl Prepared {
    /// An audit event alone.
    pub(crate) fn event(event: Event) -> Prepared {
        Prepared { event, guards: Vec::new(), changes: Vec::new(), docs: Vec::new(), jobs: Vec::new(), done: None }
    }

    /// An audit event of a look, with what is remembered of it.
    pub(crate) fn look(event: Event, docs: Vec<Doc>) -> Result<Prepared, LedgerError> {
        for doc in &docs {
            storable(doc)?;
        }
        Ok(Prepared { docs, ..Prepared::event(event) })
    }

    /// A commit of `actor`, with the job it finishes.
    pub(crate) fn commit(actor: &Actor, commit: Commit, done: Option<JobDone>) -> Result<Prepared, LedgerError> {
        let mut event = Event::new(actor, commit.action, Outcome::Success);
        event.detail = commit.detail;
        let mut changes = Vec::with_capacity(commit.changes.len());
        for change in commit.changes {
            changes.push(match change {
                Change::Put { resource_type, id, mut body, expect } => {
                    let text = Body::new(resource_type, &id, &mut body).ok_or_else(|| {
                        LedgerError::Integrity("the resource is of another type than its place".into())
                    })?;
                    let entries = extract(&body);
                    patients(&entries, &mut event.seen.patients);
                    let put = Some(Put { body: text, entries: Arc::new(entries) });
                    PreparedChange { key: (resource_type, id), expect, put }
                }
                Change::Delete { resource_type, id, expect } => {
                    PreparedChange { key: (resource_type, id), expect, put: None }
                }
            });
        }
        for doc in &commit.docs {
            storable(doc)?;
        }
        Ok(Prepared { event, guards: commit.guards, changes, docs: commit.docs, jobs: commit.jobs, done })
    }

    /// Whether it is an audit event and nothing else.
    pub(super) fn is_event(&self) -> bool {
        let Prepared { event: _, guards, changes, docs, jobs, done } = self;
        guards.is_empty() && changes.is_empty() && docs.is_empty() && jobs.is_empty() && done.is_none()
    }

    /// Bytes of the texts it writes.
    pub(super) fn weight(&self) -> usize {
        1024 + self.changes.iter().filter_map(|c| c.put.as_ref()).map(|p| p.body.len()).sum::<usize>()
    }
}

/// The patients whose record a resource belongs to.
pub(super) fn patients(entries: &[IndexEntry], into: &mut BTreeSet<String>) {
    for entry in entries {
        if let (ParamKey::PATIENT_COMPARTMENT, IndexValue::Local { id, .. }) = (entry.param, &entry.value) {
            into.insert(id.to_string());
        }
    }
}

/// PostgreSQL stores no U+0000 in texts; neither do we anywhere, so that both databases agree.
fn storable(doc: &Doc) -> Result<(), LedgerError> {
    let (key, value) = match doc {
        Doc::Put { key, value, .. } | Doc::Insert { key, value, .. } | Doc::Swap { key, value, .. } => {
            (key, value.as_str())
        }
        Doc::Delete { key, .. } => (key, ""),
    };
    if key.contains('\0') || value.contains('\0') {
        return Err(LedgerError::Unsupported("a document with U+0000".into()));
    }
    Ok(())
}
