//! What a resource offers.
use super::{entries, json, of};
use crate::search::{IndexEntry, IndexValue, ParamKey, extract, extract_at};
use karute_japan::search_key;

/// The entries of a parameter in a form to compare.
fn shown(entries: &[IndexEntry], param: ParamKey) -> Vec<String> {
    entries.iter().filter(|entry| entry.param == param).map(|entry| show(&entry.value)).collect()
}

fn show(value: &IndexValue) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    match value {
        IndexValue::Token { system, code } => format!("{}|{code}", or(system)),
        IndexValue::Text { exact, .. } => exact.clone(),
        IndexValue::Local { target, id } => format!("{target}/{id}"),
        IndexValue::Uri(uri) => format!("<{uri}>"),
        IndexValue::Date { lo, hi } => {
            let at = |micros: i64| match micros {
                i64::MIN | i64::MAX => String::new(),
                micros => karute_japan::Timestamp::from_micros(micros).to_fhir(),
            };
            format!("{}..{}", at(*lo), at(*hi))
        }
        IndexValue::Number { value, .. } => value.to_string(),
        IndexValue::Quantity { value, lo, hi, system, code, unit } => {
            format!("{value}({},{}) {}|{}|{}", lo.max(-9e9), hi.min(9e9), or(system), or(code), or(unit))
        }
        IndexValue::Composite(values) => values.iter().map(show).collect::<Vec<_>>().join("$"),
    }
}

fn check(resource: &str, cases: &[(&str, &[&str])]) {
    let resource = json(resource);
    let name = resource.get("resourceType").unwrap().as_str().unwrap().into_owned();
    let entries = extract(&resource);
    for (code, expected) in cases {
        let key = match code.split_once(':') {
            Some((code, modifier)) => ParamKey::of_modifier(of(&name), code, modifier),
            None => ParamKey::of_param(of(&name), code),
        };
        assert_eq!(shown(&entries, key), *expected, "{name}.{code}");
    }
}

#[test]
fn a_patient_is_found_by_names_in_every_part_and_as_spoken() {
    check(
        r#"{"resourceType":"Patient","id":"p1","active":true,
            "name":[
              {"use":"official","text":"山田 太郎","family":"山田","given":["太郎"]},
              {"use":"official","family":"ヤマダ","given":["タロウ","一郎"],"prefix":["Dr."]}],
            "gender":"male","birthDate":"1970-03","deceasedDateTime":"2020-01-02",
            "address":[{"state":"東京都","city":"港区","line":["芝公園4-2-8"],"postalCode":"105-0011","use":"home"}],
            "telecom":[{"system":"phone","value":"03-1234-5678"},{"system":"email","value":"a@example.jp"}],
            "communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"ja"}]}}],
            "identifier":[{"system":"urn:oid:1.2","value":"00001","type":{"coding":[{"system":"urn:t","code":"MR"}]}}],
            "generalPractitioner":[{"reference":"Practitioner/d1"}],
            "managingOrganization":{"reference":"Organization/o1/_history/3"},
            "link":[{"other":{"reference":"Patient/p0"},"type":"replaces"}]}"#,
        &[
            ("name", &["山田 太郎", "山田", "太郎", "ヤマダ", "タロウ", "一郎", "Dr.", "ヤマダ タロウ 一郎"]),
            ("phonetic", &["山田 太郎", "山田", "太郎", "ヤマダ", "タロウ", "一郎", "Dr.", "ヤマダ タロウ 一郎"]),
            ("family", &["山田", "ヤマダ"]),
            ("given", &["太郎", "タロウ", "一郎"]),
            ("gender", &["|male"]),
            ("active", &["|true"]),
            ("birthdate", &["1970-03-01T00:00:00.000+09:00..1970-03-31T23:59:59.999+09:00"]),
            ("deceased", &["|true"]),
            ("death-date", &["2020-01-02T00:00:00.000+09:00..2020-01-02T23:59:59.999+09:00"]),
            ("address", &["港区", "東京都", "105-0011", "芝公園4-2-8", "東京都 港区 芝公園4-2-8"]),
            ("address-state", &["東京都"]),
            ("address-postalcode", &["105-0011"]),
            ("address-use", &["|home"]),
            ("telecom", &["|03-1234-5678", "|0312345678", "|a@example.jp"]),
            ("phone", &["|03-1234-5678", "|0312345678"]),
            ("email", &["|a@example.jp"]),
            ("language", &["urn:ietf:bcp:47|ja"]),
            ("identifier", &["urn:oid:1.2|00001"]),
            ("identifier:of-type", &["urn:t|MR|00001"]),
            ("general-practitioner", &["Practitioner/d1"]),
            ("organization", &["Organization/o1"]),
            ("link", &["Patient/p0"]),
        ],
    );
}

