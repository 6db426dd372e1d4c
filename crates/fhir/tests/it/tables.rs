//! The generated search parameter tables.
use karute_fhir::ResourceType;
use karute_fhir::search::{ParamKey, ParamType, params_of};
use std::collections::HashMap;

#[test]
fn index_keys_are_those_of_the_names_and_no_two_collide() {
    let mut names: HashMap<ParamKey, String> = HashMap::new();
    let mut add = |key: ParamKey, name: String| {
        assert_eq!(key, ParamKey::of(&name), "{name}");
        if let Some(other) = names.insert(key, name.clone()) {
            panic!("{name} and {other} share a key");
        }
    };
    add(ParamKey::PATIENT_COMPARTMENT, "compartment:Patient".to_owned());
    for resource_type in ResourceType::all() {
        for control in ["_tag", "_profile", "_security", "_source"] {
            let name = format!("{resource_type}.{control}");
            add(ParamKey::of(&name), name);
        }
        for param in params_of(resource_type) {
            let name = format!("{resource_type}.{}", param.code);
            let derived = match param.kind {
                ParamType::Reference => Some("identifier"),
                ParamType::Token => Some("of-type"),
                _ => None,
            };
            if let Some(modifier) = derived {
                let name = format!("{name}:{modifier}");
                add(ParamKey::of(&name), name);
            }
            add(param.key, name);
        }
    }
    assert!(names.len() > 2500, "only {} keys", names.len());
}

#[test]
fn parameters_are_sorted_and_name_only_what_exists() {
    for resource_type in ResourceType::all() {
        let params = params_of(resource_type);
        assert!(params.is_sorted_by(|a, b| a.code < b.code), "{resource_type}");
        for param in params {
            let name = format!("{resource_type}.{}", param.code);
            for target in param.targets {
                assert!(ResourceType::parse(target).is_some(), "{name} points to {target}");
            }
            assert_eq!(param.kind == ParamType::Composite, !param.components.is_empty(), "{name}");
            for (code, expression) in param.components {
                assert!(params.iter().any(|p| p.code == *code), "{name} is composed of {code}");
                assert!(!expression.is_empty(), "{name}");
            }
            assert!(param.url.starts_with("http://hl7.org/fhir/SearchParameter/"), "{name}");
        }
        for code in resource_type.patient_compartment() {
            let param = params.iter().find(|p| p.code == *code);
            assert!(param.is_some_and(|p| p.kind == ParamType::Reference), "{resource_type}.{code}");
        }
    }
}

#[test]
fn shared_definitions_are_cut_to_the_type() {
    let find = |name: &str, code: &str| {
        let resource_type = ResourceType::parse(name).unwrap();
        params_of(resource_type).iter().find(|p| p.code == code).copied().unwrap()
    };
    let name = find("Patient", "name");
    assert_eq!((name.expression, name.kind), ("Patient.name", ParamType::String));
    assert_eq!(find("Observation", "code").expression, "Observation.code");
    assert_eq!(
        find("AllergyIntolerance", "code").expression,
        "AllergyIntolerance.code | AllergyIntolerance.reaction.substance"
    );
    assert_eq!(find("Observation", "patient").targets, ["Patient"]);
    assert_eq!(find("Observation", "encounter").targets, ["Encounter"]);
    assert_eq!(find("Condition", "encounter").targets, ["Encounter"]);
    assert_eq!(find("DocumentReference", "relationship").components, [("relatesto", "target"), ("relation", "code")]);
}
