//! A ledger to test on.
use karute_crypto::{MasterKey, SeededEntropy};
use karute_identity::system_actor;
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{
    Access, Action, Backend, Commit, JobFilter, JobView, Ledger, LedgerConfig, NewJob, NewTenant, Origin, Tenant,
    migrate,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) struct Stage {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: Tenant,
    pub(crate) access: Access,
    pub(crate) dir: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn new() -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-24T09:00:00+09:00").unwrap()));
        let config = LedgerConfig {
            backend: Backend::Sqlite { dir: dir.path().join("data") },
            key: MasterKey::from_bytes([7; 32]),
            clock: clock.clone() as Arc<dyn Clock>,
            entropy: Arc::new(SeededEntropy::new(1)),
            checkpoint_dir: Some(dir.path().join("checkpoints")),
            checkpoint_every: 1_000_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, None).await.unwrap();
        let ledger = Ledger::open(config).await.unwrap();
        let new =
            NewTenant {
                name: "midori".into(), display_name: "みどり".into(), institution_code: "1319900010".into()
            };
        let tenant = ledger.create_tenant(new).await.unwrap();
        let access = ledger.access(tenant.id, system_actor("test", Origin::default()));
        Stage { ledger, clock, tenant, access, dir }
    }

    pub(crate) async fn enqueue(&self, key: &str) {
        let mut commit = Commit::new(Action::Administer);
        commit.jobs = vec![NewJob {
            kind: "test.job".into(),
            key: key.into(),
            lane: None,
            payload: format!("{{\"key\":\"{key}\"}}"),
            run_at: None,
            max_attempts: 3,
        }];
        self.access.commit(commit).await.unwrap();
    }

    pub(crate) async fn jobs(&self) -> Vec<JobView> {
        self.access.jobs(JobFilter { limit: 100, ..JobFilter::default() }).await.unwrap()
    }

    /// Waits until the jobs are as wanted.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&[JobView]) -> bool) -> Vec<JobView> {
        let began = Instant::now();
        loop {
            let jobs = self.jobs().await;
            if wanted(&jobs) {
                return jobs;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "never {what}: {jobs:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
