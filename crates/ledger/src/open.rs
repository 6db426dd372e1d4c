//! Opening a ledger.
use crate::core::Core;
use crate::sql::Store;
use crate::writer::Writer;
use crate::{
    Access, Actor, Checkpoint, Jobs, LedgerError, MasterContent, MasterEdition, MastersReport, NewMaster, NewTenant,
    Tenant, TenantId, TenantState, VerifyReport, maintain, masters, migrate as migrations, verify,
};
use futures_util::future::BoxFuture;
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
pub fn migrate<'a>(
    config: &'a LedgerConfig,
    owner_url: Option<&'a str>,
) -> BoxFuture<'a, Result<MigrationReport, LedgerError>> {
    Box::pin(async move {
        let now = config.clock.now().as_micros();
        match &config.backend {
            Backend::Sqlite { dir } => {
                let dir = dir.clone();
                tokio::task::spawn_blocking(move || migrations::migrate_sqlite(&dir, now))
                    .await
                    .map_err(|_| LedgerError::Storage("the migration stopped unexpectedly".into()))?
            }
            Backend::Postgres { url, .. } => {
                let owner = owner_url.ok_or_else(|| {
                    LedgerError::Storage("the URL of the owner role is needed for a migration".into())
                })?;
                migrations::migrate_postgres(url, owner, now).await
            }
        }
    })
}

/// Counters since the ledger was opened, and how much waits now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Writing transactions: each is one flush to disk.
    pub groups: u64,
    /// Commits and audit events of reads that became durable in them.
    pub commits: u64,
    /// Entries they added to chains.
    pub entries: u64,
    /// Commits waiting or on their way.
    pub queued: u64,
}

/// The record store. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<Core>,
}

impl Ledger {
    /// Opens a database that is at this version.
    pub fn open(config: LedgerConfig) -> BoxFuture<'static, Result<Ledger, LedgerError>> {
        Box::pin(async move {
            let store = Store::open(&config.backend)?;
            let ledger = Ledger { inner: Arc::new(Core::new(store, config)) };
            ledger.ping().await?;
            Ok(ledger)
        })
    }
    /// Creates a tenant; needs no new infrastructure and no restart.
    pub fn create_tenant(&self, new: NewTenant) -> BoxFuture<'_, Result<Tenant, LedgerError>> {
        Box::pin(async move { self.inner.create_tenant(new).await })
    }
    /// All tenants, by number.
    pub fn tenants(&self) -> BoxFuture<'_, Result<Vec<Tenant>, LedgerError>> {
        Box::pin(async move { self.inner.tenants().await })
    }
    /// By number (cached for a second).
    pub fn tenant(&self, id: TenantId) -> BoxFuture<'_, Result<Option<Tenant>, LedgerError>> {
        Box::pin(async move { Ok(self.inner.tenant(id).await?.map(|tenant| tenant.as_ref().clone())) })
    }
    /// By exact short name.
    pub fn tenant_by_name<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Tenant>, LedgerError>> {
        Box::pin(async move { self.inner.tenant_by_name(name).await })
    }
    /// Suspends or resumes.
    pub fn set_tenant_state(&self, id: TenantId, state: TenantState) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move { self.inner.set_tenant_state(id, state).await })
    }
    /// The only way to data: as this actor, in this tenant.
    pub fn access(&self, tenant: TenantId, actor: Actor) -> Access {
        Access::new(self.inner.clone(), tenant, actor)
    }
    /// The worker's door.
    pub fn jobs(&self, worker: &str) -> Jobs {
        Jobs::new(self.inner.clone(), worker)
    }
    /// Signs a checkpoint of a tenant now and exports it.
    pub fn checkpoint(&self, tenant: TenantId) -> BoxFuture<'_, Result<Checkpoint, LedgerError>> {
        Box::pin(async move { self.inner.checkpoint(tenant).await })
    }
    /// Recomputes a tenant's chain, its head, its checkpoints (database and export directory) and its attachments.
    pub fn verify(&self, tenant: TenantId) -> BoxFuture<'_, Result<VerifyReport, LedgerError>> {
        Box::pin(async move { verify::run(&self.inner, tenant).await })
    }
    /// Every edition of every master table, in the order taken in, without contents.
    pub fn master_editions(&self) -> BoxFuture<'_, Result<Vec<MasterEdition>, LedgerError>> {
        Box::pin(async move { masters::list(&self.inner).await })
    }
    /// Appends an edition of a master table; its number. [`LedgerError::Conflict`] with the newest number when that is
    /// not the expected one: another import came between.
    pub fn put_master(&self, new: NewMaster) -> BoxFuture<'_, Result<u32, LedgerError>> {
        Box::pin(async move { masters::put(&self.inner, new).await })
    }
    /// The newest edition of a kind with its content, which is the one that was taken in; `None` when there is none.
    pub fn read_master<'a>(&'a self, kind: &'a str) -> BoxFuture<'a, Result<Option<MasterContent>, LedgerError>> {
        Box::pin(async move { masters::read(&self.inner, kind).await })
    }
    /// How many editions were ever taken in, over all kinds: greater than before whenever there is something new.
    pub fn masters_version(&self) -> BoxFuture<'_, Result<u64, LedgerError>> {
        Box::pin(async move { masters::version(&self.inner).await })
    }
    /// Recomputes the contents and signatures of all editions of master tables.
    pub fn verify_masters(&self) -> BoxFuture<'_, Result<MastersReport, LedgerError>> {
        Box::pin(async move { masters::verify(&self.inner).await })
    }
    /// Rebuilds the search index of a tenant from the stored texts; number of resources indexed.
    pub fn reindex(&self, tenant: TenantId) -> BoxFuture<'_, Result<u64, LedgerError>> {
        Box::pin(async move { maintain::reindex(&self.inner, tenant).await })
    }
    /// Removes expired documents, unfinished attachments and finished jobs older than 30 days.
    pub fn sweep(&self, tenant: TenantId) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move { maintain::sweep(&self.inner, tenant).await })
    }
    /// Whether the database answers and is at this version.
    pub fn ping(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            match &self.inner.config.backend {
                Backend::Sqlite { dir } => {
                    let dir = dir.clone();
                    tokio::task::spawn_blocking(move || migrations::check_sqlite(&dir))
                        .await
                        .map_err(|_| LedgerError::Storage("the check stopped unexpectedly".into()))?
                }
                Backend::Postgres { .. } => migrations::check_postgres(&self.inner.store).await,
            }
        })
    }
    /// Counters for `/metrics`.
    pub fn metrics(&self) -> Metrics {
        self.inner.writer.metrics()
    }
    /// Finishes queued writes, signs checkpoints, closes connections.
    pub fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            Writer::close(&self.inner.writer).await;
            for tenant in self.inner.writer.tenants() {
                if let Err(error) = self.inner.checkpoint(tenant).await {
                    tracing::error!(tenant = tenant.0, %error, "no checkpoint at the end");
                }
            }
            self.inner.store.close();
        })
    }
}
