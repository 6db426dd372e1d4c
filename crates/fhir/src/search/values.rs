//! From FHIR elements to index values.
//!
//! `kind` is always the name of the element's type in the definitions. The JSON may be of any shape all the same:
//! what does not fit gives nothing.
use super::bounds::{code_text, exact_text, text_key};
use super::{IndexValue, number};
use crate::{Reference, ResourceType};
use karute_japan::PartialDateTime;
use karute_json::Value;
use std::borrow::Cow;

/// Receives index values.
pub(super) type Sink<'s> = dyn FnMut(IndexValue) + 's;

fn text<'v>(element: &'v Value<'_>, name: &str) -> Option<Cow<'v, str>> {
    element.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn token(system: Option<Cow<'_, str>>, code: &str) -> IndexValue {
    IndexValue::Token {
        system: system.map(|system| code_text(&system).into_owned()),
        code: code_text(code).into_owned(),
    }
}

/// Tokens: code, Coding, CodeableConcept, Identifier, ContactPoint, boolean, id, string, uri (R4 search §3.1.1.4.11).
pub(super) fn tokens(element: &Value<'_>, kind: &str, sink: &mut Sink<'_>) {
    let mut any = false;
    let mut coding = |coding: &Value<'_>, name, sink: &mut Sink<'_>| {
        if let Some(code) = text(coding, name) {
            sink(token(text(coding, "system"), &code));
            any = true;
        }
    };
    match (kind, element) {
        ("CodeableConcept", Value::Object(_)) => {
            for each in element.get("coding").map(Value::items).unwrap_or_default() {
                coding(each, "code", sink);
            }
        }
        ("Coding", Value::Object(_)) => coding(element, "code", sink),
        ("Identifier", Value::Object(_)) => coding(element, "value", sink),
        ("ContactPoint", Value::Object(_)) => return contact_point(element, sink),
        (_, Value::Bool(value)) => return sink(token(None, if *value { "true" } else { "false" })),
        (_, Value::String(code)) => return sink(token(None, &code.decode())),
        (_, Value::Number(number)) => return sink(token(None, number.as_str())),
        _ => return,
    }
    if !any {
        sink(IndexValue::Token { system: None, code: String::new() });
    }
}

/// A ContactPoint has no token system (its `system` is a kind of device). Numbers are also found by their digits
/// alone, however they are written in the record.
fn contact_point(element: &Value<'_>, sink: &mut Sink<'_>) {
    let Some(value) = text(element, "value") else { return };
    sink(token(None, &value));
    if !matches!(text(element, "system").as_deref(), Some("email" | "url" | "other")) {
        let digits: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        if digits != value && digits.contains(|c: char| c.is_ascii_digit()) {
            sink(token(None, &digits));
        }
    }
}

/// For `:of-type`: the type of an Identifier as system, `code|value` as code.
pub(super) fn identifier_of_type(element: &Value<'_>, sink: &mut Sink<'_>) {
    let Some(value) = text(element, "value") else { return };
    for coding in element.at(&["type", "coding"]).map(Value::items).unwrap_or_default() {
        if let Some(code) = text(coding, "code") {
            sink(token(text(coding, "system"), &format!("{code}|{value}")));
        }
    }
}

/// For `:identifier`: the logical identifier of a Reference.
pub(super) fn logical_reference(element: &Value<'_>, sink: &mut Sink<'_>) {
    if let Some(identifier) = element.get("identifier")
        && let Some(value) = text(identifier, "value")
    {
        sink(token(text(identifier, "system"), &value));
    }
}

/// Keys of texts that were folded already: a name is asked for by several parameters, and folding is the dearest part.
#[derive(Default)]
pub(super) struct Folded<'v>(Vec<(&'v str, String)>);

/// Texts that are kept.
const MAX_FOLDED: usize = 64;

impl<'v> Folded<'v> {
    fn key(&mut self, text: Cow<'v, str>) -> String {
        let text = match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => return text_key(&text),
        };
        // The same place in the resource: no need to compare the texts.
        if let Some((_, key)) = self.0.iter().find(|(known, _)| std::ptr::eq(*known, text)) {
            return key.clone();
        }
        let key = text_key(text);
        if self.0.len() < MAX_FOLDED {
            self.0.push((text, key.clone()));
        }
        key
    }
}

/// Strings: text, HumanName and Address in all their parts.
pub(super) fn strings<'v>(element: &'v Value<'v>, kind: &str, folded: &mut Folded<'v>, sink: &mut Sink<'_>) {
    let mut string = |text: Cow<'v, str>| {
        if !text.is_empty() {
            let exact = exact_text(&text).into_owned();
            sink(IndexValue::Text { key: folded.key(text), exact });
        }
    };
    match element {
        Value::String(value) => string(value.decode()),
        Value::Object(_) if matches!(kind, "HumanName" | "Address") => {
            for name in ["text", "family", "city", "district", "state", "postalCode", "country"] {
                if let Some(part) = text(element, name) {
                    string(part);
                }
            }
            for name in ["given", "prefix", "suffix", "line"] {
                let parts = element.get(name).map(Value::items).unwrap_or_default();
                parts.iter().filter_map(Value::as_str).for_each(&mut string);
            }
            // 山田太郎, 東京都港区芝公園: people and places are looked up as they are spoken, across the parts.
            let wholes =
                [together(element, &["family", "given"]), together(element, &["state", "district", "city", "line"])];
            for whole in wholes.into_iter().flatten() {
                string(Cow::Owned(whole));
            }
        }
        _ => {}
    }
}

