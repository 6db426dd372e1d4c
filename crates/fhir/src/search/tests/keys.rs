//! Keys of parameters.
use crate::ResourceType;
use crate::search::{ParamKey, params_of};
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
