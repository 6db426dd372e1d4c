//! The record store: tenants, immutable versions, the hash chain and its checkpoints, the search index, audit
//! events, outgoing jobs, attachments. SQLite and PostgreSQL behind one façade; nothing else in the workspace may
//! depend on a SQL library. No data without tenant and actor: everything goes through [`Access`].

mod access;
mod audit;
mod audit_event;
mod audit_search;
mod blob;
mod checkpoint;
mod commit;
mod core;
mod entry;
mod error;
mod index;
mod job;
mod jobs;
mod maintain;
mod masters;
mod migrate;
mod model;
mod open;
mod reader;
mod reads;
mod search;
mod sql;
mod tenant;
mod verify;
mod writer;

pub use access::Access;
pub use audit::{Action, Actor, ActorKind, AuditFilter, AuditRecord, Entity, Origin, Outcome};
pub use blob::{BlobInfo, BlobRead, BlobWriter};
pub use checkpoint::Checkpoint;
pub use commit::{Change, Commit, Committed, Doc, Expect, Guard};
pub use error::LedgerError;
pub use job::{ClaimedJob, JobFilter, JobState, JobView, Jobs, NewJob, RetryPolicy};
pub use masters::{MasterContent, MasterEdition, MastersReport, NewMaster};
pub use model::{Lookup, Operation, Version};
pub use open::{Backend, Ledger, LedgerConfig, Metrics, MigrationReport, migrate};
pub use reader::{HistoryScope, Page, Reader};
pub use tenant::{NewTenant, Tenant, TenantId, TenantState};
pub use verify::{BadEntry, VerifyReport};