/// The parts in this order as one text, when there are at least two.
fn together(element: &Value<'_>, names: &[&str]) -> Option<String> {
    let mut count = 0;
    let mut whole = String::new();
    for name in names {
        let Some(value) = element.get(name) else { continue };
        let parts = if let Value::Array(parts) = value { parts.as_slice() } else { std::slice::from_ref(value) };
        for part in parts.iter().filter_map(Value::as_str) {
            if count > 0 {
                whole.push(' ');
            }
            whole.push_str(&part);
            count += 1;
        }
    }
    (count > 1).then_some(whole)
}

/// References, canonicals and uris that point somewhere. A canonical with a version is found with and without it.
pub(super) fn references(element: &Value<'_>, kind: &str, base: &str, sink: &mut Sink<'_>) {
    let address = match element {
        Value::String(address) if matches!(kind, "canonical" | "uri" | "url" | "oid" | "uuid") => {
            Some(address.decode())
        }
        Value::Object(_) if matches!(kind, "Reference" | "Resource") => {
            // A resource within a Bundle.
            if kind == "Resource"
                && let (Some(name), Some(id)) = (text(element, "resourceType"), text(element, "id"))
                && let Some(target) = ResourceType::parse(&name)
                && let Ok(id) = crate::Id::new(&id)
            {
                return sink(IndexValue::Local { target, id });
            }
            text(element, "reference")
        }
        _ => return,
    };
    match address.as_deref().map(|address| (address, Reference::parse(address, base))) {
        Some((_, Ok(Reference::Local { resource_type, id, .. }))) => {
            sink(IndexValue::Local { target: resource_type, id });
        }
        None | Some((_, Ok(Reference::Contained(_)))) => sink(IndexValue::Uri(String::new())),
        Some((address, _)) => uri(address, sink),
    }
}

/// Uris; a canonical with a version is found with and without it.
pub(super) fn uris(element: &Value<'_>, sink: &mut Sink<'_>) {
    if let Value::String(address) = element {
        uri(&address.decode(), sink);
    }
}

fn uri(address: &str, sink: &mut Sink<'_>) {
    sink(IndexValue::Uri(code_text(address).into_owned()));
    if let Some((canonical, _)) = address.split_once('|')
        && !canonical.is_empty()
    {
        sink(IndexValue::Uri(code_text(canonical).into_owned()));
    }
}

/// Dates: date, dateTime, instant, Period, Timing (its outer limits; R4 search §3.1.1.4.7).
pub(super) fn dates(element: &Value<'_>, kind: &str, sink: &mut Sink<'_>) {
    let span = match element {
        Value::String(_) if matches!(kind, "date" | "dateTime" | "instant") => date(element),
        Value::Object(_) if kind == "Period" => period(element),
        Value::Object(_) if kind == "Timing" => timing(element),
        _ => None,
    };
    if let Some((lo, hi)) = span {
        sink(IndexValue::Date { lo, hi });
    }
}

fn date(element: &Value<'_>) -> Option<(i64, i64)> {
    let date = PartialDateTime::parse(&element.as_str()?).ok()?;
    Some((date.lo.as_micros(), date.hi.as_micros()))
}

fn period(element: &Value<'_>) -> Option<(i64, i64)> {
    let start = element.get("start").and_then(date);
    let end = element.get("end").and_then(date);
    if start.is_none() && end.is_none() {
        return None;
    }
    Some((start.map_or(i64::MIN, |(lo, _)| lo), end.map_or(i64::MAX, |(_, hi)| hi)))
}

fn timing(element: &Value<'_>) -> Option<(i64, i64)> {
    let events = element.get("event").map(Value::items).unwrap_or_default().iter().filter_map(date);
    let bounds = element.at(&["repeat", "boundsPeriod"]).and_then(period);
    events.chain(bounds).reduce(|(lo, hi), (start, end)| (lo.min(start), hi.max(end)))
}

/// Numbers.
pub(super) fn numbers(element: &Value<'_>, sink: &mut Sink<'_>) {
    if let Some(value) = element.as_number().and_then(|number| number::value(number.as_str())) {
        sink(IndexValue::Number { value, lo: value, hi: value });
    }
}

/// Quantities: Quantity and its kinds, Money, Range.
pub(super) fn quantities(element: &Value<'_>, kind: &str, sink: &mut Sink<'_>) {
    match kind {
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" => {
            let Some(value) = number(element) else { return };
            let (lo, hi) = match text(element, "comparator").as_deref() {
                Some("<") => (f64::MIN, value.next_down()),
                Some("<=") => (f64::MIN, value),
                Some(">") => (value.next_up(), f64::MAX),
                Some(">=") => (value, f64::MAX),
                _ => (value, value),
            };
            sink(quantity(value, lo, hi, element));
        }
        "Money" => {
            let Some(value) = number(element) else { return };
            let system = Some("urn:iso:std:iso:4217".to_owned());
            let code = text(element, "currency").map(Cow::into_owned);
            sink(IndexValue::Quantity { value, lo: value, hi: value, system, unit: code.clone(), code });
        }
        "Range" => range(element, sink),
        _ => {}
    }
}

fn number(element: &Value<'_>) -> Option<f64> {
    number::value(element.get("value")?.as_number()?.as_str())
}

fn range(element: &Value<'_>, sink: &mut Sink<'_>) {
    let (low, high) = (element.get("low"), element.get("high"));
    let (lo, hi) = (low.and_then(number), high.and_then(number));
    if let Some(value) = lo.or(hi)
        && let Some(end) = low.or(high)
    {
        sink(quantity(value, lo.unwrap_or(f64::MIN), hi.unwrap_or(f64::MAX), end));
    }
}

fn quantity(value: f64, lo: f64, hi: f64, unit: &Value<'_>) -> IndexValue {
    let part = |name| text(unit, name).map(|text| code_text(&text).into_owned());
    IndexValue::Quantity { value, lo, hi, system: part("system"), code: part("code"), unit: part("unit") }
}
