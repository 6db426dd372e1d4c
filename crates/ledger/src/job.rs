//! Outgoing jobs: durable, ordered per lane, retried, never lost, visible when stuck.
use crate::{Access, Commit, Committed, LedgerError, TenantId};
use karute_japan::Timestamp;

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
    pub(crate) inner: std::sync::Arc<()>,
}

/// A job in the hands of this worker.
pub struct ClaimedJob {
    /// Tenant.
    pub tenant: TenantId,
    /// The job; `attempts` includes this one.
    pub job: JobView,
}

impl Jobs {
    /// Claims up to `max` due jobs of the given kinds for `lease_ms`. At most one per lane, in lane order.
    pub async fn claim(&self, kinds: &[&str], max: u32, lease_ms: u64) -> Result<Vec<ClaimedJob>, LedgerError> {
        let _ = (kinds, max, lease_ms, &self.inner);
        todo!()
    }
    /// Waits until something may be due (notification or timer), at most `at_most_ms`.
    pub async fn wait(&self, at_most_ms: u64) {
        let _ = at_most_ms;
        todo!()
    }
    /// Finishes a job together with what it changed, in one transaction. Fails with `NotFound` when the lease was
    /// lost meanwhile; then nothing is written.
    pub async fn complete(
        &self,
        job: ClaimedJob,
        access: &Access,
        commit: Commit,
        result: Option<String>,
    ) -> Result<Committed, LedgerError> {
        let _ = (job, access, commit, result);
        todo!()
    }
    /// Records a failure: retried by `policy`, dead after `max_attempts` or when `permanent`.
    pub async fn fail(
        &self,
        job: ClaimedJob,
        error: &str,
        permanent: bool,
        policy: RetryPolicy,
    ) -> Result<JobState, LedgerError> {
        let _ = (job, error, permanent, policy);
        todo!()
    }
    /// Extends the lease.
    pub async fn renew(&self, job: &ClaimedJob, lease_ms: u64) -> Result<(), LedgerError> {
        let _ = (job, lease_ms);
        todo!()
    }
    /// Gives a job back unharmed (shutdown): ready at once, attempt not counted.
    pub async fn hand_back(&self, job: ClaimedJob) -> Result<(), LedgerError> {
        let _ = job;
        todo!()
    }
}
