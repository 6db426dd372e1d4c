//! What the fuzz targets `fhirpath`, `search` and `validate` do, for a bounded time and with the same inputs every
//! time: seeds, mutated byte by byte.
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

#[path = "../../../../fuzz/properties/fhirpath.rs"]
mod fhirpath;
#[path = "../../../../fuzz/properties/search.rs"]
mod search;
#[path = "../../../../fuzz/properties/validate.rs"]
mod validate;

const EXPRESSIONS: &[&str] = &[
    "Patient.name.where(use = 'official').given.first()",
    "Observation.value as Quantity | Observation.component.value.ofType(Quantity)",
    "contained.where((('#'+id in (%resource.descendants().reference))).not()).trace('unmatched', id).empty()",
    "name.all(family.exists() or given.exists()) implies birthDate >= @1958-03-14 and 1 + 2 * 3 = 7",
    "iif(multipleBirth is integer, name.family.matches('[山-田]+'), 'x'.replaceMatches('(a|b)*', '$1'))",
];

const SEARCHES: &[&str] = &[
    "Patient\nname:contains=わたなべ\nbirthdate=ge1958-03\n_sort=-birthdate,family\n_count=20",
    "Observation\nsubject:Patient.name=山田\ncode=http://loinc.org|4548-4,|x\nvalue-quantity=gt5.4|http://unitsofmeasure.org|%",
    "Encounter\n_has:Observation:encounter:code=1\n_include=Encounter:subject\n_revinclude:iterate=*\n_lastUpdated=lt2026",
    "Observation\ncode-value-quantity=http://loinc.org|1$lt1e2\n_summary=true\n_elements=id,code\n_total=accurate\nstatus:not=final",
    "Patient\nidentifier:of-type=a|b|c\\,d\ngeneral-practitioner:identifier=x|y\n_id=a,b\nphone:missing=true",
];

const RESOURCES: &[&str] = &[
    r#"{"resourceType":"Patient","id":"1","name":[{"family":"山田","given":["太郎"]}],"_birthDate":{"id":"b"},"birthDate":"1958-03-14"}"#,
    r##"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s","code":"c"}]},"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}],"valueQuantity":{"value":72.50,"unit":"kg"}}"##,
    r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Basic","code":{"text":"x"}},"request":{"method":"POST","url":"Basic"}}]}"#,
    r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"string"}]}]}"#,
];

/// Places, bytes and lengths of changes.
type Changes = Vec<(usize, u8, usize)>;

fn mutate(seed: &str, changes: &Changes) -> Vec<u8> {
    let mut text = seed.as_bytes().to_vec();
    for (place, byte, length) in changes {
        let at = place % (text.len() + 1);
        match length % 4 {
            0 => text.insert(at, *byte),
            1 => drop(text.drain(at..(at + length / 4).min(text.len()))),
            2 => {
                let piece = text[at..(at + length / 4).min(text.len())].to_vec();
                text.splice(at..at, piece);
            }
            _ => {
                if let Some(slot) = text.get_mut(at) {
                    *slot = *byte;
                }
            }
        }
    }
    text
}

fn drive(seeds: &'static [&'static str], cases: u32, holds: fn(&[u8])) {
    let byte = prop_oneof![
        3 => prop::sample::select(b"\"'\\{}[]()|:,.-+=@$%#/ 0159aeEx\n".to_vec()),
        1 => any::<u8>(),
    ];
    let changes = prop::collection::vec((any::<usize>(), byte, 0_usize..160), 1..6);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&(prop::sample::select(seeds), changes), |(seed, changes)| {
            holds(&mutate(seed, &changes));
            Ok(())
        })
        .unwrap();
}

#[test]
fn mutated_expressions_are_evaluated_or_refused() {
    drive(EXPRESSIONS, 4_000, fhirpath::holds);
}

#[test]
fn mutated_searches_are_parsed_or_refused() {
    drive(SEARCHES, 4_000, search::holds);
}

#[test]
fn mutated_resources_are_validated_and_indexed_without_harm() {
    drive(RESOURCES, 2_000, validate::holds);
}
