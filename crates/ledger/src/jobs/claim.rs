//! Claiming jobs of all tenants.
use super::state;
use super::view::{COLUMNS, view};
use super::wake::Hint;
use crate::core::Core;
use crate::sql::{Dialect, SYSTEM, Store, Tx, Val};
use crate::{ClaimedJob, LedgerError, TenantId};
use futures_util::FutureExt as _;
use std::sync::Arc;

/// What a claim brought.
pub(crate) struct Claims {
    /// The jobs.
    pub(crate) jobs: Vec<ClaimedJob>,
    /// The tenant looked at last; the next claim begins behind it, so that none starves.
    pub(crate) last: TenantId,
    /// When something may be due next, in microseconds; `i64::MAX`: nothing known.
    pub(crate) next: i64,
}

/// Words for a job whose worker vanished too often.
const VANISHED: &str = "the worker vanished during the last attempt";

/// Claims up to `max` jobs, for leases named `lease`, beginning behind tenant `after`.
pub(crate) async fn claim(
    core: &Arc<Core>,
    kinds: &[&str],
    max: u32,
    lease_ms: u64,
    lease: &str,
    after: TenantId,
) -> Result<Claims, LedgerError> {
    let now = core.now().as_micros();
    let mut claims = Claims { jobs: Vec::new(), last: after, next: i64::MAX };
    let (mut due, next) = tenants(core, now).await?;
    claims.next = next;
    let behind = due.partition_point(|(tenant, _)| *tenant <= after);
    due.rotate_left(behind);
    let wanted = Arc::new(Wanted {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        now,
        until: core.now().plus_ms(i64::try_from(lease_ms).unwrap_or(i64::MAX / 4000)).as_micros(),
        lease: lease.to_owned(),
    });
    for (tenant, hint) in due {
        let left = max.saturating_sub(claims.jobs.len() as u32);
        if left == 0 {
            claims.next = now;
            break;
        }
        let (rows, next) = claim_of(core, tenant, hint, wanted.clone(), left).await?;
        claims.last = tenant;
        claims.next = claims.next.min(next);
        claims.jobs.extend(rows);
    }
    Ok(claims)
}

struct Wanted {
    kinds: Vec<String>,
    now: i64,
    until: i64,
    lease: String,
}

/// Tenants in use that may have something due, by number; and when the next of the others may.
async fn tenants(core: &Arc<Core>, now: i64) -> Result<(Vec<(TenantId, Hint)>, i64), LedgerError> {
    let sql = match core.store.dialect() {
        Dialect::Postgres => {
            "SELECT d.id, d.due FROM job_due_tenant d JOIN tenant t ON t.id = d.id WHERE t.state = 0 ORDER BY d.id"
        }
        Dialect::Sqlite => "SELECT id, 0 FROM tenant WHERE state = 0 ORDER BY id",
    };
    let rows = core.store.point(SYSTEM, sql, &[]).await?;
    let mut known = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = u32::try_from(row.int(0)?).map_err(|_| LedgerError::Integrity("a stored tenant is none".into()))?;
        known.push((TenantId(id), Hint { due: row.int(1)?, rings: 0 }));
    }
    if let Store::Lite(_) = core.store {
        let ids: Vec<TenantId> = known.iter().map(|(id, _)| *id).collect();
        known = core.wake.known(&ids, now);
    }
    let next = known.iter().map(|(_, hint)| hint.due).filter(|due| *due > now).min().unwrap_or(i64::MAX);
    known.retain(|(_, hint)| hint.due <= now);
    Ok((known, next))
}

/// Claims of one tenant; and when its next job may be due.
async fn claim_of(
    core: &Arc<Core>,
    tenant: TenantId,
    hint: Hint,
    wanted: Arc<Wanted>,
    max: u32,
) -> Result<(Vec<ClaimedJob>, i64), LedgerError> {
    if let Store::Lite(_) = core.store {
        // Most files have nothing: look before locking.
        let next = core.store.point(tenant, NEXT, &[]).await?.first().map_or(Ok(None), |row| row.opt_int(0))?;
        let next = next.unwrap_or(i64::MAX);
        if next > wanted.now {
            core.wake.learn(tenant, hint, next);
            return Ok((Vec::new(), next));
        }
    }
    let inner = core.clone();
    let work =
        async move { inner.store.write(tenant, move |tx| async move { take(tx, &wanted, max).await }.boxed()).await };
    let (jobs, next) =
        tokio::spawn(work).await.map_err(|_| LedgerError::Storage("a claim stopped unexpectedly".into()))??;
    if let Store::Lite(_) = core.store {
        core.wake.learn(tenant, hint, next);
    }
    Ok((jobs, next))
}

/// The earliest time at which a job not held up by its lane may be due.
const NEXT: &str = "SELECT min(j.run_at) FROM job j WHERE {t:j} j.state IN (0, 1) AND (j.lane IS NULL OR NOT EXISTS \
    (SELECT 1 FROM job e WHERE {t:e} e.lane = j.lane AND e.id < j.id AND e.state IN (0, 1, 3)))";

async fn take(tx: &mut Tx, wanted: &Wanted, max: u32) -> Result<(Vec<ClaimedJob>, i64), LedgerError> {
    let tenant = tx.tenant();
    if tx.dialect() == Dialect::Postgres {
        // Whoever enqueues changes this row too. Holding it before looking means that nothing enqueued meanwhile is
        // overlooked when the row is set to the next due time below.
        tx.rows("SELECT due FROM job_due_tenant WHERE id = $1 FOR UPDATE", &[Val::from(tenant.0)]).await?;
    }
    let sql = format!(
        "UPDATE job SET state = {}, lease = NULL, last_error = $2 \
         WHERE {{t}} state = 1 AND run_at <= $1 AND attempts >= max_attempts",
        state::DEAD
    );
    tx.exec(&sql, &[Val::Int(wanted.now), VANISHED.into()]).await?;
    let sql = format!(
        "WITH c AS MATERIALIZED (SELECT j.id FROM job j WHERE {{t:j}} j.state IN (0, 1) AND j.run_at <= $1 AND j.kind {{in:2}} \
           AND (j.lane IS NULL OR NOT EXISTS (SELECT 1 FROM job e WHERE {{t:e}} e.lane = j.lane AND e.id < j.id \
             AND e.state IN (0, 1, 3))) \
           ORDER BY j.run_at, j.id LIMIT $3{{pg: FOR UPDATE SKIP LOCKED}}) \
         UPDATE job SET state = {}, attempts = attempts + 1, run_at = $4, lease = $5 \
         WHERE {{t}} id IN (SELECT id FROM c) RETURNING {COLUMNS}",
        state::RUNNING
    );
    let args = [
        Val::Int(wanted.now),
        Val::TextList(wanted.kinds.clone()),
        Val::from(max),
        Val::Int(wanted.until),
        wanted.lease.as_str().into(),
    ];
    let mut jobs = Vec::new();
    for row in tx.rows(&sql, &args).await? {
        jobs.push(ClaimedJob { tenant, job: view(&row)?, lease: wanted.lease.clone() });
    }
    jobs.sort_by_key(|claimed| claimed.job.id);
    let next = tx.row(NEXT, &[]).await?.map_or(Ok(None), |row| row.opt_int(0))?.unwrap_or(i64::MAX);
    if tx.dialect() == Dialect::Postgres {
        let sql = "UPDATE job_due_tenant SET due = $2 WHERE id = $1";
        tx.send(sql, vec![Val::from(tenant.0), Val::Int(next)]).await?;
    }
    Ok((jobs, next))
}
