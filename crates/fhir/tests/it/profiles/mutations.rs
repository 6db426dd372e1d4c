//! Every mutation is caught, by the rule and at the place that the table says.
use super::mutate::Change;
use super::table::MUTATIONS;
use super::{errors, fixture, judge, read};
use karute_fhir::profile::ProfileSet;
use std::collections::HashSet;

/// A document, what is changed in it, and what must be found.
pub(super) struct Mutation {
    pub(super) base: &'static str,
    pub(super) change: Change,
    pub(super) rule: &'static str,
    pub(super) at: &'static str,
}

#[test]
fn each_is_caught_by_its_rule_at_its_place() {
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for Mutation { base, change, rule, at } in MUTATIONS {
        assert!(seen.insert((base, change.words())), "{base}: {} stands twice", change.words());
        let text = change.apply(fixture(base));
        let found = judge(&read(&text), ProfileSet::own());
        if !found.iter().any(|finding| finding.rule == *rule && finding.location == *at) {
            let found: Vec<String> = found.iter().map(|f| format!("{} {}", f.rule, f.location)).collect();
            wrong.push(format!("{base}: {}\n  wanted {rule} {at}\n  found {found:?}", change.words()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), MUTATIONS.len(), wrong.join("\n"));
    assert!(MUTATIONS.len() >= 120, "only {}", MUTATIONS.len());
}

#[test]
fn every_numbered_rule_is_tried() {
    let tried: HashSet<&str> = MUTATIONS.iter().map(|one| one.rule).collect();
    let numbers = [
        "R0211", "R0212", "R0213", "R02141", "R02142", "R02143", "R02151", "R2152", "R1010", "R1011", "R1012", "R1013",
        "R1021", "R1090", "R1112", "R1113", "R2011", "R3010", "R5020", "R5021", "R6021", "R6031", "R6081", "R9011",
        "R9012", "R9013C", "R9013O", "R9014C", "R9014O", "R9015C", "R9016O", "R9017O", "R9019O",
    ];
    let missing: Vec<&&str> = numbers.iter().filter(|number| !tried.contains(**number)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn findings_never_repeat_what_stands_in_the_record() {
    let names = ["試験", "花子", "シケン", "01139997", "１２３４", "架空病", "D0007", "架空 一郎"];
    for Mutation { base, change, .. } in MUTATIONS {
        let text = change.apply(fixture(base));
        for finding in errors(&judge(&read(&text), ProfileSet::own())) {
            for name in names {
                let said = [&finding.message, &finding.remedy, &finding.location];
                assert!(!said.iter().any(|said| said.contains(name)), "{finding:?}");
            }
        }
    }
}
