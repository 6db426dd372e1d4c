//! Two institutions: by no interaction, id, reference, search, include, history, transaction, link or export does one
//! learn of the other.
use crate::support::{Ask, Reply, Server, observation, on_both, patient};

/// What a stranger gets must be the same as for what never was.
fn same(stranger: &Reply, nobody: &Reply) {
    assert_eq!(stranger.status, nobody.status, "{}", stranger.text());
    assert_eq!(stranger.text(), nobody.text());
}

fn other<'s>(s: &'s Server, method: &str, path: &str) -> Ask<'s> {
    s.ask(method, path).token(&s.other_token)
}

async fn everything_of_another_institution_is_as_if_it_never_was(s: &Server) {
    s.patient("mine").await;
    let observed = s.post("/fhir/Observation", observation("mine", "1")).await.expect(201).id();
    let binary =
        s.ask("POST", "/fhir/Binary").header("content-type", "image/png").body("png").send().await.expect(201).id();
    for (kind, id) in [("Patient", "mine"), ("Observation", observed.as_str()), ("Binary", binary.as_str())] {
        let routes = [
            ("GET", "/fhir/{type}/{id}"),
            ("HEAD", "/fhir/{type}/{id}"),
            ("GET", "/fhir/{type}/{id}/_history/1"),
            ("GET", "/fhir/{type}/{id}/_history"),
            ("GET", "/fhir/{type}/{id}/$validate"),
            ("DELETE", "/fhir/{type}/{id}"),
            ("PATCH", "/fhir/{type}/{id}"),
        ];
        for (method, path) in routes {
            let ask = |id: &str| {
                let path = path.replace("{type}", kind).replace("{id}", id);
                let ask = other(s, method, &path);
                let patch = "application/json-patch+json";
                if method == "PATCH" { ask.header("content-type", patch).body("[]") } else { ask }
            };
            let stranger = ask(id).send().await;
            assert_eq!(stranger.status, 404, "{method} {path} {kind}");
            same(&stranger, &ask("nobody").send().await);
        }
    }
    for path in ["/fhir/Patient/{id}/$everything", "/api/v1/patients/{id}/summary"] {
        let stranger = other(s, "GET", &path.replace("{id}", "mine")).send().await.expect(404);
        same(&stranger, &other(s, "GET", &path.replace("{id}", "nobody")).send().await);
    }
    // Nothing of it was touched.
    assert_eq!(s.get("/fhir/Patient/mine").await.expect(200).header("etag"), "W/\"1\"");
    assert_eq!(s.get(&format!("/fhir/Binary/{binary}")).await.expect(200).text(), "png");
}

async fn searches_histories_and_exports_hold_only_ones_own(s: &Server) {
    s.patient("mine").await;
    s.post("/fhir/Observation", observation("mine", "1")).await.expect(201);
    // The same ids and values in the other institution.
    other(s, "PUT", "/fhir/Patient/yours").fhir(patient("yours")).send().await.expect(201);
    other(s, "POST", "/fhir/Observation").fhir(observation("mine", "2")).send().await.expect(201);
    let found = |path: &'static str| other(s, "GET", path).send();
    assert_eq!(found("/fhir/Patient").await.expect(200).ids("match"), ["yours"]);
    assert_eq!(found("/fhir/Patient?_summary=count").await.json()["total"], 1);
    for nothing in [
        "/fhir/Patient?_id=mine",
        "/fhir/Patient?identifier=urn:test|mine",
        "/fhir/Patient?_has:Observation:patient:value-quantity=1",
        "/fhir/Observation?subject.identifier=urn:test|mine",
        "/fhir/Observation?value-quantity=1",
    ] {
        assert!(found(nothing).await.expect(200).ids("match").is_empty(), "{nothing}");
    }
    // The reference points to a patient that is not here: nothing is included.
    let included = found("/fhir/Observation?_include=Observation:subject").await.expect(200);
    assert_eq!((included.ids("match").len(), included.ids("include").len()), (1, 0));
    for history in ["/fhir/_history", "/fhir/Patient/_history"] {
        assert!(!found(history).await.expect(200).text().contains("/fhir/Patient/mine"), "{history}");
    }
    let events = found("/fhir/AuditEvent?_count=100").await.expect(200);
    assert!(!events.text().contains("Patient/mine/"), "{}", events.text());
    let stranger = found("/fhir/AuditEvent?patient=mine").await.expect(200);
    // Its own observation names that id; the events of the other institution are not among them.
    assert!(
        stranger.json()["entry"].as_array().unwrap().iter().all(|e| !e.to_string().contains("Patient/mine/_history"))
    );
}

async fn writes_by_one_do_not_meet_those_of_the_other(s: &Server) {
    s.patient("shared").await;
    let theirs = other(s, "PUT", "/fhir/Patient/shared")
        .fhir(patient("shared").replace("1980", "1990"))
        .send()
        .await
        .expect(201);
    assert_eq!(theirs.header("etag"), "W/\"1\"");
    assert_eq!(s.get("/fhir/Patient/shared").await.json()["birthDate"], "1980-04-01");
    let conditional = other(s, "POST", "/fhir/Patient").header("if-none-exist", "birthdate=1980-04-01");
    conditional.fhir(patient("x")).send().await.expect(201);
    other(s, "DELETE", "/fhir/Patient?birthdate=1990-04-01").send().await.expect(204);
    s.get("/fhir/Patient/shared").await.expect(200);
    let by_search = observation("x", "1").replace("Patient/x", "Patient?identifier=urn:test|mine-only");
    s.put("/fhir/Patient/m", patient("mine-only").replacen("mine-only", "m", 1)).await.expect(201);
    let bundle = |entry: String| format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entry}]}}"#);
    let entry = format!(r#"{{"resource":{by_search},"request":{{"method":"POST","url":"Observation"}}}}"#);
    s.post("/fhir", bundle(entry.clone())).await.expect(200);
    other(s, "POST", "/fhir").fhir(bundle(entry)).send().await.refused(412, "not-found");
    let read = r#"{"request":{"method":"GET","url":"Patient/m"}}"#;
    let answer = other(s, "POST", "/fhir").fhir(bundle(read.to_owned())).send().await.expect(200).json();
    assert_eq!(answer["entry"][0]["response"]["status"], "404");
}

async fn a_token_of_one_institution_is_nothing_under_the_number_of_another(s: &Server) {
    let secret = s.token.rsplit_once('_').unwrap().1;
    let forged = format!("karute_{}_{secret}", s.other_tenant.0);
    s.patient("mine").await;
    s.ask("GET", "/fhir/Patient/mine").token(&forged).send().await.refused(401, "login");
    s.ledger.set_tenant_state(s.other_tenant, karute_ledger::TenantState::Suspended).await.unwrap();
    s.clock.advance_ms(10_000);
    let suspended = other(s, "GET", "/fhir/Patient").send().await;
    assert!(matches!(suspended.status.as_u16(), 401 | 403), "{}", suspended.text());
}

on_both!(
    everything_of_another_institution_is_as_if_it_never_was,
    searches_histories_and_exports_hold_only_ones_own,
    writes_by_one_do_not_meet_those_of_the_other,
    a_token_of_one_institution_is_nothing_under_the_number_of_another,
);
