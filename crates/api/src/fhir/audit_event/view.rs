//! From the ledger's record to an R4 AuditEvent.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_ledger::AuditRecord;
use serde::Deserialize;
use serde_json::{Value, json};

/// The record's text, as the ledger writes it.
#[derive(Deserialize)]
struct Stored {
    actor: Actor,
    #[serde(default)]
    origin: Origin,
    action: String,
    outcome: String,
    #[serde(default)]
    entities: Vec<String>,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    patients: Vec<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Actor {
    kind: String,
    id: String,
    name: String,
    role: String,
}

#[derive(Default, Deserialize)]
struct Origin {
    address: Option<String>,
    request: Option<String>,
    method: Option<String>,
}

/// The FHIR resource; its id is the position in the chain.
pub(super) fn resource(record: &AuditRecord) -> String {
    let head = format!("{{\"resourceType\":\"AuditEvent\",\"id\":\"{}\",", record.seq);
    let rest = match serde_json::from_str::<Stored>(&record.body) {
        Ok(stored) => stored.members(record),
        // A record that is not in our form is shown as such rather than hidden.
        Err(_) => unreadable(record),
    };
    format!("{head}{}", rest.to_string().trim_start_matches('{'))
}

fn unreadable(record: &AuditRecord) -> Value {
    json!({
        "type": coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "object", "Object"),
        "recorded": record.at.to_fhir(),
        "outcome": "8",
        "outcomeDesc": "記録を読み取れません。",
        "agent": [{ "requestor": false, "who": { "display": "不明" } }],
        "source": { "observer": { "display": "Karute" } },
    })
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

impl Stored {
    fn members(&self, record: &AuditRecord) -> Value {
        let mut members = json!({
            "meta": { "versionId": "1", "lastUpdated": record.at.to_fhir() },
            "type": self.kind(),
            "subtype": [self.subtype()],
            "action": self.letter(),
            "recorded": record.at.to_fhir(),
            "outcome": match self.outcome.as_str() { "success" => "0", "refused" => "4", _ => "8" },
            "agent": [self.agent()],
            "source": { "observer": { "display": "Karute" } },
        });
        let mut entities: Vec<Value> = Vec::new();
        entities.extend(self.entities.iter().chain(&self.records).map(|e| json!({ "what": { "reference": e } })));
        entities.extend(self.patients.iter().map(|id| {
            json!({
                "what": { "reference": format!("Patient/{id}") },
                "role": coding("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient"),
            })
        }));
        if let Some(detail) = &self.detail {
            entities.push(if matches!(self.action.as_str(), "search" | "history") {
                json!({ "query": STANDARD.encode(detail) })
            } else {
                json!({ "description": detail })
            });
        }
        if let Some(request) = &self.origin.request {
            entities.push(json!({
                "what": { "identifier": { "system": "urn:karute:request", "value": request } },
                "description": "要求番号",
            }));
        }
        if let (false, Some(object)) = (entities.is_empty(), members.as_object_mut()) {
            object.insert("entity".to_owned(), Value::Array(entities));
        }
        members
    }

    fn kind(&self) -> Value {
        let dicom = "http://dicom.nema.org/resources/ontology/DCM";
        match self.action.as_str() {
            "sign-in" | "sign-in-failed" | "sign-out" => coding(dicom, "110114", "User Authentication"),
            "export" | "print" => coding(dicom, "110106", "Export"),
            "administer" | "job" => coding(dicom, "110100", "Application Activity"),
            "view" => coding(dicom, "110110", "Patient Record"),
            _ => coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation"),
        }
    }

    fn subtype(&self) -> Value {
        let rest = "http://hl7.org/fhir/restful-interaction";
        match self.action.as_str() {
            "read" | "search" | "history" | "create" | "update" | "delete" | "transaction" => {
                coding(rest, &self.action, &self.action)
            }
            other => coding("urn:karute:audit-action", other, other),
        }
    }

    fn letter(&self) -> &'static str {
        match self.action.as_str() {
            "create" => "C",
            "update" => "U",
            "delete" => "D",
            "read" | "search" | "history" | "view" | "print" | "export" => "R",
            _ => "E",
        }
    }

    fn agent(&self) -> Value {
        let who = if self.actor.kind == "person" && karute_fhir::Id::new(&self.actor.id).is_ok() {
            json!({ "reference": format!("Practitioner/{}", self.actor.id), "display": self.actor.name })
        } else {
            json!({
                "identifier": { "system": "urn:karute:actor", "value": self.actor.id },
                "display": self.actor.name,
            })
        };
        let mut agent = json!({ "role": [{ "text": self.actor.role }], "who": who, "requestor": true });
        let Some(object) = agent.as_object_mut() else { return agent };
        if let Some(address) = &self.origin.address {
            object.insert("network".to_owned(), json!({ "address": address, "type": "2" }));
        }
        if let Some(method) = &self.origin.method {
            object.insert("altId".to_owned(), json!(method));
        }
        agent
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_fhir::validate::{Severity, validate};
    use karute_japan::Timestamp;
    use karute_json::Limits;

    fn errors(body: &str) -> Vec<String> {
        let value = karute_json::parse(body.as_bytes(), &Limits::FHIR).unwrap();
        let findings = validate(&value);
        findings.into_iter().filter(|f| f.severity == Severity::Error).map(|f| f.expression).collect()
    }

    fn record(body: &str) -> AuditRecord {
        AuditRecord { seq: 7, at: Timestamp::from_micros(1_795_343_128_123_000), body: body.to_owned() }
    }

    #[test]
    fn every_record_becomes_a_valid_audit_event() {
        let actions = ["read", "search", "view", "create", "delete", "transaction", "export", "sign-in-failed", "job"];
        for action in actions {
            let body = format!(
                r#"{{"actor":{{"kind":"person","id":"p-1","name":"山田","role":"doctor"}},"origin":{{"address":"192.0.2.1","request":"r","method":"token"}},"action":"{action}","outcome":"refused","entities":["Patient/1/_history/2"],"patients":["7"],"detail":"name=x"}}"#
            );
            let shown = resource(&record(&body));
            assert_eq!(errors(&shown), Vec::<String>::new(), "{shown}");
            assert!(shown.starts_with(r#"{"resourceType":"AuditEvent","id":"7","#), "{shown}");
            assert!(shown.contains("Patient/1/_history/2") && shown.contains("Practitioner/p-1"), "{shown}");
        }
    }

    #[test]
    fn the_smallest_record_and_one_in_a_foreign_form_are_shown_too() {
        let small = r#"{"actor":{"kind":"system","id":"system:worker","name":"x","role":"system"},"origin":{},"action":"job","outcome":"success"}"#;
        for body in [small, "{}", "not json"] {
            let shown = resource(&record(body));
            assert_eq!(errors(&shown), Vec::<String>::new(), "{shown}");
        }
    }
}
