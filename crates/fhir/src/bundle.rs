//! What all faces need to carry out Bundles. Pure.
use crate::ResourceType;
use crate::generated::REFERENCE;
use crate::model::{Primitive, TypeDef, TypeId, TypeKind};
use karute_json::{Text, Value};

/// Replaces references inside one resource while a transaction is carried out (R4 http §3.1.0.11.2): every
/// `Reference.reference`, and every element of type `uri`, `url` or `canonical` that begins with `urn:`, is handed to
/// `replacement`; where that gives a new text it takes the place of the old one. Everything else keeps its exact
/// spelling; an `Identifier.value` is no link, however it looks.
pub fn rewrite_references(resource: &mut Value<'_>, replacement: &dyn Fn(&str) -> Option<String>) {
    let name = resource.get("resourceType").and_then(Value::as_str);
    if let Some(resource_type) = name.and_then(|name| ResourceType::parse(&name)) {
        rewrite_object(resource, resource_type.type_id(), replacement);
    }
}

fn rewrite_object(value: &mut Value<'_>, type_id: TypeId, replacement: &dyn Fn(&str) -> Option<String>) {
    let definition: &TypeDef = type_id.definition();
    if definition.kind == TypeKind::AnyResource {
        return rewrite_references(value, replacement);
    }
    let Some(object) = value.as_object_mut() else { return };
    for (key, value) in object.values_mut() {
        let key = key.decode();
        let Some(element) = definition.element(&key) else { continue };
        let member = element.type_id();
        let values = match value {
            Value::Array(items) => items.as_mut_slice(),
            single => std::slice::from_mut(single),
        };
        let is_link = match member.primitive() {
            None => {
                for value in values {
                    rewrite_object(value, member, replacement);
                }
                continue;
            }
            Some(Primitive::Uri | Primitive::Url | Primitive::Canonical) => false,
            Some(_) if type_id == TypeId::new(REFERENCE) && key == "reference" => true,
            Some(_) => continue,
        };
        for value in values {
            if let Value::String(text) = value {
                rewrite_text(text, is_link, replacement);
            }
        }
    }
}

fn rewrite_text(text: &mut Text<'_>, is_link: bool, replacement: &dyn Fn(&str) -> Option<String>) {
    let old = text.decode();
    if !is_link && !old.starts_with("urn:") {
        return;
    }
    if let Some(new) = replacement(&old) {
        *text = Text::new(new);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_json::{Limits, parse};

    #[test]
    fn links_are_replaced_and_everything_else_keeps_its_spelling() {
        let old = r#"{"resourceType":"Observation","contained":[{"resourceType":"Provenance","target":[{"reference":"urn:uuid:1"}]}],"identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],"subject":{"reference":"urn:uuid:1","display":"urn:uuid:1","extension":[{"url":"http://x","valueUri":"urn:uuid:2"},{"url":"http://y","valueString":"urn:uuid:1"}]},"performer":[{"reference":"Practitioner?identifier=a"},{"reference":"urn:uuid:3"}],"valueQuantity":{"value":1.00E-2},"unknown":{"reference":"urn:uuid:1"},"note":[{"text":"urn:uuid:1\/"}]}"#;
        let new = r#"{"resourceType":"Observation","contained":[{"resourceType":"Provenance","target":[{"reference":"Patient/1"}]}],"identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],"subject":{"reference":"Patient/1","display":"urn:uuid:1","extension":[{"url":"http://x","valueUri":"Patient/2"},{"url":"http://y","valueString":"urn:uuid:1"}]},"performer":[{"reference":"Practitioner/7"},{"reference":"urn:uuid:3"}],"valueQuantity":{"value":1.00E-2},"unknown":{"reference":"urn:uuid:1"},"note":[{"text":"urn:uuid:1\/"}]}"#;
        let mut resource = parse(old.as_bytes(), &Limits::FHIR).unwrap();
        rewrite_references(&mut resource, &|text| match text {
            "urn:uuid:1" => Some("Patient/1".to_owned()),
            "urn:uuid:2" => Some("Patient/2".to_owned()),
            "Practitioner?identifier=a" => Some("Practitioner/7".to_owned()),
            _ => None,
        });
        assert_eq!(resource.to_json(), new);
    }

    #[test]
    fn entries_of_a_bundle_and_parameters_are_reached() {
        let old = r#"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:9","resource":{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Flag","subject":{"reference":"urn:uuid:1"}}},{"name":"b","part":[{"name":"c","valueUrl":"urn:uuid:1"}]}]}}]}"#;
        let mut resource = parse(old.as_bytes(), &Limits::FHIR).unwrap();
        rewrite_references(&mut resource, &|text| (text == "urn:uuid:1").then(|| "Patient/1".to_owned()));
        assert_eq!(resource.to_json(), old.replace("urn:uuid:1", "Patient/1"));
    }
}
