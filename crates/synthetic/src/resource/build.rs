//! The small parts resources are made of.
use karute_json::{Number, Value};

/// A value of this room: nothing is borrowed.
pub(crate) type Json = Value<'static>;

/// An object; members that are `null` are left out, so that optional elements read like the others.
pub(crate) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Value::Object(members.into_iter().filter(|(_, value)| *value != Value::Null).collect())
}

/// A text.
pub(crate) fn text(plain: impl Into<String>) -> Json {
    Value::string(plain.into())
}

/// A constant text.
pub(crate) fn word(plain: &'static str) -> Json {
    Value::string(plain)
}

/// A text, or nothing.
pub(crate) fn maybe(plain: Option<String>) -> Json {
    plain.map_or(Value::Null, Value::string)
}

/// A list; nothing when it is empty, since FHIR has no empty lists.
pub(crate) fn list(items: impl IntoIterator<Item = Json>) -> Json {
    let items: Vec<Json> = items.into_iter().collect();
    if items.is_empty() { Value::Null } else { Value::Array(items) }
}

/// A number with this many digits after the point.
pub(crate) fn decimal(value: f64, decimals: usize) -> Json {
    lexeme(&format!("{value:.decimals$}"))
}

/// A number as it is spelled in the clinic's tables.
pub(crate) fn lexeme(spelled: &str) -> Json {
    Number::from_lexeme(spelled).map_or(Value::Null, Value::Number)
}

/// `Coding`
pub(crate) fn coding(system: &'static str, code: impl Into<String>, display: Option<&'static str>) -> Json {
    object([("system", word(system)), ("code", text(code)), ("display", display.map_or(Value::Null, word))])
}

/// `CodeableConcept` of one coding.
pub(crate) fn concept(system: &'static str, code: &'static str, display: &'static str) -> Json {
    object([("coding", list([coding(system, code, Some(display))]))])
}

/// `CodeableConcept` of words.
pub(crate) fn words(plain: impl Into<String>) -> Json {
    object([("text", text(plain))])
}

/// `Reference`
pub(crate) fn reference(kind: &str, id: &str) -> Json {
    object([("reference", text(format!("{kind}/{id}")))])
}

/// `Reference` with words.
pub(crate) fn shown(kind: &str, id: &str, display: &str) -> Json {
    object([("reference", text(format!("{kind}/{id}"))), ("display", text(display))])
}

/// `Identifier`
pub(crate) fn identifier(system: impl Into<String>, value: impl Into<String>) -> Json {
    object([("system", text(system)), ("value", text(value))])
}

/// `Quantity` in UCUM.
pub(crate) fn quantity(value: Json, unit: &'static str, ucum: &'static str) -> Json {
    object([
        ("value", value),
        ("unit", word(unit)),
        ("system", word("http://unitsofmeasure.org")),
        ("code", word(ucum)),
    ])
}

/// Narrative of plain text, line by line.
pub(crate) fn narrative(plain: &str) -> Json {
    let mut div = String::with_capacity(plain.len() + 64);
    div.push_str(r#"<div xmlns="http://www.w3.org/1999/xhtml">"#);
    for (index, line) in plain.lines().enumerate() {
        if index > 0 {
            div.push_str("<br/>");
        }
        for c in line.chars() {
            match c {
                '<' => div.push_str("&lt;"),
                '>' => div.push_str("&gt;"),
                '&' => div.push_str("&amp;"),
                c => div.push(c),
            }
        }
    }
    div.push_str("</div>");
    object([("status", word("generated")), ("div", text(div))])
}
