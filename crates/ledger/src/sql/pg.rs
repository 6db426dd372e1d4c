//! PostgreSQL: transactions, pipelined.
use super::pg_pool::{Pool, Pooled, Session, broken, storage};
use super::{Row, Table, Val};
use crate::{LedgerError, TenantId};
use futures_util::future::{BoxFuture, FutureExt as _};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Each statement is its own transaction: for one single statement.
    Single,
    /// The same for work that mostly asks one statement: a second one is refused, see [`PgTx::wants_more`].
    Once,
    /// One snapshot for all statements.
    Snapshot,
    /// Each statement sees what others committed before it; the lock on the chain's row orders writers.
    Write,
}

impl Mode {
    fn begin(self) -> Option<&'static str> {
        match self {
            Mode::Single | Mode::Once => None,
            Mode::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Mode::Write => Some("BEGIN ISOLATION LEVEL READ COMMITTED"),
        }
    }
}

/// Begins the words of a commit whose answer was lost.
const UNKNOWN: &str = "the connection broke at a commit and it is unknown whether it became durable";

/// Whether a write may or may not have become durable, so that it must not be tried again.
pub(crate) fn outcome_unknown(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Storage(text) if text.starts_with(UNKNOWN))
}

type Pending = BoxFuture<'static, Result<(), Error>>;

/// A transaction. It begins with its first statement, in the same round trip.
pub(crate) struct PgTx {
    conn: Pooled,
    tenant: TenantId,
    mode: Mode,
    /// BEGIN was sent.
    begun: bool,
    /// Something was answered, so the session lives and a retry could do things twice.
    answered: bool,
    /// One statement was not enough.
    wants_more: bool,
    pending: Vec<Pending>,
}

/// Hands a request to the connection without waiting for the answer: tokio-postgres sends at the first poll.
fn nudge<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn start(future: impl Future<Output = Result<(), Error>> + Send + 'static) -> Pending {
    let mut future = future.boxed();
    match nudge(future.as_mut()) {
        Poll::Ready(done) => std::future::ready(done).boxed(),
        Poll::Pending => future,
    }
}

fn simple(session: &Arc<Session>, sql: &'static str) -> Pending {
    let session = session.clone();
    start(async move { session.client.batch_execute(sql).await })
}

/// The given parameters and, where the statement has one more, the tenant.
fn parameters<'a>(statement: &Statement, args: &'a [Val], tenant: &'a Val) -> Vec<&'a (dyn ToSql + Sync)> {
    let mut out: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(args.len() + 1);
    out.extend(args.iter().map(|a| a as &(dyn ToSql + Sync)));
    if statement.params().len() == args.len() + 1 {
        out.push(tenant);
    }
    out
}

impl PgTx {
    pub(super) async fn new(pool: &Arc<Pool>, tenant: TenantId, mode: Mode) -> Result<PgTx, LedgerError> {
        let conn = pool.get(tenant).await?;
        Ok(PgTx { conn, tenant, mode, begun: false, answered: false, wants_more: false, pending: Vec::new() })
    }

    /// Whether the work asked more than the one statement that [`Mode::Once`] grants: it has to begin again where all
    /// its statements see one snapshot.
    pub(super) fn wants_more(&self) -> bool {
        self.wants_more
    }

