//! create, read, vread, update, delete, history.
use crate::support::{Server, observation, on_both, patient};

async fn what_comes_in_goes_out_to_the_byte(s: &Server) {
    let body = r#"{ "resourceType" : "Observation", "status":"final","code":{"text":"\u4f53\u91cd \/ weight"},
        "valueQuantity":{"value":72.50,"unit":"kg"},"_effectiveDateTime":{"extension":[{"url":"http://example.org/x","valueDecimal":1.00E-2}]},
        "extension":[{"url":"http://example.org/y","valueString":"髙﨑"}] }"#;
    let made = s.post("/fhir/Observation", body).await.expect(201);
    let id = made.id();
    assert_eq!(made.header("location"), format!("https://karute.example/fhir/Observation/{id}/_history/1"));
    assert_eq!(made.header("etag"), "W/\"1\"");
    assert_eq!(made.header("last-modified"), "Sun, 22 Nov 2026 10:25:28 GMT");
    assert_eq!(made.header("content-type"), "application/fhir+json; charset=utf-8");
    assert_eq!(made.header("x-request-id"), "request-1");
    let meta = r#""meta":{"versionId":"1","lastUpdated":"2026-11-22T19:25:28.000+09:00"}"#;
    let want = format!(
        r#"{{"resourceType":"Observation","id":"{id}",{meta},"status":"final","code":{{"text":"\u4f53\u91cd \/ weight"}},"valueQuantity":{{"value":72.50,"unit":"kg"}},"_effectiveDateTime":{{"extension":[{{"url":"http://example.org/x","valueDecimal":1.00E-2}}]}},"extension":[{{"url":"http://example.org/y","valueString":"髙﨑"}}]}}"#
    );
    assert_eq!(made.text(), want);
    let read = s.get(&format!("/fhir/Observation/{id}")).await.expect(200);
    assert_eq!(read.text(), want);
    assert_eq!(read.header("content-location"), made.header("location"));
    assert_eq!(s.get(&format!("/fhir/Observation/{id}/_history/1")).await.expect(200).text(), want);
    let head = s.ask("HEAD", &format!("/fhir/Observation/{id}")).send().await.expect(200);
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("etag"), "W/\"1\"");
}

async fn versions_follow_each_other_and_all_stay_readable(s: &Server) {
    s.patient("p").await;
    let changed = patient("p").replace("1980", "1981");
    let second = s.put("/fhir/Patient/p", changed.clone()).await.expect(200);
    assert_eq!(second.header("etag"), "W/\"2\"");
    s.ask("PUT", "/fhir/Patient/p")
        .header("if-match", "W/\"1\"")
        .fhir(changed.clone())
        .send()
        .await
        .refused(412, "conflict");
    s.ask("PUT", "/fhir/Patient/p").header("if-match", "W/\"2\"").fhir(patient("p")).send().await.expect(200);
    assert!(s.get("/fhir/Patient/p/_history/2").await.expect(200).text().contains("1981-04-01"));
    s.ask("DELETE", "/fhir/Patient/p").send().await.expect(204);
    s.ask("DELETE", "/fhir/Patient/p").send().await.expect(204);
    s.get("/fhir/Patient/p").await.refused(410, "deleted");
    s.get("/fhir/Patient/p/_history/4").await.refused(410, "deleted");
    s.get("/fhir/Patient/p/_history/5").await.refused(404, "not-found");
    assert!(s.get("/fhir/Patient/p/_history/1").await.expect(200).text().contains("1980-04-01"));
    let back = s.put("/fhir/Patient/p", patient("p")).await;
    assert!(back.status.is_success());
    assert_eq!(back.header("etag"), "W/\"5\"");
}

