//! Outgoing jobs: no job lost, no effect doubled, lanes in order, the dead visible. Time is moved by hand.
use crate::stage::{START, Stage, doctor, patient, put, system, tenant, text};
use karute_japan::Timestamp;
use karute_ledger::{
    Access, Action, AuditFilter, ClaimedJob, Commit, Expect, JobFilter, JobState, JobView, Jobs, Ledger, LedgerError,
    NewJob, RetryPolicy, TenantState,
};
use std::collections::{BTreeMap, BTreeSet};

const LEASE: u64 = 60_000;
const KIND: &str = "test.send";
const POLICY: RetryPolicy = RetryPolicy { base_ms: 1_000, max_ms: 60_000 };

fn job(key: &str, lane: Option<&str>) -> NewJob {
    NewJob {
        kind: KIND.into(),
        key: key.into(),
        lane: lane.map(Into::into),
        payload: format!(r#"{{"key":"{key}"}}"#),
        run_at: None,
        max_attempts: 3,
    }
}

async fn enqueue(access: &Access, jobs: Vec<NewJob>) {
    let mut commit = Commit::new(Action::Update);
    commit.jobs = jobs;
    access.commit(commit).await.unwrap();
}

async fn claim(jobs: &Jobs, max: u32) -> Vec<ClaimedJob> {
    jobs.claim(&[KIND], max, LEASE).await.unwrap()
}

fn keys(claimed: &[ClaimedJob]) -> Vec<&str> {
    claimed.iter().map(|c| c.job.key.as_str()).collect()
}

async fn all(access: &Access) -> Vec<JobView> {
    access.jobs(JobFilter::default()).await.unwrap()
}

async fn only(access: &Access) -> JobView {
    let mut jobs = all(access).await;
    assert_eq!(jobs.len(), 1);
    jobs.remove(0)
}

fn done() -> Commit {
    Commit::new(Action::Job)
}

async fn desk(stage: &Stage) -> (Ledger, Access, Jobs) {
    let (ledger, access) = stage.clinic().await;
    let jobs = ledger.jobs("worker");
    (ledger, access, jobs)
}

pub async fn a_job_is_there_when_its_commit_is_and_not_otherwise(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    let mut commit = Commit::new(Action::Create);
    commit.changes = vec![put("Patient", "p1", &patient("山田"), Expect::Present)];
    commit.jobs = vec![job("a", None)];
    assert!(access.commit(commit).await.is_err());
    assert!(all(&access).await.is_empty());
    assert!(claim(&jobs, 9).await.is_empty());

    let mut commit = Commit::new(Action::Create);
    commit.changes = vec![put("Patient", "p1", &patient("山田"), Expect::Absent)];
    commit.jobs = vec![job("a", None)];
    access.commit(commit).await.unwrap();
    let claimed = claim(&jobs, 9).await;
    assert_eq!(keys(&claimed), ["a"]);
    assert_eq!(claimed[0].tenant, access.tenant());
    assert_eq!(claimed[0].job.payload, r#"{"key":"a"}"#);
    assert_eq!(claimed[0].job.attempts, 1);
    assert!(claim(&jobs, 9).await.is_empty(), "it is in somebody's hands");
}

pub async fn completing_writes_result_and_changes_together(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let claimed = claim(&jobs, 1).await.remove(0);
    let mut commit = done();
    commit.changes = vec![put("Patient", "p1", &patient("結果"), Expect::Absent)];
    jobs.complete(claimed, &access, commit, Some(r#"{"ok":true}"#.into())).await.unwrap();
    assert!(text(&access, "Patient", "p1").await.unwrap().contains("結果"));
    let job = only(&access).await;
    assert_eq!((job.state, job.result.as_deref()), (JobState::Done, Some(r#"{"ok":true}"#)));
    assert!(claim(&jobs, 1).await.is_empty());
}

pub async fn a_completion_whose_commit_fails_leaves_the_job_running(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let claimed = claim(&jobs, 1).await.remove(0);
    let mut commit = done();
    commit.changes = vec![put("Patient", "p1", &patient("結果"), Expect::Present)];
    assert!(matches!(jobs.complete(claimed, &access, commit, None).await, Err(LedgerError::NotFound)));
    assert_eq!(only(&access).await.state, JobState::Running);
    stage.clock.advance_ms(60_000);
    assert_eq!(keys(&claim(&jobs, 1).await), ["a"]);
}

pub async fn a_worker_that_lost_its_lease_writes_nothing(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let slow = claim(&jobs, 1).await.remove(0);
    stage.clock.advance_ms(60_000);
    let other = ledger.jobs("other");
    let quick = claim(&other, 1).await.remove(0);
    assert_eq!(quick.job.attempts, 2);
    assert!(matches!(jobs.renew(&slow, LEASE).await, Err(LedgerError::NotFound)));
    let mut commit = done();
    commit.changes = vec![put("Patient", "p1", &patient("遅い"), Expect::Absent)];
    assert!(matches!(jobs.complete(slow, &access, commit, None).await, Err(LedgerError::NotFound)));
    assert_eq!(text(&access, "Patient", "p1").await, None);
    let mut commit = done();
    commit.changes = vec![put("Patient", "p1", &patient("速い"), Expect::Absent)];
    other.complete(quick, &access, commit, None).await.unwrap();
    assert!(text(&access, "Patient", "p1").await.unwrap().contains("速い"));
}

pub async fn the_same_worker_claiming_again_is_told_from_its_former_claim(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let former = claim(&jobs, 1).await.remove(0);
    stage.clock.advance_ms(60_000);
    let later = claim(&jobs, 1).await.remove(0);
    assert!(matches!(jobs.fail(former, "late", false, POLICY).await, Err(LedgerError::NotFound)));
    assert_eq!(only(&access).await.state, JobState::Running);
    jobs.complete(later, &access, done(), None).await.unwrap();
}

pub async fn a_renewed_lease_lasts_longer(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let claimed = claim(&jobs, 1).await.remove(0);
    stage.clock.advance_ms(59_000);
    jobs.renew(&claimed, LEASE).await.unwrap();
    stage.clock.advance_ms(59_000);
    assert!(claim(&ledger.jobs("other"), 1).await.is_empty());
    stage.clock.advance_ms(1_000);
    assert_eq!(claim(&ledger.jobs("other"), 1).await.len(), 1);
}

pub async fn failures_are_retried_later_and_later_and_then_park_the_job(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    for attempt in 1..=3_u32 {
        let claimed = claim(&jobs, 1).await.remove(0);
        assert_eq!(claimed.job.attempts, attempt);
        let state = jobs.fail(claimed, "応答なし", false, POLICY).await.unwrap();
        if attempt == 3 {
            assert_eq!(state, JobState::Dead);
            break;
        }
        assert_eq!(state, JobState::Ready);
        let base = 1_000 * (1 << (attempt - 1));
        stage.clock.advance_ms(base * 3 / 4 - 1);
        assert!(claim(&jobs, 1).await.is_empty(), "not before three quarters of the pause");
        stage.clock.advance_ms(base / 2 + 1);
    }
    let job = only(&access).await;
    assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("応答なし")));
    stage.clock.advance_ms(1_000_000_000);
    assert!(claim(&jobs, 1).await.is_empty());
    let dead = JobFilter { states: vec![JobState::Dead], ..JobFilter::default() };
    assert_eq!(access.jobs(dead).await.unwrap().len(), 1);
}

pub async fn a_permanent_failure_parks_at_once(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let claimed = claim(&jobs, 1).await.remove(0);
    assert_eq!(jobs.fail(claimed, "400", true, POLICY).await.unwrap(), JobState::Dead);
}

pub async fn a_dead_job_is_retried_or_discarded_by_a_person_and_that_is_on_record(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    let id = only(&access).await.id;
    assert!(matches!(access.retry_job(id).await, Err(LedgerError::NotFound)), "it is not dead");
    let claimed = claim(&jobs, 1).await.remove(0);
    jobs.fail(claimed, "x", true, POLICY).await.unwrap();
    access.retry_job(id).await.unwrap();
    let claimed = claim(&jobs, 1).await.remove(0);
    assert_eq!(claimed.job.attempts, 1, "counted from the beginning");
    assert!(matches!(access.discard_job(id, "送らない").await, Err(LedgerError::NotFound)), "somebody works on it");
    jobs.fail(claimed, "x", true, POLICY).await.unwrap();
    access.discard_job(id, "送らない").await.unwrap();
    assert_eq!(only(&access).await.state, JobState::Discarded);
    assert!(matches!(access.retry_job(id).await, Err(LedgerError::NotFound)));
    let events = access.audit_events(AuditFilter { limit: 20, ..AuditFilter::default() }).await.unwrap();
    for words in [format!("retry job {id}"), format!("discard job {id}: 送らない")] {
        assert_eq!(events.iter().filter(|e| e.body.contains(&words)).count(), 1, "{words}");
    }
}

pub async fn a_handed_back_job_is_ready_at_once_and_the_attempt_does_not_count(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    for _ in 0..5 {
        let claimed = claim(&jobs, 1).await.remove(0);
        assert_eq!(claimed.job.attempts, 1);
        jobs.hand_back(claimed).await.unwrap();
    }
    assert_eq!(claim(&ledger.jobs("other"), 1).await.len(), 1);
}

pub async fn a_job_whose_workers_always_vanish_is_parked(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    for _ in 0..3 {
        assert_eq!(claim(&jobs, 1).await.len(), 1);
        stage.clock.advance_ms(60_000);
    }
    assert!(claim(&jobs, 1).await.is_empty());
    let job = only(&access).await;
    assert_eq!(job.state, JobState::Dead);
    assert!(job.last_error.unwrap().contains("vanished"));
}

pub async fn jobs_of_a_lane_run_one_after_the_other(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a1", Some("a")), job("b1", Some("b")), job("a2", Some("a")), job("free", None)]).await;
    enqueue(&access, vec![job("a3", Some("a"))]).await;
    let mut first = claim(&jobs, 9).await;
    assert_eq!(keys(&first), ["a1", "b1", "free"]);
    assert!(claim(&ledger.jobs("other"), 9).await.is_empty());
    // A failure keeps the place.
    let a1 = first.remove(0);
    jobs.fail(a1, "x", false, POLICY).await.unwrap();
    assert!(claim(&jobs, 9).await.is_empty());
    stage.clock.advance_ms(2_000);
    let a1 = claim(&jobs, 9).await.remove(0);
    assert_eq!(a1.job.key, "a1");
    jobs.complete(a1, &access, done(), None).await.unwrap();
    let a2 = claim(&jobs, 9).await.remove(0);
    assert_eq!(a2.job.key, "a2");
    // The dead hold their lane until a person decides.
    let id = a2.job.id;
    jobs.fail(a2, "x", true, POLICY).await.unwrap();
    stage.clock.advance_ms(10_000);
    assert!(claim(&jobs, 9).await.is_empty());
    access.discard_job(id, "不要").await.unwrap();
    assert_eq!(keys(&claim(&jobs, 9).await), ["a3"]);
}

pub async fn enqueuing_an_unfinished_job_again_does_nothing(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None), job("a", None)]).await;
    enqueue(&access, vec![job("a", None)]).await;
    assert_eq!(all(&access).await.len(), 1);
    let claimed = claim(&jobs, 9).await.remove(0);
    enqueue(&access, vec![job("a", None)]).await;
    assert_eq!(all(&access).await.len(), 1, "running is unfinished");
    jobs.complete(claimed, &access, done(), None).await.unwrap();
    enqueue(&access, vec![job("a", None)]).await;
    assert_eq!(all(&access).await.len(), 2, "done is finished");
    let other = NewJob { kind: "test.other".into(), ..job("a", None) };
    enqueue(&access, vec![other]).await;
    assert_eq!(all(&access).await.len(), 3);
    assert_eq!(keys(&claim(&jobs, 9).await), ["a"], "other kinds are left to others");
}

pub async fn a_job_waits_for_its_time(stage: Stage) {
    let (_ledger, access, jobs) = desk(&stage).await;
    let start = Timestamp::parse(START).unwrap();
    enqueue(&access, vec![NewJob { run_at: Some(start.plus_ms(5_000)), ..job("later", None) }]).await;
    assert!(claim(&jobs, 9).await.is_empty());
    stage.clock.advance_ms(5_000);
    assert_eq!(keys(&claim(&jobs, 9).await), ["later"]);
}

pub async fn one_worker_serves_all_tenants_and_each_sees_its_own(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    let mut others = Vec::new();
    for name in ["ume", "matsu", "take"] {
        others.push(ledger.access(tenant(&ledger, name).await.id, doctor()));
    }
    for (i, other) in others.iter().enumerate() {
        // The same kind, key and lane in every tenant are different jobs.
        enqueue(other, vec![job("same", Some("lane")), job(&format!("n{i}"), None)]).await;
    }
    assert!(all(&access).await.is_empty());
    let claimed = claim(&jobs, 100).await;
    assert_eq!(claimed.len(), 6);
    let tenants: BTreeSet<_> = claimed.iter().map(|c| c.tenant).collect();
    assert_eq!(tenants.len(), 3);
    for claimed in claimed {
        let access = others.iter().find(|o| o.tenant() == claimed.tenant).unwrap();
        let wrong = others.iter().find(|o| o.tenant() != claimed.tenant).unwrap();
        assert!(wrong.jobs(JobFilter::default()).await.unwrap().len() == 2);
        jobs.complete(claimed, access, done(), None).await.unwrap();
    }
    for other in &others {
        assert!(all(other).await.iter().all(|j| j.state == JobState::Done));
    }
}

pub async fn a_job_cannot_be_completed_into_another_tenant(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    let other = ledger.access(tenant(&ledger, "ume").await.id, system());
    enqueue(&access, vec![job("a", None)]).await;
    let claimed = claim(&jobs, 1).await.remove(0);
    assert!(matches!(jobs.complete(claimed, &other, done(), None).await, Err(LedgerError::NotFound)));
    assert_eq!(only(&access).await.state, JobState::Running);
}

pub async fn small_claims_reach_every_tenant_in_turn(stage: Stage) {
    let (ledger, _access, jobs) = desk(&stage).await;
    for name in ["ume", "matsu", "take"] {
        let access = ledger.access(tenant(&ledger, name).await.id, doctor());
        enqueue(&access, (0..5).map(|i| job(&format!("j{i}"), None)).collect()).await;
    }
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for _ in 0..3 {
        for claimed in claim(&jobs, 1).await {
            *seen.entry(claimed.tenant.0).or_default() += 1;
        }
    }
    assert_eq!(seen.into_values().collect::<Vec<_>>(), [1, 1, 1]);
}

pub async fn nothing_of_a_suspended_tenant_is_sent(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None)]).await;
    ledger.set_tenant_state(access.tenant(), TenantState::Suspended).await.unwrap();
    assert!(claim(&jobs, 9).await.is_empty());
    ledger.set_tenant_state(access.tenant(), TenantState::Active).await.unwrap();
    assert_eq!(claim(&jobs, 9).await.len(), 1);
}

