//! What becomes of a claimed or a dead job.
use super::{due, state};
use crate::core::Core;
use crate::sql::{Tx, Val};
use crate::{Access, Action, ClaimedJob, Commit, JobState, LedgerError, RetryPolicy, TenantId};
use futures_util::FutureExt as _;
use karute_japan::Timestamp;
use std::sync::Arc;

/// Longest words of a failure that are kept, in bytes.
const WORDS: usize = 2_000;

/// A change of a job that belongs to a commit: both happen or neither.
#[derive(Debug)]
pub(crate) struct JobDone {
    id: i64,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Done by the claim of this name, with a result.
    Done { lease: String, result: Option<String> },
    /// Dead, put back to work.
    Retried,
    /// Dead or waiting, given up.
    Discarded,
}

impl JobDone {
    /// The end of a claimed job.
    pub(crate) fn done(job: &ClaimedJob, result: Option<String>) -> Result<JobDone, LedgerError> {
        if result.as_ref().is_some_and(|r| r.contains('\0')) {
            return Err(LedgerError::Unsupported("a result with U+0000".into()));
        }
        Ok(JobDone { id: number(job.job.id), what: What::Done { lease: job.lease.clone(), result } })
    }
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// Carries the change out inside the commit's transaction; `false` when the job is no longer in the state for it.
pub(crate) async fn finish(tx: &mut Tx, done: &JobDone, now: Timestamp) -> Result<bool, LedgerError> {
    let now = now.as_micros();
    let id = Val::Int(done.id);
    let changed = match &done.what {
        What::Done { lease, result } => {
            let sql = "UPDATE job SET state = 2, result = $3, finished = $4, lease = NULL, last_error = NULL \
                       WHERE {t} id = $1 AND state = 1 AND lease = $2";
            tx.exec(sql, &[id, lease.as_str().into(), result.clone().into(), Val::Int(now)]).await?
        }
        What::Retried => {
            let sql = "UPDATE job SET state = 0, attempts = 0, run_at = $2 WHERE {t} id = $1 AND state = 3";
            tx.exec(sql, &[id, Val::Int(now)]).await?
        }
        What::Discarded => {
            let sql = "UPDATE job SET state = 4, finished = $2 WHERE {t} id = $1 AND state IN (0, 3)";
            tx.exec(sql, &[id, Val::Int(now)]).await?
        }
    };
    if changed == 0 {
        return Ok(false);
    }
    // The lane may be free now, or the job is.
    due(tx, now).await?;
    Ok(true)
}

/// Puts a dead job back to work.
pub(crate) async fn retry(access: &Access, id: u64) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some(format!("retry job {id}"));
    access.commit_with(commit, Some(JobDone { id: number(id), what: What::Retried })).await.map(drop)
}

/// Gives a dead or waiting job up.
pub(crate) async fn discard(access: &Access, id: u64, reason: &str) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some(format!("discard job {id}: {reason}"));
    access.commit_with(commit, Some(JobDone { id: number(id), what: What::Discarded })).await.map(drop)
}

/// A small change of a claimed job; `NotFound` when the lease was lost.
async fn change(
    core: &Arc<Core>,
    tenant: TenantId,
    sql: &'static str,
    args: Vec<Val>,
    next: Option<i64>,
) -> Result<(), LedgerError> {
    let inner = core.clone();
    let work = async move {
        inner
            .store
            .write(tenant, move |tx| {
                async move {
                    if tx.exec(sql, &args).await? == 0 {
                        return Err(LedgerError::NotFound);
                    }
                    match next {
                        Some(at) => due(tx, at).await,
                        None => Ok(()),
                    }
                }
                .boxed()
            })
            .await
    };
    let changed = tokio::spawn(work).await.map_err(|_| LedgerError::Storage("a job's change stopped".into()))?;
    if changed.is_ok() && next.is_some() {
        core.wake.ring(tenant);
    }
    changed
}

/// Records a failure.
pub(crate) async fn fail(
    core: &Arc<Core>,
    job: ClaimedJob,
    error: &str,
    permanent: bool,
    policy: RetryPolicy,
) -> Result<JobState, LedgerError> {
    let words: String = error.chars().filter(|c| *c != '\0').collect();
    let words = crate::index::key::front(&words, WORDS).to_owned();
    let now = core.now();
    let dead = permanent || job.job.attempts >= job.job.max_attempts;
    let args = |state: i64, at: i64| {
        vec![Val::from(job.job.id), job.lease.as_str().into(), Val::Int(state), Val::Int(at), words.as_str().into()]
    };
    let sql = "UPDATE job SET state = $3, run_at = $4, last_error = $5, lease = NULL \
               WHERE {t} id = $1 AND state = 1 AND lease = $2";
    if dead {
        change(core, job.tenant, sql, args(state::DEAD, now.as_micros()), None).await?;
        return Ok(JobState::Dead);
    }
    let mut random = [0; 8];
    core.config.entropy.fill(&mut random);
    let at = now.plus_ms(pause(policy, job.job.attempts, u64::from_be_bytes(random))).as_micros();
    change(core, job.tenant, sql, args(state::READY, at), Some(at)).await?;
    Ok(JobState::Ready)
}

/// Milliseconds until the next attempt after `attempts`: doubled each time, at most `max_ms`, ±25 %.
fn pause(policy: RetryPolicy, attempts: u32, random: u64) -> i64 {
    let doubled = 1_u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(u64::MAX);
    let full = policy.base_ms.saturating_mul(doubled).min(policy.max_ms).min(u64::from(u32::MAX));
    // 0.75 to 1.25, in thousandths.
    let share = 750 + random % 501;
    i64::try_from(full.saturating_mul(share) / 1000).unwrap_or(i64::MAX)
}

/// Extends the lease.
pub(crate) async fn renew(core: &Arc<Core>, job: &ClaimedJob, lease_ms: u64) -> Result<(), LedgerError> {
    let until = core.now().plus_ms(i64::try_from(lease_ms).unwrap_or(i64::MAX / 4000));
    let sql = "UPDATE job SET run_at = $3 WHERE {t} id = $1 AND state = 1 AND lease = $2";
    let args = vec![Val::from(job.job.id), job.lease.as_str().into(), Val::Int(until.as_micros())];
    change(core, job.tenant, sql, args, None).await
}

/// Gives a job back as if it had not been claimed.
pub(crate) async fn hand_back(core: &Arc<Core>, job: ClaimedJob) -> Result<(), LedgerError> {
    let now = core.now().as_micros();
    let sql = "UPDATE job SET state = 0, attempts = attempts - 1, run_at = $3, lease = NULL \
               WHERE {t} id = $1 AND state = 1 AND lease = $2";
    let args = vec![Val::from(job.job.id), job.lease.as_str().into(), Val::Int(now)];
    change(core, job.tenant, sql, args, Some(now)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ_by_a_quarter_at_most() {
        let policy = RetryPolicy { base_ms: 1_000, max_ms: 60_000 };
        assert_eq!(pause(policy, 1, 250), 1_000);
        assert_eq!(pause(policy, 3, 250), 4_000);
        assert_eq!(pause(policy, 3, 0), 3_000);
        assert_eq!(pause(policy, 3, 500), 5_000);
        assert_eq!(pause(policy, 40, 250), 60_000);
        assert_eq!(pause(policy, u32::MAX, 250), 60_000);
        for random in 0..2_000 {
            assert!((750..=1_250).contains(&pause(policy, 1, random)));
        }
    }
}
