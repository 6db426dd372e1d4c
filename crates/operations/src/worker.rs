//! The worker: claims outgoing jobs, runs them, records what became of them.
//!
//! A job is carried out at least once and its effect recorded exactly once: what a handler wants written travels in a
//! [`Commit`] that the ledger applies together with the job's completion, and only while this worker still holds the
//! lease. Effects outside the ledger need the job's idempotency key.
use futures_util::future::BoxFuture;
use karute_ledger::{
    Access, Actor, ActorKind, ClaimedJob, Commit, JobState, Jobs, Ledger, LedgerError, Origin, RetryPolicy, TenantId,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What a handler gets to know of its job.
#[derive(Clone)]
pub struct Work {
    /// The record store.
    pub ledger: Ledger,
    /// Whose job it is.
    pub tenant: TenantId,
    /// The ledger as the worker, in this tenant.
    pub access: Access,
    /// Id of the job inside the tenant.
    pub id: u64,
    /// Idempotency key: the same in every attempt.
    pub key: String,
    /// JSON text given when the job was enqueued.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Attempts allowed, as the job itself says.
    pub attempts: u32,
}

/// A job done.
pub struct Done {
    /// What to write together with its completion.
    pub commit: Commit,
    /// What the handler leaves behind (JSON).
    pub result: Option<String>,
}

/// A job not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Words for the person who looks after it; no patient data.
    pub message: String,
    /// Trying again is pointless.
    pub permanent: bool,
}

/// Carries out one job.
pub type Run = Arc<dyn Fn(Work) -> BoxFuture<'static, Result<Done, Failure>> + Send + Sync>;

/// Who carries out jobs of one kind.
#[derive(Clone)]
pub struct Handler {
    /// Kind of job.
    pub kind: &'static str,
    /// How long a job may be held without a sign of life, in milliseconds; the worker renews it while it runs.
    pub lease_ms: u64,
    /// When to try again.
    pub retry: RetryPolicy,
    /// The work.
    pub run: Run,
}

/// What became of the jobs of this process.
#[derive(Debug, Default)]
pub struct Tally {
    running: AtomicI64,
    outcomes: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

impl Tally {
    /// Jobs being carried out.
    pub fn running(&self) -> i64 {
        self.running.load(Ordering::Relaxed)
    }

    /// Attempts by kind and outcome: `done`, `retry` (failed, tried again later), `dead` (given up, a person must look),
    /// `returned` (handed back unharmed), `lost` (the lease had ended, or the outcome could not be recorded).
    pub fn outcomes(&self) -> Vec<(&'static str, &'static str, u64)> {
        let outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.iter().map(|((kind, outcome), n)| (*kind, *outcome, *n)).collect()
    }

    fn count(&self, kind: &'static str, outcome: &'static str) {
        *self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).entry((kind, outcome)).or_default() += 1;
    }
}

/// A worker.
pub struct Worker {
    /// The record store.
    pub ledger: Ledger,
    /// Name of this worker, unique among the running ones.
    pub name: String,
    /// What it can do.
    pub handlers: Vec<Handler>,
    /// Jobs at the same time.
    pub parallel: u32,
    /// Where it counts.
    pub tally: Arc<Tally>,
    /// How long running jobs may take to finish after stop was asked, before they are handed back.
    pub grace: Duration,
}

/// Longest wait for new jobs, in milliseconds: the ledger wakes the worker earlier when something is enqueued.
const WAIT_MS: u64 = 30_000;
/// Pauses after failing to reach the database, in milliseconds: first and longest.
const TROUBLE_MS: (u64, u64) = (500, 30_000);

