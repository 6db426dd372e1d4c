//! A set as a FHIR `PlanDefinition`.
use super::{OrderSet, SetItem};
use crate::author::Author;
use crate::view::element::{extension, reference, text};
use karute_fhir::Id;
use karute_json::{Object, Value};

/// Code of the type, in <http://terminology.hl7.org/CodeSystem/plan-definition-type>.
pub(super) const ORDER_SET: &str = "order-set";
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/plan-definition-type";

/// Extension: whose set it is, when it is one person's own.
const OWNER: &str = "urn:karute:set-owner";

pub(super) fn is_order_set(body: &Value<'_>) -> bool {
    text(body, &["type", "coding", "code"]).as_deref() == Some(ORDER_SET)
}

pub(super) fn read(id: Id, version: u32, body: &Value<'_>) -> OrderSet {
    let actions = body.get("action").map_or(&[][..], Value::items);
    OrderSet {
        id,
        version,
        title: text(body, &["title"]).unwrap_or_else(|| "（名前なし）".to_owned()),
        reading: text(body, &["subtitle"]).unwrap_or_default(),
        active: text(body, &["status"]).as_deref() == Some("active"),
        owner: extension(body, OWNER).and_then(|e| reference(e, &["valueReference", "reference"], "Practitioner")),
        items: actions.iter().map(item).collect(),
    }
}

/// What an action orders; nothing of it is left out, so that positions stay those of the resource.
fn item(action: &Value<'_>) -> SetItem {
    let coding = |name| text(action, &["code", "coding", name]);
    let code = coding("code").unwrap_or_default();
    SetItem {
        system: coding("system").unwrap_or_default(),
        display: text(action, &["title"]).or_else(|| coding("display")).unwrap_or_else(|| code.clone()),
        code,
        note: text(action, &["description"]),
    }
}

/// Whether an action orders the same.
pub(super) fn is_same(action: &Value<'_>, item: &SetItem) -> bool {
    let kept = self::item(action);
    kept.code == item.code && kept.system == item.system
}

pub(super) fn new(title: &str, owner: Option<&Author>) -> Value<'static> {
    let coding = Value::object([("system", Value::string(TYPES)), ("code", Value::string(ORDER_SET))]);
    let mut body = Object::new();
    body.insert("resourceType", Value::string("PlanDefinition"));
    if let Some(owner) = owner {
        let whose = Value::object([("url", Value::string(OWNER)), ("valueReference", owner.reference())]);
        body.insert("extension", Value::Array(vec![whose]));
    }
    body.insert("name", Value::string("OrderSet"));
    body.insert("title", Value::string(title.to_owned()));
    body.insert("type", Value::object([("coding", Value::Array(vec![coding]))]));
    body.insert("status", Value::string("active"));
    Value::Object(body)
}

pub(super) fn action(item: &SetItem) -> Value<'static> {
    let word = |text: &str| Value::string(text.to_owned());
    let mut coding = Object::new();
    if !item.system.is_empty() {
        coding.insert("system", word(&item.system));
    }
    coding.insert("code", word(&item.code));
    coding.insert("display", word(&item.display));
    let concept = Value::object([("coding", Value::Array(vec![Value::Object(coding)]))]);
    let mut action = Object::new();
    action.insert("title", word(&item.display));
    if let Some(note) = &item.note {
        action.insert("description", word(note));
    }
    action.insert("code", Value::Array(vec![concept]));
    Value::Object(action)
}
