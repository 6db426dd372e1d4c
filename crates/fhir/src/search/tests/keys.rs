//! Keys of parameters.
use crate::ResourceType;
use crate::search::extract::leaves;
use crate::search::{ParamKey, ParamType, params_of};
use std::collections::HashMap;

#[test]
fn no_two_keys_are_alike_derived_ones_included() {
    let mut names: HashMap<ParamKey, String> = HashMap::new();
    let mut add = |key: ParamKey, name: String| {
        if let Some(other) = names.insert(key, name.clone()) {
            assert_eq!(other, name, "the same key");
        }
    };
    add(ParamKey::PATIENT_COMPARTMENT, "compartment:Patient".into());
    for resource_type in ResourceType::all() {
        for param in params_of(resource_type) {
            assert_eq!(param.key, ParamKey::of_param(resource_type, param.code));
            add(param.key, format!("{resource_type}.{}", param.code));
            for modifier in ["identifier", "of-type"] {
                let key = ParamKey::of_modifier(resource_type, param.code, modifier);
                add(key, format!("{resource_type}.{}:{modifier}", param.code));
            }
        }
        for code in ["_tag", "_security", "_profile", "_source"] {
            add(ParamKey::of_param(resource_type, code), format!("{resource_type}.{code}"));
        }
    }
}

#[test]
fn parameters_are_sorted_by_code() {
    for resource_type in ResourceType::all() {
        assert!(params_of(resource_type).is_sorted_by_key(|param| param.code), "{resource_type}");
    }
}

/// Types of elements from which values of a parameter are read.
fn is_read(kind: ParamType, element: &str) -> bool {
    match kind {
        ParamType::Token => matches!(
            element,
            "code"
                | "Coding"
                | "CodeableConcept"
                | "Identifier"
                | "ContactPoint"
                | "boolean"
                | "id"
                | "string"
                | "uri"
                | "canonical"
                | "url"
                | "oid"
                | "uuid"
                | "positiveInt"
                | "integer"
        ),
        ParamType::String => matches!(element, "string" | "markdown" | "HumanName" | "Address" | "code" | "uri" | "id"),
        ParamType::Reference => matches!(element, "Reference" | "canonical" | "uri" | "Resource"),
        ParamType::Date => matches!(element, "date" | "dateTime" | "instant" | "Period" | "Timing"),
        ParamType::Number => matches!(element, "decimal" | "integer" | "positiveInt" | "unsignedInt"),
        ParamType::Quantity => {
            matches!(element, "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "Money" | "Range")
        }
        ParamType::Uri => matches!(element, "uri" | "url" | "canonical" | "oid" | "uuid"),
        ParamType::Composite => true,
        ParamType::Special => false,
    }
}

#[test]
fn every_parameter_that_is_served_can_find_something() {
    let mut silent = Vec::new();
    for resource_type in ResourceType::all() {
        for param in params_of(resource_type) {
            let kinds: Vec<&str> = leaves(resource_type, param.code).map(|leaf| leaf.kind.definition().name).collect();
            // Those without leaves are left to the evaluator and have tests of their own.
            if !kinds.is_empty() && !kinds.iter().any(|kind| is_read(param.kind, kind)) {
                silent.push(format!("{resource_type}.{} {:?} {kinds:?}", param.code, param.kind));
            }
        }
    }
    assert_eq!(silent, [""; 0]);
}
