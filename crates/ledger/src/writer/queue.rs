//! Queues and their draining.
use super::append::{self, Tip};
use super::group::{self, Outcomes};
use super::prepare::Prepared;
use crate::core::Core;
use crate::sql::outcome_unknown;
use crate::{Committed, LedgerError, Metrics, TenantId};
use futures_util::FutureExt as _;
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

/// Commits of one tenant waiting at once.
const QUEUE: usize = 2048;
/// How long a caller waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(20);
/// Commits of one transaction.
const GROUP: usize = 256;
/// Bytes of texts of one transaction.
const GROUP_BYTES: usize = 8 << 20;

type Answer = oneshot::Sender<Result<Committed, LedgerError>>;

struct Item {
    work: Prepared,
    answer: Answer,
    place: OwnedSemaphorePermit,
}

struct Queue {
    state: Mutex<State>,
    /// Where the last transaction of this process left the chain; used by the one task that drains.
    tip: Mutex<Option<Tip>>,
    places: Arc<Semaphore>,
}

impl Queue {
    /// A place, waited for with patience.
    async fn place(&self) -> Result<OwnedSemaphorePermit, LedgerError> {
        match self.places.clone().try_acquire_owned() {
            Ok(place) => Ok(place),
            Err(_) => tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned())
                .await
                .map_err(|_| LedgerError::Limit("write queue"))?
                .map_err(|_| LedgerError::Closed),
        }
    }
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    draining: bool,
}

