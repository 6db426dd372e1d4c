//! Reading and writing as somebody, somewhere.
use crate::audit_event::Event;
use crate::core::Core;
use crate::sql::Val;
use crate::writer::{Prepared, Writer};
use crate::{
    Action, Actor, ActorKind, AuditFilter, AuditRecord, BlobRead, BlobWriter, Commit, Committed, Doc, Entity,
    JobFilter, JobView, LedgerError, Lookup, Outcome, Reader, TenantId, TenantState, audit_search, blob, jobs, reads,
};
use futures_util::future::BoxFuture;
use karute_crypto::Digest;
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::sync::Arc;

/// The right of one actor to one tenant's data.
#[derive(Clone)]
pub struct Access {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) core: Arc<Core>,
    tenant: TenantId,
    actor: Actor,
}

impl Access {
    pub(crate) fn new(core: Arc<Core>, tenant: TenantId, actor: Actor) -> Access {
        Access { inner: Arc::new(Inner { core, tenant, actor }) }
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.inner.core
    }

    /// Whether this actor may do anything here now.
    pub(crate) async fn allowed(&self) -> Result<(), LedgerError> {
        match self.core().tenant(self.tenant()).await? {
            None => Err(LedgerError::NotFound),
            Some(tenant) if tenant.state == TenantState::Suspended && self.actor().kind != ActorKind::System => {
                Err(LedgerError::Suspended)
            }
            Some(_) => Ok(()),
        }
    }

    /// Whose tenant.
    pub fn tenant(&self) -> TenantId {
        self.inner.tenant
    }
    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.inner.actor
    }
    /// Opens a reading scope. Everything read through it becomes one audit event of `action`, written durably by
    /// [`Reader::release`] before the result leaves.
    pub fn reader(&self, action: Action) -> Reader {
        Reader::new(self.clone(), action)
    }
    /// One resource, with its audit event (the hot path).
    pub fn read<'a>(&'a self, resource_type: ResourceType, id: &'a Id) -> BoxFuture<'a, Result<Lookup, LedgerError>> {
        Box::pin(async move {
            let reader = self.reader(Action::Read);
            let found = reader.read(resource_type, id).await?;
            reader.release(found).await
        })
    }
    /// Applies a write; returns when it is durable.
    pub fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, LedgerError>> {
        Box::pin(async move { self.commit_with(commit, None).await })
    }

    /// The same, finishing a job in the same transaction.
    pub(crate) async fn commit_with(
        &self,
        commit: Commit,
        done: Option<jobs::JobDone>,
    ) -> Result<Committed, LedgerError> {
        self.allowed().await?;
        let prepared = Prepared::commit(self.actor(), commit, done)?;
        Writer::submit(self.core(), self.tenant(), prepared).await
    }

    /// Writes an audit event, with documents that go with it.
    pub(crate) async fn write_event(&self, event: Event, docs: Vec<Doc>) -> Result<(), LedgerError> {
        Writer::submit(self.core(), self.tenant(), Prepared::look(event, docs)?).await.map(drop)
    }

    /// Records that something happened without data (sign-in failures, refusals).
    pub fn note<'a>(
        &'a self,
        action: Action,
        outcome: Outcome,
        detail: &'a str,
        entities: Vec<Entity>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            let mut event = Event::new(self.actor(), action, outcome);
            event.detail = Some(detail.to_owned());
            event.seen.entities = entities;
            self.write_event(event, Vec::new()).await
        })
    }
    /// A document of another room (see [`crate::Doc`]); not audited: it is not patient data.
    pub fn doc<'a>(&'a self, space: &'static str, key: &'a str) -> BoxFuture<'a, Result<Option<String>, LedgerError>> {
        Box::pin(async move {
            let sql = "SELECT value FROM doc
                   WHERE {t} space = $1 AND key = $2 AND (expires IS NULL OR expires > CAST($3 AS bigint))";
            let now = self.core().config.clock.now();
            let args = [space.into(), key.into(), Val::Int(now.as_micros())];
            let rows = self.core().store.point(self.tenant(), sql, &args).await?;
            rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
        })
    }
    /// Documents of a space whose key starts with `prefix`, by key: (key, value).
    pub fn docs<'a>(
        &'a self,
        space: &'static str,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<(String, String)>, LedgerError>> {
        Box::pin(async move {
            let now = self.core().config.clock.now();
            reads::docs(self.core(), self.tenant(), space, prefix, limit.min(10_000), now).await
        })
    }
    /// Audit events (themselves audited).
    pub fn audit_events(&self, filter: AuditFilter) -> BoxFuture<'_, Result<Vec<AuditRecord>, LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            let mut words = Vec::new();
            words.extend(filter.entity.as_ref().map(|entity| format!("entity={entity}")));
            words.extend(filter.actor.as_ref().map(|actor| format!("actor={actor}")));
            let found = audit_search::audit_events(self.core(), self.tenant(), filter).await?;
            let mut event = Event::new(self.actor(), Action::View, Outcome::Success);
            event.detail = Some(format!("audit events {}", words.join(" ")).trim_end().to_owned());
            self.write_event(event, Vec::new()).await?;
            Ok(found)
        })
    }
    /// Starts an attachment.
    pub fn blob_writer(&self) -> BoxFuture<'_, Result<BlobWriter, LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            Ok(BlobWriter::new(self.clone()))
        })
    }
    /// Streams an attachment that a resource read through this access refers to.
    pub fn blob(&self, hash: Digest) -> BoxFuture<'_, Result<Option<BlobRead>, LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            blob::open(self.core(), self.tenant(), hash).await
        })
    }
    /// Jobs of this tenant.
    pub fn jobs(&self, filter: JobFilter) -> BoxFuture<'_, Result<Vec<JobView>, LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            jobs::list(self, filter).await
        })
    }
    /// Puts a dead job back to work, or discards it with a reason; audited.
    pub fn retry_job(&self, id: u64) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            jobs::retry(self, id).await
        })
    }
    /// See [`Access::retry_job`].
    pub fn discard_job<'a>(&'a self, id: u64, reason: &'a str) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            self.allowed().await?;
            jobs::discard(self, id, reason).await
        })
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        self.core().now()
    }
}
