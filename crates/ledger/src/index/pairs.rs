//! The question asked most often in a clinic, "this patient's results of this kind", has a table of its own, in which
//! patient and code are one range: `ix_patient_code` for every type that has both search parameters.
use karute_fhir::ResourceType;
use karute_fhir::search::{IndexEntry, IndexValue, Match, ParamKey, ParamType, params_of};
use std::collections::HashMap;
use std::sync::LazyLock;

/// `patient` by `code`, of every type that has both.
static PAIRS: LazyLock<HashMap<ParamKey, ParamKey>> = LazyLock::new(|| {
    let pair = |resource_type| {
        let params = params_of(resource_type);
        let key = |code, kind| params.iter().find(|p| p.code == code && p.kind == kind).map(|p| p.key);
        key("code", ParamType::Token).zip(key("patient", ParamType::Reference))
    };
    ResourceType::all().filter_map(pair).collect()
});

/// The parameter `patient` that goes with this `code`.
pub(crate) fn patient_of(code: ParamKey) -> Option<ParamKey> {
    PAIRS.get(&code).copied()
}

/// Whether a reference leads to a patient.
pub(super) fn is_patient(target: ResourceType) -> bool {
    target.name() == "Patient"
}

/// The ids of patients asked for, when every alternative is one.
pub(crate) fn patients(any: &[Match]) -> Option<Vec<String>> {
    let id = |alternative: &Match| match alternative {
        Match::Local { target: Some(target), id } if is_patient(*target) => Some(id.as_str().to_owned()),
        _ => None,
    };
    any.iter().map(id).collect()
}

/// Position in `entries` of each code and of a patient it belongs to.
pub(super) fn of(entries: &[IndexEntry]) -> impl Iterator<Item = (&IndexEntry, &str)> {
    let coded = entries.iter().filter(|e| matches!(e.value, IndexValue::Token { .. }));
    let paired = coded.filter_map(|code| patient_of(code.param).map(|patient| (code, patient)));
    paired.flat_map(move |(code, patient)| {
        let ids = entries.iter().filter(move |e| e.param == patient).filter_map(|e| match &e.value {
            IndexValue::Local { target, id } if is_patient(*target) => Some(id.as_str()),
            _ => None,
        });
        ids.map(move |id| (code, id))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_fhir::search::extract;
    use karute_json::{Limits, parse};

    #[test]
    fn clinical_types_have_both_parameters() {
        for name in
            ["Observation", "Condition", "Procedure", "MedicationRequest", "DiagnosticReport", "AllergyIntolerance"]
        {
            let params = params_of(ResourceType::parse(name).unwrap());
            let code = params.iter().find(|p| p.code == "code").unwrap().key;
            assert!(patient_of(code).is_some(), "{name}");
        }
    }

    #[test]
    fn each_code_stands_beside_each_patient_and_nothing_else_does() {
        for (subject, pairs) in [("Patient/p1", &["p1 c1", "p1 c2"][..]), ("Group/p1", &[])] {
            let text = format!(
                r#"{{"resourceType":"Observation","status":"final","category":[{{"coding":[{{"code":"x"}}]}}],
                "code":{{"coding":[{{"code":"c1"}},{{"code":"c2"}}]}},"subject":{{"reference":"{subject}"}}}}"#
            );
            let entries = extract(&parse(text.as_bytes(), &Limits::FHIR).unwrap());
            let mut found: Vec<String> = of(&entries)
                .map(|(code, patient)| match &code.value {
                    IndexValue::Token { code, .. } => format!("{patient} {code}"),
                    _ => String::new(),
                })
                .collect();
            found.sort();
            assert_eq!(found, pairs);
        }
    }
}
