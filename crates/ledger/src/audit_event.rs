//! The text of an audit event, and who is listed as touched by it.
//!
//! One compact JSON object, in this order:
//! `{"actor":{"kind","id","name","role"},"origin":{"address","request","session","method"},"action","outcome",
//! "entities":["Type/id/_history/version", …],"patients":["id", …],"blob":{"hash","size"},"detail"}`; what is empty is
//! left out. `patients` are those whose records were touched without being entities themselves.
use crate::{Action, Actor, ActorKind, Entity, Outcome};
use std::collections::BTreeSet;

/// An event in the making.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Everything before the entities.
    head: String,
    actor: String,
    pub(crate) entities: Vec<Entity>,
    pub(crate) patients: BTreeSet<String>,
    pub(crate) detail: Option<String>,
    /// A stored attachment: hash in hexadecimal and size.
    pub(crate) blob: Option<(String, u64)>,
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
        Event {
            head,
            actor: actor.id.clone(),
            entities: Vec::new(),
            patients: BTreeSet::new(),
            detail: None,
            blob: None,
        }
    }

    /// Notes the patients a resource speaks of: every `"reference":"Patient/…"` of its text.
    pub(crate) fn patients_in(patients: &mut BTreeSet<String>, body: &str) {
        let mut rest = body;
        while let Some((_, after)) = rest.split_once("\"reference\":\"Patient/") {
            let id = after.split(['"', '/']).next().unwrap_or_default();
            if karute_fhir::Id::new(id).is_ok() && !patients.contains(id) {
                patients.insert(id.to_owned());
            }
            rest = after;
        }
    }

    /// The bytes the chain covers.
    pub(crate) fn text(&self) -> String {
        let mut out = String::with_capacity(self.head.len() + 64 * self.entities.len() + 64);
        out.push_str(&self.head);
        if !self.entities.is_empty() {
            out.push_str(",\"entities\":[");
            for (i, entity) in self.entities.iter().enumerate() {
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
        self.patients
            .iter()
            .filter(|id| !self.entities.iter().any(|e| e.resource_type.name() == "Patient" && e.id.as_str() == **id))
            .map(String::as_str)
    }

    /// Everything under which the event is to be found: `Type/id`, and `actor/<id>` for who did it.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let entities = self.entities.iter().map(|e| format!("{}/{}", e.resource_type.name(), e.id));
        let patients = self.patients.iter().map(|id| format!("Patient/{id}"));
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
        let observation = ResourceType::parse("Observation").unwrap();
        event.entities.push(Entity { resource_type: observation, id: Id::new("o1").unwrap(), version: Some(2) });
        Event::patients_in(&mut event.patients, r#"{"subject":{"reference":"Patient/7/_history/1"},"x":"Patient/8"}"#);
        event.detail = Some("code=a&b".into());
        assert_eq!(
            event.text(),
            concat!(
                r#"{"actor":{"kind":"person","id":"p-1","name":"山田 \"太郎\"","role":"doctor"},"#,
                r#""origin":{"address":"192.0.2.1","request":"r1","method":"password+totp"},"#,
                r#""action":"read","outcome":"success","entities":["Observation/o1/_history/2"],"#,
                r#""patients":["7"],"detail":"code=a&b"}"#
            )
        );
        assert_eq!(event.keys().into_iter().collect::<Vec<_>>(), ["Observation/o1", "Patient/7", "actor/p-1"]);
    }
}