/// All queues of an open ledger.
#[derive(Default)]
pub(crate) struct Writer {
    queues: Mutex<HashMap<TenantId, Arc<Queue>>>,
    closed: AtomicBool,
    waiting: AtomicU64,
    idle: Notify,
    groups: AtomicU64,
    commits: AtomicU64,
    entries: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    /// Counters since the start.
    pub(crate) fn metrics(&self) -> Metrics {
        Metrics {
            groups: self.groups.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            entries: self.entries.load(Ordering::Relaxed),
            queued: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// Puts a write into its tenant's queue and waits until it is durable or refused.
    pub(crate) async fn submit(core: &Arc<Core>, tenant: TenantId, work: Prepared) -> Result<Committed, LedgerError> {
        let answer = Writer::enqueue(core, tenant, work).await?;
        answer.await.unwrap_or_else(|_| Err(LedgerError::Storage("the writer stopped".into())))
    }

    /// The same without waiting for the answer.
    pub(crate) async fn enqueue(
        core: &Arc<Core>,
        tenant: TenantId,
        work: Prepared,
    ) -> Result<oneshot::Receiver<Result<Committed, LedgerError>>, LedgerError> {
        let queue = core.writer.queue(tenant);
        let place = queue.place().await?;
        let promise = Writer::promise(core).ok_or(LedgerError::Closed)?;
        Ok(promise.enter(tenant, queue, place, work))
    }

    /// Announces a write where nobody can wait, so that closing waits for it. `None`: closed already.
    pub(crate) fn promise(core: &Arc<Core>) -> Option<Promise> {
        let promise = Promise { core: core.clone(), kept: false };
        core.writer.waiting.fetch_add(1, Ordering::AcqRel);
        // Looked at after counting: `close` sets the flag before it waits for the count to reach zero.
        (!core.writer.closed.load(Ordering::Acquire)).then_some(promise)
    }

    /// Those that have been written to.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        let mut tenants: Vec<TenantId> = lock(&self.queues).keys().copied().collect();
        tenants.sort_unstable();
        tenants
    }

    fn queue(&self, tenant: TenantId) -> Arc<Queue> {
        let mut queues = lock(&self.queues);
        let new = || {
            Arc::new(Queue { state: Mutex::default(), tip: Mutex::default(), places: Arc::new(Semaphore::new(QUEUE)) })
        };
        queues.entry(tenant).or_insert_with(new).clone()
    }

    fn leave(&self, n: u64) {
        if self.waiting.fetch_sub(n, Ordering::AcqRel) == n {
            self.idle.notify_waiters();
        }
    }

    /// Refuses new writes and waits until all queued ones are answered.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        loop {
            let idle = self.idle.notified();
            tokio::pin!(idle);
            idle.as_mut().enable();
            if self.waiting.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// A write that is counted and has not come yet; dropped, it will not come.
pub(crate) struct Promise {
    core: Arc<Core>,
    kept: bool,
}

impl Promise {
    /// Writes what was promised and waits until it is durable or refused.
    pub(crate) async fn submit(self, tenant: TenantId, work: Prepared) -> Result<Committed, LedgerError> {
        let queue = self.core.writer.queue(tenant);
        let place = queue.place().await?;
        let answer = self.enter(tenant, queue, place, work);
        answer.await.unwrap_or_else(|_| Err(LedgerError::Storage("the writer stopped".into())))
    }

    fn enter(
        mut self,
        tenant: TenantId,
        queue: Arc<Queue>,
        place: OwnedSemaphorePermit,
        work: Prepared,
    ) -> oneshot::Receiver<Result<Committed, LedgerError>> {
        let (answer, receiver) = oneshot::channel();
        let start = {
            let mut state = lock(&queue.state);
            state.items.push_back(Item { work, answer, place });
            !std::mem::replace(&mut state.draining, true)
        };
        self.kept = true;
        if start {
            tokio::spawn(drain(self.core.clone(), tenant, queue));
        }
        receiver
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if !self.kept {
            self.core.writer.leave(1);
        }
    }
}

/// What fits into one transaction.
fn take(queue: &Queue) -> Vec<Item> {
    let mut state = lock(&queue.state);
    let mut weight = 0;
    let mut count = 0;
    for item in state.items.iter().take(GROUP) {
        weight += item.work.weight();
        if count > 0 && weight > GROUP_BYTES {
            break;
        }
        count += 1;
    }
    if count == 0 {
        state.draining = false;
    }
    state.items.drain(..count).collect()
}

async fn drain(core: Arc<Core>, tenant: TenantId, queue: Arc<Queue>) {
    loop {
        let items = take(&queue);
        if items.is_empty() {
            return;
        }
        let n = items.len() as u64;
        let (work, answers): (Vec<Prepared>, Vec<(Answer, OwnedSemaphorePermit)>) =
            items.into_iter().map(|item| (item.work, (item.answer, item.place))).unzip();
        let outcomes = AssertUnwindSafe(write(&core, tenant, &queue.tip, Arc::new(work))).catch_unwind().await;
        if let Ok(outcomes) = outcomes {
            for ((answer, place), outcome) in answers.into_iter().zip(outcomes) {
                // A caller that went away does not undo its write.
                let _ = answer.send(outcome);
                drop(place);
            }
        } else {
            tracing::error!(tenant = tenant.0, "a group of writes failed unexpectedly");
        }
        core.writer.leave(n);
    }
}

/// One group; when it fails as a whole, each commit alone.
async fn write(
    core: &Arc<Core>,
    tenant: TenantId,
    tip: &Mutex<Option<Tip>>,
    work: Arc<Vec<Prepared>>,
) -> Vec<Result<Committed, LedgerError>> {
    let all: Vec<usize> = (0..work.len()).collect();
    // Forgotten until something is known to be durable again.
    let known = lock(tip).take();
    match group(core, tenant, &work, known, all.clone()).await {
        Ok((outcomes, end)) => {
            *lock(tip) = Some(end);
            outcomes
        }
        Err(error) if work.len() == 1 || outcome_unknown(&error) => {
            tracing::error!(tenant = tenant.0, commits = work.len(), %error, "writes failed");
            let text = error.to_string();
            let again = || LedgerError::Storage(text.strip_prefix("storage: ").unwrap_or(&text).to_owned());
            let mut failures: Vec<_> = (1..work.len()).map(|_| Err(again())).collect();
            failures.push(Err(error));
            failures
        }
        Err(error) => {
            tracing::warn!(tenant = tenant.0, commits = work.len(), %error, "a group failed; trying one by one");
            let mut outcomes = Vec::with_capacity(work.len());
            for one in all {
                match transaction(core, tenant, &work, vec![one]).await {
                    Ok((outcome, _)) => outcomes.extend(outcome),
                    Err(error) => outcomes.push(Err(error)),
                }
            }
            outcomes
        }
    }
}

/// The short way where it is open, otherwise the long one.
async fn group(
    core: &Arc<Core>,
    tenant: TenantId,
    work: &Arc<Vec<Prepared>>,
    tip: Option<Tip>,
    which: Vec<usize>,
) -> Result<Done, LedgerError> {
    if let Some(tip) = tip
        && let Some(outcomes) = append::run(core, tenant, work, tip).await?
    {
        return Ok(done(core, outcomes).await);
    }
    transaction(core, tenant, work, which).await
}

/// Answers, and where the chain ends after them.
type Done = (Vec<Result<Committed, LedgerError>>, Tip);

async fn transaction(
    core: &Arc<Core>,
    tenant: TenantId,
    work: &Arc<Vec<Prepared>>,
    which: Vec<usize>,
) -> Result<Done, LedgerError> {
    let wakes = work.iter().any(|w| !w.jobs.is_empty() || w.done.is_some());
    let (inner, work) = (core.clone(), work.clone());
    let outcomes =
        core.store.write(tenant, move |tx| async move { group::run(tx, &inner, &work, &which).await }.boxed()).await?;
    if wakes {
        core.wake.ring(tenant);
    }
    Ok(done(core, outcomes).await)
}

async fn done(core: &Core, outcomes: Outcomes) -> Done {
    let Outcomes { answers, entries, checkpoint, tip } = outcomes;
    let writer = &core.writer;
    writer.groups.fetch_add(1, Ordering::Relaxed);
    writer.commits.fetch_add(answers.iter().filter(|a| a.is_ok()).count() as u64, Ordering::Relaxed);
    writer.entries.fetch_add(entries, Ordering::Relaxed);
    if let Some(checkpoint) = checkpoint {
        core.export(&checkpoint).await;
    }
    (answers, tip)
}
