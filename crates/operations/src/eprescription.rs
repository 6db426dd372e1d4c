//! Electronic prescriptions in the worker: a handler for each kind of job, and the rounds that ask the service what
//! became of prescriptions.
use crate::rounds;
use crate::worker::{Done, Failure, Handler, Work};
use jiff::ToSpan as _;
use karute_eprescription::jobs::record::read_since;
use karute_eprescription::jobs::{Attempt, KINDS, in_house_job, results_job};
use karute_eprescription::office::{Office, connection, registers_in_house};
use karute_japan::{Clock, Timestamp};
use karute_ledger::{Access, Action, Commit, LedgerError, RetryPolicy};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a job may be held without a sign of life, in milliseconds.
const LEASE_MS: u64 = 60_000;
/// Days that the rounds ask for: what a pharmacy did within the week (digest 9.4).
const DAYS: i64 = 7;

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
    let reached = reached.ok_or_else(|| later("電子処方箋の接続が設定されていません。".to_owned()))?;
    let attempt = Attempt { number: work.attempt, most: work.attempts };
    match reached.jobs.run(&work.access, kind, &work.payload, attempt).await {
        Ok(commit) => Ok(Done { commit, result: None }),
        Err(failure) => Err(Failure { message: failure.message, permanent: failure.permanent }),
    }
}

/// Asks for states and results at every institution that uses the service, again and again.
pub struct Rounds {
    /// The connector.
    pub office: Arc<Office>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Between two rounds.
    pub every: Duration,
}

impl Rounds {
    /// Does rounds until `stop` becomes true.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        rounds::again("electronic prescriptions", self.every, stop, || Box::pin(self.once())).await;
    }

    /// One round; answers at how many institutions it asked. While the last one's question is still unanswered, another
    /// is not put.
    ///
    /// # Errors
    /// When the institutions cannot be listed.
    pub async fn once(&self) -> Result<usize, LedgerError> {
        rounds::each(self.office.ledger(), |access| Box::pin(async move { self.ask(&access).await })).await
    }

    async fn ask(&self, access: &Access) -> Result<bool, LedgerError> {
        if connection(access).await?.is_none() {
            return Ok(false);
        }
        // A list that does not come is no reason not to ask for results.
        if let Err(error) = self.office.fetch_lists(access).await {
            tracing::warn!(%error, "revocation lists");
        }
        let today = self.clock.now().day_in_japan();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("電子処方箋: 調剤結果の問い合わせ".to_owned());
        commit.jobs.push(results_job(today.saturating_sub(DAYS.days()), today));
        // Drugs of today that were changed without the visit being confirmed again.
        if registers_in_house(access).await? {
            let reader = access.reader(Action::Read);
            let morning = Timestamp::in_japan(today, 0, 0, 0);
            let known = read_since(&reader, morning).await?;
            let known = reader.release(known).await?;
            let in_house = known.iter().filter(|kept| kept.is_in_house());
            commit.jobs.extend(in_house.map(|kept| in_house_job(&kept.patient, &kept.visit, self.clock.now())));
        }
        access.commit(commit).await?;
        Ok(true)
    }
}
