//! The quick walks find what the FHIRPath evaluator finds.
use super::json;
use crate::ResourceType;
use crate::path::{Expression, Item, Scope};
use crate::search::plan::{Found, Plan, Root};
use crate::search::{extract, params_of};
use karute_json::{Limits, Value};
use std::path::Path;

/// Compares both ways for every parameter; returns how many elements were found.
fn compare(resource: &Value<'_>, name: &str) -> usize {
    let resource_type = resource.get("resourceType").and_then(Value::as_str);
    let Some(resource_type) = resource_type.and_then(|name| ResourceType::parse(&name)) else { return 0 };
    let mut count = 0;
    for param in params_of(resource_type) {
        let plan = Plan::compile(param.expression, resource_type, resource_type.type_id()).unwrap();
        let mut walked = Vec::new();
        plan.run(&Root::new(resource, resource_type), resource, &mut |found| {
            walked.push(match found {
                Found::Element(value, kind) => (std::ptr::from_ref(value) as usize, Some(kind)),
                Found::Bool(value) => (usize::from(value), None),
            });
            true
        });
        let expression = Expression::parse(param.expression).unwrap();
        let mut evaluated: Vec<_> = expression
            .eval(&Scope::of(resource))
            .unwrap_or_else(|error| panic!("{}: {error}", param.url))
            .into_iter()
            .filter_map(|item| match item {
                // The walk has no use for primitives without value.
                Item::Node(node) => node.value().map(|value| (std::ptr::from_ref(value) as usize, node.kind)),
                Item::Bool(value) => Some((usize::from(value), None)),
                other => panic!("{}: {other:?}", param.url),
            })
            .collect();
        // What a resource within a Bundle is, the walk leaves open.
        for (_, kind) in &mut walked {
            *kind = kind.filter(|kind| kind.definition().name != "Resource");
        }
        if param.expression.ends_with(".resource") {
            for (_, kind) in &mut evaluated {
                *kind = kind.filter(|kind| !kind.definition().is_resource());
            }
        }
        count += evaluated.len();
        // A union keeps equal values once; the index does so later.
        walked.sort_by_key(|(place, _)| *place);
        evaluated.sort_by_key(|(place, _)| *place);
        let missing = evaluated.iter().filter(|found| !walked.contains(found)).count();
        assert_eq!(missing, 0, "{name}: {} misses some", param.expression);
        if !param.expression.contains('|') {
            assert_eq!(walked, evaluated, "{name}: {}", param.expression);
        }
    }
    count
}

#[test]
fn walks_and_evaluations_agree() {
    let found = [
        r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"}]},"subject":{"reference":"Patient/1"},
            "performer":[{"reference":"Patient/2"},null],"effectivePeriod":{"start":"2026"},"valueString":"x","component":[
            {"code":{"text":"a"},"valueQuantity":{"value":1}},{"code":{"text":"b"},"valueCodeableConcept":{"text":"c"}}]}"#,
        r#"{"resourceType":"Patient","name":[{"family":"a","given":["b",null,"c"],"_given":[null,{"id":"x"},null]}],
            "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"2"},{"value":"3"}],"deceasedBoolean":true}"#,
        r#"{"resourceType":"Condition","onsetAge":{"value":3},"abatementString":"x","subject":{"reference":"Group/1"},"evidence":[{"code":[{"text":"a"},{"text":"b"}]}]}"#,
        r#"{"resourceType":"Library","relatedArtifact":[{"type":"depends-on","resource":"http://a"},{"type":"successor","resource":"http://b"}]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Patient","id":"p"}}]}"#,
        r##"{"resourceType":"Encounter","contained":[{"resourceType":"Patient","id":"x"}],"subject":{"reference":"#x"},
            "participant":[{"individual":{"reference":"Practitioner/1"}},{"individual":{"reference":"RelatedPerson/1"}}]}"##,
    ]
    .map(|text| compare(&json(text), text));
    assert!(found.iter().all(|found| *found > 1), "{found:?}");
}

fn files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            out.push(path);
        }
    }
}

#[test]
fn walks_and_evaluations_agree_on_the_examples_and_definitions() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped(
            "walks_and_evaluations_agree_on_the_examples_and_definitions",
            "the FHIR examples and definitions are not beside the checkout",
        );
    };
    let mut paths = Vec::new();
    files(&shared.join("fhir/examples"), &mut paths);
    let mut texts: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    for name in ["operationdefinitions", "compartmentdefinitions", "searchparameters"] {
        let lines = std::fs::read(shared.join(format!("fhir/r4-core/{name}.ndjson"))).unwrap();
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(100);
        texts.extend(lines.map(|line| (name.to_owned(), line.to_vec())));
    }
    assert!(texts.len() > 200);
    let mut found = 0;
    for (name, text) in &texts {
        let value = karute_json::parse(text, &Limits::FHIR).unwrap();
        found += compare(&value, name);
        let inner = value.get("entry").map(Value::items).unwrap_or_default();
        for resource in inner.iter().filter_map(|entry| entry.get("resource")) {
            found += compare(resource, name);
            let entries = extract(resource);
            for (index, entry) in entries.iter().enumerate() {
                assert!(!entries[..index].contains(entry), "{name}: {entry:?} comes twice");
            }
        }
    }
    assert!(found > 3000, "{found}");
}
