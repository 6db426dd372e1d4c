//! `_summary` and `_elements` (R4 search §3.1.1.5.8): a part of a resource, marked SUBSETTED.
use crate::http::query;
use crate::outcome::Failure;
use karute_fhir::ResourceType;
use karute_fhir::search::{Query, Summary};
use karute_fhir::view::{mandatory_elements, summary_elements};
use karute_json::{Limits, Object, Value};
use karute_ledger::{LedgerError, Version};

/// Which part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    summary: Summary,
    elements: Vec<String>,
}

impl Shape {
    /// Of a search.
    pub(crate) fn of_search(query: &Query) -> Shape {
        Shape { summary: query.summary, elements: query.elements.clone() }
    }

    /// Of a read: `_summary` and `_elements` in the address; what else stands there is refused.
    pub(crate) fn of_query(raw: &str) -> Result<Shape, Failure> {
        let mut shape = Shape { summary: Summary::None, elements: Vec::new() };
        if raw.is_empty() {
            return Ok(shape);
        }
        for (name, value) in query::pairs(raw)? {
            match (name.as_str(), value.as_str()) {
                ("_format" | "_pretty", _) | ("_summary", "false") => {}
                ("_summary", "true") => shape.summary = Summary::True,
                ("_summary", "text") => shape.summary = Summary::Text,
                ("_summary", "data") => shape.summary = Summary::Data,
                ("_elements", list) => {
                    shape.elements.extend(list.split(',').filter(|e| !e.is_empty()).map(str::to_owned));
                }
                _ => {
                    let text = "読み出しに使える条件は _summary (true、text、data) と _elements、_format です。";
                    return Err(Failure::not_supported(text));
                }
            }
        }
        Ok(shape)
    }

    /// The part as text; `None` when it is the whole.
    pub(crate) fn apply(&self, version: &Version) -> Result<Option<String>, Failure> {
        if self.elements.is_empty() && matches!(self.summary, Summary::None | Summary::Count) {
            return Ok(None);
        }
        let stored = karute_json::parse(version.body.as_bytes(), &Limits::FHIR)
            .map_err(|_| LedgerError::Integrity("a stored resource cannot be parsed".to_owned()))?;
        Ok(Some(self.part(version.resource_type, stored).to_json()))
    }

    fn part<'v>(&self, kind: ResourceType, whole: Value<'v>) -> Value<'v> {
        let Value::Object(whole) = whole else { return whole };
        let mut part = Object::new();
        for (key, value) in whole.iter() {
            let key = key.decode();
            if self.keeps(kind, &key) {
                part.insert(&key, value.clone());
            }
        }
        mark(&mut part);
        Value::Object(part)
    }

    fn keeps(&self, kind: ResourceType, key: &str) -> bool {
        // The `_birthDate` beside a `birthDate` belongs to it.
        let name = key.strip_prefix('_').unwrap_or(key);
        if matches!(name, "resourceType" | "id" | "meta") {
            return true;
        }
        let listed = |names: &[&str]| names.binary_search(&name).is_ok();
        if !self.elements.is_empty() {
            return listed(mandatory_elements(kind)) || self.elements.iter().any(|wanted| is_of(name, wanted));
        }
        match self.summary {
            Summary::True => listed(summary_elements(kind)) || listed(mandatory_elements(kind)),
            Summary::Text => name == "text" || listed(mandatory_elements(kind)),
            Summary::Data => name != "text",
            Summary::None | Summary::Count => true,
        }
    }
}

/// Whether a member is the element asked for; `value` asks for `valueQuantity` too.
fn is_of(name: &str, wanted: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Adds the tag that says that something is missing.
fn mark(part: &mut Object<'_>) {
    let tag = Value::object([
        ("system", Value::string("http://terminology.hl7.org/CodeSystem/v3-ObservationValue")),
        ("code", Value::string("SUBSETTED")),
    ]);
    let Some(meta) = part.get_mut("meta").and_then(Value::as_object_mut) else {
        let meta = Value::object([("tag", Value::Array(vec![tag]))]);
        part.insert_at(1, "meta", meta);
        return;
    };
    match meta.get_mut("tag") {
        Some(Value::Array(tags)) => tags.push(tag),
        _ => meta.insert("tag", Value::Array(vec![tag])),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"1","meta":{"versionId":"2"},"text":{"status":"generated"},"status":"final","code":{"text":"x"},"valueQuantity":{"value":72.50},"note":[{"text":"n"}],"_issued":{"id":"a"}}"#;

    fn part(raw: &str) -> String {
        let value = karute_json::parse(OBSERVATION.as_bytes(), &Limits::FHIR).unwrap();
        Shape::of_query(raw).unwrap().part(ResourceType::parse("Observation").unwrap(), value).to_json()
    }

    #[test]
    fn parts_keep_what_must_be_there_and_say_that_they_are_parts() {
        let meta = r#""meta":{"versionId":"2","tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}"#;
        let head = format!(r#"{{"resourceType":"Observation","id":"1",{meta}"#);
        let (text, must) = (r#""text":{"status":"generated"}"#, r#""status":"final","code":{"text":"x"}"#);
        let value = r#""valueQuantity":{"value":72.50}"#;
        assert_eq!(part("_summary=text"), format!("{head},{text},{must}}}"));
        assert_eq!(
            part("_summary=data"),
            format!(r#"{head},{must},{value},"note":[{{"text":"n"}}],"_issued":{{"id":"a"}}}}"#)
        );
        assert_eq!(part("_summary=true"), format!(r#"{head},{must},{value},"_issued":{{"id":"a"}}}}"#));
        assert_eq!(part("_elements=value"), format!("{head},{must},{value}}}"));
        assert_eq!(
            part("_elements=issued,note"),
            format!(r#"{head},{must},"note":[{{"text":"n"}}],"_issued":{{"id":"a"}}}}"#)
        );
    }

    #[test]
    fn other_parameters_of_a_read_are_refused() {
        assert!(Shape::of_query("_summary=all").is_err());
        assert!(Shape::of_query("name=x").is_err());
        assert!(Shape::of_query("_format=json&_summary=false").is_ok());
    }
}
