//! Reading and writing as somebody, somewhere.
use crate::{
    Action, Actor, AuditFilter, AuditRecord, BlobInfo, BlobWriter, Commit, Committed, Entity, JobFilter, JobView,
    LedgerError, Lookup, Outcome, TenantId, Version,
};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use karute_crypto::Digest;
use karute_fhir::{Id, ResourceType, search::Query};

/// The right of one actor to one tenant's data.
#[derive(Clone)]
pub struct Access {
    pub(crate) inner: std::sync::Arc<()>,
}

/// What a history covers.
#[derive(Clone, Debug)]
pub enum HistoryScope {
    /// One resource.
    Instance(ResourceType, Id),
    /// All of a type.
    Type(ResourceType),
    /// The whole tenant.
    System,
}

/// One page of versions.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Matches in order.
    pub matches: Vec<Version>,
    /// What `_include` and `_revinclude` added.
    pub included: Vec<Version>,
    /// Number of all matches, when asked for.
    pub total: Option<u64>,
    /// Position after the last match, when there may be more. Plain text: the face seals it before it leaves.
    pub next: Option<String>,
}

impl Access {
    /// Whose tenant.
    pub fn tenant(&self) -> TenantId {
        let _ = &self.inner;
        todo!()
    }
    /// Who.
    pub fn actor(&self) -> &Actor {
        todo!()
    }
    /// Opens a reading scope. Everything read through it becomes one audit event of `action`, written durably by
    /// [`Reader::release`] before the result leaves.
    pub fn reader(&self, action: Action) -> Reader {
        let _ = action;
        todo!()
    }
    /// One resource, with its audit event (the hot path).
    pub async fn read(&self, resource_type: ResourceType, id: &Id) -> Result<Lookup, LedgerError> {
        let _ = (resource_type, id);
        todo!()
    }
    /// Applies a write; returns when it is durable.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, LedgerError> {
        let _ = commit;
        todo!()
    }
    /// Records that something happened without data (sign-in failures, refusals).
    pub async fn note(
        &self,
        action: Action,
        outcome: Outcome,
        detail: &str,
        entities: Vec<Entity>,
    ) -> Result<(), LedgerError> {
        let _ = (action, outcome, detail, entities);
        todo!()
    }
    /// A document of another room (see [`crate::Doc`]); not audited: it is not patient data.
    pub async fn doc(&self, space: &'static str, key: &str) -> Result<Option<String>, LedgerError> {
        let _ = (space, key);
        todo!()
    }
    /// Documents of a space whose key starts with `prefix`, by key: (key, value).
    pub async fn docs(
        &self,
        space: &'static str,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, LedgerError> {
        let _ = (space, prefix, limit);
        todo!()
    }
    /// Audit events (themselves audited).
    pub async fn audit_events(&self, filter: AuditFilter) -> Result<Vec<AuditRecord>, LedgerError> {
        let _ = filter;
        todo!()
    }
    /// Starts an attachment.
    pub async fn blob_writer(&self) -> Result<BlobWriter, LedgerError> {
        todo!()
    }
    /// Streams an attachment that a resource read through this access refers to.
    pub async fn blob(
        &self,
        hash: Digest,
    ) -> Result<Option<(BlobInfo, BoxStream<'static, Result<Bytes, LedgerError>>)>, LedgerError> {
        let _ = hash;
        todo!()
    }
    /// Jobs of this tenant.
    pub async fn jobs(&self, filter: JobFilter) -> Result<Vec<JobView>, LedgerError> {
        let _ = filter;
        todo!()
    }
    /// Puts a dead job back to work, or discards it with a reason; audited.
    pub async fn retry_job(&self, id: u64) -> Result<(), LedgerError> {
        let _ = id;
        todo!()
    }
    /// See [`Access::retry_job`].
    pub async fn discard_job(&self, id: u64, reason: &str) -> Result<(), LedgerError> {
        let _ = (id, reason);
        todo!()
    }
}

/// A reading scope.
pub struct Reader {
    pub(crate) inner: (),
}

impl Reader {
    /// Current version of a resource.
    pub async fn read(&self, resource_type: ResourceType, id: &Id) -> Result<Lookup, LedgerError> {
        let _ = (resource_type, id, &self.inner);
        todo!()
    }
    /// Several resources of any types, in the order asked; missing and deleted ones are left out.
    pub async fn read_many(&self, ids: &[(ResourceType, Id)]) -> Result<Vec<Version>, LedgerError> {
        let _ = ids;
        todo!()
    }
    /// A given version.
    pub async fn vread(&self, resource_type: ResourceType, id: &Id, version: u32) -> Result<Lookup, LedgerError> {
        let _ = (resource_type, id, version);
        todo!()
    }
    /// History, newest first; `since` in microseconds; `after` is [`Page::next`].
    pub async fn history(
        &self,
        scope: HistoryScope,
        count: u32,
        since: Option<i64>,
        after: Option<&str>,
    ) -> Result<Page, LedgerError> {
        let _ = (scope, count, since, after);
        todo!()
    }
    /// One page of a search; `after` is [`Page::next`].
    pub async fn search(&self, query: &Query, after: Option<&str>) -> Result<Page, LedgerError> {
        let _ = (query, after);
        todo!()
    }
    /// Everything in a patient's compartment including the patient, in chain order; `types` empty = all.
    pub async fn compartment(
        &self,
        patient: &Id,
        types: &[ResourceType],
        since: Option<i64>,
        count: u32,
        after: Option<&str>,
    ) -> Result<Page, LedgerError> {
        let _ = (patient, types, since, count, after);
        todo!()
    }
    /// All current resources of the given types in chain order (exports).
    pub async fn scan(
        &self,
        types: &[ResourceType],
        since: Option<i64>,
        count: u32,
        after: Option<&str>,
    ) -> Result<Page, LedgerError> {
        let _ = (types, since, count, after);
        todo!()
    }
    /// Words for the audit event (for example the search as it was asked).
    pub fn describe(&self, detail: impl Into<String>) {
        let _ = detail.into();
        todo!()
    }
    /// Writes the audit event of everything read, durably, then lets `value` go.
    pub async fn release<T>(self, value: T) -> Result<T, LedgerError> {
        let _ = &value;
        todo!()
    }
    /// The same with an outcome other than success.
    pub async fn release_as<T>(self, outcome: Outcome, value: T) -> Result<T, LedgerError> {
        let _ = (outcome, &value);
        todo!()
    }
}
