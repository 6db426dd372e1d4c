//! The worker role: the kinds of jobs this executable can do, and the periodic duties.
use crate::storage::Storage;
use karute_api::ApiState;
use karute_ledger::RetryPolicy;
use karute_operations::duties::{Duties, Rhythm};
use karute_operations::worker::{Done, Failure, Handler, Tally, Worker};
use karute_operations::{eprescription, sharing};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Jobs at the same time in one process.
const PARALLEL: u32 = 4;
/// How long a job may be held without a sign of life, in milliseconds.
const LEASE_MS: u64 = 60_000;

/// Starts worker and duties; the set is empty when both have ended.
pub(crate) fn start(
    storage: &Storage,
    api: &ApiState,
    (prescriptions, sharing): (eprescription::Rounds, sharing::Rounds),
    tally: Arc<Tally>,
    stopped: &watch::Receiver<bool>,
    grace: Duration,
) -> JoinSet<()> {
    let worker = Worker {
        ledger: storage.ledger.clone(),
        name: format!("{}-{}", std::process::id(), karute_crypto::token(&*storage.entropy)),
        handlers: handlers(api, storage),
        parallel: PARALLEL,
        tally,
        grace,
    };
    let duties = Duties::new(storage.ledger.clone(), Arc::clone(&storage.clock), Rhythm::default());
    let mut set = JoinSet::new();
    set.spawn(worker.run(stopped.clone()));
    set.spawn(duties.run(stopped.clone()));
    set.spawn(prescriptions.run(stopped.clone()));
    set.spawn(sharing.run(stopped.clone()));
    set
}

fn handlers(api: &ApiState, storage: &Storage) -> Vec<Handler> {
    let api = api.clone();
    let export = Handler {
        kind: karute_api::export::KIND,
        lease_ms: LEASE_MS,
        retry: RetryPolicy::default(),
        run: Arc::new(move |work| {
            let api = api.clone();
            Box::pin(async move {
                match karute_api::export::run(&api, work.tenant, &work.key, &work.payload).await {
                    Ok(done) => Ok(Done { commit: done.commit, result: Some(done.result) }),
                    Err(e) => Err(Failure { message: e.message, permanent: e.permanent }),
                }
            })
        }),
    };
    let mut all = eprescription::handlers(&storage.eprescription);
    all.extend(sharing::handlers(&storage.sharing));
    all.push(export);
    all
}