#[test]
fn an_observation_is_found_by_code_value_and_component() {
    check(
        r#"{"resourceType":"Observation","id":"o1","status":"final",
            "meta":{"tag":[{"system":"urn:tag","code":"a"}],"profile":["http://x.example/p|1.0"],"source":"urn:s",
                    "security":[{"code":"R"}]},
            "category":[{"coding":[{"system":"urn:c","code":"vital-signs"}]}],
            "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"},{"code":"bp"}],"text":"血圧"},
            "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},
            "effectiveDateTime":"2026-11-22T10:25:00+09:00",
            "performer":[{"reference":"Patient/p2"},{"identifier":{"system":"urn:i","value":"7"}},{"display":"誰か"}],
            "method":{"text":"手動"},
            "valueQuantity":{"value":72.50,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},
            "component":[
              {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"unit":"mmHg"}},
              {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"comparator":"<","unit":"mmHg"}},
              {"code":{"coding":[{"code":"x"}]},"valueCodeableConcept":{"coding":[{"code":"y"}]}}]}"#,
        &[
            ("code", &["http://loinc.org|85354-9", "|bp"]),
            (
                "combo-code",
                &["http://loinc.org|85354-9", "|bp", "http://loinc.org|8480-6", "http://loinc.org|8462-4", "|x"],
            ),
            ("status", &["|final"]),
            ("subject", &["Patient/p1"]),
            ("patient", &["Patient/p1"]),
            ("encounter", &["Encounter/e1"]),
            ("performer", &["Patient/p2", "<>"]),
            ("performer:identifier", &["urn:i|7"]),
            ("method", &["|"]),
            ("date", &["2026-11-22T10:25:00.000+09:00..2026-11-22T10:25:00.999+09:00"]),
            ("value-quantity", &["72.5(72.5,72.5) http://unitsofmeasure.org|mm[Hg]|mmHg"]),
            ("value-concept", &[]),
            ("component-value-quantity", &["120(120,120) ||mmHg", "80(-9000000000,79.99999999999999) ||mmHg"]),
            (
                "code-value-quantity",
                &[
                    "http://loinc.org|85354-9$72.5(72.5,72.5) http://unitsofmeasure.org|mm[Hg]|mmHg",
                    "|bp$72.5(72.5,72.5) http://unitsofmeasure.org|mm[Hg]|mmHg",
                ],
            ),
            (
                "component-code-value-quantity",
                &[
                    "http://loinc.org|8480-6$120(120,120) ||mmHg",
                    "http://loinc.org|8462-4$80(-9000000000,79.99999999999999) ||mmHg",
                ],
            ),
            ("component-code-value-concept", &["|x$|y"]),
            ("_tag", &["urn:tag|a"]),
            ("_security", &["|R"]),
            ("_profile", &["<http://x.example/p|1.0>", "<http://x.example/p>"]),
            ("_source", &["<urn:s>"]),
        ],
    );
}

