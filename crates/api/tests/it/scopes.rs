//! Scopes: what a token may not see, it does not learn of by any way.
use crate::support::{Server, observation, on_both, patient};

async fn a_token_does_what_its_scopes_say_and_nothing_else(s: &Server) {
    s.patient("p").await;
    let read_only = s.new_token(s.tenant, "system/Patient.rs").await;
    let ask = |method: &str, path: &str| s.ask(method, path).token(&read_only).fhir(patient("p"));
    ask("GET", "/fhir/Patient/p").send().await.expect(200);
    ask("GET", "/fhir/Patient?_id=p").send().await.expect(200);
    for (method, path) in [
        ("POST", "/fhir/Patient"),
        ("PUT", "/fhir/Patient/p"),
        ("PUT", "/fhir/Patient?identifier=urn:test|p"),
        ("DELETE", "/fhir/Patient/p"),
        ("DELETE", "/fhir/Patient?identifier=urn:test|p"),
        ("PATCH", "/fhir/Patient/p"),
        ("GET", "/fhir/Observation"),
        ("GET", "/fhir/Observation/x"),
        ("GET", "/fhir/Observation/x/_history"),
        ("GET", "/fhir/Observation/_history"),
        ("GET", "/fhir/_history"),
        ("GET", "/fhir/AuditEvent"),
        ("POST", "/fhir/Observation/$validate"),
        ("GET", "/api/v1/outgoing"),
        ("POST", "/api/v1/outgoing/1/retry"),
        ("GET", "/api/v1/patients/p/summary"),
    ] {
        ask(method, path).send().await.refused(403, "forbidden");
    }
    let create_only = s.new_token(s.tenant, "system/Patient.c").await;
    let made = s.ask("POST", "/fhir/Patient").token(&create_only).fhir(patient("x")).send().await.expect(201);
    s.ask("GET", &format!("/fhir/Patient/{}", made.id())).token(&create_only).send().await.refused(403, "forbidden");
    let conditional =
        s.ask("POST", "/fhir/Patient").token(&create_only).header("if-none-exist", "identifier=urn:test|p");
    conditional.fhir(patient("x")).send().await.refused(403, "forbidden");
}

async fn searches_do_not_reach_into_types_outside_the_scopes(s: &Server) {
    s.patient("p").await;
    s.post("/fhir/Observation", observation("p", "1")).await.expect(201);
    let token = s.new_token(s.tenant, "system/Observation.rs").await;
    let get = |path: &'static str| s.ask("GET", path).token(&token).send();
    get("/fhir/Observation?subject:Patient.name=x").await.refused(403, "forbidden");
    let found = get("/fhir/Observation?_include=Observation:subject").await.expect(200);
    assert_eq!((found.ids("match").len(), found.ids("include").len()), (1, 0));
    let found = get("/fhir/Observation?_include=*").await.expect(200);
    assert_eq!(found.ids("include").len(), 0);
    let patients = s.new_token(s.tenant, "system/Patient.rs").await;
    let get = |path: &'static str| s.ask("GET", path).token(&patients).send();
    get("/fhir/Patient?_has:Observation:patient:status=final").await.refused(403, "forbidden");
    assert_eq!(get("/fhir/Patient?_revinclude=Observation:subject").await.expect(200).ids("include").len(), 0);
    assert_eq!(get("/fhir/Patient/p/$everything").await.expect(200).ids("match"), ["p"]);
    assert!(get("/fhir/Patient/p/$everything?_type=Observation").await.expect(200).ids("match").is_empty());
}

async fn entries_of_bundles_need_their_own_scopes(s: &Server) {
    s.patient("p").await;
    let token = s.new_token(s.tenant, "system/Observation.cruds").await;
    let entry = |method: &str, url: &str| {
        format!(r#"{{"resource":{},"request":{{"method":"{method}","url":"{url}"}}}}"#, patient("p"))
    };
    for (method, url) in [
        ("POST", "Patient"),
        ("PUT", "Patient/p"),
        ("DELETE", "Patient/p"),
        ("GET", "Patient/p"),
        ("GET", "Patient?_id=p"),
    ] {
        let bundle =
            |kind: &str| format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#, entry(method, url));
        s.ask("POST", "/fhir").token(&token).fhir(bundle("transaction")).send().await.refused(403, "forbidden");
        let batch = s.ask("POST", "/fhir").token(&token).fhir(bundle("batch")).send().await.expect(200);
        assert_eq!(batch.json()["entry"][0]["response"]["status"], "403");
    }
    // A conditional reference asks about patients too.
    let observed = observation("x", "1").replace("Patient/x", "Patient?identifier=urn:test|p");
    let body = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"resource":{observed},"request":{{"method":"POST","url":"Observation"}}}}]}}"#
    );
    s.ask("POST", "/fhir").token(&token).fhir(body).send().await.refused(403, "forbidden");
}

on_both!(
    a_token_does_what_its_scopes_say_and_nothing_else,
    searches_do_not_reach_into_types_outside_the_scopes,
    entries_of_bundles_need_their_own_scopes,
);
