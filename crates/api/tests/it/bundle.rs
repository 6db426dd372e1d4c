//! batch and transaction.
use crate::support::{Reply, Server, observation, on_both, patient};
use serde_json::{Value, json};

fn request(method: &str, url: &str) -> Value {
    json!({ "method": method, "url": url })
}

#[allow(clippy::needless_pass_by_value)] // Reads like the Bundle it makes.
fn entry(full_url: &str, resource: &str, request: Value) -> Value {
    json!({ "fullUrl": full_url, "resource": serde_json::from_str::<Value>(resource).unwrap(), "request": request })
}

fn without_id(resource: &str) -> String {
    let mut value: Value = serde_json::from_str(resource).unwrap();
    value.as_object_mut().unwrap().remove("id");
    value.to_string()
}

async fn send(s: &Server, kind: &str, entries: Vec<Value>) -> Reply {
    s.post("/fhir", json!({ "resourceType": "Bundle", "type": kind, "entry": entries }).to_string()).await
}

fn statuses(reply: &Reply) -> Vec<String> {
    let bundle = reply.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|e| e["response"]["status"].as_str().unwrap().to_owned()).collect()
}

/// `Type/id` of an entry's location.
fn made(reply: &Reply, index: usize) -> String {
    let location = reply.json()["entry"][index]["response"]["location"].as_str().unwrap().to_owned();
    location.trim_start_matches("https://karute.example/fhir/").split("/_history").next().unwrap().to_owned()
}

async fn references_between_entries_are_rewritten(s: &Server) {
    let observed = observation("x", "72.50").replace("Patient/x", "urn:uuid:0b1f0001-0000-4000-8000-000000000001");
    let done = send(
        s,
        "transaction",
        vec![
            entry("urn:uuid:0b1f0001-0000-4000-8000-000000000002", &observed, request("POST", "Observation")),
            entry(
                "urn:uuid:0b1f0001-0000-4000-8000-000000000001",
                &without_id(&patient("x")),
                request("POST", "Patient"),
            ),
        ],
    )
    .await
    .expect(200);
    assert_eq!(done.json()["type"], "transaction-response");
    assert_eq!(statuses(&done), ["201", "201"]);
    let stored = s.get(&format!("/fhir/{}", made(&done, 0))).await.expect(200).json();
    assert_eq!(stored["subject"]["reference"], made(&done, 1));
    assert!(done.json()["entry"][0]["response"]["lastModified"].is_string());
}

