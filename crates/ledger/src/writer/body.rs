//! The stored text of a version: the client's resource with `id` and `meta` set by the ledger.
use karute_fhir::{Id, ResourceType};
use karute_json::{Object, Value};
use std::sync::Arc;

/// A resource's text, written on the caller's task, with the two places left open that are only known inside the
/// transaction.
#[derive(Debug)]
pub(crate) struct Body {
    /// Text before, between and after `meta.versionId` and `meta.lastUpdated`, in the order they stand.
    text: String,
    version_at: usize,
    updated_at: usize,
}

impl Body {
    /// `None` when `resource` is not an object of that type.
    ///
    /// The client's values of `id`, `meta.versionId` and `meta.lastUpdated` are replaced where they stand. Absent:
    /// `id` goes right after `resourceType`, `meta` right after `id`, and inside `meta` the two come first.
    pub(crate) fn new(resource_type: ResourceType, id: &Id, resource: &mut Value<'static>) -> Option<Body> {
        if resource.get("resourceType")?.as_str()? != resource_type.name() {
            return None;
        }
        let object = resource.as_object_mut()?;
        set(object, "id", "resourceType", Value::string(id.as_str().to_owned()));
        if object.get("meta").and_then(Value::as_object).is_none() {
            set(object, "meta", "id", Value::Object(Object::new()));
        }
        let meta = object.get_mut("meta")?.as_object_mut()?;
        if !meta.contains_key("versionId") {
            meta.insert_at(0, "versionId", Value::Null);
        }
        if !meta.contains_key("lastUpdated") {
            let after = meta.iter().position(|(key, _)| key.raw() == "versionId").map_or(0, |at| at + 1);
            meta.insert_at(after, "lastUpdated", Value::Null);
        }
        let mut body = Body { text: String::with_capacity(512), version_at: 0, updated_at: 0 };
        body.object(object, |body, key, value| match (key, value) {
            ("meta", Value::Object(meta)) => body.object(meta, |body, key, value| match key {
                "versionId" => body.version_at = body.open(),
                "lastUpdated" => body.updated_at = body.open(),
                _ => value.write(&mut body.text),
            }),
            _ => value.write(&mut body.text),
        });
        Some(body)
    }

    fn object(&mut self, object: &Object<'_>, mut member: impl FnMut(&mut Body, &str, &Value<'_>)) {
        self.text.push('{');
        for (i, (key, value)) in object.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            self.text.push('"');
            self.text.push_str(key.raw());
            self.text.push_str("\":");
            member(self, &key.decode(), value);
        }
        self.text.push('}');
    }

    /// Leaves a place for a string open.
    fn open(&mut self) -> usize {
        self.text.push_str("\"\"");
        self.text.len() - 1
    }

    /// Bytes of the text.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The whole text. `updated` is a FHIR instant.
    pub(crate) fn finish(&self, version: u32, updated: &str) -> Arc<str> {
        let version = version.to_string();
        let mut places = [(self.version_at, version.as_str()), (self.updated_at, updated)];
        places.sort_unstable();
        let mut out = String::with_capacity(self.text.len() + version.len() + updated.len());
        let mut done = 0;
        for (at, value) in places {
            out.push_str(self.text.get(done..at).unwrap_or_default());
            out.push_str(value);
            done = at;
        }
        out.push_str(self.text.get(done..).unwrap_or_default());
        out.into()
    }
}

/// Replaces a member where it stands, or puts it right after `after`, or first.
fn set(object: &mut Object<'static>, key: &str, after: &str, value: Value<'static>) {
    if let Some(present) = object.get_mut(key) {
        *present = value;
    } else {
        let at = object.iter().position(|(k, _)| k.decode() == after).map_or(0, |at| at + 1);
        object.insert_at(at, key, value);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_json::{Limits, parse};

    fn stored(text: &str) -> String {
        let mut value = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        let patient = ResourceType::parse("Patient").unwrap();
        let body = Body::new(patient, &Id::new("p1").unwrap(), &mut value).unwrap();
        body.finish(3, "T").to_string()
    }

    #[test]
    fn id_and_meta_come_right_after_the_type_when_absent() {
        assert_eq!(
            stored(r#"{"active":true,"resourceType":"Patient","x":72.50}"#),
            r#"{"active":true,"resourceType":"Patient","id":"p1","meta":{"versionId":"3","lastUpdated":"T"},"x":72.50}"#
        );
    }

    #[test]
    fn the_clients_values_are_replaced_where_they_stand() {
        assert_eq!(
            stored(
                r#"{"resourceType":"Patient","meta":{"tag":[],"lastUpdated":"x","versionId":"9"},"a":"\u3042","id":"other"}"#
            ),
            r#"{"resourceType":"Patient","meta":{"tag":[],"lastUpdated":"T","versionId":"3"},"a":"\u3042","id":"p1"}"#
        );
        assert_eq!(
            stored(r#"{"resourceType":"Patient","id":"x","meta":{"profile":["p"],"versionId":"7"}}"#),
            r#"{"resourceType":"Patient","id":"p1","meta":{"profile":["p"],"versionId":"3","lastUpdated":"T"}}"#
        );
    }

    #[test]
    fn another_type_is_refused() {
        let mut value = parse(br#"{"resourceType":"Observation"}"#, &Limits::FHIR).unwrap().into_owned();
        let patient = ResourceType::parse("Patient").unwrap();
        assert!(Body::new(patient, &Id::new("p1").unwrap(), &mut value).is_none());
    }
}
