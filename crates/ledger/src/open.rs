//! Opening a ledger.
use crate::{Access, Actor, Checkpoint, Jobs, LedgerError, NewTenant, Tenant, TenantId, TenantState, VerifyReport};
use karute_crypto::{Entropy, MasterKey};
use karute_japan::Clock;
use std::path::PathBuf;
use std::sync::Arc;

/// Which database.
#[derive(Clone, Debug)]
pub enum Backend {
    /// A directory with one SQLite file per tenant (`system.db`, `tenants/<number>.db`).
    Sqlite {
        /// The directory.
        dir: PathBuf,
    },
    /// PostgreSQL 15 or later, as the non-owner login role.
    Postgres {
        /// `postgres://user:password@host:port/database?sslmode=…`
        url: String,
        /// Connections of this process.
        max_connections: usize,
    },
}

/// How to open a ledger.
#[derive(Clone)]
pub struct LedgerConfig {
    /// Database.
    pub backend: Backend,
    /// Master key.
    pub key: MasterKey,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where checkpoints are exported to (one append-only file per tenant); `None` = only in the database.
    pub checkpoint_dir: Option<PathBuf>,
    /// A checkpoint at least every so many entries.
    pub checkpoint_every: u64,
    /// Largest attachment in bytes.
    pub max_blob_bytes: u64,
}

/// What a migration did.
#[derive(Clone, Debug, Default)]
pub struct MigrationReport {
    /// Names of the migrations applied now, in order.
    pub applied: Vec<String>,
}

/// Brings a database to this version. For PostgreSQL `owner_url` connects as the owner role; the login role of
/// `config` gets its rights here. Safe to run twice and beside running servers.
pub async fn migrate(config: &LedgerConfig, owner_url: Option<&str>) -> Result<MigrationReport, LedgerError> {
    let _ = (config, owner_url);
    todo!()
}

/// The record store. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<()>,
}

impl Ledger {
    /// Opens a database that is at this version.
    pub async fn open(config: LedgerConfig) -> Result<Ledger, LedgerError> {
        let _ = config;
        todo!()
    }
    /// Creates a tenant; needs no new infrastructure and no restart.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<Tenant, LedgerError> {
        let _ = (new, &self.inner);
        todo!()
    }
    /// All tenants, by number.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, LedgerError> {
        todo!()
    }
    /// By number (cached for a second).
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, LedgerError> {
        let _ = id;
        todo!()
    }
    /// By exact short name.
    pub async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>, LedgerError> {
        let _ = name;
        todo!()
    }
    /// Suspends or resumes.
    pub async fn set_tenant_state(&self, id: TenantId, state: TenantState) -> Result<(), LedgerError> {
        let _ = (id, state);
        todo!()
    }
    /// The only way to data: as this actor, in this tenant.
    pub fn access(&self, tenant: TenantId, actor: Actor) -> Access {
        let _ = (tenant, actor);
        todo!()
    }
    /// The worker's door.
    pub fn jobs(&self, worker: &str) -> Jobs {
        let _ = worker;
        todo!()
    }
    /// Signs a checkpoint of a tenant now and exports it.
    pub async fn checkpoint(&self, tenant: TenantId) -> Result<Checkpoint, LedgerError> {
        let _ = tenant;
        todo!()
    }
    /// Recomputes a tenant's chain, its head, its checkpoints (database and export directory) and its attachments.
    pub async fn verify(&self, tenant: TenantId) -> Result<VerifyReport, LedgerError> {
        let _ = tenant;
        todo!()
    }
    /// Rebuilds the search index of a tenant from the stored texts.
    pub async fn reindex(&self, tenant: TenantId) -> Result<u64, LedgerError> {
        let _ = tenant;
        todo!()
    }
    /// Removes expired documents, unfinished attachments and finished jobs older than 30 days.
    pub async fn sweep(&self, tenant: TenantId) -> Result<(), LedgerError> {
        let _ = tenant;
        todo!()
    }
    /// Whether the database answers and is at this version.
    pub async fn ping(&self) -> Result<(), LedgerError> {
        todo!()
    }
    /// Finishes queued writes, signs checkpoints, closes connections.
    pub async fn close(&self) {
        todo!()
    }
}
