//! Small parts of FHIR as they are written and read here.
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};

pub(super) type Json = Value<'static>;

pub(super) fn word(plain: impl Into<String>) -> Json {
    Value::string(plain.into())
}

pub(super) fn list(items: impl IntoIterator<Item = Json>) -> Json {
    Value::Array(items.into_iter().collect())
}

pub(super) fn coding(system: &str, code: &str, display: &str) -> Json {
    let mut coding = Object::new().with("system", word(system)).with("code", word(code));
    if !display.is_empty() {
        coding.insert("display", word(display));
    }
    Value::Object(coding)
}

pub(super) fn concept(system: &str, code: &str, display: &str) -> Json {
    Value::object([("coding", list([coding(system, code, display)]))])
}

/// `CodeableConcept` or anything else that is only words.
pub(super) fn words(text: &str) -> Json {
    Value::object([("text", word(text))])
}

pub(super) fn identifier(system: &str, value: &str) -> Json {
    Value::object([("system", word(system)), ("value", word(value))])
}

pub(super) fn extension(url: &str, name: &'static str, value: Json) -> Json {
    Value::object([("url", word(url)), (name, value)])
}

/// `meta` of a resource that is sent.
pub(super) fn meta(profile: &str, at: Timestamp) -> Json {
    Value::object([("lastUpdated", word(at.to_fhir())), ("profile", list([word(profile)]))])
}

pub(super) fn reference(to: &str, display: &str) -> Json {
    let mut reference = Object::new().with("reference", word(to));
    if !display.is_empty() {
        reference.insert("display", word(display));
    }
    Value::Object(reference)
}

/// Text at a path.
pub(super) fn text(value: &Value<'_>, path: &[&str]) -> Option<String> {
    let found = value.at(path)?.as_str()?;
    let trimmed = found.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A list at a name; empty where there is none.
pub(super) fn items<'v, 'a>(value: &'v Value<'a>, name: &str) -> &'v [Value<'a>] {
    value.get(name).map_or(&[][..], Value::items)
}

/// The code of a concept in a system.
pub(super) fn code(concept: &Value<'_>, system: &str) -> Option<String> {
    let of = |c: &&Value<'_>| text(c, &["system"]).as_deref() == Some(system);
    items(concept, "coding").iter().find(of).and_then(|c| text(c, &["code"]))
}

/// What a concept says: its words, else the display or code of its first coding.
pub(super) fn display(concept: &Value<'_>) -> Option<String> {
    text(concept, &["text"]).or_else(|| {
        let codings = items(concept, "coding");
        codings.iter().find_map(|c| text(c, &["display"])).or_else(|| codings.iter().find_map(|c| text(c, &["code"])))
    })
}

/// Id in a reference of a type.
pub(super) fn id_in(value: &Value<'_>, path: &[&str], kind: &str) -> Option<String> {
    text(value, path)?.strip_prefix(kind)?.strip_prefix('/').map(str::to_owned)
}

/// Day of a `date` or `dateTime`, in Japan.
pub(super) fn day(value: &Value<'_>, path: &[&str]) -> Option<Date> {
    let found = text(value, path)?;
    if found.len() > 10 { Timestamp::parse(&found).map(Timestamp::day_in_japan) } else { found.parse().ok() }
}

/// Whether a resource has a tag.
pub(super) fn has_tag(body: &Value<'_>, system: &str, code: Option<&str>) -> bool {
    let tags = body.at(&["meta", "tag"]).map_or(&[][..], Value::items);
    tags.iter().any(|tag| {
        text(tag, &["system"]).as_deref() == Some(system)
            && code.is_none_or(|code| text(tag, &["code"]).as_deref() == Some(code))
    })
}
