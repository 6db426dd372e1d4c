//! Outgoing jobs: durable, ordered per lane, retried, never lost, visible when stuck.
use crate::core::Core;
use crate::{Access, Commit, Committed, LedgerError, TenantId, jobs};
use futures_util::future::BoxFuture;
use karute_japan::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// A job to enqueue inside a commit.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Kind, for example `fhir.export`.
    pub kind: String,
    /// Idempotency key: while a job of this kind and key is unfinished, enqueuing it again does nothing.
    pub key: String,
    /// Jobs of one lane run one after the other, in order.
    pub lane: Option<String>,
    /// JSON text for the handler.
    pub payload: String,
    /// Not before; `None` = at once.
    pub run_at: Option<Timestamp>,
    /// Attempts before it is parked as dead.
    pub max_attempts: u32,
}

/// State of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JobState {
    /// Waits for its time or its lane.
    Ready,
    /// A worker has it, until its lease ends.
    Running,
    Done,
    /// Gave up after `max_attempts`; a person must retry or discard it.
    Dead,
    Discarded,
}

/// A job as a person sees it.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Id inside the tenant.
    pub id: u64,
    /// See [`NewJob`].
    pub kind: String,
    /// See [`NewJob`].
    pub key: String,
    /// See [`NewJob`].
    pub lane: Option<String>,
    /// See [`NewJob`].
    pub payload: String,
    /// State.
    pub state: JobState,
    /// Attempts so far.
    pub attempts: u32,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// Next run.
    pub run_at: Timestamp,
    /// When it was enqueued.
    pub created: Timestamp,
    /// Words of the last failure; no patient data.
    pub last_error: Option<String>,
    /// What the handler left behind (JSON), for example the place of an export.
    pub result: Option<String>,
}

/// Which jobs to list.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Only these states (empty = all).
    pub states: Vec<JobState>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this job.
    pub id: Option<u64>,
    /// At most this many (bounded to 1,000), newest first.
    pub limit: u32,
}

/// When to try again: `base_ms * 2^(attempt-1)`, at most `max_ms`, with ±25 % jitter.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// First wait in milliseconds.
    pub base_ms: u64,
    /// Longest wait in milliseconds.
    pub max_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy { base_ms: 1_000, max_ms: 15 * 60_000 }
    }
}

/// The worker's door: claims jobs of all tenants.
#[derive(Clone)]
pub struct Jobs {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    core: Arc<Core>,
    worker: String,
    /// The tenant looked at last.
    last: AtomicU32,
    /// How often the bell had rung when the last claim began.
    heard: AtomicU64,
    /// When something may be due next, in microseconds.
    next: AtomicI64,
}

/// A job in the hands of this worker. Dropping it is like the worker's death: the job comes back when its lease ends.
#[derive(Debug)]
pub struct ClaimedJob {
    /// Tenant.
    pub tenant: TenantId,
    /// The job; `attempts` includes this one.
    pub job: JobView,
    /// Name of this claim: what tells it from a later one of the same worker.
    pub(crate) lease: String,
}

impl Jobs {
    pub(crate) fn new(core: Arc<Core>, worker: &str) -> Jobs {
        let worker = worker.replace('\0', "");
        let (last, heard, next) = (AtomicU32::new(0), AtomicU64::new(0), AtomicI64::new(i64::MAX));
        Jobs { inner: Arc::new(Inner { core, worker, last, heard, next }) }
    }

    /// Claims up to `max` due jobs of the given kinds for `lease_ms`. At most one per lane, in lane order. A job whose
    /// worker let the lease end counts as failed: it is claimed again, or dead when its attempts are used up.
    /// Nothing of suspended tenants is claimed.
    pub fn claim<'a>(
        &'a self,
        kinds: &'a [&'a str],
        max: u32,
        lease_ms: u64,
    ) -> BoxFuture<'a, Result<Vec<ClaimedJob>, LedgerError>> {
        Box::pin(async move {
            let Inner { core, worker, last, heard, next } = &*self.inner;
            heard.store(core.wake.rung(), Ordering::Release);
            if max == 0 || kinds.is_empty() {
                return Ok(Vec::new());
            }
            let mut random = [0; 8];
            core.config.entropy.fill(&mut random);
            let lease = format!("{worker} {:016x}", u64::from_be_bytes(random));
            let after = TenantId(last.load(Ordering::Acquire));
            let claims = jobs::claim(core, kinds, max, lease_ms, &lease, after).await?;
            last.store(claims.last.0, Ordering::Release);
            next.store(claims.next, Ordering::Release);
            Ok(claims.jobs)
        })
    }
    /// Waits until something may be due (notification or timer), at most `at_most_ms`. What became due since the last
    /// claim began ends the wait at once.
    pub fn wait(&self, at_most_ms: u64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Inner { core, heard, next, .. } = &*self.inner;
            jobs::listen(core);
            let until_next = next.load(Ordering::Acquire).saturating_sub(core.now().as_micros()).max(0);
            let at_most = Duration::from_millis(at_most_ms).min(Duration::from_micros(until_next.unsigned_abs()));
            core.wake.wait(heard.load(Ordering::Acquire), at_most).await;
        })
    }
    /// Finishes a job together with what it changed, in one transaction. Fails with `NotFound` when the lease was
    /// lost meanwhile; then nothing is written.
    pub fn complete<'a>(
        &'a self,
        job: ClaimedJob,
        access: &'a Access,
        commit: Commit,
        result: Option<String>,
    ) -> BoxFuture<'a, Result<Committed, LedgerError>> {
        Box::pin(async move {
            if access.tenant() != job.tenant {
                return Err(LedgerError::NotFound);
            }
            let done = jobs::JobDone::done(&job, result)?;
            access.commit_with(commit, Some(done)).await
        })
    }
    /// Records a failure: retried by `policy`, dead after `max_attempts` or when `permanent`.
    pub fn fail<'a>(
        &'a self,
        job: ClaimedJob,
        error: &'a str,
        permanent: bool,
        policy: RetryPolicy,
    ) -> BoxFuture<'a, Result<JobState, LedgerError>> {
        Box::pin(async move { jobs::fail(&self.inner.core, job, error, permanent, policy).await })
    }
    /// Extends the lease to `lease_ms` from now.
    pub fn renew<'a>(&'a self, job: &'a ClaimedJob, lease_ms: u64) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move { jobs::renew(&self.inner.core, job, lease_ms).await })
    }
    /// Gives a job back unharmed (shutdown): ready at once, attempt not counted.
    pub fn hand_back(&self, job: ClaimedJob) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move { jobs::hand_back(&self.inner.core, job).await })
    }
}