    fn once(&mut self, more: bool) -> Result<(), LedgerError> {
        if self.mode == Mode::Once && more {
            self.wants_more = true;
            return Err(LedgerError::Storage("one statement was granted".into()));
        }
        Ok(())
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn tenant_val(&self) -> Val {
        Val::from(self.tenant.0)
    }

    /// Sets the tenant and begins; sent, not awaited.
    async fn begin(&mut self) -> Result<(), Error> {
        if self.begun {
            return Ok(());
        }
        let session = self.conn.session().clone();
        if !session.is_set_to(self.tenant) {
            let statement = session.prepare("SELECT set_config('app.tenant', $1, false)").await?;
            session.set_to(Some(self.tenant));
            let (s, tenant) = (session.clone(), self.tenant.0.to_string());
            self.pending.push(start(async move { s.client.execute(&statement, &[&tenant]).await.map(drop) }));
        }
        if let Some(sql) = self.mode.begin() {
            self.conn.reusable(false);
            self.pending.push(simple(&session, sql));
        }
        self.begun = true;
        Ok(())
    }

    /// Waits for everything sent; the first error counts.
    async fn settle(&mut self) -> Result<(), Error> {
        let mut first = Ok(());
        for pending in std::mem::take(&mut self.pending) {
            let answer = pending.await;
            if first.is_ok() {
                first = answer;
            }
        }
        first
    }

    async fn ask(&mut self, sql: &str, args: &[Val]) -> Result<Vec<tokio_postgres::Row>, Error> {
        let session = self.conn.session().clone();
        let statement = session.prepare(sql).await?;
        self.begin().await?;
        let tenant = self.tenant_val();
        let parameters = parameters(&statement, args, &tenant);
        let mut query = pin!(session.client.query(&statement, &parameters));
        let sent = nudge(query.as_mut());
        self.settle().await?;
        match sent {
            Poll::Ready(rows) => rows,
            Poll::Pending => query.await,
        }
    }

    async fn run(&mut self, sql: &str, args: &[Val]) -> Result<u64, Error> {
        let session = self.conn.session().clone();
        let statement = session.prepare(sql).await?;
        self.begin().await?;
        let tenant = self.tenant_val();
        let parameters = parameters(&statement, args, &tenant);
        let mut query = pin!(session.client.execute(&statement, &parameters));
        let sent = nudge(query.as_mut());
        self.settle().await?;
        match sent {
            Poll::Ready(count) => count,
            Poll::Pending => query.await,
        }
    }

    /// After a failure: `Ok` when the session had been idle and broken, nothing was done yet and a fresh one is in place.
    async fn recover(&mut self, error: &Error) -> Result<(), LedgerError> {
        if !broken(error) || self.answered {
            return Err(self.failed(error));
        }
        self.pending.clear();
        self.begun = false;
        self.answered = true;
        self.conn.replace().await
    }

    fn failed(&mut self, error: &Error) -> LedgerError {
        if broken(error) {
            self.conn.reusable(false);
        }
        self.conn.session().set_to(None);
        storage(error)
    }

    pub(super) async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        self.once(self.answered)?;
        loop {
            match self.ask(sql, args).await {
                Ok(rows) => {
                    self.answered = true;
                    return Ok(rows.into_iter().map(Row::pg).collect());
                }
                Err(error) => self.recover(&error).await?,
            }
        }
    }

    /// A writing statement that is its own transaction. When its session broke on the way, its outcome is unknown and it
    /// is only sent again because it does nothing the second time.
    pub(super) async fn atomic(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        loop {
            match self.ask(sql, args).await {
                Ok(rows) => return Ok(rows.into_iter().map(Row::pg).collect()),
                Err(error) => {
                    let unknown = broken(&error);
                    self.recover(&error).await.map_err(|failure| {
                        if unknown { LedgerError::Storage(format!("{UNKNOWN}; {failure}")) } else { failure }
                    })?;
                }
            }
        }
    }

    pub(super) async fn exec(&mut self, sql: &str, args: &[Val]) -> Result<u64, LedgerError> {
        self.once(true)?;
        loop {
            match self.run(sql, args).await {
                Ok(count) => {
                    self.answered = true;
                    return Ok(count);
                }
                Err(error) => self.recover(&error).await?,
            }
        }
    }

    pub(super) async fn send(&mut self, sql: &str, args: Vec<Val>) -> Result<(), LedgerError> {
        self.once(true)?;
        if !self.answered {
            return self.exec(sql, &args).await.map(drop);
        }
        let session = self.conn.session().clone();
        let statement = session.prepare(sql).await.map_err(|e| self.failed(&e))?;
        self.begin().await.map_err(|e| self.failed(&e))?;
        let tenant = self.tenant_val();
        self.pending.push(start(async move {
            let parameters = parameters(&statement, &args, &tenant);
            session.client.execute(&statement, &parameters).await.map(drop)
        }));
        Ok(())
    }

    pub(super) async fn send_bulk(&mut self, table: &Table, columns: Vec<Val>) -> Result<(), LedgerError> {
        self.send(&table.insert_arrays(), columns).await
    }

    /// Commits. When this fails the outcome is that nothing may be told as done.
    pub(super) async fn commit(mut self) -> Result<(), LedgerError> {
        if !self.begun || matches!(self.mode, Mode::Single | Mode::Once) {
            return self.settle().await.map_err(|e| self.failed(&e));
        }
        let commit = simple(self.conn.session(), "COMMIT");
        if self.mode == Mode::Snapshot && self.pending.is_empty() {
            // The answer of a finished reading transaction says nothing; the connection's order protects the next use.
            self.conn.reusable(true);
            return Ok(());
        }
        // A failed statement before it turns this COMMIT into a rollback, so its error must be looked at first.
        let settled = self.settle().await;
        let committed = commit.await;
        match settled.and(committed) {
            Ok(()) => {
                self.conn.reusable(true);
                Ok(())
            }
            Err(error) if broken(&error) => Err(LedgerError::Storage(format!("{UNKNOWN}; {}", self.failed(&error)))),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Undoes everything.
    pub(super) async fn rollback(mut self) {
        let _ = self.settle().await;
        if self.begun && self.mode.begin().is_some() && simple(self.conn.session(), "ROLLBACK").await.is_ok() {
            self.conn.reusable(true);
        }
    }
}
