//! Required bindings.
use super::location::Location;
use super::message;
use super::walk::Walk;
use crate::model::Binding;
use karute_json::{Object, Value};

/// System of UCUM units.
const UCUM: &str = "http://unitsofmeasure.org";

/// Whether a `code` element may have this code.
pub(super) fn allows(binding: &Binding, code: &str) -> bool {
    match binding {
        Binding::Open => true,
        Binding::Codes(systems) => systems.iter().any(|(_, codes)| codes.binary_search(&code).is_ok()),
        Binding::Language => is_language(code),
        Binding::MimeType => is_mime_type(code),
        Binding::Currency => code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()),
        Binding::Ucum => is_unit(code),
    }
}

/// Whether a coding belongs to the value set.
fn allows_coding(binding: &Binding, coding: &Value<'_>) -> bool {
    let text = |key| coding.get(key).and_then(Value::as_str);
    let (Some(system), Some(code)) = (text("system"), text("code")) else { return false };
    match binding {
        Binding::Codes(systems) => {
            systems.iter().any(|(known, codes)| *known == system && codes.binary_search(&&*code).is_ok())
        }
        Binding::Ucum => system == UCUM && is_unit(&code),
        other => allows(other, &code),
    }
}

impl Walk {
    /// A bound CodeableConcept: one of its codings must belong to the value set. One that consists of extensions
    /// alone (why there is no code) is left alone.
    pub(super) fn concept(&mut self, binding: &Binding, object: &Object<'_>, at: &Location<'_>) {
        if matches!(binding, Binding::Open) || !object.contains_key("coding") && !object.contains_key("text") {
            return;
        }
        let codings = object.get("coding").map_or(&[] as &[_], Value::items);
        if !codings.iter().any(|coding| allows_coding(binding, coding)) {
            self.report("code-invalid", at, message::CONCEPT_NOT_ALLOWED);
        }
    }
}

/// Form of a BCP-47 tag: subtags of up to eight letters and digits, the first of letters only.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let alphanumeric = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    subtags.next().is_some_and(|first| alphanumeric(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && subtags.all(alphanumeric)
}

/// Form of a media type, with parameters; also the short names (`json`) that R4 uses itself.
fn is_mime_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let token =
        |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    let mut parts = essence.splitn(2, '/');
    parts.next().is_some_and(token) && parts.next().is_none_or(token)
}

/// UCUM units are printable ASCII without spaces; annotations stand in braces.
fn is_unit(code: &str) -> bool {
    let mut annotated = false;
    !code.is_empty()
        && code.chars().all(|c| {
            match c {
                '{' => annotated = true,
                '}' => annotated = false,
                _ => {}
            }
            c.is_ascii_graphic() || annotated && c == ' '
        })
        && !annotated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_systems_without_a_list_are_checked_by_their_form() {
        let cases: &[(Binding, &[&str], &[&str])] = &[
            (
                Binding::Language,
                &["ja", "ja-JP", "zh-Hant-TW", "x-klingon"],
                &["", "日本語", "ja_JP", "ja-", "1a", "abcdefghi"],
            ),
            (
                Binding::MimeType,
                &["application/fhir+json", "text/plain; charset=utf-8", "json", "image/svg+xml"],
                &["", "text/", "/plain", "text plain", "テキスト", "a/b/c"],
            ),
            (Binding::Currency, &["JPY", "USD"], &["jpy", "YEN!", "円"]),
            (Binding::Ucum, &["mg/dL", "10*3/uL", "{count}", "{white cells}/uL"], &["", "mg dL", "単位", "{a"]),
        ];
        for (binding, good, bad) in cases {
            for code in *good {
                assert!(allows(binding, code), "{binding:?} {code}");
            }
            for code in *bad {
                assert!(!allows(binding, code), "{binding:?} {code}");
            }
        }
    }
}
