//! CapabilityStatement and OpenAPI: public, and true.
use crate::support::Server;
use karute_fhir::validate::{Severity, validate};
use karute_json::Limits;
use serde_json::Value;

#[tokio::test]
async fn the_capability_statement_is_public_valid_and_says_what_is_served() {
    let s = Server::sqlite().await;
    let reply = s.ask("GET", "/fhir/metadata").anonymous().send().await.expect(200);
    let parsed = karute_json::parse(&reply.bytes, &Limits::FHIR).unwrap();
    let errors: Vec<_> = validate(&parsed).into_iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let statement = reply.json();
    assert_eq!(statement["fhirVersion"], "4.0.1");
    assert_eq!(statement["implementation"]["url"], "https://karute.example/fhir");
    let rest = &statement["rest"][0];
    let codes = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&rest["interaction"]), ["transaction", "batch", "history-system"]);
    let resources = rest["resource"].as_array().unwrap();
    assert_eq!(resources.len(), karute_fhir::ResourceType::all().count());
    let of = |name: &str| resources.iter().find(|r| r["type"] == name).unwrap();
    let mut patient = codes(&of("Patient")["interaction"]);
    patient.sort();
    let want =
        ["create", "delete", "history-instance", "history-type", "patch", "read", "search-type", "update", "vread"];
    assert_eq!(patient, want);
    let mut audit = codes(&of("AuditEvent")["interaction"]);
    audit.sort();
    assert_eq!(audit, ["read", "search-type"]);
    let named = |list: &Value, name: &str| list.as_array().unwrap().iter().any(|p| p["name"] == name);
    assert!(named(&of("Patient")["searchParam"], "birthdate") && named(&of("Patient")["operation"], "everything"));
    assert!(!named(&of("Observation")["operation"], "everything") && named(&rest["operation"], "export"));
}

#[tokio::test]
async fn every_search_parameter_of_the_statement_is_understood() {
    let s = Server::sqlite().await;
    let statement = s.get("/fhir/metadata").await.expect(200).json();
    let resources = statement["rest"][0]["resource"].as_array().unwrap().clone();
    for resource in resources.iter().filter(|r| r["type"] != "AuditEvent") {
        let kind = karute_fhir::ResourceType::parse(resource["type"].as_str().unwrap()).unwrap();
        for param in resource["searchParam"].as_array().unwrap() {
            let name = param["name"].as_str().unwrap();
            let value = match param["type"].as_str().unwrap() {
                "number" | "quantity" => "1",
                "date" => "2026",
                "reference" => "Patient/1",
                "uri" => "http://example.org",
                "composite" => "a$b",
                _ => "x",
            };
            // Composites differ in what their parts are; their parsing has its own tests.
            if param["type"] == "composite" || param["type"] == "special" {
                continue;
            }
            let pairs = [(name.to_owned(), value.to_owned())];
            let context = karute_fhir::search::ParseContext {
                base: "https://karute.example/fhir",
                now: karute_japan::Timestamp::from_micros(0),
            };
            let parsed = karute_fhir::search::parse(kind, &pairs, &context);
            // A reference of some types cannot be to a patient: then it is refused by value, but known.
            assert!(parsed.as_ref().err().is_none_or(|e| e.code != "not-supported"), "{kind}?{name}: {parsed:?}");
        }
    }
}

#[tokio::test]
async fn the_openapi_document_names_every_route() {
    let s = Server::sqlite().await;
    let document = s.ask("GET", "/api/openapi.json").anonymous().send().await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::HashSet::new();
    for route in karute_api::routes().filter(|r| !r.path.ends_with('/')) {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{} {}", route.method, route.path);
        assert!(ids.insert(operation["operationId"].clone()), "{operation}");
        assert_eq!(operation["security"].is_array(), !route.public, "{}", route.path);
    }
}
