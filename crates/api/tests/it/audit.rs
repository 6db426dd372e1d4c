//! Who did what: every use of patient data leaves an audit event, and the events can be read as FHIR.
use crate::support::{Server, observation, on_both, patient};
use karute_fhir::validate::{Severity, validate};
use karute_json::Limits;
use karute_ledger::AuditFilter;

async fn events(s: &Server) -> usize {
    let filter = AuditFilter { limit: 1000, ..AuditFilter::default() };
    s.system(s.tenant).audit_events(filter).await.unwrap().len()
}

/// What terminology operations work on.
async fn store_words(s: &Server) {
    for (kind, content) in [
        ("CodeSystem", r#""content":"complete","concept":[{"code":"a","display":"甲"}]"#),
        ("ValueSet", r#""compose":{"include":[{"system":"urn:test","concept":[{"code":"a"}]}]}"#),
        ("ConceptMap", r#""group":[{"source":"urn:test","target":"urn:other","element":[{"code":"a"}]}]"#),
    ] {
        let body = format!(r#"{{"resourceType":"{kind}","id":"p","url":"urn:test","status":"active",{content}}}"#);
        s.put(&format!("/fhir/{kind}/p"), body).await.expect(201);
    }
}

/// The question of a terminology operation.
fn question(path: &str) -> Option<&'static str> {
    Some(match path.rsplit('/').next()? {
        "$lookup" | "$translate" | "$validate-code" => "url=urn:test&system=urn:test&code=a",
        "$expand" => "url=urn:test",
        "search" => "kind=drug&q=a",
        _ => return None,
    })
}

/// A request that fits the route, so that it is carried out.
async fn use_route(s: &Server, method: &str, path: &'static str, job: &str) -> u16 {
    let address = path
        .replace("{type}", "Patient")
        .replace("{id}", "p")
        .replace("{version}", "1")
        .replace("{job}", job)
        .replace("{file}", "0");
    let conditional = path == "/fhir/{type}" && matches!(method, "PUT" | "DELETE");
    let address = if conditional { format!("{address}?_id=p") } else { address };
    let address = match question(path) {
        // Parameters that an operation does not have are refused.
        Some(q) if path == "/fhir/CodeSystem/$lookup" => format!("{address}?{}", q.replace("url=urn:test&", "")),
        Some(q) if path.contains("CodeSystem") => format!("{address}?{}", q.replace("system=urn:test&", "")),
        Some(q) => format!("{address}?{q}"),
        None => address,
    };
    let ask = s.ask(method, &address).header("prefer", "respond-async");
    let ask = match (method, path) {
        ("POST", path) if question(path).is_some() => ask.fhir(r#"{"resourceType":"Parameters"}"#),
        ("PATCH", _) => ask.header("content-type", "application/json-patch+json").body("[]"),
        ("POST", "/fhir" | "/fhir/") => {
            let entry = format!(r#"{{"resource":{},"request":{{"method":"PUT","url":"Patient/p"}}}}"#, patient("p"));
            ask.fhir(format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entry}]}}"#))
        }
        ("POST", path) if path.ends_with("_search") => {
            ask.header("content-type", "application/x-www-form-urlencoded").body("_id=p")
        }
        ("POST", path) if path.ends_with("discard") => {
            ask.header("content-type", "application/json").body(r#"{"reason":"試験"}"#)
        }
        ("POST" | "PUT", _) => ask.fhir(patient("p")),
        _ => ask,
    };
    ask.send().await.status.as_u16()
}

async fn every_route_with_patient_data_leaves_an_event(s: &Server) {
    store_words(s).await;
    for route in karute_api::routes() {
        if route.path.contains("{job}") {
            // Exports and outgoing jobs have their own cases: they need a job.
            continue;
        }
        s.put("/fhir/Patient/p", patient("p")).await;
        let before = events(s).await;
        let status = use_route(s, route.method.as_str(), route.path, "").await;
        assert!(status < 400, "{} {}: {status}", route.method, route.path);
        let after = events(s).await;
        // Counting leaves an event of its own.
        let own = 1;
        if route.patient_data {
            assert!(after > before + own, "{} {} left no event", route.method, route.path);
        }
    }
}

async fn every_route_asks_who_is_there(s: &Server) {
    for route in karute_api::routes().filter(|r| !r.public) {
        let path = route.path.replace("{type}", "Patient").replace("{id}", "p").replace("{version}", "1");
        let path = path.replace("{job}", "1").replace("{file}", "0");
        let nobody = s.ask(route.method.as_str(), &path).anonymous().send().await.refused(401, "login");
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        for bad in ["", "x", "karute_1_", "karute_999999_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let reply = s.ask(route.method.as_str(), &path).token(bad).send().await.refused(401, "login");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
    s.ask("GET", "/fhir/Patient").anonymous().header("authorization", "Basic eDp5").send().await.refused(401, "login");
}

async fn the_events_are_readable_as_valid_fhir(s: &Server) {
    s.patient("p").await;
    s.patient("q").await;
    s.get("/fhir/Patient/p").await.expect(200);
    s.post("/fhir/Observation", observation("p", "1")).await.expect(201);
    s.get("/fhir/Patient?name=山田".replace("山田", "%E5%B1%B1%E7%94%B0").as_str()).await.expect(200);
    let found = s.get("/fhir/AuditEvent?patient=p").await.expect(200);
    let bundle = found.json();
    let entries = bundle["entry"].as_array().unwrap();
    let subtypes: Vec<_> = entries.iter().map(|e| e["resource"]["subtype"][0]["code"].as_str().unwrap()).collect();
    assert_eq!(subtypes, ["search", "create", "read", "update"], "{bundle}");
    for entry in entries {
        let text = entry["resource"].to_string();
        let parsed = karute_json::parse(text.as_bytes(), &Limits::FHIR).unwrap();
        let errors: Vec<_> = validate(&parsed).into_iter().filter(|f| f.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?} {text}");
        assert_eq!(entry["resource"]["agent"][0]["who"]["display"], "試験");
    }
    let id = entries[0]["resource"]["id"].as_str().unwrap();
    let read = s.get(&format!("/fhir/AuditEvent/{id}")).await.expect(200).json();
    assert_eq!(read, entries[0]["resource"]);
    s.get("/fhir/AuditEvent/999999").await.refused(404, "not-found");
    s.get("/fhir/AuditEvent/x").await.refused(404, "not-found");
}

async fn events_come_newest_first_in_pages_and_by_date(s: &Server) {
    for _ in 0..6 {
        s.put("/fhir/Patient/p", patient("p")).await;
        s.clock.advance_ms(86_400_000);
    }
    let mut seen: Vec<u64> = Vec::new();
    let mut next = Some("/fhir/AuditEvent?entity=Patient/p&_count=4".to_owned());
    while let Some(address) = next {
        let page = s.get(&address).await.expect(200);
        seen.extend(page.ids("match").iter().map(|id| id.parse::<u64>().unwrap()));
        next = page.link("next");
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.windows(2).all(|w| w[0] > w[1]), "{seen:?}");
    let count = |query: &'static str| async move {
        s.get(&format!("/fhir/AuditEvent?entity=Patient/p&{query}")).await.expect(200).ids("match").len()
    };
    assert_eq!(count("date=2026-11-23").await, 1);
    assert_eq!(count("date=ge2026-11-24").await, 4);
    assert_eq!(count("date=lt2026-11-24").await, 2);
    assert_eq!(count("date=ge2026-11-23&date=le2026-11-24").await, 2);
    s.get("/fhir/AuditEvent?date=x").await.refused(400, "invalid");
    s.get("/fhir/AuditEvent?colour=x").await.refused(400, "not-supported");
}

async fn nobody_writes_or_changes_events(s: &Server) {
    s.patient("p").await;
    let event = r#"{"resourceType":"AuditEvent"}"#;
    s.post("/fhir/AuditEvent", event).await.refused(405, "not-supported");
    s.put("/fhir/AuditEvent/1", event).await.refused(405, "not-supported");
    s.ask("DELETE", "/fhir/AuditEvent/1").send().await.refused(405, "not-supported");
    s.ask("DELETE", "/fhir/AuditEvent?date=2026").send().await.refused(405, "not-supported");
    s.get("/fhir/AuditEvent/_history").await.refused(405, "not-supported");
    let entry =
        |method: &str, url: &str| format!(r#"{{"resource":{event},"request":{{"method":"{method}","url":"{url}"}}}}"#);
    for (method, url) in
        [("POST", "AuditEvent"), ("PUT", "AuditEvent/1"), ("DELETE", "AuditEvent/1"), ("GET", "AuditEvent/1/_history")]
    {
        let body = format!(r#"{{"resourceType":"Bundle","type":"batch","entry":[{}]}}"#, entry(method, url));
        let reply = s.post("/fhir", body).await.expect(200);
        assert_eq!(reply.json()["entry"][0]["response"]["status"], "405", "{}", reply.text());
    }
}

async fn refusals_are_recorded(s: &Server) {
    let narrow = s.new_token(s.tenant, "system/Observation.rs").await;
    s.patient("p").await;
    s.ask("GET", "/fhir/Patient/p").token(&narrow).send().await.refused(403, "forbidden");
    let found = s.get("/fhir/AuditEvent?patient=p").await.expect(200).json();
    assert_eq!(found["entry"][0]["resource"]["outcome"], "4", "{found}");
}

on_both!(
    every_route_with_patient_data_leaves_an_event,
    every_route_asks_who_is_there,
    the_events_are_readable_as_valid_fhir,
    events_come_newest_first_in_pages_and_by_date,
    nobody_writes_or_changes_events,
    refusals_are_recorded,
);
