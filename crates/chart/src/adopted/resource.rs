//! The list as a FHIR `ValueSet`.
use super::{AdoptedDrug, SYSTEM, URL};
use crate::view::element::text;
use karute_json::{Object, Value};

/// The drugs of a value set, by name.
pub(super) fn drugs(body: &Value<'_>) -> Vec<AdoptedDrug> {
    let includes = body.at(&["compose"]).and_then(|c| c.get("include")).map_or(&[][..], Value::items);
    let ours = includes.iter().filter(|i| text(i, &["system"]).as_deref() == Some(SYSTEM));
    let concepts = ours.flat_map(|i| i.get("concept").map_or(&[][..], Value::items));
    let mut found: Vec<AdoptedDrug> = concepts
        .filter_map(|c| {
            let code = text(c, &["code"])?;
            Some(AdoptedDrug { display: text(c, &["display"]).unwrap_or_else(|| code.clone()), code })
        })
        .collect();
    found.sort_by(|a, b| (&a.display, &a.code).cmp(&(&b.display, &b.code)));
    found.dedup_by(|a, b| a.code == b.code);
    found
}

/// The value set with these drugs; what else stands in it stays.
pub(super) fn with(body: Option<Value<'static>>, drugs: &[AdoptedDrug]) -> Value<'static> {
    let mut object = match body {
        Some(Value::Object(object)) => object,
        _ => Object::new()
            .with("resourceType", Value::string("ValueSet"))
            .with("url", Value::string(URL))
            .with("name", Value::string("AdoptedDrugs"))
            .with("title", Value::string("採用薬"))
            .with("status", Value::string("active")),
    };
    let others = object.get("compose").and_then(|c| c.get("include")).map_or(&[][..], Value::items);
    let mut includes: Vec<Value<'static>> =
        others.iter().filter(|i| text(i, &["system"]).as_deref() != Some(SYSTEM)).cloned().collect();
    // A system without concepts would mean all its codes, so without drugs there is no include at all.
    if !drugs.is_empty() {
        let concepts = drugs.iter().map(concept).collect();
        let include = [("system", Value::string(SYSTEM)), ("concept", Value::Array(concepts))];
        includes.insert(0, Value::object(include));
    }
    if includes.is_empty() {
        object.remove("compose");
    } else if let Some(compose) = object.get_mut("compose").and_then(Value::as_object_mut) {
        compose.insert("include", Value::Array(includes));
    } else {
        object.insert("compose", Value::object([("include", Value::Array(includes))]));
    }
    Value::Object(object)
}

fn concept(drug: &AdoptedDrug) -> Value<'static> {
    Value::object([("code", Value::string(drug.code.clone())), ("display", Value::string(drug.display.clone()))])
}
