//! The record store: tenants, immutable versions, the hash chain and its checkpoints, the search index, audit
//! events, outgoing jobs, attachments. SQLite and PostgreSQL behind one façade; nothing else in the workspace may
//! depend on a SQL library. No data without tenant and actor: everything goes through [`Access`].

mod access;
mod audit;
mod blob;
mod checkpoint;
mod commit;
mod core;
mod error;
mod job;
mod migrate;
mod model;
mod open;
mod sql;
mod tenant;
mod verify;

pub use access::{Access, HistoryScope, Page, Reader};
pub use audit::{Action, Actor, ActorKind, AuditRecord, AuditFilter, Entity, Origin, Outcome};
pub use blob::{BlobInfo, BlobWriter};
pub use checkpoint::Checkpoint;
pub use commit::{Change, Commit, Committed, Doc, Expect, Guard};
pub use error::LedgerError;
pub use job::{ClaimedJob, JobFilter, JobState, JobView, Jobs, NewJob, RetryPolicy};
pub use model::{Lookup, Operation, Version};
pub use open::{Backend, Ledger, LedgerConfig, MigrationReport, migrate};
pub use tenant::{NewTenant, Tenant, TenantId, TenantState};
pub use verify::{BadEntry, VerifyReport};
