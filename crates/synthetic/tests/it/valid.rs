use crate::{clinic, kind, references, text};
use karute_fhir::{Id, validate::validate};
use karute_json::{Limits, parse};
use std::collections::{BTreeMap, HashSet};

#[test]
fn every_resource_is_valid_r4() {
    let clinic = clinic(1, 40);
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    for resource in clinic.resources().chain(clinic.today()) {
        *kinds.entry(kind(&resource)).or_default() += 1;
        let findings = validate(&resource);
        assert!(findings.is_empty(), "{findings:?}\n{}", resource.to_json());
    }
    for expected in [
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Patient",
        "Coverage",
        "AllergyIntolerance",
        "Condition",
        "Encounter",
        "Observation",
        "MedicationRequest",
        "Composition",
        "Immunization",
        "DocumentReference",
        "Appointment",
    ] {
        assert!(kinds.contains_key(expected), "no {expected}: {kinds:?}");
    }
}

#[test]
fn references_point_to_what_was_written_before() {
    let clinic = clinic(2, 25);
    let mut written: HashSet<String> = HashSet::new();
    let batches = clinic.bundles().chain([clinic.today()]);
    for batch in batches {
        // Within a batch order is free: it is written in one transaction.
        for resource in &batch {
            let id = text(resource, &["id"]);
            Id::new(&id).unwrap();
            assert!(written.insert(format!("{}/{id}", kind(resource))), "{id} twice");
        }
        for resource in &batch {
            let mut targets = Vec::new();
            references(resource, &mut targets);
            for target in targets {
                assert!(written.contains(&target), "{target} of {}", kind(resource));
            }
        }
    }
}

#[test]
fn batches_are_full_and_small_enough() {
    let clinic = clinic(3, 15);
    let sizes: Vec<usize> = clinic.bundles().map(|batch| batch.len()).collect();
    let (last, full) = sizes.split_last().unwrap();
    assert!(full.iter().all(|size| *size == 50));
    assert!((1..=50).contains(last));
    assert_eq!(sizes.iter().sum::<usize>(), clinic.resources().count());
}

#[test]
fn the_same_seed_gives_the_same_clinic_and_another_seed_another() {
    let all = |seed, patients| -> Vec<String> {
        let clinic = clinic(seed, patients);
        clinic.resources().chain(clinic.today()).map(|resource| resource.to_json()).collect()
    };
    let first = all(7, 25);
    assert_eq!(first, all(7, 25));
    assert_ne!(first, all(8, 25));
    // More patients change nothing for those who were there.
    let more: HashSet<String> = all(7, 30).into_iter().collect();
    assert!(first.iter().all(|resource| more.contains(resource)));
}

#[test]
fn what_is_written_is_read_back_to_the_byte() {
    for resource in clinic(4, 10).resources() {
        let text = resource.to_json();
        assert_eq!(parse(text.as_bytes(), &Limits::FHIR).unwrap().to_json(), text);
    }
}

#[test]
fn a_clinic_without_patients_or_history_is_a_clinic_still() {
    let empty = clinic(1, 0);
    assert_eq!(kind(&empty.resources().next().unwrap()), "Organization");
    assert!(empty.today().is_empty());
    let now = karute_japan::Timestamp::parse("2026-11-20T00:05:00+09:00").unwrap();
    let young = karute_synthetic::Clinic::new(karute_synthetic::Params::new(1, 30, 0, now, "", ""));
    for resource in young.resources().chain(young.today()) {
        let findings = validate(&resource);
        let empty_name = |expression: &str| {
            expression.starts_with("Organization") || expression.contains("isplay") || expression.contains(".value")
        };
        assert!(findings.iter().all(|finding| empty_name(&finding.expression)), "{findings:?}");
    }
}
