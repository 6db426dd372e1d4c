//! Bulk export.
use crate::support::{Reply, Server, observation, on_both};

async fn ask(s: &Server, address: &str, token: &str) -> Reply {
    s.ask("GET", address).token(token).header("prefer", "respond-async").send().await
}

/// Does the worker's part.
async fn work(s: &Server) {
    let jobs = s.ledger.jobs("test-worker");
    let claimed = jobs.claim(&[karute_api::export::KIND], 10, 60_000).await.unwrap();
    for job in claimed {
        let done = karute_api::export::run(&s.state, job.tenant, &job.job.key, &job.job.payload).await.unwrap();
        let access = s.system(job.tenant);
        jobs.complete(job, &access, done.commit, Some(done.result)).await.unwrap();
    }
}

async fn an_export_is_ordered_carried_out_and_fetched(s: &Server) {
    s.patient("p").await;
    s.patient("q").await;
    let first = s.post("/fhir/Observation", observation("p", "72.50")).await.expect(201);
    s.put("/fhir/Organization/o", r#"{"resourceType":"Organization","id":"o","name":"医院"}"#).await.expect(201);
    let asked = ask(s, "/fhir/$export", &s.token).await.expect(202);
    let place = asked.header("content-location").to_owned();
    let waiting = s.get(&place).await.expect(202);
    assert!(!waiting.header("x-progress").is_empty() && !waiting.header("retry-after").is_empty());
    work(s).await;
    let manifest = s.get(&place).await.expect(200).json();
    assert_eq!(manifest["requiresAccessToken"], true);
    assert_eq!(manifest["request"], "https://karute.example/fhir/$export");
    let output = manifest["output"].as_array().unwrap();
    let types: Vec<&str> = output.iter().map(|o| o["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["Observation", "Organization", "Patient"]);
    let file = s.get(output[0]["url"].as_str().unwrap()).await.expect(200);
    assert_eq!(file.header("content-type"), "application/fhir+ndjson");
    assert_eq!(file.text(), format!("{}\n", first.text()));
    let patients = s.get(output[2]["url"].as_str().unwrap()).await.expect(200);
    assert_eq!((patients.text().lines().count(), &output[2]["count"]), (2, &serde_json::json!(2)));
    s.get(&format!("{place}/9")).await.refused(404, "not-found");
    s.ask("DELETE", &place).send().await.expect(202);
    s.get(&place).await.refused(404, "not-found");
    s.get(output[0]["url"].as_str().unwrap()).await.refused(404, "not-found");
}

async fn an_export_of_patients_leaves_the_rest_out(s: &Server) {
    s.patient("p").await;
    s.put("/fhir/Organization/o", r#"{"resourceType":"Organization","id":"o","name":"医院"}"#).await.expect(201);
    let place = ask(s, "/fhir/Patient/$export", &s.token).await.expect(202).header("content-location").to_owned();
    work(s).await;
    let manifest = s.get(&place).await.expect(200).json();
    let types: Vec<_> = manifest["output"].as_array().unwrap().iter().map(|o| o["type"].clone()).collect();
    assert_eq!(types, ["Patient"]);
    ask(s, "/fhir/Patient/$export?_type=Organization", &s.token).await.refused(400, "not-supported");
}

async fn an_export_holds_what_was_asked_for(s: &Server) {
    s.patient("old").await;
    s.clock.advance_ms(60_000);
    s.patient("new").await;
    s.post("/fhir/Observation", observation("new", "1")).await.expect(201);
    let address =
        "/fhir/$export?_type=Patient&_since=2026-11-22T19:26:00%2B09:00&_outputFormat=application/fhir%2Bndjson";
    let place = ask(s, address, &s.token).await.expect(202).header("content-location").to_owned();
    work(s).await;
    let manifest = s.get(&place).await.expect(200).json();
    assert_eq!(manifest["output"].as_array().unwrap().len(), 1);
    let file = s.get(manifest["output"][0]["url"].as_str().unwrap()).await.expect(200);
    assert_eq!(file.text().lines().count(), 1);
    assert!(file.text().contains(r#""id":"new""#));
}

async fn an_export_that_cannot_be_done_is_refused_at_once(s: &Server) {
    s.get("/fhir/$export").await.refused(400, "invalid");
    ask(s, "/fhir/$export?_outputFormat=text/csv", &s.token).await.refused(400, "not-supported");
    ask(s, "/fhir/$export?_type=Nothing", &s.token).await.refused(400, "invalid");
    ask(s, "/fhir/$export?_typeFilter=x", &s.token).await.refused(400, "not-supported");
}

async fn an_export_is_seen_by_nobody_else_and_holds_nothing_outside_the_scopes(s: &Server) {
    s.patient("p").await;
    s.post("/fhir/Observation", observation("p", "1")).await.expect(201);
    let narrow = s.new_token(s.tenant, "system/Patient.rs").await;
    ask(s, "/fhir/$export?_type=Observation", &narrow).await.refused(403, "forbidden");
    let place = ask(s, "/fhir/$export", &narrow).await.expect(202).header("content-location").to_owned();
    work(s).await;
    let manifest = s.ask("GET", &place).token(&narrow).send().await.expect(200).json();
    let types: Vec<_> = manifest["output"].as_array().unwrap().iter().map(|o| o["type"].clone()).collect();
    assert_eq!(types, ["Patient"]);
    for token in [&s.token, &s.other_token] {
        s.ask("GET", &place).token(token).send().await.refused(404, "not-found");
        s.ask("GET", &format!("{place}/0")).token(token).send().await.refused(404, "not-found");
        s.ask("DELETE", &place).token(token).send().await.refused(404, "not-found");
    }
}

on_both!(
    alone:
    an_export_is_ordered_carried_out_and_fetched,
    an_export_of_patients_leaves_the_rest_out,
    an_export_holds_what_was_asked_for,
    an_export_that_cannot_be_done_is_refused_at_once,
    an_export_is_seen_by_nobody_else_and_holds_nothing_outside_the_scopes,
);