async fn numbers_keep_their_spelling_in_a_transaction(s: &Server) {
    let body = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"resource":{},"request":{{"method":"PUT","url":"Observation/o"}}}}]}}"#,
        observation("x", "1.00E-2").replacen('{', r#"{"id":"o","#, 1)
    );
    s.post("/fhir", body).await.expect(200);
    assert!(s.get("/fhir/Observation/o").await.expect(200).text().contains(r#""value":1.00E-2,"#));
}

async fn the_senders_own_ids_are_followed_too(s: &Server) {
    let done = send(
        s,
        "transaction",
        vec![
            entry("http://elsewhere.example/fhir/Patient/x", &patient("x"), request("POST", "Patient")),
            entry(
                "http://elsewhere.example/fhir/Observation/y",
                &observation("x", "1"),
                request("POST", "Observation"),
            ),
        ],
    )
    .await
    .expect(200);
    let stored = s.get(&format!("/fhir/{}", made(&done, 1))).await.expect(200).json();
    assert_eq!(stored["subject"]["reference"], made(&done, 0));
}

async fn a_transaction_is_all_or_nothing(s: &Server) {
    s.patient("p").await;
    let mut stale = request("PUT", "Patient/p");
    stale["ifMatch"] = json!("W/\"9\"");
    let new =
        entry("urn:uuid:0b1f0001-0000-4000-8000-000000000001", &without_id(&patient("x")), request("POST", "Patient"));
    send(s, "transaction", vec![new.clone(), entry("http://x.example/Patient/p", &patient("p"), stale)])
        .await
        .expect(412);
    let invalid = r#"{"resourceType":"Patient","gender":"nonsense"}"#;
    let refused = send(
        s,
        "transaction",
        vec![new.clone(), entry("urn:uuid:0b1f0001-0000-4000-8000-000000000002", invalid, request("POST", "Patient"))],
    )
    .await
    .expect(422);
    assert!(refused.json()["issue"][0]["expression"][0].as_str().unwrap().contains("entry[1]"), "{}", refused.text());
    assert_eq!(s.get("/fhir/Patient?_summary=count").await.json()["total"], 1);
}

async fn entries_are_carried_out_in_the_order_of_the_specification(s: &Server) {
    s.patient("gone").await;
    s.patient("kept").await;
    let done = send(
        s,
        "transaction",
        vec![
            json!({ "request": request("GET", "Patient/kept") }),
            json!({ "request": request("GET", "Patient/gone") }),
            entry(
                "http://x.example/Patient/kept",
                &patient("kept").replace("1980", "1999"),
                request("PUT", "Patient/kept"),
            ),
            json!({ "request": request("DELETE", "Patient/gone") }),
            json!({ "request": request("GET", "Patient?birthdate=1999-04-01") }),
        ],
    )
    .await
    .expect(200);
    assert_eq!(statuses(&done), ["200", "410", "200", "204", "200"]);
    assert_eq!(done.json()["entry"][0]["resource"]["birthDate"], "1999-04-01");
    assert_eq!(done.json()["entry"][4]["resource"]["entry"][0]["resource"]["id"], "kept");
}

async fn the_same_resource_twice_is_refused(s: &Server) {
    s.patient("p").await;
    let put = |year: &str| {
        entry("http://x.example/Patient/p", &patient("p").replace("1980", year), request("PUT", "Patient/p"))
    };
    let (mut one, two) = (put("1981"), put("1982"));
    one["fullUrl"] = json!("http://y.example/Patient/p");
    send(s, "transaction", vec![one, two]).await.refused(400, "duplicate");
    send(s, "transaction", vec![put("1981"), json!({ "request": request("DELETE", "Patient/p") })])
        .await
        .refused(400, "duplicate");
    assert_eq!(s.get("/fhir/Patient/p").await.header("etag"), "W/\"1\"");
}

async fn conditions_inside_a_transaction_are_resolved(s: &Server) {
    s.patient("p").await;
    let by_search = observation("x", "1").replace("Patient/x", "Patient?identifier=urn:test|p");
    let mut exists = request("POST", "Patient");
    exists["ifNoneExist"] = json!("identifier=urn:test|p");
    let pointing = observation("x", "2").replace("Patient/x", "urn:uuid:0b1f0001-0000-4000-8000-000000000001");
    let done = send(
        s,
        "transaction",
        vec![
            entry("urn:uuid:0b1f0001-0000-4000-8000-000000000001", &without_id(&patient("x")), exists),
            entry("urn:uuid:0b1f0001-0000-4000-8000-000000000002", &by_search, request("POST", "Observation")),
            entry("urn:uuid:0b1f0001-0000-4000-8000-000000000003", &pointing, request("POST", "Observation")),
            entry(
                "urn:uuid:0b1f0001-0000-4000-8000-000000000004",
                &without_id(&patient("q")),
                request("PUT", "Patient?identifier=urn:test|q"),
            ),
            json!({ "request": request("DELETE", "Patient?identifier=urn:test|nobody") }),
        ],
    )
    .await
    .expect(200);
    assert_eq!(statuses(&done), ["200", "201", "201", "201", "204"]);
    for index in [1, 2] {
        let stored = s.get(&format!("/fhir/{}", made(&done, index))).await.json();
        assert_eq!(stored["subject"]["reference"], "Patient/p");
    }
}

async fn references_that_lead_nowhere_are_refused(s: &Server) {
    for (reference, status) in [
        ("urn:uuid:0b1f0001-0000-4000-8000-00000000dead", 400),
        ("Patient?identifier=urn:test|nobody", 412),
        ("Patient?nonsense=1", 400),
    ] {
        let observed = observation("x", "1").replace("Patient/x", reference);
        let observed =
            entry("urn:uuid:0b1f0001-0000-4000-8000-000000000001", &observed, request("POST", "Observation"));
        send(s, "transaction", vec![observed]).await.expect(status);
    }
    // A document may arrive before the patient it speaks of.
    s.post("/fhir/Observation", observation("later", "1")).await.expect(201);
}

async fn a_patch_travels_in_a_binary(s: &Server) {
    s.patient("p").await;
    let data = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0=";
    let binary = format!(r#"{{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{data}"}}"#);
    for kind in ["transaction", "batch"] {
        let done = send(s, kind, vec![json!({ "resource": serde_json::from_str::<Value>(&binary).unwrap(), "request": request("PATCH", "Patient/p") })]).await.expect(200);
        assert_eq!(statuses(&done), ["200"], "{}", done.text());
    }
    assert_eq!(s.get("/fhir/Patient/p").await.json()["active"], true);
    assert_eq!(s.get("/fhir/Patient/p").await.header("etag"), "W/\"3\"");
}

async fn the_entries_of_a_batch_stand_for_themselves(s: &Server) {
    s.patient("p").await;
    let done = send(
        s,
        "batch",
        vec![
            entry(
                "urn:uuid:0b1f0001-0000-4000-8000-000000000001",
                &without_id(&patient("x")),
                request("POST", "Patient"),
            ),
            entry(
                "urn:uuid:0b1f0001-0000-4000-8000-000000000002",
                r#"{"resourceType":"Patient","gender":"nonsense"}"#,
                request("POST", "Patient"),
            ),
            json!({ "request": request("GET", "Patient/p") }),
            json!({ "request": request("GET", "Patient/nobody") }),
            json!({ "request": request("GET", "Nothing/x") }),
            json!({ "request": request("DELETE", "Patient/p") }),
            json!({}),
        ],
    )
    .await
    .expect(200);
    assert_eq!(done.json()["type"], "batch-response");
    let found = statuses(&done);
    assert_eq!(
        (&found[..2], &found[3..5], &found[6]),
        (&["201".to_owned(), "422".to_owned()][..], &["404".to_owned(), "400".to_owned()][..], &"400".to_owned())
    );
    assert_eq!(done.json()["entry"][1]["response"]["outcome"]["resourceType"], "OperationOutcome");
}

async fn representations_are_given_when_preferred(s: &Server) {
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [entry("urn:uuid:0b1f0001-0000-4000-8000-000000000001", &without_id(&patient("x")), request("POST", "Patient"))] });
    let done = s
        .ask("POST", "/fhir")
        .header("prefer", "return=representation")
        .fhir(bundle.to_string())
        .send()
        .await
        .expect(200);
    assert_eq!(done.json()["entry"][0]["resource"]["gender"], "female");
}

