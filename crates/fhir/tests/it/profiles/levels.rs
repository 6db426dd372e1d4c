//! The same document by the rules of different releases.
use super::mutate::Change::{Add, Del, Set};
use super::{errors, fixture, judge, read};
use karute_fhir::profile::{Level, ProfileSet};

fn rules(text: &str, level: Level) -> Vec<String> {
    let found = judge(&read(text), ProfileSet::own_at(level));
    errors(&found).into_iter().map(|finding| finding.rule.clone()).collect()
}

#[test]
fn a_rule_applies_from_its_release_on() {
    let display = Del("/entry/1/resource/clinicalStatus/coding/0/display").apply(fixture("5情報 傷病名"));
    assert_eq!(rules(&display, Level::V1_5_3), [""; 0]);
    assert_eq!(rules(&display, Level::V1_10), ["JP_Condition_eCS#clinicalStatus.coding.display:min"]);
    let text = Del("/entry/1/resource/reaction/0/manifestation/0/text").apply(fixture("5情報 アレルギー"));
    let text = Add("/entry/1/resource/reaction/0/manifestation/0/coding", r#"[{"system":"http://x","code":"1"}]"#)
        .apply(&text);
    assert_eq!(rules(&text, Level::V1_10), [""; 0]);
    assert_eq!(rules(&text, Level::V1_11), ["JP_AllergyIntolerance_eCS#reaction.manifestation.text:min"]);
}

#[test]
fn a_rule_that_was_given_up_applies_no_more() {
    let one_name = Del("/entry/0/resource/name/0/family").apply(fixture("5情報 傷病名"));
    assert_eq!(rules(&one_name, Level::V1_11), ["JP_Patient_eCS#name.family:min"]);
    assert_eq!(rules(&one_name, Level::V1_12), [""; 0]);
}

#[test]
fn public_assistance_counts_as_insurance_since_1_11() {
    let text = Set(
        "/entry/0/resource/identifier/1",
        r#"{"system":"http://jpfhir.jp/fhir/clins/Idsystem/JP_PublicPayer_memberID","value":"12131234::1234567:"}"#,
    )
    .apply(fixture("5情報 傷病名"));
    assert_eq!(rules(&text, Level::V1_10), ["R1012"]);
    assert_eq!(rules(&text, Level::V1_12), [""; 0]);
}

#[test]
fn levels_have_names() {
    for level in Level::ALL {
        assert_eq!(Level::parse(level.name()), Some(level));
        assert_eq!(ProfileSet::own_at(level).level(), level);
    }
    assert_eq!(Level::parse("2.0"), None);
    assert_eq!(Level::default(), Level::V1_12);
}
