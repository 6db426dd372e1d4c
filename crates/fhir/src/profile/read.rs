//! Short ways into a resource for the numbered rules.
use karute_json::Value;
use std::borrow::Cow;

/// Text of a member.
pub(super) fn text<'v>(value: &'v Value<'_>, member: &str) -> Option<Cow<'v, str>> {
    value.get(member)?.as_str()
}

/// Whether a member is this text.
pub(super) fn is(value: &Value<'_>, member: &str, wanted: &str) -> bool {
    text(value, member).as_deref() == Some(wanted)
}

/// Items of a list member; none where it is missing.
pub(super) fn list<'v, 'a>(value: &'v Value<'a>, member: &str) -> &'v [Value<'a>] {
    value.get(member).map_or(&[], Value::items)
}

/// A canonical without `|version`.
pub(super) fn bare(canonical: &str) -> &str {
    canonical.split('|').next().unwrap_or(canonical)
}

/// The profiles a resource declares, as they are written.
pub(super) fn declared<'v>(resource: &'v Value<'_>) -> impl Iterator<Item = Cow<'v, str>> {
    let profiles = resource.get("meta").map_or(&[] as &[_], |meta| list(meta, "profile"));
    profiles.iter().filter_map(Value::as_str)
}

/// Whether a resource declares a profile, with or without `|version`.
pub(super) fn declares(resource: &Value<'_>, canonical: &str) -> bool {
    declared(resource).any(|profile| bare(&profile) == canonical)
}

/// `resourceType`.
pub(super) fn kind<'v>(resource: &'v Value<'_>) -> Cow<'v, str> {
    text(resource, "resourceType").unwrap_or_default()
}

/// The extensions with this address, with their places.
pub(super) fn extensions<'v, 'a>(
    element: &'v Value<'a>,
    url: &str,
) -> impl Iterator<Item = (usize, &'v Value<'a>)> {
    list(element, "extension").iter().enumerate().filter(move |(_, extension)| is(extension, "url", url))
}

/// The identifiers or codings with a system, with their places.
pub(super) fn of_system<'v, 'a>(
    items: &'v [Value<'a>],
    wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (usize, &'v Value<'a>)> {
    items.iter().enumerate().filter(move |(_, item)| text(item, "system").is_some_and(|system| wanted(&system)))
}

/// `coding` of a CodeableConcept.
pub(super) fn codings<'v, 'a>(concept: Option<&'v Value<'a>>) -> &'v [Value<'a>] {
    concept.map_or(&[], |concept| list(concept, "coding"))
}

/// Ten digits: prefecture, table of fees (1 to 3), number.
pub(super) fn is_institution(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().all(u8::is_ascii_digit)
        && matches!(bytes.first(), Some(b'0'..=b'4'))
        && matches!(bytes.get(2), Some(b'1'..=b'3'))
}

/// Half-width digits, this many.
pub(super) fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}
