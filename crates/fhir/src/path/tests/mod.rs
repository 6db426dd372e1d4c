//! Expressions: what they give, what is refused, and those of R4 itself.
#![allow(clippy::unwrap_used)]

mod bounds;
mod definitions;
mod evaluation;

use super::{EvalError, Expression, Item, Scope};
use karute_json::{Limits, Value, parse};

const PATIENT: &str = r##"{
  "resourceType": "Patient", "id": "p1", "active": true,
  "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">山田</div>"},
  "contained": [
    {"resourceType": "Organization", "id": "org", "name": "院"},
    {"resourceType": "Practitioner", "id": "dr"}
  ],
  "extension": [
    {"url": "http://example.jp/race", "valueCode": "x"},
    {"url": "http://example.jp/blood", "valueCodeableConcept": {"text": "A"}}
  ],
  "identifier": [
    {"system": "urn:oid:1.2", "value": "0001"},
    {"system": "urn:oid:1.3", "value": "0002", "type": {"coding": [{"code": "MR"}]}}
  ],
  "name": [
    {"use": "official", "family": "山田", "given": ["太郎", "一郎"]},
    {"use": "usual", "family": "ヤマダ", "given": ["タロウ"], "_given": [{"id": "g1"}]}
  ],
  "telecom": [{"system": "phone", "value": "03-1234-5678"}, {"system": "email", "value": "a@example.jp"}],
  "birthDate": "1970-03-30", "_birthDate": {"extension": [{"url": "http://example.jp/time", "valueDateTime": "1970-03-30T10:00:00+09:00"}]},
  "_gender": {"extension": [{"url": "http://example.jp/unknown", "valueBoolean": true}]},
  "deceasedBoolean": false,
  "multipleBirthInteger": 2,
  "contact": [{"name": {"text": "花子"}, "period": {"start": "2020", "end": "2021-05"}}],
  "generalPractitioner": [{"reference": "#dr"}, {"reference": "Organization/o9"}, {"reference": "https://x.example/fhir/Practitioner/7"}],
  "managingOrganization": {"reference": "#org"},
  "link": [{"other": {"type": "Patient", "identifier": {"value": "z"}}, "type": "refer"}]
}"##;

const OBSERVATION: &str = r#"{
  "resourceType": "Observation", "id": "o1", "status": "final",
  "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}, {"system": "urn:x", "code": "bp"}], "text": "血圧"},
  "subject": {"reference": "Patient/p1"},
  "effectiveDateTime": "2026-11-22T10:25:00+09:00",
  "issued": "2026-11-22T01:25:00.000Z",
  "valueQuantity": {"value": 72.50, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
  "referenceRange": [{"low": {"value": 1, "unit": "mmHg"}, "high": {"value": 2.0, "unit": "mmHg"}}],
  "component": [
    {"code": {"text": "a"}, "valueInteger": 1},
    {"code": {"text": "b"}, "valueString": "x"},
    {"code": {"text": "c"}, "valueTime": "10:30:00"},
    {"code": {"text": "d"}, "valuePeriod": {"start": "2026-01", "end": "2026-02-10"}}
  ]
}"#;

fn json(text: &str) -> Value<'static> {
    parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned()
}

/// The result as text: items by commas, texts without quotes, trees as JSON.
fn shown(resource: &Value<'_>, expression: &str) -> String {
    let expression = match Expression::parse(expression) {
        Ok(expression) => expression,
        Err(error) => return format!("parse: {}", error.offset),
    };
    let scope = Scope::of(resource);
    let shown = |item: &Item<'_>| match item {
        Item::Node(node) => match node.value() {
            None => "(no value)".to_owned(),
            Some(Value::String(text)) => text.decode().into_owned(),
            Some(value) => value.to_json(),
        },
        Item::Bool(value) => value.to_string(),
        Item::Integer(value) => value.to_string(),
        Item::Decimal(value) => value.to_string(),
        Item::Text(text) => text.to_string(),
        Item::Resource(resource_type) => format!("a {resource_type}"),
        Item::Temporal(temporal) => format!("@{}", temporal.1),
        Item::Quantity(quantity) => format!("{} {}", quantity.0.value, quantity.0.unit),
    };
    match expression.eval(&scope) {
        Ok(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Err(EvalError::Budget) => "error: budget".to_owned(),
        Err(EvalError::Singleton) => "error: singleton".to_owned(),
        Err(EvalError::Type) => "error: type".to_owned(),
    }
}

fn check(resource: &str, cases: &[(&str, &str)]) {
    let resource = json(resource);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(expression, expected)| {
            let actual = shown(&resource, expression);
            (actual != *expected).then(|| format!("{expression}\n   gives    {actual}\n   expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
