//! The only ways to a transaction: each names the tenant.
use super::lite::{self, LiteConn, LiteTx};
use super::log::{self, Log};
use super::pg::{self, PgTx};
use super::pg_pool::Pool;
use super::pg_tls::Target;
use super::{Dialect, Row, Tx, Val};
use crate::{Backend, LedgerError, TenantId};
use futures_util::future::{BoxFuture, FutureExt as _};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// The tables that belong to no tenant (the list of tenants). Real tenants count from 1.
pub(crate) const SYSTEM: TenantId = TenantId(0);

/// Tenant files held open at most; fewer where the process may not open that many files.
const OPEN_FILES: usize = 1024;
/// File descriptors a busy tenant needs: a writer and some readers with three each.
const DESCRIPTORS: usize = 12;
/// File descriptors left for everything else.
const OTHERS: usize = 256;
/// Reading connections per tenant file.
const READERS: usize = 4;

/// A database. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Store {
    Lite(Arc<Files>),
    Pg(Arc<Pool>, Box<Target>),
}

/// A directory of SQLite files.
pub(crate) struct Files {
    dir: PathBuf,
    open: Mutex<LruCache<TenantId, Arc<File>>>,
}

struct File {
    path: PathBuf,
    writer: Arc<tokio::sync::Mutex<Option<LiteConn>>>,
    readers: Mutex<Vec<LiteConn>>,
    permits: Arc<Semaphore>,
    log: Arc<Log>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stopped(_: tokio::task::JoinError) -> LedgerError {
    LedgerError::Storage("a database thread stopped unexpectedly".into())
}

/// How many tenant files to hold open, given what Linux says of this process's limits.
fn open_files() -> NonZeroUsize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|numbers| numbers.split_whitespace().next()).and_then(|n| n.parse().ok());
    let files = soft.unwrap_or(1024_usize).saturating_sub(OTHERS) / DESCRIPTORS;
    NonZeroUsize::new(files.clamp(16, OPEN_FILES)).unwrap_or(NonZeroUsize::MIN)
}

/// Where a tenant's file lies.
pub(crate) fn file_of(dir: &Path, tenant: TenantId) -> PathBuf {
    if tenant == SYSTEM { dir.join("system.db") } else { dir.join("tenants").join(format!("{}.db", tenant.0)) }
}

impl Files {
    fn file(&self, tenant: TenantId) -> Result<Arc<File>, LedgerError> {
        let mut open = lock(&self.open);
        if let Some(file) = open.get(&tenant) {
            return Ok(file.clone());
        }
        let path = file_of(&self.dir, tenant);
        if !path.exists() {
            return Err(LedgerError::NotFound);
        }
        let mut first = LiteConn::open(&path, lite::Mode::Read)?;
        if tenant != SYSTEM {
            crate::migrate::check_tenant(&mut first)?;
        }
        let file = Arc::new(File {
            path,
            writer: Arc::default(),
            readers: Mutex::new(vec![first]),
            permits: Arc::new(Semaphore::new(READERS)),
            log: Arc::default(),
        });
        open.put(tenant, file.clone());
        Ok(file)
    }
}

impl File {
    fn reader(&self) -> Result<LiteConn, LedgerError> {
        let idle = lock(&self.readers).pop();
        idle.map_or_else(|| LiteConn::open(&self.path, lite::Mode::Read), Ok)
    }

    fn writer(&self) -> Result<LiteConn, LedgerError> {
        let mut conn = LiteConn::open(&self.path, lite::Mode::Write)?;
        let log = self.log.clone();
        conn.watch(move |pages| log.grown(pages))?;
        Ok(conn)
    }

    /// Carries the log over. What fails is tried again with the next pass.
    async fn carry_over(self: Arc<Self>) {
        let pass = || {
            let file = self.clone();
            tokio::task::spawn_blocking(move || log::carry_over(&file.path))
        };
        let mut done = pass().await.map_err(stopped).flatten();
        if done.is_ok() && self.log.is_long() {
            let _held_back = self.writer.clone().lock_owned().await;
            done = pass().await.map_err(stopped).flatten();
        }
        if let Err(error) = done {
            tracing::warn!(%error, "a write-ahead log could not be carried over");
        }
        self.log.passed();
    }
}

/// Runs a closure of façade calls, each of which is ready at once.
fn at_once<T>(future: BoxFuture<'_, Result<T, LedgerError>>) -> Result<T, LedgerError> {
    future.now_or_never().unwrap_or_else(|| Err(LedgerError::Storage("a transaction awaited something else".into())))
}

impl Store {
    /// Opens; connects to nothing yet.
    pub(crate) fn open(backend: &Backend) -> Result<Store, LedgerError> {
        Ok(match backend {
            Backend::Sqlite { dir } => {
                Store::Lite(Arc::new(Files { dir: dir.clone(), open: Mutex::new(LruCache::new(open_files())) }))
            }
            Backend::Postgres { url, max_connections } => {
                let target = Target::parse(url)?;
                Store::Pg(Pool::new(target.clone(), *max_connections), Box::new(target))
            }
        })
    }

