//! FHIR documents of invented people.
use karute_sharing::desk::{NewDocument, NewFile};
use serde_json::{Value, json};

pub(crate) const A: &str = "1311234566";
pub(crate) const B: &str = "1319900028";
pub(crate) const C: &str = "1319900036";
pub(crate) const INSURED: &str = "01139997:１２３４５６７８:9001:01";

pub(crate) fn patient(insured: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "identifier": [
            { "system": "urn:oid:1.2.392.100495.20.3.51.11311234566", "value": "000123" },
            { "system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID", "value": insured },
        ],
        "name": [{ "text": "試験 花子" }, { "text": "シケン ハナコ" }],
        "gender": "female", "birthDate": "1960-04-01",
    })
}

/// A letter; `text` tells two apart.
pub(crate) fn letter(identifier: &str, insured: &str, text: &str) -> Vec<u8> {
    let composition = json!({
        "resourceType": "Composition", "status": "final",
        "type": { "coding": [{ "system": "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes", "code": "57133-1" }] },
        "title": "診療情報提供書", "date": "2026-06-15T10:00:00+09:00",
        "section": [{ "title": "構造情報", "section": [{
            "title": "紹介目的",
            "text": { "status": "additional", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>") },
        }] }],
    });
    json!({
        "resourceType": "Bundle", "type": "document",
        "meta": {
            "lastUpdated": "2026-06-15T10:00:00+09:00",
            "profile": ["http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral|1"],
        },
        "identifier": { "system": "http://jpfhir.jp/fhir/clins/bundle-identifier", "value": identifier },
        "timestamp": "2026-06-15T10:00:00+09:00",
        "entry": [
            { "fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": composition },
            { "fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000002", "resource": patient(insured) },
        ],
    })
    .to_string()
    .into_bytes()
}

pub(crate) fn document(identifier: &str, text: &str) -> NewDocument {
    NewDocument { bundle: letter(identifier, INSURED, text), files: Vec::new() }
}

pub(crate) fn pdf(name: &str) -> NewFile {
    NewFile { content_type: "application/pdf".into(), name: name.into(), data: b"%PDF-1.7 fictitious".to_vec() }
}

/// A unit of conditions; `at` is when it is made, which is no part of what it says.
pub(crate) fn conditions(identifier: &str, insured: &str, names: &[String], at: &str) -> Vec<u8> {
    let mut entries = vec![json!({ "fullUrl": format!("urn:uuid:p-{at}"), "resource": patient(insured) })];
    for (number, name) in names.iter().enumerate() {
        entries.push(json!({ "fullUrl": format!("urn:uuid:c{number}-{at}"), "resource": {
            "resourceType": "Condition", "id": format!("c{number}"),
            "meta": { "lastUpdated": at },
            "extension": [{ "url": "http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber" }],
            "code": { "text": name }, "onsetDateTime": "2026-06-15",
            "subject": { "reference": format!("urn:uuid:p-{at}") },
        } }));
    }
    json!({
        "resourceType": "Bundle", "type": "collection",
        "meta": {
            "lastUpdated": at,
            "profile": ["http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_CLINS|1"],
            "tag": [{ "system": "http://jpfhir.jp/fhir/clins/CodeSystem/BundleResourceType_CS", "code": "Condition" }],
        },
        "identifier": { "system": "http://jpfhir.jp/fhir/clins/bundle-identifier", "value": identifier },
        "timestamp": at, "entry": entries,
    })
    .to_string()
    .into_bytes()
}