pub async fn jobs_survive_the_end_of_the_process(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    enqueue(&access, vec![job("a", None), job("b", None)]).await;
    let tenant = access.tenant();
    let claimed = claim(&jobs, 1).await;
    assert_eq!(keys(&claimed), ["a"]);
    drop((claimed, jobs, access));
    ledger.close().await;
    let ledger = Ledger::open(stage.config.clone()).await.unwrap();
    let jobs = ledger.jobs("worker");
    assert_eq!(keys(&claim(&jobs, 9).await), ["b"]);
    stage.clock.advance_ms(60_000);
    assert_eq!(keys(&claim(&jobs, 9).await), ["a", "b"]);
    assert_eq!(all(&ledger.access(tenant, doctor())).await.len(), 2);
}

pub async fn a_waiting_worker_is_woken_by_a_commit(stage: Stage) {
    let (ledger, access, jobs) = desk(&stage).await;
    assert!(claim(&jobs, 9).await.is_empty());
    let waiting = tokio::spawn({
        let jobs = jobs.clone();
        async move { jobs.wait(3_600_000).await }
    });
    enqueue(&access, vec![job("a", None)]).await;
    tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.unwrap().unwrap();
    assert_eq!(claim(&jobs, 9).await.len(), 1);
    // What came between claiming and waiting ends the wait at once.
    let other = ledger.jobs("other");
    assert!(claim(&other, 9).await.is_empty());
    enqueue(&access, vec![job("b", None)]).await;
    tokio::time::timeout(std::time::Duration::from_secs(20), other.wait(3_600_000)).await.unwrap();
}

