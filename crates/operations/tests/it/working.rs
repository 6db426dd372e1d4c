use crate::stage::Stage;
use karute_ledger::{Action, Commit, Doc, JobState, RetryPolicy};
use karute_operations::worker::{Done, Failure, Handler, Run, Tally, Work, Worker};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running worker, and how to stop it.
struct Hired {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    tally: Arc<Tally>,
}

impl Hired {
    async fn stop(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_mins(1), self.task).await.unwrap().unwrap();
    }
}

fn hire(stage: &Stage, grace: Duration, run: Run) -> Hired {
    let tally = Arc::new(Tally::default());
    let handler = Handler { kind: "test.job", lease_ms: 60_000, retry: RetryPolicy { base_ms: 0, max_ms: 0 }, run };
    let worker = Worker {
        ledger: stage.ledger.clone(),
        name: "w1".into(),
        handlers: vec![handler],
        parallel: 2,
        tally: Arc::clone(&tally),
        grace,
    };
    let (stop, stopped) = watch::channel(false);
    Hired { stop, task: tokio::spawn(worker.run(stopped)), tally }
}

/// Leaves one document for each job.
fn leave(work: &Work) -> Done {
    let mut commit = Commit::new(Action::Job);
    commit.docs =
        vec![Doc::Insert { space: "test.effect", key: work.key.clone(), value: work.payload.clone(), expires: None }];
    Done { commit, result: Some("{\"ok\":true}".into()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_carried_out_and_what_they_leave_is_written_once() {
    let stage = Stage::new().await;
    for n in 0..5 {
        stage.enqueue(&format!("k{n}")).await;
    }
    let hired = hire(&stage, Duration::from_secs(10), Arc::new(|work| Box::pin(async move { Ok(leave(&work)) })));
    stage.enqueue("later").await;
    let jobs = stage.until("all done", |jobs| jobs.iter().all(|j| j.state == JobState::Done) && jobs.len() == 6).await;
    assert!(jobs.iter().all(|j| j.attempts == 1 && j.result.as_deref() == Some("{\"ok\":true}")));
    assert_eq!(stage.access.docs("test.effect", "", 100).await.unwrap().len(), 6);
    let tally = Arc::clone(&hired.tally);
    hired.stop().await;
    assert_eq!(tally.outcomes(), [("test.job", "done", 6)]);
    assert_eq!(tally.running(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_tried_again_and_then_waits_for_a_person() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let run: Run = Arc::new(|work| {
        Box::pin(async move { Err(Failure { message: format!("failure {}", work.attempt), permanent: false }) })
    });
    let hired = hire(&stage, Duration::from_secs(10), run);
    let jobs = stage.until("dead", |jobs| jobs[0].state == JobState::Dead).await;
    assert_eq!((jobs[0].attempts, jobs[0].last_error.as_deref()), (3, Some("failure 3")));
    let tally = Arc::clone(&hired.tally);
    hired.stop().await;
    assert_eq!(tally.outcomes(), [("test.job", "dead", 1), ("test.job", "retry", 2)]);
    assert_eq!(karute_operations::doctor::database(&stage.ledger).await.last().unwrap().check, "jobs");
    let said = karute_operations::doctor::database(&stage.ledger).await.last().unwrap().lines();
    assert!(said.contains("midori 1件"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hopeless_job_is_not_tried_again() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let run: Run = Arc::new(|_| Box::pin(async { Err(Failure { message: "no".into(), permanent: true }) }));
    let hired = hire(&stage, Duration::from_secs(10), run);
    let jobs = stage.until("dead", |jobs| jobs[0].state == JobState::Dead).await;
    assert_eq!(jobs[0].attempts, 1);
    hired.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_one_attempt_and_nothing_else() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let run: Run = Arc::new(|work| {
        Box::pin(async move {
            assert!(work.attempt > 1, "the first attempt panics");
            Ok(leave(&work))
        })
    });
    let hired = hire(&stage, Duration::from_secs(10), run);
    let jobs = stage.until("done", |jobs| jobs[0].state == JobState::Done).await;
    assert_eq!(jobs[0].attempts, 2);
    hired.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_worker_lets_a_job_finish_within_its_grace() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let begun = Arc::new(tokio::sync::Notify::new());
    let go_on = Arc::new(tokio::sync::Notify::new());
    let (b, g) = (Arc::clone(&begun), Arc::clone(&go_on));
    let run: Run = Arc::new(move |work| {
        let (b, g) = (Arc::clone(&b), Arc::clone(&g));
        Box::pin(async move {
            b.notify_one();
            g.notified().await;
            Ok(leave(&work))
        })
    });
    let hired = hire(&stage, Duration::from_mins(1), run);
    begun.notified().await;
    hired.stop.send(true).unwrap();
    go_on.notify_one();
    hired.task.await.unwrap();
    assert_eq!(stage.jobs().await[0].state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_end_is_handed_back_unharmed() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let begun = Arc::new(tokio::sync::Notify::new());
    let b = Arc::clone(&begun);
    let run: Run = Arc::new(move |_| {
        let b = Arc::clone(&b);
        Box::pin(async move {
            b.notify_one();
            std::future::pending().await
        })
    });
    let hired = hire(&stage, Duration::from_millis(10), run);
    begun.notified().await;
    let tally = Arc::clone(&hired.tally);
    hired.stop().await;
    let jobs = stage.jobs().await;
    assert_eq!((jobs[0].state, jobs[0].attempts), (JobState::Ready, 0), "the attempt is not counted");
    assert_eq!(tally.outcomes(), [("test.job", "returned", 1)]);

    let tries = Arc::new(AtomicU32::new(0));
    let t = Arc::clone(&tries);
    let run: Run = Arc::new(move |work| {
        t.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(leave(&work)) })
    });
    let next = hire(&stage, Duration::from_secs(10), run);
    stage.until("done by the next", |jobs| jobs[0].state == JobState::Done).await;
    next.stop().await;
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}
