//! Resources that are right, and the same ones with one thing wrong.
use karute_fhir::validate::{MAX_FINDINGS, Severity, validate};
use karute_json::{Limits, parse};

const PATIENT: &str = include_str!("fixtures/patient.json");
const OBSERVATION: &str = include_str!("fixtures/observation.json");
const MEDICATION_REQUEST: &str = include_str!("fixtures/medication_request.json");
const CONDITION: &str = include_str!("fixtures/condition.json");
const BUNDLE: &str = include_str!("fixtures/bundle.json");

/// (issue code, expression) of every finding.
fn findings(text: &str) -> Vec<(&'static str, String)> {
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    validate(&value).into_iter().map(|f| (f.code, f.expression)).collect()
}

/// One mutation: replace `old` (which must stand there once) by `new`; exactly this finding must come of it.
struct Mutation {
    base: &'static str,
    old: &'static str,
    new: &'static str,
    code: &'static str,
    at: &'static str,
}

const fn m(base: &'static str, old: &'static str, new: &'static str, code: &'static str, at: &'static str) -> Mutation {
    Mutation { base, old, new, code, at }
}

const MUTATIONS: &[Mutation] = &[
    // What it is.
    m(PATIENT, r#""resourceType": "Patient""#, r#""resourceType": "patient""#, "structure", "Resource"),
    m(PATIENT, r#""resourceType": "Patient""#, r#""resourceType": 1"#, "structure", "Resource"),
    m(PATIENT, r#"  "resourceType": "Patient","#, "", "structure", "Resource"),
    // Unknown elements.
    m(PATIENT, r#""active": true"#, r#""activ": true"#, "structure", "Patient.activ"),
    m(PATIENT, r#""family": "ヤマダ""#, r#""familyName": "ヤマダ""#, "structure", "Patient.name[1].familyName"),
    m(PATIENT, r#""family": "ヤマダ""#, r#""名字": "ヤマダ""#, "structure", "Patient.name[1]"),
    m(PATIENT, r#""deceasedBoolean": false"#, r#""deceased": false"#, "structure", "Patient.deceased"),
    m(PATIENT, r#""deceasedBoolean": false"#, r#""deceasedString": "x""#, "structure", "Patient.deceasedString"),
    // Cardinality.
    m(PATIENT, r#", "type": "seealso""#, "", "required", "Patient.link[0].type"),
    m(OBSERVATION, r#"  "status": "final","#, "", "required", "Observation.status"),
    m(OBSERVATION, r#""code": { "text": "法" }, "#, "", "required", "Observation.component[0].code"),
    m(
        MEDICATION_REQUEST,
        r##""medicationReference": { "reference": "#m1" },"##,
        r##""supportingInformation": [{ "reference": "#m1" }],"##,
        "required",
        "MedicationRequest.medication",
    ),
    m(
        PATIENT,
        r#""telecom": [{ "system": "phone", "value": "03-0000-0000", "use": "home", "rank": 1 }]"#,
        r#""telecom": { "system": "phone", "value": "03" }"#,
        "structure",
        "Patient.telecom",
    ),
    m(PATIENT, r#""gender": "male""#, r#""gender": ["male"]"#, "structure", "Patient.gender"),
    m(
        PATIENT,
        r##""managingOrganization": { "reference": "#org" }"##,
        r##""managingOrganization": [{ "reference": "#org" }]"##,
        "structure",
        "Patient.managingOrganization",
    ),
    m(PATIENT, r#""given": ["タロウ"]"#, r#""given": "タロウ""#, "structure", "Patient.name[1].given"),
    // JSON types.
    m(PATIENT, r#""active": true"#, r#""active": "true""#, "structure", "Patient.active"),
    m(PATIENT, r#""rank": 1"#, r#""rank": "1""#, "structure", "Patient.telecom[0].rank"),
    m(PATIENT, r#""birthDate": "1965-02-28""#, r#""birthDate": 19650228"#, "structure", "Patient.birthDate"),
    m(OBSERVATION, r#""value": 7.20"#, r#""value": "7.20""#, "structure", "Observation.value.value"),
    m(
        OBSERVATION,
        r#""subject": { "reference": "Patient/p1" }"#,
        r#""subject": "Patient/p1""#,
        "structure",
        "Observation.subject",
    ),
    m(PATIENT, r#"{ "display": "かかりつけ" }"#, r#""かかりつけ""#, "structure", "Patient.generalPractitioner[1]"),
    // Null and empty.
    m(PATIENT, r#""active": true"#, r#""active": null"#, "structure", "Patient.active"),
    m(
        PATIENT,
        r#""relationship": [{ "text": "妻" }]"#,
        r#""relationship": []"#,
        "structure",
        "Patient.contact[0].relationship",
    ),
    m(PATIENT, r#"{ "display": "かかりつけ" }"#, "{}", "structure", "Patient.generalPractitioner[1]"),
    m(PATIENT, r#"{ "display": "かかりつけ" }"#, "null", "structure", "Patient.generalPractitioner[1]"),
    m(PATIENT, r#"{ "display": "かかりつけ" }"#, r#"{ "id": "x" }"#, "invariant", "Patient.generalPractitioner[1]"),
    m(PATIENT, r#""given": ["タロウ"]"#, r#""given": []"#, "structure", "Patient.name[1].given"),
    m(PATIENT, r#""given": ["タロウ"]"#, r#""given": [null]"#, "structure", "Patient.name[1].given[0]"),
    m(PATIENT, r#""given": ["タロウ"]"#, r#""given": [""]"#, "value", "Patient.name[1].given[0]"),
    // Forms of values.
    m(PATIENT, r#""id": "p1""#, r#""id": "p_1""#, "value", "Patient.id"),
    m(PATIENT, r#""birthDate": "1965-02-28""#, r#""birthDate": "1965-02-29""#, "value", "Patient.birthDate"),
    m(PATIENT, r#""birthDate": "1965-02-28""#, r#""birthDate": "1965/02/28""#, "value", "Patient.birthDate"),
    m(OBSERVATION, "2026-11-22T10:25:00+09:00", "2026-11-22T10:25:00", "value", "Observation.effective"),
    m(OBSERVATION, "2026-11-22T11:00:00.000+09:00", "2026-11-22", "value", "Observation.issued"),
    m(PATIENT, r#""rank": 1"#, r#""rank": 0"#, "value", "Patient.telecom[0].rank"),
    m(PATIENT, r#""rank": 1"#, r#""rank": 1.0"#, "value", "Patient.telecom[0].rank"),
    m(PATIENT, r#""country": "JP""#, r#""country": "J\u0001P""#, "value", "Patient.address[0].country"),
    m(PATIENT, r#""code": "a b""#, r#""code": "a  b""#, "value", "Patient.meta.tag[0].code"),
    m(
        OBSERVATION,
        r#""system": "urn:oid:1.2.392.200119.4.504""#,
        r#""system": "urn:oid: 1""#,
        "value",
        "Observation.code.coding[0].system",
    ),
    // Choices.
    m(
        OBSERVATION,
        r#""valueString": "HPLC""#,
        r#""valueString": "HPLC", "valueInteger": 1"#,
        "structure",
        "Observation.component[0].value",
    ),
    m(
        PATIENT,
        r#""deceasedBoolean": false"#,
        r#""deceasedBoolean": false, "_deceasedDateTime": { "extension": [{ "url": "http://x", "valueCode": "y" }] }"#,
        "structure",
        "Patient.deceased",
    ),
    // Siblings of primitives.
    m(PATIENT, r#""_given": [null, "#, r#""_given": ["#, "structure", "Patient.name[0].given"),
    m(PATIENT, r#""_birthDate": {"#, r#""_birthDate": { "value": 1,"#, "structure", "Patient.birthDate.value"),
    m(PATIENT, r#""_birthDate": {"#, r#""_contact": { "id": "1" }, "_birthDate": {"#, "structure", "Patient.contact"),
    m(PATIENT, r#""gender": "male""#, r#""_gender": { "id": "g" }"#, "invariant", "Patient.gender"),
    m(PATIENT, r#""gender": "male""#, r#""gender": "male", "_gender": {}"#, "structure", "Patient.gender"),
    m(
        PATIENT,
        r#""valueDateTime": "1965-02-28T07:35:00+09:00""#,
        r#""valueDateTime": "1965-02-28T07:35""#,
        "value",
        "Patient.birthDate.extension[0].value",
    ),
    // References.
    m(
        OBSERVATION,
        r#""subject": { "reference": "Patient/p1" }"#,
        r#""subject": { "reference": "Medication/p1" }"#,
        "value",
        "Observation.subject.reference",
    ),
    m(
        OBSERVATION,
        r#""subject": { "reference": "Patient/p1" }"#,
        r#""subject": { "reference": "Patient/p1/x" }"#,
        "value",
        "Observation.subject.reference",
    ),
    m(
        OBSERVATION,
        r#""subject": { "reference": "Patient/p1" }"#,
        r#""subject": { "type": "Medication", "display": "x" }"#,
        "value",
        "Observation.subject.type",
    ),
    m(
        PATIENT,
        r#""type": "Practitioner""#,
        r#""type": "Organization""#,
        "value",
        "Patient.generalPractitioner[0].type",
    ),
    m(
        BUNDLE,
        "Patient?identifier=urn:x|1",
        "Slot?identifier=urn:x|1",
        "value",
        "Bundle.entry[2].resource.parameter[0].resource.subject.reference",
    ),
    // Contained resources.
    m(
        OBSERVATION,
        r#""subject": { "reference": "Patient/p1" }"#,
        r##""subject": { "reference": "#p1" }"##,
        "invariant",
        "Observation.subject.reference",
    ),
    m(PATIENT, r##""reference": "#org""##, r#""display": "x""#, "invariant", "Patient.contained[0]"),
    m(
        PATIENT,
        r#""id": "org", "name""#,
        r#""id": "org", "meta": { "versionId": "1" }, "name""#,
        "invariant",
        "Patient.contained[0].meta.versionId",
    ),
    m(
        PATIENT,
        r#""id": "org", "name""#,
        r#""id": "org", "meta": { "security": [{ "code": "R" }] }, "name""#,
        "invariant",
        "Patient.contained[0].meta.security",
    ),
    m(
        PATIENT,
        r#""id": "org", "name""#,
        r#""id": "org", "contained": [{ "resourceType": "Basic", "id": "b", "code": { "text": "x" } }], "name""#,
        "invariant",
        "Patient.contained[0].contained[0]",
    ),
    m(
        PATIENT,
        r#""name": "第一病院" }]"#,
        r##""name": "第一病院", "partOf": { "reference": "#org" } }, { "resourceType": "Basic", "id": "org", "code": { "text": "x" }, "subject": { "reference": "#" } }]"##,
        "structure",
        "Patient.contained[1]",
    ),
    m(
        MEDICATION_REQUEST,
        r#""resourceType": "Medication", "id": "m1", "code": { "text": "アムロジピン錠5mg" }"#,
        r#""resourceType": "Organization", "id": "m1", "name": "x""#,
        "value",
        "MedicationRequest.medication.reference",
    ),
    // Narrative.
    m(PATIENT, "<br/>", "<script>x</script>", "invariant", "Patient.text.div"),
    m(PATIENT, "<br/>", "<br>", "invariant", "Patient.text.div"),
    m(PATIENT, "<p>", "<p onclick='x'>", "invariant", "Patient.text.div"),
    m(PATIENT, r#""status": "generated", "#, "", "required", "Patient.text.status"),
    // Extensions.
    m(
        PATIENT,
        r#"{ "url": "part", "valueString": "x" }"#,
        r#"{ "url": "part" }"#,
        "invariant",
        "Patient.extension[1].extension[0]",
    ),
    m(
        PATIENT,
        r#"{ "url": "part", "valueString": "x" }"#,
        r#"{ "valueString": "x" }"#,
        "required",
        "Patient.extension[1].extension[0].url",
    ),
    m(
        PATIENT,
        r#""url": "http://example.org/nested", "#,
        r#""url": "http://example.org/nested", "valueString": "x", "#,
        "invariant",
        "Patient.extension[1]",
    ),
    m(PATIENT, "http://example.org/nested", "nested", "value", "Patient.extension[1].url"),
    // Bindings.
    m(PATIENT, r#""gender": "male""#, r#""gender": "Male""#, "code-invalid", "Patient.gender"),
    m(OBSERVATION, r#""status": "final""#, r#""status": "done""#, "code-invalid", "Observation.status"),
    m(OBSERVATION, r#""comparator": "<""#, r#""comparator": "=""#, "code-invalid", "Observation.value.comparator"),
    m(PATIENT, r#""language": "ja-JP""#, r#""language": "日本語""#, "code-invalid", "Patient.language"),
    m(CONDITION, r#""code": "active""#, r#""code": "aktiv""#, "code-invalid", "Condition.clinicalStatus"),
    m(
        CONDITION,
        r#""system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "#,
        "",
        "code-invalid",
        "Condition.clinicalStatus",
    ),
    m(
        CONDITION,
        r#"{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active" }] }"#,
        r#"{ "text": "active" }"#,
        "code-invalid",
        "Condition.clinicalStatus",
    ),
    // Types that are profiles: a simple quantity has no comparator.
    m(
        OBSERVATION,
        r#""low": { "value": 4.6"#,
        r#""low": { "comparator": "<", "value": 4.6"#,
        "structure",
        "Observation.referenceRange[0].low.comparator",
    ),
    // Where a definition refers to another.
    m(
        OBSERVATION,
        r#"[{ "text": "なし" }]"#,
        r#"[{ "texto": "なし" }]"#,
        "structure",
        "Observation.component[0].referenceRange[0].texto",
    ),
    // Entries of a Bundle.
    m(BUNDLE, r#""status": "final", "#, "", "required", "Bundle.entry[1].resource.status"),
    m(
        BUNDLE,
        r#""name": [{ "text": "佐藤 花" }]"#,
        r#""name": [{ "txt": "佐藤 花" }]"#,
        "structure",
        "Bundle.entry[0].resource.name[0].txt",
    ),
    m(
        BUNDLE,
        r#""resourceType": "Patient", "#,
        r#""resourceType": "Patiant", "#,
        "structure",
        "Bundle.entry[0].resource",
    ),
    m(
        BUNDLE,
        r#"{ "method": "POST", "url": "Patient" }"#,
        r#"{ "method": "post", "url": "Patient" }"#,
        "code-invalid",
        "Bundle.entry[0].request.method",
    ),
];

#[test]
fn right_resources_have_no_findings() {
    for text in [PATIENT, OBSERVATION, MEDICATION_REQUEST, CONDITION, BUNDLE] {
        assert_eq!(findings(text), []);
    }
}

#[test]
fn each_mutation_is_found_at_its_place_and_nowhere_else() {
    let mut wrong = Vec::new();
    for Mutation { base, old, new, code, at } in MUTATIONS {
        assert_eq!(base.matches(old).count(), 1, "{old} must stand once");
        let found = findings(&base.replace(old, new));
        if found != [(*code, (*at).to_owned())] {
            wrong.push(format!("{new}: expected {code} {at}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_faults_are_all_reported() {
    let text = r#"{"resourceType":"Observation","status":"done","subject":{"reference":"Patient/"},"foo":1}"#;
    assert_eq!(
        findings(text),
        [
            ("code-invalid", "Observation.status".to_owned()),
            ("value", "Observation.subject.reference".to_owned()),
            ("structure", "Observation.foo".to_owned()),
            ("required", "Observation.code".to_owned()),
        ]
    );
}

#[test]
fn escaped_keys_are_the_keys_they_mean() {
    let text = r#"{"\u0072esourceType":"Patient","birthDate":"2020","\u005fbirthDate":{"value":1},"\u0067ender":"x"}"#;
    assert_eq!(
        findings(text),
        [("structure", "Patient.birthDate.value".to_owned()), ("code-invalid", "Patient.gender".to_owned())]
    );
}

#[test]
fn findings_never_repeat_what_stands_in_the_record() {
    let secret = "秘密の値";
    let text = format!(
        r#"{{"resourceType":"Patient","gender":"{secret}","birthDate":"{secret}","{secret}":"{secret}","id":"{secret}","active":"{secret}","link":[{{"other":{{"reference":"{secret}"}},"type":"{secret}"}}],"contained":[{{"resourceType":"{secret}"}}],"text":{{"status":"{secret}","div":"{secret}"}}}}"#
    );
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    let all = validate(&value);
    assert!(all.len() >= 8, "{all:?}");
    for finding in all {
        assert_eq!(finding.severity, Severity::Error);
        assert!(!finding.message.contains(secret) && !finding.expression.contains(secret), "{finding:?}");
        assert!(finding.message.ends_with('。'), "{finding:?}");
    }
}

#[test]
fn there_are_never_more_than_a_hundred_findings() {
    let names = vec![r#"{"x":1}"#; 5000].join(",");
    let text = format!(r#"{{"resourceType":"Patient","name":[{names}]}}"#);
    assert_eq!(findings(&text).len(), MAX_FINDINGS);
}

#[test]
fn nothing_but_an_object_is_a_resource() {
    for text in
        ["1", "null", "[]", "\"Patient\"", "{}", r#"{"resourceType":"HumanName"}"#, r#"{"resourceType":"Resource"}"#]
    {
        assert_eq!(findings(text), [("structure", "Resource".to_owned())], "{text}");
    }
}

#[test]
fn deep_extensions_do_not_exhaust_the_stack() {
    // The deepest the JSON reader lets through.
    let depth = 31;
    let text = format!(
        r#"{{"resourceType":"Basic","code":{{"text":"x"}},"extension":[{}{}]}}"#,
        r#"{"url":"http://x","extension":["#.repeat(depth - 1),
        r#"{"url":"http://x","valueCode":"y"}"#.to_owned() + &"]}".repeat(depth - 1)
    );
    assert_eq!(findings(&text), []);
}
