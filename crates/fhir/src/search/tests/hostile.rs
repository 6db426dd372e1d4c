//! Hostile input: no panic, no hang, whatever comes.
use super::{context, of};
use crate::path::{Expression, Scope};
use crate::search::{extract, matches, parse};
use karute_json::{Limits, Value};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "Patient",
    "name",
    "value",
    "subject",
    "_has",
    "_id",
    "Observation",
    "code",
    "date",
    ".",
    ":",
    ",",
    "|",
    "$",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "`",
    "%",
    "@",
    "=",
    "!=",
    "<",
    "and",
    "is",
    "as",
    "where",
    "exists",
    "repeat",
    "resolve",
    "2026",
    "-01",
    "T",
    "eq",
    "ap",
    "1",
    "0.5",
    "e9",
    "山",
    "\u{0}",
    " ",
    "not",
    "missing",
    "of-type",
];

fn pieces(max: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..max).prop_map(|parts| parts.concat())
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,2})?"
            .prop_filter_map("a number", |n| { karute_json::Number::from_lexeme(&n).map(|n| n.as_str().to_owned()) }),
        "[a-zA-Z0-9/#:|.-]{0,12}".prop_map(|s| format!("\"{s}\"")),
        Just("\"2026-11-22\"".to_owned()),
        Just("\"Patient/1\"".to_owned()),
    ];
    let names = [
        "name",
        "code",
        "coding",
        "system",
        "value",
        "valueQuantity",
        "subject",
        "reference",
        "identifier",
        "effectivePeriod",
        "start",
        "end",
        "component",
        "meta",
        "tag",
        "contained",
        "id",
        "extension",
        "url",
        "_birthDate",
        "telecom",
        "item",
        "entry",
        "resource",
        "low",
        "high",
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(prop::sample::select(names.to_vec()), inner, 0..6).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn as_resource(name: &str, body: &str) -> Option<Value<'static>> {
    let text = match body.strip_prefix('{') {
        Some("}") => format!(r#"{{"resourceType":"{name}"}}"#),
        Some(rest) => format!(r#"{{"resourceType":"{name}",{rest}"#),
        None => format!(r#"{{"resourceType":"{name}","value":{body}}}"#),
    };
    karute_json::parse(text.as_bytes(), &Limits::FHIR).ok().map(Value::into_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn search_parameters_never_panic(name in pieces(6), value in pieces(10), kind in prop::sample::select(vec!["Patient", "Observation", "Encounter", "ValueSet"])) {
        let _ = parse(of(kind), &[(name, value)], &context());
    }

    #[test]
    fn any_text_is_taken_as_a_value_or_refused(value in ".{0,60}", code in prop::sample::select(vec!["name", "birthdate", "identifier", "general-practitioner", "_id", "_lastUpdated", "_sort", "_include", "_count"])) {
        let _ = parse(of("Patient"), &[(code.to_owned(), value)], &context());
    }

    #[test]
    fn expressions_never_panic(text in pieces(14), body in any_json()) {
        if let Ok(expression) = Expression::parse(&text)
            && let Some(resource) = as_resource("Patient", &body)
        {
            let _ = expression.eval(&Scope::of(&resource));
            let _ = expression.test(&Scope::of(&resource));
        }
        let _ = Expression::parse(&text);
    }

    #[test]
    fn any_text_is_an_expression_or_refused(text in ".{0,80}") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn any_record_can_be_indexed_and_searched(body in any_json(), kind in prop::sample::select(vec!["Patient", "Observation", "Bundle", "Questionnaire", "List", "Group"])) {
        if let Some(resource) = as_resource(kind, &body) {
            let entries = extract(&resource);
            prop_assert!(entries.len() <= 10_000);
            for (index, entry) in entries.iter().enumerate() {
                prop_assert!(!entries[..index].contains(entry));
            }
            if let Ok(query) = parse(of(kind), &[("identifier".to_owned(), "a".to_owned())], &context()) {
                for filter in &query.filters {
                    let _ = matches(filter, &entries);
                }
            }
        }
    }
}
