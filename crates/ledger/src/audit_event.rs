//! The text of an audit event, and who is listed as touched by it.
//!
//! One compact JSON object, in this order:
//! `{"actor":{"kind","id","name","role"},"origin":{"address","request","session","method"},"action","outcome",
//! "entities":["Type/id/_history/version", …],"records":["Type/id/_history/version", …],"patients":["id", …],
//! "blob":{"hash","size"},"detail"}`; what is empty is left out. `records` are entities whose own text, in that version,
//! names a patient; `patients` are those whose records were touched without being entities themselves.
//!
//! An event is listed under each of its `entities`, each patient and its actor, and not under its `records`: a view of
//! fifty results is found by their patient, with two rows instead of fifty-two. Who saw one of the fifty is answered
//! through the patients that any of its versions names ([`crate::audit_search`]), since every event that holds
//! a version as a record is listed under the patients of that version.
use crate::{Action, Actor, ActorKind, Entity, Outcome, Version};
use std::collections::BTreeSet;

/// An event in the making.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Everything before the entities.
    head: String,
    actor: String,
    pub(crate) seen: Seen,
    pub(crate) detail: Option<String>,
    /// A stored attachment: hash in hexadecimal and size.
    pub(crate) blob: Option<(String, u64)>,
}

/// What an event touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Listed each by itself.
    pub(crate) entities: Vec<Entity>,
    /// Found by the patients of their own text.
    records: Vec<Entity>,
    pub(crate) patients: BTreeSet<String>,
}

impl Seen {
    /// Notes the patients a resource speaks of: every `"reference":"Patient/…"` of its text. Whether there are any.
    pub(crate) fn patients_in(patients: &mut BTreeSet<String>, body: &str) -> bool {
        let mut rest = body;
        let mut any = false;
        while let Some((_, after)) = rest.split_once("\"reference\":\"Patient/") {
            let id = after.split(['"', '/']).next().unwrap_or_default();
            if karute_fhir::Id::new(id).is_ok() {
                any = true;
                if !patients.contains(id) {
                    patients.insert(id.to_owned());
                }
            }
            rest = after;
        }
        any
    }

    /// In an order of its own, whichever of two looks beside each other was answered first.
    pub(crate) fn in_order(&mut self) {
        for list in [&mut self.entities, &mut self.records] {
            list.sort_by(|a, b| {
                (a.resource_type.name(), &a.id, a.version).cmp(&(b.resource_type.name(), &b.id, b.version))
            });
        }
    }

    /// Notes a version that was seen or made. `speaking` is the text that says whose record it is: its own, or for a
    /// deletion that of the version before.
    pub(crate) fn touch(&mut self, version: &Version, speaking: &str) {
        let spoken = Seen::patients_in(&mut self.patients, speaking);
        let list =
            if spoken && version.resource_type.name() != "Patient" { &mut self.records } else { &mut self.entities };
        list.push(Entity {
            resource_type: version.resource_type,
            id: version.id.clone(),
            version: Some(version.version),
        });
    }
}

/// Code of an action in events.
pub(crate) fn action_code(action: Action) -> &'static str {
    match action {
        Action::Read => "read",
        Action::Search => "search",
        Action::History => "history",
        Action::View => "view",
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Transaction => "transaction",
        Action::Export => "export",
        Action::Print => "print",
        Action::SignIn => "sign-in",
        Action::SignInFailed => "sign-in-failed",
        Action::SignOut => "sign-out",
        Action::Administer => "administer",
        Action::Job => "job",
    }
}

fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Event {
    pub(crate) fn new(actor: &Actor, action: Action, outcome: Outcome) -> Event {
        let kind = match actor.kind {
            ActorKind::Person => "person",
            ActorKind::Client => "client",
            ActorKind::System => "system",
        };
        let mut origin = Vec::new();
        if let Some(address) = actor.origin.address {
            origin.push(format!("\"address\":\"{address}\""));
        }
        let members =
            [("request", Some(actor.origin.request_id.as_str())), ("session", actor.origin.session.as_deref())];
        for (name, value) in members.into_iter().chain([("method", Some(actor.origin.method))]) {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                origin.push(format!("\"{name}\":{}", quoted(value)));
            }
        }
        let head = format!(
            "{{\"actor\":{{\"kind\":\"{kind}\",\"id\":{},\"name\":{},\"role\":{}}},\"origin\":{{{}}},\"action\":\"{}\",\"outcome\":\"{}\"",
            quoted(&actor.id),
            quoted(&actor.name),
            quoted(&actor.role),
            origin.join(","),
            action_code(action),
            outcome_code(outcome)
        );
        Event { head, actor: actor.id.clone(), seen: Seen::default(), detail: None, blob: None }
    }

    /// The bytes the chain covers.
    pub(crate) fn text(&self) -> String {
        let mut out =
            String::with_capacity(self.head.len() + 64 * (self.seen.entities.len() + self.seen.records.len()) + 64);
        out.push_str(&self.head);
        for (name, list) in [("entities", &self.seen.entities), ("records", &self.seen.records)] {
            if list.is_empty() {
                continue;
            }
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":[");
            for (i, entity) in list.iter().enumerate() {
                out.push_str(if i == 0 { "\"" } else { ",\"" });
                out.push_str(entity.resource_type.name());
                out.push('/');
                out.push_str(entity.id.as_str());
                if let Some(version) = entity.version {
                    out.push_str("/_history/");
                    out.push_str(&version.to_string());
                }
                out.push('"');
            }
            out.push(']');
        }
        let mut first = true;
        for patient in self.other_patients() {
            out.push_str(if first { ",\"patients\":[\"" } else { ",\"" });
            out.push_str(patient);
            out.push('"');
            first = false;
        }
        if !first {
            out.push(']');
        }
        if let Some((hash, size)) = &self.blob {
            out.push_str(",\"blob\":{\"hash\":\"");
            out.push_str(hash);
            out.push_str("\",\"size\":");
            out.push_str(&size.to_string());
            out.push('}');
        }
        if let Some(detail) = self.detail.as_deref().filter(|d| !d.is_empty()) {
            out.push_str(",\"detail\":");
            out.push_str(&quoted(detail));
        }
        out.push('}');
        out
    }

    fn other_patients(&self) -> impl Iterator<Item = &str> {
        self.seen
            .patients
            .iter()
            .filter(|id| {
                !self.seen.entities.iter().any(|e| e.resource_type.name() == "Patient" && e.id.as_str() == **id)
            })
            .map(String::as_str)
    }

    /// Everything under which the event is listed: `Type/id`, and `actor/<id>` for who did it.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let entities = self.seen.entities.iter().map(|e| format!("{}/{}", e.resource_type.name(), e.id));
        let patients = self.seen.patients.iter().map(|id| format!("Patient/{id}"));
        entities.chain(patients).chain([format!("actor/{}", self.actor)]).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Origin;
    use karute_fhir::{Id, ResourceType};

    #[test]
    fn an_event_says_who_from_where_did_what_to_whom() {
        let actor = Actor {
            kind: ActorKind::Person,
            id: "p-1".into(),
            name: "山田 \"太郎\"".into(),
            role: "doctor".into(),
            origin: Origin {
                address: Some([192, 0, 2, 1].into()),
                request_id: "r1".into(),
                session: None,
                method: "password+totp",
            },
        };
        let mut event = Event::new(&actor, Action::Read, Outcome::Success);
        let seen = |name: &str, id: &str, number: u32, body: &str| Version {
            resource_type: ResourceType::parse(name).unwrap(),
            id: Id::new(id).unwrap(),
            version: number,
            seq: 1,
            updated: karute_japan::Timestamp::from_micros(0),
            operation: crate::Operation::Created,
            body: body.into(),
        };
        let body = r#"{"subject":{"reference":"Patient/7/_history/1"},"x":"Patient/8"}"#;
        event.seen.touch(&seen("Observation", "o1", 2, body), body);
        event.seen.touch(&seen("Location", "l1", 1, "{}"), "{}");
        let linked = r#"{"link":[{"other":{"reference":"Patient/9"}}]}"#;
        event.seen.touch(&seen("Patient", "8", 3, linked), linked);
        event.detail = Some("code=a&b".into());
        assert_eq!(
            event.text(),
            concat!(
                r#"{"actor":{"kind":"person","id":"p-1","name":"山田 \"太郎\"","role":"doctor"},"#,
                r#""origin":{"address":"192.0.2.1","request":"r1","method":"password+totp"},"#,
                r#""action":"read","outcome":"success","entities":["Location/l1/_history/1","Patient/8/_history/3"],"#,
                r#""records":["Observation/o1/_history/2"],"patients":["7","9"],"detail":"code=a&b"}"#
            )
        );
        assert_eq!(
            event.keys().into_iter().collect::<Vec<_>>(),
            ["Location/l1", "Patient/7", "Patient/8", "Patient/9", "actor/p-1"]
        );
    }
}
