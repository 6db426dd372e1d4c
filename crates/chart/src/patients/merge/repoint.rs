//! Making a resource speak of another patient, and remembering where.
use super::MERGED_FROM;
use karute_fhir::Id;
use karute_json::{Object, Value};

/// Replaces every reference to one patient by one to another; answers the places, `subject` or `participant.0.actor`.
pub(super) fn repoint(body: &mut Value<'static>, from: &Id, to: &Id) -> Vec<String> {
    let (from, to) = (format!("Patient/{from}"), format!("Patient/{to}"));
    let mut places = Vec::new();
    walk(body, &mut String::new(), &mut |path, reference| {
        (reference == from).then(|| {
            places.push(path.to_owned());
            to.clone()
        })
    });
    places
}

/// The same at these places only. Where none of them speaks of the patient any more (somebody rearranged the resource
/// meanwhile), everywhere.
pub(super) fn repoint_at(body: &mut Value<'static>, from: &Id, to: &Id, places: &[String]) {
    let (source, target) = (format!("Patient/{from}"), format!("Patient/{to}"));
    let mut done = 0;
    walk(body, &mut String::new(), &mut |path, reference| {
        (reference == source && places.iter().any(|p| p == path)).then(|| {
            done += 1;
            target.clone()
        })
    });
    if done == 0 {
        repoint(body, from, to);
    }
}

/// Goes through a tree; `change` is asked for every `reference`, with the path of the object that holds it. A version
/// after the id (`Patient/a/_history/3`) names a state of the past and stays.
fn walk(value: &mut Value<'static>, path: &mut String, change: &mut impl FnMut(&str, &str) -> Option<String>) {
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter_mut().enumerate() {
                let length = path.len();
                push(path, &n.to_string());
                walk(item, path, change);
                path.truncate(length);
            }
        }
        Value::Object(object) => {
            let new = object.get("reference").and_then(Value::as_str).and_then(|r| change(path, &r));
            if let Some(new) = new {
                object.insert("reference", Value::string(new));
            }
            let keys: Vec<String> = object.iter().map(|(key, _)| key.decode().into_owned()).collect();
            for key in keys {
                let length = path.len();
                push(path, &key);
                if let Some(inner) = object.get_mut(&key) {
                    walk(inner, path, change);
                }
                path.truncate(length);
            }
        }
        _ => {}
    }
}

fn push(path: &mut String, step: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(step);
}

fn has(tag: &Value<'_>, name: &str, wanted: &str) -> bool {
    tag.get(name).and_then(Value::as_str).is_some_and(|v| v == wanted)
}

/// The tag of a resource that came from a record: the places that were changed then.
pub(super) fn came_from(body: &Value<'_>, id: &Id) -> Option<Vec<String>> {
    let tags = body.at(&["meta", "tag"]).map_or(&[][..], Value::items);
    let tag = tags.iter().find(|t| has(t, "system", MERGED_FROM) && has(t, "code", id.as_str()))?;
    let places = tag.get("display").and_then(Value::as_str).unwrap_or_default();
    Some(places.split(' ').filter(|p| !p.is_empty()).map(str::to_owned).collect())
}

/// Puts the tag on, or takes it off.
pub(super) fn set_came_from(body: &mut Value<'static>, id: &Id, places: Option<&[String]>) {
    let Some(object) = body.as_object_mut() else { return };
    let mut meta = match object.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Object::new(),
    };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    tags.retain(|t| !(has(t, "system", MERGED_FROM) && has(t, "code", id.as_str())));
    if let Some(places) = places {
        let tag = Object::new()
            .with("system", MERGED_FROM)
            .with("code", id.as_str().to_owned())
            .with("display", places.join(" "));
        tags.push(tag.into());
    }
    if !tags.is_empty() {
        meta.insert("tag", Value::Array(tags));
    }
    if !meta.is_empty() {
        object.insert_at(1, "meta", Value::Object(meta));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Value<'static> {
        karute_json::parse(text.as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned()
    }

    #[test]
    fn every_reference_is_changed_and_each_place_is_remembered() {
        let text = r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/a"}},{"actor":{"reference":"Patient/b"}}],
            "x":{"reference":"Patient/a/_history/2"},"y":{"reference":"Patient/ab"}}"#;
        let (a, b) = (Id::new("a").unwrap(), Id::new("b").unwrap());
        let mut body = parse(text);
        let places = repoint(&mut body, &a, &b);
        assert_eq!(places, ["participant.0.actor"]);
        set_came_from(&mut body, &a, Some(&places));
        assert_eq!(came_from(&body, &a), Some(places.clone()));
        assert_eq!(came_from(&body, &b), None);
        // Both now speak of b, but only one of them did not before.
        repoint_at(&mut body, &b, &a, &places);
        set_came_from(&mut body, &a, None);
        assert!(body.same_value(&parse(text)), "{}", body.to_json());
    }

    #[test]
    fn a_resource_rearranged_meanwhile_is_given_back_whole() {
        let (a, b) = (Id::new("a").unwrap(), Id::new("b").unwrap());
        let mut body = parse(r#"{"resourceType":"X","list":[{"reference":"Patient/b"}]}"#);
        repoint_at(&mut body, &b, &a, &["subject".to_owned()]);
        assert!(body.same_value(&parse(r#"{"resourceType":"X","list":[{"reference":"Patient/a"}]}"#)));
    }
}
