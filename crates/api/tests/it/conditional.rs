//! Conditional create, update and delete.
use crate::support::{Server, on_both, patient};

fn of(value: &str) -> String {
    patient("x").replace(r#""value":"x""#, &format!(r#""value":"{value}""#)).replace(r#""id":"x","#, "")
}

async fn a_conditional_create_creates_once(s: &Server) {
    let ask = || s.ask("POST", "/fhir/Patient").header("if-none-exist", "identifier=urn:test|a").fhir(of("a"));
    let first = ask().send().await.expect(201);
    let second = ask().send().await.expect(200);
    assert_eq!(first.header("location"), second.header("location"));
    s.post("/fhir/Patient", of("a")).await.expect(201);
    ask().send().await.refused(412, "multiple-matches");
}

async fn many_conditional_creates_at_once_make_one_resource(s: &Server) {
    let ask = || s.ask("POST", "/fhir/Patient").header("if-none-exist", "identifier=urn:test|b").fhir(of("b")).send();
    let replies = futures_util::future::join_all((0..16).map(|_| ask())).await;
    let created = replies.iter().filter(|r| r.status == 201).count();
    assert_eq!(created, 1);
    let busy = replies.iter().filter(|r| r.status == 409).count();
    assert_eq!(replies.iter().filter(|r| r.status == 200).count() + busy, 15);
    assert_eq!(s.get("/fhir/Patient?identifier=urn:test|b").await.expect(200).ids("match").len(), 1);
}

async fn a_conditional_update_finds_its_resource_or_makes_one(s: &Server) {
    let ask = |body: String| s.ask("PUT", "/fhir/Patient?identifier=urn:test%7Cc").fhir(body).send();
    let made = ask(of("c")).await.expect(201);
    let again = ask(of("c").replace("1980", "1990")).await.expect(200);
    assert_eq!(made.id(), again.id());
    assert_eq!(again.header("etag"), "W/\"2\"");
    let named = of("d").replacen('{', r#"{"id":"chosen","#, 1);
    let made = s.ask("PUT", "/fhir/Patient?identifier=urn:test|d").fhir(named).send().await.expect(201);
    assert_eq!(made.id(), "chosen");
    let wrong = of("c").replacen('{', r#"{"id":"other","#, 1);
    ask(wrong).await.refused(400, "invalid");
    s.post("/fhir/Patient", of("c")).await.expect(201);
    ask(of("c")).await.refused(412, "multiple-matches");
    s.ask("PUT", "/fhir/Patient").fhir(of("c")).send().await.refused(412, "incomplete");
    s.ask("PUT", "/fhir/Patient?nonsense=1").fhir(of("c")).send().await.expect(400);
}

async fn a_conditional_delete_deletes_one_and_never_several(s: &Server) {
    let delete = |value: &str| s.ask("DELETE", &format!("/fhir/Patient?identifier=urn:test|{value}")).send();
    delete("e").await.expect(204);
    let made = s.post("/fhir/Patient", of("e")).await.expect(201);
    delete("e").await.expect(204);
    s.get(&format!("/fhir/Patient/{}", made.id())).await.expect(410);
    for _ in 0..2 {
        s.post("/fhir/Patient", of("f")).await.expect(201);
    }
    delete("f").await.refused(412, "multiple-matches");
    s.ask("DELETE", "/fhir/Patient").send().await.refused(412, "incomplete");
    assert_eq!(s.get("/fhir/Patient?identifier=urn:test|f").await.ids("match").len(), 2);
}

on_both!(
    a_conditional_create_creates_once,
    many_conditional_creates_at_once_make_one_resource,
    a_conditional_update_finds_its_resource_or_makes_one,
    a_conditional_delete_deletes_one_and_never_several,
);
