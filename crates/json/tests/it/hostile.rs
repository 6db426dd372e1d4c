//! Texts made to cost much.
use karute_json::{Limits, Value, parse};

#[test]
fn a_million_members_are_no_quadratic_cost() {
    // Compared one with another they would need 5 * 10^11 steps: the test would never end.
    let members: Vec<String> = (0..1_000_000).map(|i| format!("\"{i}\":0")).collect();
    let text = format!("{{{}}}", members.join(","));
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    assert_eq!(value.as_object().unwrap().len(), 1_000_000);
    assert!(value.same_value(&value.clone()));
}

#[test]
fn a_string_of_many_megabytes_is_one_piece() {
    let long = "あ".repeat(10_000_000);
    let text = format!("{{\"data\":\"{long}\"}}");
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    assert_eq!(value.get("data").and_then(Value::as_str).unwrap().len(), long.len());
}

#[test]
fn a_million_escapes_are_decoded_in_one_pass() {
    let text = format!("\"{}\"", "\\u3042\\ud83d\\ude00\\n".repeat(300_000));
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    assert_eq!(value.as_str().unwrap().chars().count(), 900_000);
}