#[test]
fn values_of_every_type_are_read() {
    check(
        r#"{"resourceType":"Condition","onsetRange":{"low":{"value":30,"unit":"a"},"high":{"value":40,"unit":"a"}},
            "abatementPeriod":{"start":"2020-01"},"subject":{"reference":"urn:uuid:1"}}"#,
        &[
            ("onset-age", &["30(30,40) ||a"]),
            ("abatement-date", &["2020-01-01T00:00:00.000+09:00.."]),
            ("subject", &["<urn:uuid:1>"]),
            ("patient", &[]),
        ],
    );
    check(
        r#"{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":0.80},{"probabilityDecimal":1e-2}]}"#,
        &[("probability", &["0.8", "0.01"])],
    );
    check(
        r#"{"resourceType":"Invoice","totalGross":{"value":1200,"currency":"JPY"}}"#,
        &[("totalgross", &["1200(1200,1200) urn:iso:std:iso:4217|JPY|JPY"])],
    );
    check(
        r#"{"resourceType":"ServiceRequest",
            "occurrenceTiming":{"event":["2026-02-01","2026-01-01"],"repeat":{"boundsPeriod":{"end":"2026-03-01"}}}}"#,
        &[("occurrence", &["..2026-03-01T23:59:59.999+09:00"])],
    );
    check(r#"{"resourceType":"ServiceRequest","occurrenceTiming":{"code":{"text":"BID"}}}"#, &[("occurrence", &[])]);
    check(r#"{"resourceType":"Immunization","occurrenceString":"2019"}"#, &[("date", &[])]);
    check(
        r#"{"resourceType":"Questionnaire","url":"http://x.example/q","item":[{"definition":"http://x.example/d"}],
            "useContext":[{"code":{"code":"age"},"valueRange":{"low":{"value":1}}},{"code":{"code":"venue"},"valueCodeableConcept":{"coding":[{"code":"a"}]}}]}"#,
        &[
            ("url", &["<http://x.example/q>"]),
            ("context-quantity", &["1(1,9000000000) ||"]),
            ("context-type-quantity", &["|age$1(1,9000000000) ||"]),
            ("context-type-value", &["|venue$|a"]),
        ],
    );
    check(
        r#"{"resourceType":"Group","characteristic":[{"code":{"coding":[{"code":"c"}]},"valueBoolean":true},{"code":{"coding":[{"code":"d"}]},"valueQuantity":{"value":1}}]}"#,
        &[("value", &["|true"]), ("characteristic-value", &["|c$|true"])],
    );
    check(
        r#"{"resourceType":"DocumentReference","relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/1"}}]}"#,
        &[("relationship", &["DocumentReference/1$|replaces"])],
    );
    check(
        r#"{"resourceType":"MolecularSequence","referenceSeq":{"chromosome":{"coding":[{"code":"1"}]},"windowStart":5,"windowEnd":9},
            "variant":[{"start":6,"end":7}]}"#,
        &[("chromosome-variant-coordinate", &["|1$6$7"]), ("chromosome-window-coordinate", &["|1$5$9"])],
    );
    check(
        r#"{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Patient","id":"p"}}]}"#,
        &[("composition", &["Composition/c"])],
    );
    check(
        r#"{"resourceType":"QuestionnaireResponse","item":[
            {"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject","valueBoolean":true}],"answer":[{"valueReference":{"reference":"Patient/9"}}]},
            {"answer":[{"valueReference":{"reference":"Patient/8"}}]}]}"#,
        &[("item-subject", &["Patient/9"])],
    );
    check(r#"{"resourceType":"Patient","deceasedBoolean":false}"#, &[("deceased", &["|false"])]);
    check(r#"{"resourceType":"Patient"}"#, &[("deceased", &["|false"])]);
    check(
        r##"{"resourceType":"Encounter","length":{"value":2,"code":"h"},"contained":[{"resourceType":"Patient","id":"x"}],
            "subject":{"reference":"#x"}}"##,
        &[("length", &["2(2,2) |h|"]), ("subject", &["<>"]), ("patient", &["<>"])],
    );
}

