//! Who enters something, and for whom (代行入力: entry by a proxy waits for the doctor's approval).
use karute_fhir::Id;
use karute_json::{Object, Value};

/// Tag system of how an entry came about.
pub const ENTRY_SYSTEM: &str = "urn:karute:entry";
/// The entry was made by a proxy and nobody approved it yet (承認待ち).
pub const AWAITING_APPROVAL: &str = "awaiting-approval";

/// In whose name a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In their own, by their own profession.
    Own,
    /// 代行: for a doctor, who approves it later.
    Proxy,
}

/// The person who enters something. Both who entered and who approved are kept (security guideline §4, 真正性).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// `Practitioner` id.
    pub person: Id,
    /// Name as written.
    pub name: String,
    /// In whose name.
    pub standing: Standing,
}

impl Author {
    /// A reference to the person with the name as it was on the day.
    pub fn reference(&self) -> Value<'static> {
        Value::object([
            ("reference", Value::string(format!("Practitioner/{}", self.person))),
            ("display", Value::string(self.name.clone())),
        ])
    }

    /// Marks a resource as awaiting approval when a proxy enters it, and takes the mark away otherwise.
    pub fn mark(&self, body: &mut Value<'static>) {
        set_awaiting(body, self.standing == Standing::Proxy);
    }
}

/// Sets or removes the mark of an entry that awaits approval.
pub fn set_awaiting(body: &mut Value<'static>, awaiting: bool) {
    let Some(resource) = body.as_object_mut() else { return };
    if resource.get("meta").is_none() {
        if !awaiting {
            return;
        }
        resource.insert("meta", Value::Object(Object::new()));
    }
    let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut) else { return };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    tags.retain(|tag| !is_mark(tag));
    if awaiting {
        tags.push(Value::object([
            ("system", Value::string(ENTRY_SYSTEM)),
            ("code", Value::string(AWAITING_APPROVAL)),
            ("display", Value::string("承認待ち")),
        ]));
    }
    if !tags.is_empty() {
        meta.insert("tag", Value::Array(tags));
    }
}

/// Whether a resource awaits approval.
pub fn awaits_approval(body: &Value<'_>) -> bool {
    body.get("meta").and_then(|meta| meta.get("tag")).is_some_and(|tags| tags.items().iter().any(is_mark))
}

fn is_mark(tag: &Value<'_>) -> bool {
    let has = |name, wanted: &str| tag.get(name).and_then(Value::as_str).is_some_and(|v| v == wanted);
    has("system", ENTRY_SYSTEM) && has("code", AWAITING_APPROVAL)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn author(standing: Standing) -> Author {
        Author { person: Id::new("dr-1").unwrap(), name: "森 一郎".to_owned(), standing }
    }

    #[test]
    fn a_proxy_entry_is_marked_and_approval_leaves_other_tags_alone() {
        let text = r#"{"resourceType":"Condition","meta":{"tag":[{"system":"x","code":"y"}]}}"#;
        let mut body = karute_json::parse(text.as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned();
        author(Standing::Proxy).mark(&mut body);
        author(Standing::Proxy).mark(&mut body);
        assert!(awaits_approval(&body));
        assert_eq!(body.at(&["meta", "tag"]).unwrap().items().len(), 2, "marked once");
        author(Standing::Own).mark(&mut body);
        assert!(!awaits_approval(&body));
        assert_eq!(body.at(&["meta", "tag"]).unwrap().items().len(), 1, "the other tag stays");
    }

    #[test]
    fn an_entry_in_ones_own_name_gets_no_empty_meta() {
        let mut body = Value::object([("resourceType", Value::string("Condition"))]);
        author(Standing::Own).mark(&mut body);
        assert!(body.get("meta").is_none());
    }
}
