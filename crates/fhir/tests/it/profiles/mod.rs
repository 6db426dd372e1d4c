//! Profiles and numbered rules: own documents with one thing wrong each, the official examples, hostile input.
mod docs;
mod examples;
mod hostile;
mod levels;
mod mutate;
mod mutations;
mod table;

use karute_fhir::profile::{Finding, ProfileSet, Severity, validate};
use karute_json::{Limits, Value, parse};

/// Documents of our own that are right.
const FIXTURES: [(&str, &str); 7] = [
    ("5情報 傷病名", include_str!("../fixtures/profiles/five_info_condition.json")),
    ("5情報 アレルギー", include_str!("../fixtures/profiles/five_info_allergy.json")),
    ("5情報 検査", include_str!("../fixtures/profiles/five_info_observation.json")),
    ("診療情報提供書", include_str!("../fixtures/profiles/referral.json")),
    ("退院時サマリー", include_str!("../fixtures/profiles/discharge.json")),
    ("患者サマリー", include_str!("../fixtures/profiles/patient_summary.json")),
    ("健診結果報告書", include_str!("../fixtures/profiles/checkup.json")),
];

fn fixture(name: &str) -> &'static str {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no fixture {name}")).1
}

fn read(text: &str) -> Value<'_> {
    parse(text.as_bytes(), &Limits::FHIR).unwrap()
}

fn judge(value: &Value<'_>, set: &ProfileSet) -> Vec<Finding> {
    let findings = validate(value, set);
    for finding in &findings {
        assert!(finding.message.ends_with('。') && finding.remedy.ends_with('。'), "{finding:?}");
        assert!(!finding.rule.is_empty() && !finding.location.is_empty(), "{finding:?}");
    }
    findings
}

fn errors(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.severity == Severity::Error).collect()
}

#[test]
fn our_own_documents_are_right() {
    for (name, text) in FIXTURES {
        let found = judge(&read(text), ProfileSet::own());
        assert_eq!(found, [], "{name}");
    }
}

#[test]
fn pretty_and_compact_text_are_judged_alike() {
    for (name, text) in FIXTURES {
        let compact = read(text).to_json();
        assert_eq!(judge(&read(&compact), ProfileSet::own()), [], "{name}");
    }
}
