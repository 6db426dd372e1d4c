//! Whether values are what they must be.
use super::model::{Codes, Wanted};
use karute_json::Value;

/// Whether a value is what is wanted.
pub(super) fn satisfies(wanted: &Wanted, value: &Value<'_>) -> bool {
    match wanted {
        Wanted::Fixed(fixed) => fixed.same_value(value),
        Wanted::Pattern(pattern) => fits(pattern, value),
    }
}

/// Whether a value holds at least what a pattern holds: every member, and for every item of a list some item.
fn fits(pattern: &Value<'_>, value: &Value<'_>) -> bool {
    match (pattern, value) {
        (Value::Object(pattern), Value::Object(_)) => pattern
            .iter()
            .all(|(key, wanted)| value.get(&key.decode()).is_some_and(|found| fits(wanted, found))),
        (Value::Array(pattern), Value::Array(items)) => {
            pattern.iter().all(|wanted| items.iter().any(|item| fits(wanted, item)))
        }
        _ => pattern.same_value(value),
    }
}

/// Whether a coded element is in a value set: a code, a Coding or Quantity, or a CodeableConcept with some coding of
/// it.
pub(super) fn is_bound(codes: &Codes, value: &Value<'_>) -> bool {
    match value {
        Value::String(code) => codes.holds(None, &code.decode()),
        Value::Object(object) if object.contains_key("coding") => {
            value.get("coding").map_or(&[] as &[_], Value::items).iter().any(|coding| holds(codes, coding))
        }
        Value::Object(object) if object.contains_key("code") => holds(codes, value),
        _ => false,
    }
}

fn holds(codes: &Codes, coding: &Value<'_>) -> bool {
    let (system, code) = (coding.get("system").and_then(Value::as_str), coding.get("code").and_then(Value::as_str));
    matches!((system, code), (Some(system), Some(code)) if codes.holds(Some(&system), &code))
}
