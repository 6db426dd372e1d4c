//! The product's own API.
use crate::support::{Server, observation, on_both};
use karute_ledger::{Action, Commit, NewJob, RetryPolicy};

async fn the_summary_of_a_patient_is_given_as_json(s: &Server) {
    s.patient("p").await;
    s.post("/fhir/Observation", observation("p", "61.5")).await.expect(201);
    let summary = s.get("/api/v1/patients/p/summary").await.expect(200);
    assert_eq!(summary.header("content-type"), "application/json; charset=utf-8");
    let summary = summary.json();
    assert_eq!(summary["patient"]["id"], "p");
    assert_eq!(summary["patient"]["birth_date"], "1980-04-01");
    assert_eq!(summary["allergy"]["state"], "unconfirmed");
    s.get("/api/v1/patients/nobody/summary").await.refused(404, "not-found");
}

/// A job that gave up.
async fn dead(s: &Server, key: &str) -> String {
    let kind = format!("test.{}", s.tenant.0);
    let job = NewJob {
        kind: kind.clone(),
        key: key.to_owned(),
        lane: None,
        payload: "{}".to_owned(),
        run_at: None,
        max_attempts: 1,
    };
    s.system(s.tenant).commit(Commit { jobs: vec![job], ..Commit::new(Action::Job) }).await.unwrap();
    let jobs = s.ledger.jobs("test-worker");
    for claimed in jobs.claim(&[&kind], 10, 1_000).await.unwrap() {
        jobs.fail(claimed, "相手が応答しません", true, RetryPolicy::default()).await.unwrap();
    }
    let list = s.get("/api/v1/outgoing?state=stuck").await.expect(200).json();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn stuck_jobs_are_listed_retried_and_given_up(s: &Server) {
    let id = dead(s, "a").await;
    let list = s.get("/api/v1/outgoing?state=stuck").await.expect(200).json();
    assert_eq!(list["items"][0]["last_error"], "相手が応答しません");
    assert!(list["items"][0]["payload"].is_null());
    let other = s.ask("GET", "/api/v1/outgoing?state=stuck").token(&s.other_token).send().await.expect(200).json();
    assert_eq!(other["items"], serde_json::json!([]));
    let foreign = s.ask("POST", &format!("/api/v1/outgoing/{id}/retry")).token(&s.other_token).send().await;
    foreign.refused(404, "not-found");
    let retried = s.ask("POST", &format!("/api/v1/outgoing/{id}/retry")).send().await.expect(200).json();
    assert_eq!(retried["state"], "ready");
    let second = dead(s, "b").await;
    let discard = |body: &'static str| {
        s.ask("POST", &format!("/api/v1/outgoing/{second}/discard"))
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    discard(r#"{"reason":" "}"#).await.refused(400, "invalid");
    discard("{").await.refused(400, "structure");
    assert_eq!(discard(r#"{"reason":"電話で伝えた"}"#).await.expect(200).json()["state"], "discarded");
    s.ask("POST", "/api/v1/outgoing/999999/retry").send().await.refused(404, "not-found");
    s.ask("POST", "/api/v1/outgoing/x/retry").send().await.refused(404, "not-found");
}

async fn a_write_with_a_key_is_done_once(s: &Server) {
    let id = dead(s, "a").await;
    let path = format!("/api/v1/outgoing/{id}/retry");
    let ask = |key: &str| s.ask("POST", &path).header("idempotency-key", key).send();
    let first = ask("k1").await.expect(200);
    let again = ask("k1").await.expect(200);
    assert_eq!(first.text(), again.text());
    let discard = s.ask("POST", &format!("/api/v1/outgoing/{id}/discard")).header("idempotency-key", "k1");
    let discard = discard.header("content-type", "application/json").body(r#"{"reason":"x"}"#).send().await;
    discard.refused(422, "business-rule");
    // A refusal is not kept: the same key may be tried again.
    let missing =
        |key: &'static str| s.ask("POST", "/api/v1/outgoing/999999/retry").header("idempotency-key", key).send();
    missing("k2").await.refused(404, "not-found");
    missing("k2").await.refused(404, "not-found");
    let long = "k".repeat(201);
    ask(&long).await.refused(400, "invalid");
    s.clock.advance_ms(25 * 3_600_000);
    let late = ask("k1").await;
    assert!(late.status != 422 && late.status.as_u16() < 500);
}

on_both!(
    the_summary_of_a_patient_is_given_as_json,
    stuck_jobs_are_listed_retried_and_given_up,
    a_write_with_a_key_is_done_once,
);
