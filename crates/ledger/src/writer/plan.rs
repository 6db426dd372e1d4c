//! One group's effects, worked out in memory: each commit is checked against what the database holds and what the
//! commits before it in the group have done. Nothing here touches the database.
use super::prepare::{Key, Prepared};
use crate::core::operation_number;
use crate::entry::{VersionEntry, audit_link};
use crate::{Committed, Doc, Expect, LedgerError, NewJob, Operation, TenantId, Version};
use karute_crypto::Digest;
use karute_fhir::search::{IndexEntry, extract};
use karute_japan::Timestamp;
use karute_json::Limits;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The current version of a resource.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) version: Version,
    /// Known for what this group wrote; otherwise worked out from the text.
    pub(super) entries: Option<Arc<Vec<IndexEntry>>>,
}

impl Head {
    /// What the index holds of it.
    fn entries(&self) -> Arc<Vec<IndexEntry>> {
        if let Some(entries) = &self.entries {
            return entries.clone();
        }
        // A text that cannot be read leaves stale rows, which searches do not look at.
        let resource = karute_json::parse(self.version.body.as_bytes(), &Limits::FHIR);
        Arc::new(resource.map(|r| extract(&r)).unwrap_or_default())
    }
}

/// Space and key of a document.
pub(super) type DocKey = (&'static str, String);
/// Value and expiry of a document.
pub(super) type DocValue = (String, Option<Timestamp>);

/// Rows to be written.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) versions: Vec<(Version, Digest)>,
    pub(super) heads: HashMap<Key, usize>,
    pub(super) audits: Vec<(u64, String, Digest)>,
    pub(super) entities: Vec<(String, u64)>,
    pub(super) docs: BTreeMap<DocKey, Option<DocValue>>,
    pub(super) jobs: Vec<NewJob>,
    /// Index entries to add, by position.
    pub(super) fresh: BTreeMap<u64, Arc<Vec<IndexEntry>>>,
    /// Index entries to take away, by position.
    pub(super) stale: BTreeMap<u64, Arc<Vec<IndexEntry>>>,
}

impl Rows {
    pub(super) fn is_empty(&self) -> bool {
        self.audits.is_empty() && self.versions.is_empty()
    }
}

/// The state of one group.
pub(super) struct Plan {
    tenant: TenantId,
    pub(super) at: Timestamp,
    /// `at` as FHIR writes it.
    stamp: String,
    pub(super) seq: u64,
    pub(super) link: Digest,
    pub(super) heads: HashMap<Key, Head>,
    /// Documents as they stand; absent and expired ones are `None`. Those not listed were not asked for.
    pub(super) docs: HashMap<DocKey, Option<String>>,
    pub(super) rows: Rows,
}

/// What one commit would do; given up when one of its conditions fails.
pub(super) struct Staged {
    seq: u64,
    link: Digest,
    versions: Vec<(Version, Digest)>,
    heads: Vec<(Key, Head)>,
    stale: Vec<(u64, Arc<Vec<IndexEntry>>)>,
    fresh: Vec<(u64, Arc<Vec<IndexEntry>>)>,
    docs: Vec<(DocKey, Option<DocValue>)>,
    audit: (u64, String, Digest),
    entities: BTreeSet<String>,
    answer: Vec<Version>,
}

impl Plan {
    pub(super) fn new(tenant: TenantId, at: Timestamp, seq: u64, link: Digest) -> Plan {
        Plan {
            tenant,
            at,
            stamp: at.to_fhir(),
            seq,
            link,
            heads: HashMap::new(),
            docs: HashMap::new(),
            rows: Rows::default(),
        }
    }

