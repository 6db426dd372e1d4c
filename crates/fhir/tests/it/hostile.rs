//! Validation of anything at all: no panic, bounded findings, nothing of the record in them.
use karute_fhir::bundle::rewrite_references;
use karute_fhir::validate::{MAX_FINDINGS, validate};
use karute_fhir::view::meta_of;
use karute_json::{Limits, Value, parse};

const RESOURCES: &[&str] = &[
    include_str!("fixtures/patient.json"),
    include_str!("fixtures/observation.json"),
    include_str!("fixtures/medication_request.json"),
    include_str!("fixtures/condition.json"),
    include_str!("fixtures/bundle.json"),
];

/// What is put in place of every value in turn.
const INTRUDERS: &[&str] = &[
    "null",
    "true",
    "-1",
    "1.00E-2",
    "\"\"",
    "\"#\"",
    "\"x y\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "[{}]",
    "[[1,[2]]]",
    r#"{"id":"x"}"#,
    r#"{"resourceType":"Patient"}"#,
    r#"{"reference":"Patient/1","value":[{"code":null}],"extension":{"url":[]}}"#,
];

/// Calls `visit` with the resource once for every value below `place`, replaced by the intruder.
fn replace_each(
    place: &[usize],
    resource: &Value<'static>,
    intruder: &Value<'static>,
    visit: &mut dyn FnMut(&Value<'static>),
) {
    let mut here = resource;
    for &step in place {
        here = match here {
            Value::Array(items) => &items[step],
            Value::Object(object) => object.iter().nth(step).unwrap().1,
            _ => return,
        };
    }
    let count = match here {
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    for step in 0..count {
        let mut path = place.to_vec();
        path.push(step);
        let mut changed = resource.clone();
        *value_at(&mut changed, &path) = intruder.clone();
        visit(&changed);
        replace_each(&path, resource, intruder, visit);
    }
}

fn value_at<'v>(mut value: &'v mut Value<'static>, path: &[usize]) -> &'v mut Value<'static> {
    for &step in path {
        value = match value {
            Value::Array(items) => &mut items[step],
            Value::Object(object) => object.values_mut().nth(step).unwrap().1,
            _ => unreachable!("the path was taken from this very value"),
        };
    }
    value
}

#[test]
fn no_value_in_any_place_makes_validation_panic() {
    let mut count = 0;
    for text in RESOURCES {
        let resource = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        for intruder in INTRUDERS {
            let intruder = parse(intruder.as_bytes(), &Limits::FHIR).unwrap().into_owned();
            replace_each(&[], &resource, &intruder, &mut |changed| {
                count += 1;
                assert!(validate(changed).len() <= MAX_FINDINGS);
                let _ = meta_of(changed);
                let mut changed = changed.clone();
                rewrite_references(&mut changed, &|old| Some(old.to_owned()));
            });
        }
    }
    assert!(count > 4000, "only {count} variants");
}

#[test]
fn very_many_parts_cost_time_in_proportion() {
    // Quadratic work would take minutes here.
    let each = |n: usize, part: &dyn Fn(usize) -> String| (0..n).map(part).collect::<Vec<_>>().join(",");
    let count = 20_000;
    let contained = each(count, &|i| format!(r#"{{"resourceType":"Patient","id":"p{i}"}}"#));
    let links = each(count, &|i| format!(r##"{{"reference":"#p{i}"}}"##));
    let texts = [
        format!(r#"{{"resourceType":"Patient","contained":[{contained}],"generalPractitioner":[{links}]}}"#),
        format!(r#"{{"resourceType":"Group","contained":[{contained}],"type":"person","actual":true}}"#),
        format!(
            r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#,
            each(count, &|i| format!(r#"{{"fullUrl":"urn:x:{i}","resource":{{"resourceType":"Patient"}}}}"#))
        ),
        format!(
            r#"{{"resourceType":"Questionnaire","name":"A","status":"active","item":[{}]}}"#,
            each(count, &|i| format!(r#"{{"linkId":"{i}","type":"string"}}"#))
        ),
        format!(r#"{{"resourceType":"Patient",{}}}"#, each(count, &|i| format!(r#""x{i}":1"#))),
        format!(r#"{{"resourceType":"Patient","name":[{{"given":[{}]}}]}}"#, each(count, &|i| format!("\"{i}\""))),
    ];
    for text in texts {
        let resource = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        assert!(validate(&resource).len() <= MAX_FINDINGS);
    }
}

#[test]
fn a_value_that_fits_nowhere_is_always_found() {
    for text in RESOURCES {
        let resource = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        for intruder in ["null", "[[]]", "{}"] {
            let intruder = parse(intruder.as_bytes(), &Limits::FHIR).unwrap().into_owned();
            let mut missed = Vec::new();
            replace_each(&[], &resource, &intruder, &mut |changed| {
                if validate(changed).is_empty() {
                    missed.push(changed.to_json());
                }
            });
            // Aligned arrays have `null` in some places already.
            missed.retain(|text| *text != resource.to_json());
            assert!(missed.is_empty(), "{}", missed.join("\n"));
        }
    }
}
