use crate::clinic::Clinic;
use karute_identity::Profession;
use karute_ledger::{Action, Commit, JobFilter, JobState, NewJob, RetryPolicy};

async fn dead_job(clinic: &Clinic, key: &str) -> u64 {
    let access = clinic.system(&clinic.tenant);
    let mut commit = Commit::new(Action::Job);
    commit.jobs.push(NewJob {
        kind: "fhir.export".to_owned(),
        key: key.to_owned(),
        lane: None,
        payload: "{\"patient\":\"渡邊 真弓\"}".to_owned(),
        run_at: None,
        max_attempts: 1,
    });
    access.commit(commit).await.unwrap();
    let jobs = clinic.ledger.jobs("worker-1");
    let claimed = jobs.claim(&["fhir.export"], 1, 60_000).await.unwrap().pop().unwrap();
    let id = claimed.job.id;
    let state = jobs.fail(claimed, "接続を拒否されました", true, RetryPolicy::default()).await.unwrap();
    assert_eq!(state, JobState::Dead);
    id
}

#[tokio::test]
async fn what_is_stuck_is_shown_without_its_contents_and_can_be_sent_again_or_given_up() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/outgoing").await.expect(200).holds(&["未送信はありません"]);
    let one = dead_job(&clinic, "a").await;
    let two = dead_job(&clinic, "b").await;
    clerk
        .get("/outgoing")
        .await
        .expect(200)
        .holds(&["データの書き出し", "止まっています", "接続を拒否されました"])
        .lacks(&["渡邊"]);
    clerk.post(&format!("/outgoing/{one}/retry"), &[]).await.expect(303);
    clerk.post(&format!("/outgoing/{two}/discard"), &[("reason", "相手先が廃止")]).await.expect(303);
    let access = clinic.system(&clinic.tenant);
    let jobs = access.jobs(JobFilter { limit: 10, ..JobFilter::default() }).await.unwrap();
    let state = |id: u64| jobs.iter().find(|j| j.id == id).unwrap().state;
    assert_eq!((state(one), state(two)), (JobState::Ready, JobState::Discarded));
    clerk.post("/outgoing/999/retry", &[]).await.expect(404);
    clerk.post("/outgoing/x/retry", &[]).await.expect(404);
}