    /// Which database.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Store::Lite(_) => Dialect::Sqlite,
            Store::Pg(..) => Dialect::Postgres,
        }
    }

    /// A reading transaction: everything `work` asks comes from one snapshot.
    pub(crate) async fn read<T, F>(&self, tenant: TenantId, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, LedgerError>> + Send + 'static,
    {
        match self {
            Store::Lite(files) => {
                let file = files.file(tenant)?;
                let permit = file.permits.clone().acquire_owned().await.map_err(|_| LedgerError::Closed)?;
                tokio::task::spawn_blocking(move || {
                    let _permit = permit;
                    let conn = file.reader()?;
                    let (conn, result) = lite_transaction(conn, tenant, lite::Mode::Read, work);
                    lock(&file.readers).extend(conn);
                    result
                })
                .await
                .map_err(stopped)?
            }
            Store::Pg(pool, _) => pg_transaction(pool, tenant, pg::Mode::Snapshot, work).await,
        }
    }

    /// A reading transaction. Where `once` says that `work` most likely asks one statement, on PostgreSQL that one is its
    /// own snapshot, without a BEGIN and a COMMIT around it; when `work` asks more it is done again in a transaction.
    pub(crate) async fn read_lightly<T, F>(&self, tenant: TenantId, once: bool, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, LedgerError>> + Send + 'static,
    {
        let pool = match self {
            Store::Pg(pool, _) if once => pool,
            _ => return self.read(tenant, work).boxed().await,
        };
        let mut tx = Tx::Pg(PgTx::new(pool, tenant, pg::Mode::Once).await?);
        let result = work(&mut tx).await;
        let Tx::Pg(tx) = tx else { return result };
        match result {
            Ok(value) => tx.commit().await.map(|()| value),
            Err(_) if tx.wants_more() => {
                tx.rollback().await;
                self.read(tenant, work).boxed().await
            }
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// A writing transaction; durable when this returns. Must not be dropped half-way: run it in a task of its own.
    pub(crate) async fn write<T, F>(&self, tenant: TenantId, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, LedgerError>> + Send + 'static,
    {
        match self {
            Store::Lite(files) => {
                let file = files.file(tenant)?;
                let mut slot = file.writer.clone().lock_owned().await;
                let held = file.clone();
                let result = tokio::task::spawn_blocking(move || {
                    let conn = match slot.take() {
                        Some(conn) => conn,
                        None => held.writer()?,
                    };
                    let (conn, result) = lite_transaction(conn, tenant, lite::Mode::Write, work);
                    *slot = conn;
                    result
                })
                .await
                .map_err(stopped)?;
                if file.log.due() {
                    tokio::spawn(file.carry_over());
                }
                result
            }
            Store::Pg(pool, _) => pg_transaction(pool, tenant, pg::Mode::Write, work).await,
        }
    }

    /// One reading statement that finds its rows by a whole key: the hot path. On SQLite it runs right here, since
    /// such a look-up takes less time than handing it to another thread.
    pub(crate) async fn point(&self, tenant: TenantId, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        match self {
            Store::Lite(files) => {
                let file = files.file(tenant)?;
                let _permit = file.permits.acquire().await.map_err(|_| LedgerError::Closed)?;
                let mut conn = file.reader()?;
                let rows = conn.rows(sql, args);
                lock(&file.readers).push(conn);
                rows
            }
            Store::Pg(pool, _) => {
                let mut tx = PgTx::new(pool, tenant, pg::Mode::Single).await?;
                tx.rows(sql, args).await
            }
        }
    }

    /// One statement that is its own transaction, on PostgreSQL; durable when this returns. It may have been sent twice
    /// when a session turned out to be broken, so a second time must do nothing.
    pub(crate) async fn atomic(&self, tenant: TenantId, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        let Store::Pg(pool, _) = self else {
            return Err(LedgerError::Storage("single writing statements are for PostgreSQL".into()));
        };
        PgTx::new(pool, tenant, pg::Mode::Single).await?.atomic(sql, args).await
    }

    /// Closes what is idle; later uses fail or reopen.
    pub(crate) fn close(&self) {
        match self {
            Store::Lite(files) => lock(&files.open).clear(),
            Store::Pg(pool, _) => pool.close(),
        }
    }
}

fn lite_transaction<T, F>(
    conn: LiteConn,
    tenant: TenantId,
    mode: lite::Mode,
    work: F,
) -> (Option<LiteConn>, Result<T, LedgerError>)
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, LedgerError>>,
{
    let mut tx = match LiteTx::begin(conn, tenant, mode) {
        Ok(tx) => Tx::Lite(tx),
        Err(error) => return (None, Err(error)),
    };
    let result = at_once(work(&mut tx));
    let Tx::Lite(tx) = tx else { return (None, result) };
    let (conn, ended) = tx.end(result.is_ok());
    (conn, result.and_then(|value| ended.map(|()| value)))
}

async fn pg_transaction<T, F>(pool: &Arc<Pool>, tenant: TenantId, mode: pg::Mode, work: F) -> Result<T, LedgerError>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, LedgerError>>,
{
    let mut tx = Tx::Pg(PgTx::new(pool, tenant, mode).await?);
    let result = work(&mut tx).await;
    let Tx::Pg(tx) = tx else { return result };
    match result {
        Ok(value) => tx.commit().await.map(|()| value),
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}
