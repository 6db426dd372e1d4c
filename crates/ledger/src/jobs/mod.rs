//! The queue of outgoing jobs: rows of the tenant's own database, written in the transaction that makes them
//! necessary and finished in the one that records what came of them.
//!
//! Idempotency: while a job of a kind and key is unfinished (ready, running, dead), enqueuing it again does nothing.
//! Once it is done or discarded, the same kind and key make a new job. A handler is started again when its worker
//! dies or its lease ends, so what it does outside must be told apart by the job's kind and key there too; then an
//! effect happens once.
//!
//! Order: a job of a lane can be claimed only when no earlier unfinished job of that lane exists. A dead job holds
//! its lane until a person retries or discards it.

mod claim;
mod settle;
mod view;
mod wake;

pub(crate) use claim::claim;
pub(crate) use settle::{JobDone, discard, fail, finish, hand_back, renew, retry};
pub(crate) use view::list;
pub(crate) use wake::{Wake, listen};

use crate::sql::{Dialect, Table, Tx, Val};
use crate::{LedgerError, NewJob};
use karute_japan::Timestamp;

/// Numbers of the states.
pub(crate) mod state {
    pub(crate) const READY: i64 = 0;
    pub(crate) const RUNNING: i64 = 1;
    pub(crate) const DONE: i64 = 2;
    pub(crate) const DEAD: i64 = 3;
    pub(crate) const DISCARDED: i64 = 4;
}

/// Channel on which other processes hear of new jobs.
pub(crate) const CHANNEL: &str = "karute_jobs";
/// Longest kind, key and lane in bytes.
const NAME: usize = 512;

static JOB: Table = Table {
    name: "job",
    columns: &[
        ("id", "bigint"),
        ("kind", "text"),
        ("key", "text"),
        ("lane", "text"),
        ("payload", "text"),
        ("state", "smallint"),
        ("attempts", "integer"),
        ("max_attempts", "integer"),
        ("run_at", "bigint"),
        ("created", "bigint"),
    ],
    tail: "ON CONFLICT DO NOTHING",
};

fn storable(job: &NewJob) -> Result<(), LedgerError> {
    let names = [Some(&job.kind), Some(&job.key), job.lane.as_ref()];
    if names.into_iter().flatten().any(|name| name.len() > NAME) {
        return Err(LedgerError::Limit("name of a job"));
    }
    let texts = [Some(&job.kind), Some(&job.key), job.lane.as_ref(), Some(&job.payload)];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(LedgerError::Unsupported("a job with U+0000".into()));
    }
    Ok(())
}

/// Enqueues jobs, in their order. The caller holds the lock on the tenant's chain, so numbers grow in the order of
/// commits.
pub(crate) async fn insert(tx: &mut Tx, jobs: &[NewJob], now: Timestamp) -> Result<(), LedgerError> {
    if jobs.is_empty() {
        return Ok(());
    }
    jobs.iter().try_for_each(storable)?;
    let last = tx.row("SELECT coalesce(max(id), 0) FROM job WHERE {t} true", &[]).await?;
    let first = last.map_or(Ok(0), |row| row.int(0))? + 1;
    let n = jobs.len();
    let run_at: Vec<i64> = jobs.iter().map(|j| j.run_at.unwrap_or(now).as_micros()).collect();
    let earliest = run_at.iter().copied().min().unwrap_or_default();
    let attempts = |job: &NewJob| i64::from(job.max_attempts.clamp(1, i32::MAX.unsigned_abs()));
    let columns = vec![
        Val::IntList((first..).take(n).collect()),
        Val::TextList(jobs.iter().map(|j| j.kind.clone()).collect()),
        Val::TextList(jobs.iter().map(|j| j.key.clone()).collect()),
        Val::OptTextList(jobs.iter().map(|j| j.lane.clone()).collect()),
        Val::TextList(jobs.iter().map(|j| j.payload.clone()).collect()),
        Val::IntList(vec![state::READY; n]),
        Val::IntList(vec![0; n]),
        Val::IntList(jobs.iter().map(attempts).collect()),
        Val::IntList(run_at),
        Val::IntList(vec![now.as_micros(); n]),
    ];
    tx.bulk_insert(&JOB, columns).await?;
    due(tx, earliest).await
}

/// Tells workers of all processes that this tenant may have something to do at `at`, when the transaction commits.
/// Files of SQLite belong to one process, which hears of it through [`Wake::ring`].
async fn due(tx: &mut Tx, at: i64) -> Result<(), LedgerError> {
    if tx.dialect() == Dialect::Postgres {
        let sql = "INSERT INTO job_due_tenant (id, due) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET due = least(job_due_tenant.due, excluded.due)";
        tx.send(sql, vec![Val::from(tx.tenant().0), Val::Int(at)]).await?;
        tx.send("SELECT pg_notify($1, '')", vec![CHANNEL.into()]).await?;
    }
    Ok(())
}

/// Removes finished jobs that ended before `before`; the last number stays, so that none is given twice.
pub(crate) async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<(), LedgerError> {
    let sql = "DELETE FROM job WHERE {t} state IN (2, 4) AND finished < $1 \
               AND id < (SELECT max(j.id) FROM job j WHERE {t:j} true)";
    tx.exec(sql, &[Val::Int(before.as_micros())]).await.map(drop)
}
