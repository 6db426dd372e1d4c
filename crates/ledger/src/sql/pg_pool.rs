//! PostgreSQL: a small pool whose connections remember which tenant they are set to.
//!
//! Row-level security reads `app.tenant` of the session. Before the first statement of every use the connection is set
//! to the tenant of that use, unless it is already (the pool prefers such a connection): that spares a statement in
//! the hot path. No connection leaves the pool without a tenant. Poolers between us and the server must therefore
//! work in session mode.
use super::pg_tls::Target;
use super::{Dialect, dialect};
use crate::{LedgerError, TenantId};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Statement};

/// Prepared statements kept per connection.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// No tenant yet.
const NOBODY: u32 = u32::MAX;

/// The text for operators. Messages of the classes 22 and 23 may quote values, so only their code and place is told.
pub(crate) fn storage(error: &tokio_postgres::Error) -> LedgerError {
    let Some(db) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map(|s| format!(": {s}")).unwrap_or_default();
        return LedgerError::Storage(format!("postgres: {error}{cause}"));
    };
    let code = db.code().code();
    let place = db.constraint().or(db.table()).unwrap_or_default();
    let message = if code.starts_with("22") || code.starts_with("23") { "" } else { db.message() };
    LedgerError::Storage(format!("postgres {code} {place} {message}").trim_end().to_owned())
}

/// Whether the session is gone, as opposed to a statement that failed.
pub(super) fn broken(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.code().is_some_and(|code| matches!(code.code(), "57P01" | "57P02" | "57P03"))
}

/// One session.
pub(super) struct Session {
    pub(super) client: Client,
    statements: Mutex<LruCache<Box<str>, Statement>>,
    tenant: AtomicU32,
}

impl Session {
    /// The prepared statement for a common text.
    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(known) = lock(&self.statements).get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(&dialect::expand(Dialect::Postgres, sql)).await?;
        lock(&self.statements).put(sql.into(), statement.clone());
        Ok(statement)
    }
    pub(super) fn is_set_to(&self, tenant: TenantId) -> bool {
        self.tenant.load(Ordering::Relaxed) == tenant.0
    }
    pub(super) fn set_to(&self, tenant: Option<TenantId>) {
        self.tenant.store(tenant.map_or(NOBODY, |t| t.0), Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection in use; goes back to the pool when dropped, unless it broke or a transaction may be open on it.
pub(super) struct Pooled {
    session: Arc<Session>,
    pool: Arc<Pool>,
    reusable: bool,
    _permit: OwnedSemaphorePermit,
}

impl Pooled {
    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }
    /// A new session in place of one that broke.
    pub(super) async fn replace(&mut self) -> Result<(), LedgerError> {
        self.session = Arc::new(self.pool.connect().await?);
        self.reusable = true;
        Ok(())
    }
    /// Says whether the session is in a state in which another use may begin.
    pub(super) fn reusable(&mut self, yes: bool) {
        self.reusable = yes;
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if self.reusable && !self.session.client.is_closed() && !self.pool.permits.is_closed() {
            lock(&self.pool.idle).push(self.session.clone());
        }
    }
}

/// The connections of this process.
pub(crate) struct Pool {
    target: Target,
    idle: Mutex<Vec<Arc<Session>>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(target: Target, max_connections: usize) -> Arc<Pool> {
        Arc::new(Pool {
            target,
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(max_connections.clamp(1, 1000))),
        })
    }

    /// A connection, preferably one that is set to `tenant`.
    pub(super) async fn get(self: &Arc<Self>, tenant: TenantId) -> Result<Pooled, LedgerError> {
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| LedgerError::Limit("database connections"))?
            .map_err(|_| LedgerError::Closed)?;
        let session = match self.take(tenant) {
            Some(session) => session,
            None => Arc::new(self.connect().await?),
        };
        Ok(Pooled { session, pool: self.clone(), reusable: true, _permit: permit })
    }

    fn take(&self, tenant: TenantId) -> Option<Arc<Session>> {
        let mut idle = lock(&self.idle);
        idle.retain(|s| !s.client.is_closed());
        let at = idle.iter().rposition(|s| s.is_set_to(tenant)).or_else(|| idle.len().checked_sub(1))?;
        Some(idle.swap_remove(at))
    }

    async fn connect(&self) -> Result<Session, LedgerError> {
        let client = connect(&self.target, |_| ()).await?;
        client
            .batch_execute(
                "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'; \
                 SET synchronous_commit = on; SET TIME ZONE 'UTC'; SET jit = off; \
                 SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan",
            )
            .await
            .map_err(|e| storage(&e))?;
        let statements = Mutex::new(LruCache::new(STATEMENTS));
        Ok(Session { client, statements, tenant: AtomicU32::new(NOBODY) })
    }

    /// No new uses; idle connections are closed.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
    }
}

/// Opens a session outside the pool (migrations, LISTEN). Notifications go to `notified`.
pub(crate) async fn connect(
    target: &Target,
    notified: impl Fn(tokio_postgres::Notification) + Send + 'static,
) -> Result<Client, LedgerError> {
    async fn drive<S, T>(mut connection: Connection<S, T>, notified: impl Fn(tokio_postgres::Notification))
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
        T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let AsyncMessage::Notification(notification) = message {
                notified(notification);
            }
        }
    }
    match &target.tls {
        None => {
            let (client, connection) = target.config.connect(NoTls).await.map_err(|e| storage(&e))?;
            tokio::spawn(drive(connection, notified));
            Ok(client)
        }
        Some(tls) => {
            let (client, connection) = target.config.connect(tls.clone()).await.map_err(|e| storage(&e))?;
            tokio::spawn(drive(connection, notified));
            Ok(client)
        }
    }
}