async fn history_is_newest_first_in_pages(s: &Server) {
    for _ in 0..5 {
        assert!(s.put("/fhir/Patient/p", patient("p")).await.status.is_success());
        s.clock.advance_ms(1000);
    }
    s.ask("DELETE", "/fhir/Patient/p").send().await.expect(204);
    s.post("/fhir/Observation", observation("p", "1")).await.expect(201);
    let mut seen = Vec::new();
    let mut next = Some("/fhir/Patient/p/_history?_count=4".to_owned());
    while let Some(address) = next {
        let page = s.get(&address).await.expect(200);
        let bundle = page.json();
        assert_eq!(bundle["type"], "history");
        for entry in bundle["entry"].as_array().unwrap() {
            seen.push((
                entry["response"]["etag"].as_str().unwrap().to_owned(),
                entry["request"]["method"].as_str().unwrap().to_owned(),
            ));
            assert_eq!(entry["resource"].is_object(), entry["request"]["method"] != "DELETE");
        }
        next = page.link("next");
    }
    let want: Vec<(String, String)> =
        (1..=6).rev().map(|v| (format!("W/\"{v}\""), if v == 6 { "DELETE" } else { "PUT" }.to_owned())).collect();
    assert_eq!(seen, want);
    let since = s.get("/fhir/Patient/p/_history?_since=2026-11-22T19:25:31%2B09:00").await.expect(200).json();
    assert_eq!(since["entry"].as_array().unwrap().len(), 3, "{since}");
    assert_eq!(s.get("/fhir/Patient/_history").await.expect(200).json()["entry"].as_array().unwrap().len(), 6);
    assert_eq!(s.get("/fhir/_history").await.expect(200).json()["entry"].as_array().unwrap().len(), 7);
    s.get("/fhir/Patient/nobody/_history").await.refused(404, "not-found");
    s.get("/fhir/Patient/p/_history?_count=0").await.refused(400, "invalid");
    s.get("/fhir/Patient/p/_history?_at=2026").await.refused(400, "not-supported");
}

async fn an_answer_is_as_long_as_the_caller_prefers(s: &Server) {
    let ask = |prefer: &str| s.ask("POST", "/fhir/Patient").header("prefer", prefer).fhir(patient("x"));
    let minimal = ask("return=minimal").send().await.expect(201);
    assert!(minimal.bytes.is_empty() && !minimal.header("location").is_empty());
    let outcome = ask("return=OperationOutcome").send().await.expect(201);
    assert_eq!(outcome.json()["resourceType"], "OperationOutcome");
    let whole = ask("return=representation").send().await.expect(201);
    assert_eq!(whole.json()["resourceType"], "Patient");
    // The id of the sender is not the one of the resource.
    assert_ne!(whole.id(), "x");
}

async fn a_read_is_answered_with_304_when_nothing_changed(s: &Server) {
    s.patient("p").await;
    let same = s.ask("GET", "/fhir/Patient/p").header("if-none-match", "W/\"1\"").send().await.expect(304);
    assert!(same.bytes.is_empty());
    s.ask("GET", "/fhir/Patient/p").header("if-none-match", "W/\"9\"").send().await.expect(200);
    let date = "Sun, 22 Nov 2026 10:25:28 GMT";
    s.ask("GET", "/fhir/Patient/p").header("if-modified-since", date).send().await.expect(304);
}

async fn writes_that_contradict_themselves_are_refused(s: &Server) {
    s.patient("p").await;
    s.put("/fhir/Patient/q", patient("p")).await.refused(400, "invalid");
    s.put("/fhir/Patient/q", r#"{"resourceType":"Patient"}"#).await.refused(400, "invalid");
    s.put("/fhir/Observation/p", patient("p")).await.refused(400, "invalid");
    s.post("/fhir/Patient", r#"{"id":"x"}"#).await.refused(400, "invalid");
    s.post("/fhir/Patient", "[1]").await.refused(400, "structure");
    s.ask("PUT", "/fhir/Patient/p")
        .header("if-none-match", "*")
        .fhir(patient("p"))
        .send()
        .await
        .refused(412, "duplicate");
    s.ask("PUT", "/fhir/Patient/n").header("if-match", "W/\"1\"").fhir(patient("n")).send().await.expect(412);
    s.ask("PUT", "/fhir/Patient/p").header("if-match", "3").fhir(patient("p")).send().await.refused(400, "invalid");
    s.ask("DELETE", "/fhir/Patient/nobody").send().await.refused(404, "not-found");
    s.ask("DELETE", "/fhir/Patient/p").header("if-match", "W/\"7\"").send().await.refused(412, "conflict");
    let invalid = r#"{"resourceType":"Observation","status":"nonsense","surprise":1}"#;
    let outcome = s.post("/fhir/Observation", invalid).await.expect(422).json();
    let issues = outcome["issue"].as_array().unwrap();
    assert!(issues.len() >= 3, "{outcome}");
    assert!(
        issues.iter().all(|i| i["expression"][0].as_str().is_some_and(|e| e.starts_with("Observation"))),
        "{outcome}"
    );
}

on_both!(
    what_comes_in_goes_out_to_the_byte,
    versions_follow_each_other_and_all_stay_readable,
    history_is_newest_first_in_pages,
    an_answer_is_as_long_as_the_caller_prefers,
    a_read_is_answered_with_304_when_nothing_changed,
    writes_that_contradict_themselves_are_refused,
);
