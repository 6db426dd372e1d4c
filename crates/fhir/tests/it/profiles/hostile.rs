//! Whatever comes in, an answer comes out.
use super::{fixture, read};
use karute_fhir::profile::{MAX_FINDINGS, Package, PackageError, ProfileSet, passes, validate, validate_as};
use karute_json::{Limits, Value, parse};
use proptest::prelude::*;

const CLINS: &str = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_CLINS";

#[test]
fn what_is_no_resource_is_refused() {
    for text in ["1", "null", "[]", "{}", r#"{"resourceType":"HumanName"}"#, r#"{"resourceType":1}"#] {
        assert!(!passes(&validate(&read(text), ProfileSet::own())), "{text}");
        assert!(!passes(&validate_as(&read(text), ProfileSet::own(), &[CLINS])), "{text}");
    }
}

#[test]
fn a_profile_can_be_named_and_an_unknown_one_is_a_finding() {
    let patient = r#"{"resourceType":"Patient","name":[{"text":"x"}]}"#;
    assert!(passes(&validate(&read(patient), ProfileSet::own())));
    let ecs = "http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS|1";
    let found = validate_as(&read(patient), ProfileSet::own(), &[ecs]);
    for rule in ["JP_Patient_eCS#birthDate:min", "R1012", "R1112", "JP_Patient#identifier:min"] {
        assert!(found.iter().any(|finding| finding.rule == rule), "{rule} in {found:?}");
    }
    let found = validate_as(&read(patient), ProfileSet::own(), &["http://example.org/Unknown", CLINS]);
    let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["PROFILE-UNKNOWN", "JP_Bundle_CLINS#:type"]);
    assert!(ProfileSet::own().knows(ecs) && !ProfileSet::own().knows("http://example.org/Unknown"));
    assert!(ProfileSet::own().urls().count() > 100);
}

#[test]
fn many_faults_give_a_bounded_list() {
    let entry = r#"{"fullUrl":"x","resource":{"resourceType":"Condition","code":{},"subject":{}}}"#;
    let entries = vec![entry; 3000].join(",");
    let text = format!(
        r#"{{"resourceType":"Bundle","type":"collection","meta":{{"profile":["{CLINS}"]}},"entry":[{entries}]}}"#
    );
    assert_eq!(validate(&read(&text), ProfileSet::own()).len(), MAX_FINDINGS);
}

#[test]
fn references_in_circles_end() {
    let text = r##"{"resourceType":"Bundle","type":"document","meta":{"profile":["http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral"]},
        "entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Composition","meta":{"profile":["http://jpfhir.jp/fhir/eReferral/StructureDefinition/JP_Composition_eReferral"]},
        "subject":{"reference":"urn:uuid:1"},"author":[{"reference":"urn:uuid:2"},{"reference":"#"}],
        "section":[{"code":{"coding":[{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/document-section","code":"920"}]},"entry":[{"reference":"urn:uuid:2"},{"reference":"urn:uuid:1"}]}]}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Organization","partOf":{"reference":"urn:uuid:2"}}}]}"##;
    assert!(!passes(&validate(&read(text), ProfileSet::own())));
}

#[test]
fn bundles_within_bundles_end() {
    let mut text = r#"{"resourceType":"Bundle","type":"collection"}"#.to_owned();
    for _ in 0..20 {
        text = format!(
            r#"{{"resourceType":"Bundle","type":"document","meta":{{"profile":["{CLINS}"]}},"entry":[{{"resource":{text}}}]}}"#
        );
    }
    assert!(!passes(&validate(&read(&text), ProfileSet::own())));
}

#[test]
fn packages_are_refused_with_a_reason() {
    assert_eq!(Package::read_archive(b"x").map(|_| ()), Err(PackageError::Archive));
    let mut package = Package::new();
    assert_eq!(package.add("a/broken.json", b"{"), Err(PackageError::Json("broken.json".to_owned())));
    assert_eq!(package.add("a/README.md", b"{"), Ok(false));
    assert_eq!(package.add("a/list.json", br#"{"resourceType":"StructureDefinition"}"#), Ok(false));
    assert_eq!(package.check(), Err(PackageError::Empty));
    for error in [PackageError::Archive, PackageError::TooLarge, PackageError::Empty] {
        assert!(error.to_string().ends_with('。'));
    }
}

/// A document of ours with something else in the place of one of its values.
fn disturbed() -> impl Strategy<Value = String> {
    let names = ["5情報 傷病名", "5情報 検査", "診療情報提供書", "患者サマリー"];
    let other = prop_oneof![
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[{}]]".to_owned()),
        Just("1e400".to_owned()),
        Just("\"\"".to_owned()),
        Just(r##"{"reference":"#"}"##.to_owned()),
        "\"[ -~]{0,20}\"".prop_map(|text| text.replace('\\', "")),
    ];
    (proptest::sample::select(names.to_vec()), 0_usize..400, other).prop_map(|(name, place, other)| {
        let mut value = read(fixture(name));
        let mut left = place;
        replace(&mut value, &mut left, &other);
        value.to_json()
    })
}

/// Puts JSON in place of the value that is `left` values further on.
fn replace(value: &mut Value<'_>, left: &mut usize, other: &str) -> bool {
    if *left == 0 {
        if let Ok(new) = parse(other.as_bytes(), &Limits::FHIR) {
            *value = new.into_owned();
        }
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, left, other)),
        Value::Object(object) => object.values_mut().any(|(_, item)| replace(item, left, other)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn disturbed_documents_never_stop_the_walk(text in disturbed()) {
        let value = read(&text);
        prop_assert!(validate(&value, ProfileSet::own()).len() <= MAX_FINDINGS);
    }
}