async fn other_bundles_and_too_many_entries_are_refused(s: &Server) {
    send(s, "searchset", vec![]).await.refused(400, "not-supported");
    s.post("/fhir", patient("x")).await.refused(400, "invalid");
    s.post("/fhir", r#"{"resourceType":"Bundle"}"#).await.refused(400, "invalid");
    s.post("/fhir/", r#"{"resourceType":"Bundle","type":"batch","entry":7}"#).await.refused(400, "invalid");
    let many = vec![json!({ "request": request("GET", "Patient/p") }); 1001];
    send(s, "batch", many.clone()).await.refused(413, "too-costly");
    send(s, "transaction", many).await.refused(413, "too-costly");
    let none = s.post("/fhir", r#"{"resourceType":"Bundle","type":"transaction"}"#).await.expect(200);
    assert_eq!(statuses(&none), Vec::<String>::new());
}

async fn transactions_that_race_for_one_identity_make_it_once(s: &Server) {
    let mut once = request("POST", "Patient");
    once["ifNoneExist"] = json!("identifier=urn:test|race");
    let body = without_id(&patient("race"));
    let all = (0..8).map(|_| {
        send(s, "transaction", vec![entry("urn:uuid:0b1f0001-0000-4000-8000-000000000001", &body, once.clone())])
    });
    let replies = futures_util::future::join_all(all).await;
    assert!(replies.iter().all(|r| r.status == 200 || r.status == 409));
    assert_eq!(s.get("/fhir/Patient?identifier=urn:test|race").await.ids("match").len(), 1);
}

on_both!(
    references_between_entries_are_rewritten,
    numbers_keep_their_spelling_in_a_transaction,
    the_senders_own_ids_are_followed_too,
    a_transaction_is_all_or_nothing,
    entries_are_carried_out_in_the_order_of_the_specification,
    the_same_resource_twice_is_refused,
    conditions_inside_a_transaction_are_resolved,
    references_that_lead_nowhere_are_refused,
    a_patch_travels_in_a_binary,
    the_entries_of_a_batch_stand_for_themselves,
    representations_are_given_when_preferred,
    other_bundles_and_too_many_entries_are_refused,
    transactions_that_race_for_one_identity_make_it_once,
);