impl Worker {
    /// Works until `stop` becomes true; returns when no claimed job is left in its hands.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let jobs = self.ledger.jobs(&self.name);
        let kinds: Vec<&str> = self.handlers.iter().map(|h| h.kind).collect();
        let lease_ms = self.handlers.iter().map(|h| h.lease_ms).min().unwrap_or(60_000);
        // The handed-back signal for running jobs; sent when the grace is over.
        let (give_up, given_up) = watch::channel(false);
        let mut running: JoinSet<()> = JoinSet::new();
        let mut trouble_ms = 0;
        while !*stop.borrow() && !kinds.is_empty() {
            while running.try_join_next().is_some() {}
            let free = self.parallel.saturating_sub(u32::try_from(running.len()).unwrap_or(u32::MAX));
            if free == 0 {
                tokio::select! {
                    _ = running.join_next() => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
            match jobs.claim(&kinds, free, lease_ms).await {
                Ok(claimed) => {
                    trouble_ms = 0;
                    if claimed.is_empty() {
                        tokio::select! {
                            () = jobs.wait(WAIT_MS) => {}
                            _ = stop.changed() => {}
                        }
                    }
                    for job in claimed {
                        let Some(handler) = self.handlers.iter().find(|h| h.kind == job.job.kind).cloned() else {
                            continue;
                        };
                        let (ledger, jobs, given_up) = (self.ledger.clone(), jobs.clone(), given_up.clone());
                        let tally = Arc::clone(&self.tally);
                        running.spawn(async move {
                            let kind = handler.kind;
                            tally.running.fetch_add(1, Ordering::Relaxed);
                            let outcome = carry_out(ledger, jobs, handler, job, given_up).await;
                            tally.running.fetch_sub(1, Ordering::Relaxed);
                            tally.count(kind, outcome);
                        });
                    }
                }
                Err(error) => {
                    trouble_ms = (trouble_ms * 2).clamp(TROUBLE_MS.0, TROUBLE_MS.1);
                    tracing::warn!(%error, pause_ms = trouble_ms, "jobs cannot be claimed");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(trouble_ms)) => {}
                        _ = stop.changed() => {}
                    }
                }
            }
        }
        let all_done = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.grace, all_done).await.is_err() {
            let _ = give_up.send(true);
            while running.join_next().await.is_some() {}
        }
    }
}

/// The worker as an actor in one tenant.
fn access(ledger: &Ledger, job: &ClaimedJob) -> Access {
    let actor = Actor {
        kind: ActorKind::System,
        id: "system:worker".to_owned(),
        name: "システム（送信処理）".to_owned(),
        role: "system".to_owned(),
        origin: Origin { request_id: format!("job-{}", job.job.id), method: "worker", ..Origin::default() },
    };
    ledger.access(job.tenant, actor)
}

/// Carries out one job; what became of it, in the words of [`Tally::outcomes`].
async fn carry_out(
    ledger: Ledger,
    jobs: Jobs,
    handler: Handler,
    job: ClaimedJob,
    mut given_up: watch::Receiver<bool>,
) -> &'static str {
    let access = access(&ledger, &job);
    let work = Work {
        ledger,
        tenant: job.tenant,
        access: access.clone(),
        id: job.job.id,
        key: job.job.key.clone(),
        payload: job.job.payload.clone(),
        attempt: job.job.attempts,
        attempts: job.job.max_attempts,
    };
    let (kind, tenant, id) = (handler.kind, job.tenant.0, job.job.id);
    // A task of its own, so that a panic in a handler costs this attempt and nothing else.
    let mut task = tokio::spawn((handler.run)(work));
    let mut renewal = tokio::time::interval(Duration::from_millis((handler.lease_ms / 3).max(1)));
    renewal.tick().await;
    let ended = loop {
        tokio::select! {
            ended = &mut task => break ended,
            _ = renewal.tick() => match jobs.renew(&job, handler.lease_ms).await {
                Ok(()) => {}
                Err(LedgerError::NotFound) => {
                    task.abort();
                    tracing::warn!(kind, tenant, id, "job lost its lease");
                    return "lost";
                }
                Err(error) => tracing::warn!(%error, kind, tenant, id, "lease not renewed"),
            },
            _ = given_up.changed() => {
                task.abort();
                let _ = (&mut task).await;
                if let Err(error) = jobs.hand_back(job).await {
                    tracing::warn!(%error, kind, tenant, id, "job not handed back; it returns when its lease ends");
                }
                return "returned";
            }
        }
    };
    let outcome = ended
        .unwrap_or_else(|_| Err(Failure { message: "処理が異常終了しました。".into(), permanent: false }));
    let recorded = match outcome {
        Ok(done) => jobs.complete(job, &access, done.commit, done.result).await.map(|_| "done"),
        Err(failure) => {
            let state = jobs.fail(job, &failure.message, failure.permanent, handler.retry).await;
            state.map(|s| if s == JobState::Dead { "dead" } else { "retry" })
        }
    };
    match recorded {
        Ok("dead") => {
            tracing::warn!(kind, tenant, id, "job given up");
            "dead"
        }
        Ok(outcome) => {
            tracing::info!(kind, tenant, id, outcome, "job");
            outcome
        }
        Err(error) => {
            tracing::warn!(%error, kind, tenant, id, "job outcome not recorded; it runs again");
            "lost"
        }
    }
}
