//! Reading what every resource has in common, and which elements matter to shortened answers.
use crate::ResourceType;
use crate::model::Element;
use karute_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// `Resource.meta` as far as it is there. Borrows from the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta<'v> {
    /// `versionId`
    pub version_id: Option<Cow<'v, str>>,
    /// `lastUpdated`, an `instant` as it was written.
    pub last_updated: Option<Cow<'v, str>>,
    /// `source`
    pub source: Option<Cow<'v, str>>,
    /// Canonical URLs of `profile`.
    pub profiles: Vec<Cow<'v, str>>,
    /// `security`
    pub security: Vec<Label<'v>>,
    /// `tag`
    pub tags: Vec<Label<'v>>,
}

/// A label: system and code as far as they are there.
pub type Label<'v> = (Option<Cow<'v, str>>, Option<Cow<'v, str>>);

/// The metadata of a resource.
pub fn meta_of<'v>(resource: &'v Value<'_>) -> Meta<'v> {
    let Some(meta) = resource.get("meta") else { return Meta::default() };
    let text = |key| meta.get(key).and_then(Value::as_str);
    let list = |key| meta.get(key).map_or(&[] as &[_], Value::items);
    let codings = |key| {
        let part = |coding: &'v Value<'_>, key| coding.get(key).and_then(Value::as_str);
        list(key).iter().map(|coding| (part(coding, "system"), part(coding, "code"))).collect()
    };
    Meta {
        version_id: text("versionId"),
        last_updated: text("lastUpdated"),
        source: text("source"),
        profiles: list("profile").iter().filter_map(Value::as_str).collect(),
        security: codings("security"),
        tags: codings("tag"),
    }
}

type Lists = LazyLock<Vec<Vec<&'static str>>>;

static SUMMARY: Lists = LazyLock::new(|| lists(Element::is_summary));
static MANDATORY: Lists = LazyLock::new(|| lists(Element::is_required));
static MODIFIERS: Lists = LazyLock::new(|| lists(Element::is_modifier));

fn lists(keep: fn(&Element) -> bool) -> Vec<Vec<&'static str>> {
    let of = |resource_type: ResourceType| {
        let elements = resource_type.type_id().definition().elements();
        elements.iter().filter(|e| keep(e)).map(Element::name).collect()
    };
    ResourceType::all().map(of).collect()
}

/// JSON names, sorted, of the elements that belong to the summary (`_summary=true`). Choices are spelled out; the
/// `_…` siblings of primitives go with their elements.
pub fn summary_elements(resource_type: ResourceType) -> &'static [&'static str] {
    SUMMARY.get(resource_type.index()).map_or(&[], Vec::as_slice)
}

/// JSON names, sorted, of the elements without which the resource would not be valid (`_summary=text`, `_elements`).
pub fn mandatory_elements(resource_type: ResourceType) -> &'static [&'static str] {
    MANDATORY.get(resource_type.index()).map_or(&[], Vec::as_slice)
}

/// JSON names, sorted, of the elements that change the meaning of the others: who shows a part of the resource must
/// not leave them out.
pub fn modifier_elements(resource_type: ResourceType) -> &'static [&'static str] {
    MODIFIERS.get(resource_type.index()).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_json::{Limits, parse};

    #[test]
    fn metadata_is_read_as_far_as_it_is_there() {
        let text = r#"{"resourceType":"Patient","meta":{"versionId":"3","lastUpdated":"2026-11-22T10:25:00Z","profile":["http://p"],"tag":[{"system":"s","code":"c"},{"code":"d"}]}}"#;
        let resource = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        let meta = meta_of(&resource);
        assert_eq!(meta.version_id.as_deref(), Some("3"));
        assert_eq!(meta.last_updated.as_deref(), Some("2026-11-22T10:25:00Z"));
        assert_eq!(meta.profiles, ["http://p"]);
        assert_eq!(meta.tags, [(Some("s".into()), Some("c".into())), (None, Some("d".into()))]);
        assert_eq!(meta_of(&Value::Null), Meta::default());
    }

    #[test]
    fn summaries_and_mandatory_elements_are_those_of_the_definition() {
        let observation = ResourceType::parse("Observation").unwrap();
        assert_eq!(mandatory_elements(observation), ["code", "status"]);
        assert_eq!(modifier_elements(observation), ["implicitRules", "modifierExtension", "status"]);
        let summary = summary_elements(observation);
        for name in ["id", "meta", "status", "code", "subject", "valueQuantity", "component"] {
            assert!(summary.contains(&name), "{name}");
        }
        for name in ["text", "note", "interpretation", "referenceRange"] {
            assert!(!summary.contains(&name), "{name}");
        }
    }
}