    /// Checks a commit's conditions (except guards) and works out its effects, without changing the plan.
    pub(super) fn stage(&self, work: &Prepared) -> Result<Staged, LedgerError> {
        let mut staged = Staged {
            seq: self.seq,
            link: self.link,
            versions: Vec::new(),
            heads: Vec::new(),
            stale: Vec::new(),
            fresh: Vec::new(),
            docs: Vec::new(),
            audit: (0, String::new(), Digest::default()),
            entities: BTreeSet::new(),
            answer: Vec::with_capacity(work.changes.len()),
        };
        let mut event = work.event.clone();
        for change in &work.changes {
            let current = staged.heads.iter().rev().find(|(key, _)| *key == change.key).map(|(_, head)| head);
            let current = current.or_else(|| self.heads.get(&change.key)).cloned();
            expect(&change.key, change.expect, current.as_ref())?;
            let deleted = current.as_ref().is_some_and(|h| h.version.operation == Operation::Deleted);
            let number = current.as_ref().map_or(1, |h| h.version.version.saturating_add(1));
            let (operation, body, entries) = match (&change.put, &current) {
                (Some(put), None) => {
                    (Operation::Created, put.body.finish(number, &self.stamp), Some(put.entries.clone()))
                }
                (Some(put), Some(_)) => {
                    (Operation::Updated, put.body.finish(number, &self.stamp), Some(put.entries.clone()))
                }
                (None, None) => return Err(LedgerError::NotFound),
                (None, Some(head)) if deleted => {
                    staged.answer.push(head.version.clone());
                    continue;
                }
                (None, Some(_)) => (Operation::Deleted, Arc::from(""), None),
            };
            staged.seq += 1;
            let version = Version {
                resource_type: change.key.0,
                id: change.key.1.clone(),
                version: number,
                seq: staged.seq,
                updated: self.at,
                operation,
                body,
            };
            staged.link = VersionEntry {
                resource_type: version.resource_type.name().as_bytes(),
                id: version.id.as_str().as_bytes(),
                version: number,
                operation: operation_number(operation),
                updated: self.at,
                body: version.body.as_bytes(),
            }
            .link(&staged.link, self.tenant, staged.seq);
            // A deletion has no text of its own: the one it ends says whose record it was.
            let before = current.as_ref().map(|head| head.version.body.as_ref()).unwrap_or_default();
            let speaking = if operation == Operation::Deleted { before } else { version.body.as_ref() };
            event.seen.touch(&version, speaking);
            if let Some(old) = current.filter(|_| !deleted) {
                let entries = old.entries();
                super::prepare::patients(&entries, &mut event.seen.patients);
                staged.stale.push((old.version.seq, entries));
            }
            if let Some(entries) = &entries {
                staged.fresh.push((staged.seq, entries.clone()));
            }
            staged.versions.push((version.clone(), staged.link));
            staged.heads.push((change.key.clone(), Head { version: version.clone(), entries }));
            staged.answer.push(version);
        }
        for doc in &work.docs {
            self.stage_doc(doc, &mut staged.docs)?;
        }
        staged.seq += 1;
        let text = event.text();
        staged.link = audit_link(&staged.link, self.tenant, staged.seq, self.at, text.as_bytes());
        staged.audit = (staged.seq, text, staged.link);
        staged.entities = event.keys();
        Ok(staged)
    }

    fn stage_doc(&self, doc: &Doc, staged: &mut Vec<(DocKey, Option<DocValue>)>) -> Result<(), LedgerError> {
        let (space, key) = match doc {
            Doc::Put { space, key, .. }
            | Doc::Insert { space, key, .. }
            | Doc::Swap { space, key, .. }
            | Doc::Delete { space, key } => (*space, key.clone()),
        };
        let key: DocKey = (space, key);
        let present = match staged.iter().rev().find(|(k, _)| *k == key) {
            Some((_, value)) => value.as_ref().map(|(text, _)| text.as_str()),
            None => self.docs.get(&key).and_then(Option::as_deref),
        };
        let value = match doc {
            Doc::Insert { .. } if present.is_some() => return Err(LedgerError::Exists),
            Doc::Swap { was, .. } if present != Some(was.as_str()) => {
                return Err(LedgerError::Conflict { resource: None, current: None });
            }
            Doc::Put { value, expires, .. } | Doc::Insert { value, expires, .. } | Doc::Swap { value, expires, .. } => {
                Some((value.clone(), *expires))
            }
            Doc::Delete { .. } => None,
        };
        staged.push((key, value));
        Ok(())
    }

    /// Makes a commit's effects part of the group.
    pub(super) fn accept(&mut self, staged: Staged, jobs: &[NewJob]) -> Committed {
        self.seq = staged.seq;
        self.link = staged.link;
        for (key, head) in staged.heads {
            self.heads.insert(key, head);
        }
        for (version, link) in staged.versions {
            self.rows.heads.insert((version.resource_type, version.id.clone()), self.rows.versions.len());
            self.rows.versions.push((version, link));
        }
        self.rows.fresh.extend(staged.fresh);
        for (seq, entries) in staged.stale {
            // What this group itself would have indexed need not be written first.
            if self.rows.fresh.remove(&seq).is_none() {
                self.rows.stale.insert(seq, entries);
            }
        }
        for (key, value) in staged.docs {
            let live = value.as_ref().filter(|(_, expires)| expires.is_none_or(|at| at > self.at));
            self.docs.insert(key.clone(), live.map(|(text, _)| text.clone()));
            self.rows.docs.insert(key, value);
        }
        let seq = staged.audit.0;
        self.rows.entities.extend(staged.entities.into_iter().map(|entity| (entity, seq)));
        self.rows.audits.push(staged.audit);
        self.rows.jobs.extend_from_slice(jobs);
        Committed { versions: staged.answer, at: self.at }
    }
}

fn expect(key: &Key, expect: Expect, current: Option<&Head>) -> Result<(), LedgerError> {
    let version = current.map(|h| h.version.version);
    let live = current.is_some_and(|h| h.version.operation != Operation::Deleted);
    match expect {
        Expect::Any => Ok(()),
        Expect::Absent if current.is_none() => Ok(()),
        Expect::Absent => Err(LedgerError::Exists),
        Expect::Present if live => Ok(()),
        Expect::Present => Err(LedgerError::NotFound),
        Expect::Version(wanted) if version == Some(wanted) => Ok(()),
        Expect::Version(_) => Err(LedgerError::Conflict { resource: Some(key.clone()), current: version }),
    }
}
