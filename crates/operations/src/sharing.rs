//! Record sharing in the worker: a handler for each kind of job, and the rounds: documents addressed to us, what became
//! of letters, and whose record changed.
use crate::rounds;
use crate::worker::{Done, Failure, Handler, Work};
use jiff::ToSpan as _;
use karute_japan::Clock;
use karute_ledger::{Access, LedgerError, RetryPolicy};
use karute_sharing::jobs::{Attempt, KINDS, changed, list_job, waiting};
use karute_sharing::office::{Office, connection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a job may be held without a sign of life, in milliseconds.
const LEASE_MS: u64 = 60_000;

/// One handler for each kind of job of the connector.
pub fn handlers(office: &Arc<Office>) -> Vec<Handler> {
    KINDS
        .into_iter()
        .map(|kind| {
            let office = Arc::clone(office);
            Handler {
                kind,
                lease_ms: LEASE_MS,
                retry: RetryPolicy::default(),
                run: Arc::new(move |work| {
                    let office = Arc::clone(&office);
                    Box::pin(async move { carry_out(&office, kind, work).await })
                }),
            }
        })
        .collect()
}

async fn carry_out(office: &Office, kind: &str, work: Work) -> Result<Done, Failure> {
    let later = |message: String| Failure { message, permanent: false };
    let reached = office.reach(&work.access).await.map_err(|error| later(error.to_string()))?;
    let reached = reached.ok_or_else(|| later("電子カルテ情報共有サービスの接続が設定されていません。".to_owned()))?;
    let attempt = Attempt { number: work.attempt, most: work.attempts };
    match reached.jobs.run(&work.access, kind, &work.payload, attempt).await {
        Ok(commit) => Ok(Done { commit, result: None }),
        Err(failure) => Err(Failure { message: failure.message, permanent: failure.permanent }),
    }
}

/// The rounds at every institution that uses the service.
pub struct Rounds {
    /// The connector.
    pub office: Arc<Office>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Between two rounds; the service is not asked more often than once a minute (digest 7.1).
    pub every: Duration,
}

impl Rounds {
    /// Does rounds until `stop` becomes true.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        rounds::again("record sharing", self.every, stop, || Box::pin(self.once())).await;
    }

    /// One round; answers at how many institutions it asked. While a question of the last one is still unanswered, it is
    /// not put again.
    ///
    /// # Errors
    /// When the institutions cannot be listed.
    pub async fn once(&self) -> Result<usize, LedgerError> {
        rounds::each(self.office.ledger(), |access| Box::pin(async move { self.ask(&access).await })).await
    }

    async fn ask(&self, access: &Access) -> Result<bool, LedgerError> {
        let Some(connection) = connection(access).await? else { return Ok(false) };
        let (now, profile) = (self.clock.now(), self.office.profile());
        let today = now.day_in_japan();
        let days = profile.timing_ms("list_window_days").clamp(1, 366).saturating_sub(1);
        let mut commit = if connection.units.is_empty() {
            karute_ledger::Commit::new(karute_ledger::Action::Update)
        } else {
            changed(access, profile.timing_ms("rest_ms"), now).await?
        };
        commit.detail = Some("電子カルテ情報共有: 巡回".to_owned());
        commit.jobs.push(list_job(today.saturating_sub(days.days()), today));
        commit.jobs.extend(waiting(access).await?);
        access.commit(commit).await?;
        Ok(true)
    }
}