#[test]
fn a_resource_belongs_to_the_patients_it_speaks_of() {
    let compartment = |text: &str| shown(&entries(text), ParamKey::PATIENT_COMPARTMENT);
    assert_eq!(compartment(r#"{"resourceType":"Patient","id":"p1"}"#), ["Patient/p1"]);
    assert_eq!(
        compartment(
            r#"{"resourceType":"Observation","subject":{"reference":"Patient/p1"},
                "performer":[{"reference":"Patient/p1"},{"reference":"Patient/p2"},{"reference":"Practitioner/d"}]}"#
        ),
        ["Patient/p1", "Patient/p2"]
    );
    assert_eq!(
        compartment(r#"{"resourceType":"Observation","subject":{"reference":"https://x.example/Patient/p1"}}"#),
        [""; 0]
    );
    assert_eq!(compartment(r#"{"resourceType":"Organization","id":"p1"}"#), [""; 0]);
    assert_eq!(
        compartment(r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/p3"}}]}"#),
        ["Patient/p3"]
    );
}

#[test]
fn references_to_this_server_are_local_when_its_address_is_known() {
    let resource =
        json(r#"{"resourceType":"Observation","subject":{"reference":"https://karute.example/fhir/Patient/p1"}}"#);
    let subject = ParamKey::of_param(of("Observation"), "subject");
    let patient = ParamKey::of_param(of("Observation"), "patient");
    assert_eq!(shown(&extract(&resource), subject), ["<https://karute.example/fhir/Patient/p1>"]);
    let at_home = extract_at(&resource, super::BASE);
    assert_eq!(shown(&at_home, subject), ["Patient/p1"]);
    assert_eq!(shown(&at_home, patient), ["Patient/p1"]);
    assert_eq!(shown(&at_home, ParamKey::PATIENT_COMPARTMENT), ["Patient/p1"]);
}

#[test]
fn text_keys_are_folded_and_no_entry_comes_twice() {
    let entries =
        entries(r#"{"resourceType":"Patient","name":[{"text":"ヤマダ"},{"text":"ヤマダ"},{"family":"ﾔﾏﾀﾞ"}]}"#);
    let name = ParamKey::of_param(of("Patient"), "name");
    let keys: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.param == name)
        .filter_map(|entry| match &entry.value {
            IndexValue::Text { key, .. } => Some(key.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(keys, [search_key("やまだ"), search_key("ヤマダ")]);
    for (index, entry) in entries.iter().enumerate() {
        assert!(!entries[..index].contains(entry));
    }
}

#[test]
fn entries_are_bounded_and_many_alike_are_one() {
    let members = |n: usize, distinct: usize| {
        let members: Vec<String> =
            (0..n).map(|i| format!(r#"{{"entity":{{"reference":"Patient/p{}"}}}}"#, i % distinct)).collect();
        format!(r#"{{"resourceType":"Group","member":[{}]}}"#, members.join(","))
    };
    let member = ParamKey::of_param(of("Group"), "member");
    assert_eq!(shown(&entries(&members(1000, 100)), member).len(), 100);
    let many = entries(&members(20_000, 20_000));
    assert_eq!(shown(&many, member).len(), 5000);
    // Each of them is a compartment too.
    assert_eq!(shown(&many, ParamKey::PATIENT_COMPARTMENT).len(), 5000);
}

#[test]
fn what_is_no_resource_or_of_the_wrong_shape_offers_nothing() {
    for text in [
        "1",
        "[]",
        "{}",
        r#"{"resourceType":"Nothing"}"#,
        r#"{"resourceType":"Observation","code":5,"subject":"x","effectiveDateTime":{},"valueQuantity":[1],"component":"c","meta":[]}"#,
        r#"{"resourceType":"Observation","code":{"coding":"x"},"subject":{"reference":7},"effectiveDateTime":"soon","valueQuantity":{"value":"1"}}"#,
        r#"{"resourceType":"Observation","code":null,"component":[null,{"code":null}],"effectivePeriod":{}}"#,
    ] {
        let entries: Vec<String> =
            entries(text).iter().map(|entry| show(&entry.value)).filter(|shown| shown.len() > 2).collect();
        assert_eq!(entries, [""; 0], "{text}");
    }
}

#[test]
fn many_duplicates_do_not_take_long() {
    let codings = |code: &str| vec![format!(r#"{{"code":"{code}"}}"#); 70].join(",");
    let component =
        format!(r#"{{"code":{{"coding":[{}]}},"valueCodeableConcept":{{"coding":[{}]}}}}"#, codings("a"), codings("b"));
    let observation = format!(r#"{{"resourceType":"Observation","component":[{}]}}"#, vec![component; 300].join(","));
    let entries = entries(&observation);
    let pairs = shown(&entries, ParamKey::of_param(of("Observation"), "component-code-value-concept"));
    assert_eq!(pairs, ["|a$|b"]);
}

#[test]
fn a_text_of_megabytes_is_found_by_its_beginning() {
    let text = "山田".repeat(500_000);
    let entries = entries(&format!(r#"{{"resourceType":"Patient","name":[{{"text":"{text}"}}]}}"#));
    let name = ParamKey::of_param(of("Patient"), "name");
    let IndexValue::Text { key, exact } = &entries.iter().find(|entry| entry.param == name).unwrap().value else {
        panic!("no text")
    };
    assert!(key.chars().count() == 200 && key.starts_with(&search_key("山田山田")));
    assert!(exact.chars().count() == 200 && exact.starts_with("山田"));
}