/// The outside world: remembers effects by idempotency key, as a national service does.
#[derive(Default)]
struct Outside {
    effects: BTreeMap<String, u32>,
    calls: u32,
}

impl Outside {
    fn send(&mut self, kind: &str, key: &str) {
        self.calls += 1;
        self.effects.entry(format!("{kind} {key}")).or_insert(1);
    }
}

/// Where a worker dies.
#[derive(Clone, Copy, PartialEq)]
enum Death {
    AfterClaim,
    AfterEffect,
    DuringComplete,
    AfterComplete,
    AfterFail,
    Never,
}

pub async fn a_worker_killed_at_any_step_loses_no_job_and_doubles_no_effect(stage: Stage) {
    let (ledger, access, _) = desk(&stage).await;
    let deaths = [
        Death::AfterClaim,
        Death::AfterEffect,
        Death::DuringComplete,
        Death::AfterComplete,
        Death::AfterFail,
        Death::Never,
    ];
    let mut outside = Outside::default();
    let mut expected = BTreeSet::new();
    for (lane, _) in deaths.iter().enumerate() {
        for n in 0..4 {
            let key = format!("{lane}-{n}");
            expected.insert(format!("{KIND} {key}"));
            let mut new = job(&key, Some(&format!("lane{lane}")));
            new.max_attempts = 50;
            enqueue(&access, vec![new]).await;
        }
    }
    let mut order: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Each round is a fresh worker that dies at the next step of the list.
    for round in 0..200_usize {
        let death = deaths[round % deaths.len()];
        let jobs = ledger.jobs(&format!("worker{round}"));
        for claimed in claim(&jobs, 3).await {
            if death == Death::AfterClaim {
                break;
            }
            let (key, lane) = (claimed.job.key.clone(), claimed.job.lane.clone().unwrap());
            outside.send(KIND, &key);
            match death {
                Death::AfterEffect => break,
                Death::AfterFail => {
                    jobs.fail(claimed, "切断", false, POLICY).await.unwrap();
                    continue;
                }
                Death::DuringComplete => {
                    // The caller goes away while the commit is on its way; it may or may not happen.
                    let (jobs, access) = (jobs.clone(), access.clone());
                    let mut completing = Box::pin(async move { jobs.complete(claimed, &access, done(), None).await });
                    let _ = futures_util::poll!(completing.as_mut());
                    drop(completing);
                    break;
                }
                _ => {
                    jobs.complete(claimed, &access, done(), None).await.unwrap();
                    order.entry(lane).or_default().push(key);
                }
            }
            if death == Death::AfterComplete {
                break;
            }
        }
        stage.clock.advance_ms(61_000);
        if all(&access).await.iter().all(|j| j.state == JobState::Done) {
            break;
        }
    }
    let finished = all(&access).await;
    assert_eq!(finished.len(), expected.len());
    assert!(finished.iter().all(|j| j.state == JobState::Done), "no job lost");
    assert_eq!(outside.effects.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(outside.effects.values().all(|n| *n == 1), "no effect doubled");
    assert!(outside.calls as usize > expected.len(), "workers did die after their effect");
    for (lane, keys) in order {
        assert!(keys.is_sorted(), "{lane}: {keys:?}");
    }
}
