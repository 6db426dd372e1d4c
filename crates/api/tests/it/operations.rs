//! `$validate` and `$everything`.
use crate::support::{Server, observation, on_both, patient};

async fn validation_tells_everything_and_stores_nothing(s: &Server) {
    let fine = s.post("/fhir/Patient/$validate", patient("x")).await.expect(200);
    assert_eq!(fine.json()["issue"][0]["severity"], "information");
    let bad =
        s.post("/fhir/Patient/%24validate", r#"{"resourceType":"Patient","gender":"x","colour":1}"#).await.expect(200);
    assert!(bad.json()["issue"].as_array().unwrap().len() >= 2, "{}", bad.text());
    let wrapped = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"mode","valueCode":"create"}},{{"name":"resource","resource":{}}}]}}"#,
        patient("x")
    );
    let fine = s.post("/fhir/Patient/$validate", wrapped).await.expect(200);
    assert_eq!(fine.json()["issue"][0]["severity"], "information");
    let other = s.post("/fhir/Patient/$validate", observation("x", "1")).await.expect(200);
    assert_eq!(other.json()["issue"][0]["severity"], "error");
    s.post("/fhir/Patient/$validate", "{").await.refused(400, "structure");
    s.post("/fhir/Patient/$validate?mode=dance", patient("x")).await.refused(400, "invalid");
    let unknown = s.post("/fhir/Patient/$validate?profile=http://example.org/p", patient("x")).await.expect(200);
    assert_eq!(unknown.json()["issue"][0]["code"], "not-supported");
    assert_eq!(s.get("/fhir/Patient?_summary=count").await.json()["total"], 0);
}

async fn validation_judges_by_profiles_and_numbered_rules(s: &Server) {
    let ecs = "http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS";
    let named = s.post(&format!("/fhir/Patient/$validate?profile={ecs}"), patient("x")).await.expect(200);
    let issues = named.json()["issue"].as_array().unwrap().clone();
    let rule = |rule: &str| issues.iter().find(|issue| issue["diagnostics"] == rule).cloned().unwrap_or_default();
    let insured = rule("R1012");
    assert_eq!((&insured["severity"], &insured["code"]), (&"error".into(), &"business-rule".into()), "{issues:?}");
    assert_eq!(insured["expression"][0], "Patient.identifier");
    assert!(insured["details"]["text"].as_str().unwrap().contains("被保険者個人識別子"));
    assert_eq!(rule("JP_Patient_eCS#address:min")["code"], "required");
    let declared = format!(r#"{{"resourceType":"Patient","meta":{{"profile":["{ecs}|1"]}},"gender":"female"}}"#);
    let found = s.post("/fhir/Patient/$validate", declared).await.expect(200);
    assert!(found.text().contains("JP_Patient_eCS#birthDate:min"), "{}", found.text());
}

async fn validation_of_a_stored_resource_knows_its_id(s: &Server) {
    s.patient("p").await;
    let fine = s.get("/fhir/Patient/p/$validate").await.expect(200);
    assert_eq!(fine.json()["issue"][0]["severity"], "information");
    let other = s.post("/fhir/Patient/p/$validate?mode=update", patient("q")).await.expect(200);
    assert_eq!(other.json()["issue"][0]["severity"], "error");
    s.post("/fhir/Patient/p/$validate?mode=delete", "").await.expect(200);
    s.get("/fhir/Patient/nobody/$validate").await.refused(404, "not-found");
}

async fn everything_about_a_patient_comes_in_pages(s: &Server) {
    s.patient("p").await;
    s.patient("q").await;
    for value in ["1", "2", "3"] {
        s.post("/fhir/Observation", observation("p", value)).await.expect(201);
    }
    s.post("/fhir/Observation", observation("q", "9")).await.expect(201);
    let all = s.get("/fhir/Patient/p/$everything").await.expect(200);
    assert_eq!(all.ids("match").len(), 4);
    let mut seen = Vec::new();
    let mut next = Some("/fhir/Patient/p/$everything?_count=3".to_owned());
    while let Some(address) = next {
        let page = s.get(&address).await.expect(200);
        seen.extend(page.ids("match"));
        next = page.link("next");
    }
    assert_eq!(seen, all.ids("match"));
    assert_eq!(s.get("/fhir/Patient/p/$everything?_type=Observation").await.expect(200).ids("match").len(), 3);
    let later = "/fhir/Patient/p/$everything?_since=2027-01-01";
    assert!(s.get(later).await.expect(200).ids("match").is_empty());
    s.get("/fhir/Patient/nobody/$everything").await.refused(404, "not-found");
    s.get("/fhir/Observation/p/$everything").await.refused(404, "not-found");
    s.get("/fhir/Patient/p/$everything?_type=Nothing").await.refused(400, "invalid");
    s.get("/fhir/Patient/p/$everything?start=2026").await.refused(400, "not-supported");
}

on_both!(
    validation_tells_everything_and_stores_nothing,
    validation_judges_by_profiles_and_numbered_rules,
    validation_of_a_stored_resource_knows_its_id,
    everything_about_a_patient_comes_in_pages,
);
