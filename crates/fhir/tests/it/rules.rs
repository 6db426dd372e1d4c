//! The R4 invariants: what keeps each, and what breaks it.
use karute_fhir::validate::{Finding, Severity, validate};
use karute_json::{Limits, parse};

fn findings(text: &str) -> Vec<Finding> {
    validate(&parse(text.as_bytes(), &Limits::FHIR).unwrap_or_else(|e| panic!("{text}: {e:?}")))
}

/// (rule, place of the finding, frame of the resource with `@`, what keeps the rule, what breaks it)
type Case = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const OBSERVATION: &str =
    r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:a","code":"1"}]},@}"#;
const CONDITION: &str = r#"{"resourceType":"Condition","subject":{"reference":"Patient/1"},@}"#;
const ALLERGY: &str = r#"{"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"},@}"#;
const APPOINTMENT: &str =
    r#"{"resourceType":"Appointment","participant":[{"status":"accepted","actor":{"reference":"Patient/1"}}],@}"#;
const QUESTIONNAIRE: &str = r#"{"resourceType":"Questionnaire","name":"A","status":"active","item":[@]}"#;
const BASIC: &str = r#"{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x",@}]}"#;
const TIMING: &str =
    r#"{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueTiming":{"repeat":{@}}}]}"#;
const REPEAT: &str = "Basic.extension[0].value.repeat";
const VALUE: &str = "Basic.extension[0].value";
const CANCELLED: &str = r#""status":"cancelled","cancelationReason":{"text":"x"}"#;

const CASES: &[Case] = &[
    // Data types.
    (
        "per-1",
        VALUE,
        BASIC,
        &[
            r#""valuePeriod":{"start":"2026-11-22","end":"2026-11-22"}"#,
            r#""valuePeriod":{"start":"2026-11-22","end":"2026-11"}"#,
            r#""valuePeriod":{"start":"2026-11-22T10:00:00+09:00","end":"2026-11-22T02:00:00Z"}"#,
            r#""valuePeriod":{"end":"2026"}"#,
        ],
        &[
            r#""valuePeriod":{"start":"2026-11-23","end":"2026-11-22"}"#,
            r#""valuePeriod":{"start":"2027","end":"2026-11-22"}"#,
            r#""valuePeriod":{"start":"2026-11-22T10:00:00+09:00","end":"2026-11-22T00:59:59Z"}"#,
        ],
    ),
    (
        "rng-2",
        VALUE,
        BASIC,
        &[r#""valueRange":{"low":{"value":1.0},"high":{"value":1.00}}"#, r#""valueRange":{"high":{"value":1}}"#],
        &[r#""valueRange":{"low":{"value":10},"high":{"value":9.99}}"#],
    ),
    (
        "rat-1",
        VALUE,
        BASIC,
        &[r#""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#],
        &[r#""valueRatio":{"numerator":{"value":1}}"#, r#""valueRatio":{"denominator":{"value":1}}"#],
    ),
    (
        "qty-3",
        VALUE,
        BASIC,
        &[r#""valueQuantity":{"value":1,"unit":"錠"}"#],
        &[r#""valueQuantity":{"value":1,"code":"mg"}"#],
    ),
    (
        "drt-1",
        VALUE,
        BASIC,
        &[r#""valueDuration":{"value":1,"system":"http://unitsofmeasure.org","code":"d"}"#],
        &[
            r#""valueDuration":{"system":"http://unitsofmeasure.org","code":"d"}"#,
            r#""valueDuration":{"value":1,"system":"urn:x","code":"d"}"#,
        ],
    ),
    (
        "age-1",
        VALUE,
        BASIC,
        &[r#""valueAge":{"value":45,"system":"http://unitsofmeasure.org","code":"a"}"#],
        &[
            r#""valueAge":{"value":45,"unit":"歳"}"#,
            r#""valueAge":{"value":-1,"system":"http://unitsofmeasure.org","code":"a"}"#,
        ],
    ),
    (
        "cnt-3",
        VALUE,
        BASIC,
        &[r#""valueCount":{"value":3,"system":"http://unitsofmeasure.org","code":"1"}"#],
        &[
            r#""valueCount":{"value":3.5,"system":"http://unitsofmeasure.org","code":"1"}"#,
            r#""valueCount":{"value":3}"#,
        ],
    ),
    ("att-1", VALUE, BASIC, &[r#""valueAttachment":{"url":"http://x"}"#], &[r#""valueAttachment":{"data":"AAAA"}"#]),
    ("cpt-2", VALUE, BASIC, &[r#""valueContactPoint":{"use":"home"}"#], &[r#""valueContactPoint":{"value":"03"}"#]),
    (
        "exp-1",
        VALUE,
        BASIC,
        &[r#""valueExpression":{"language":"text/fhirpath","expression":"x"}"#],
        &[r#""valueExpression":{"language":"text/fhirpath"}"#],
    ),
    ("tim-1", REPEAT, TIMING, &[r#""duration":1,"durationUnit":"h""#], &[r#""duration":1"#]),
    ("tim-2", REPEAT, TIMING, &[r#""period":1,"periodUnit":"d""#], &[r#""period":1"#]),
    ("tim-4", REPEAT, TIMING, &[r#""duration":0,"durationUnit":"h""#], &[r#""duration":-0.5,"durationUnit":"h""#]),
    ("tim-5", REPEAT, TIMING, &[r#""period":0.5,"periodUnit":"d""#], &[r#""period":-1,"periodUnit":"d""#]),
    ("tim-6", REPEAT, TIMING, &[r#""period":1,"periodMax":2,"periodUnit":"d""#], &[r#""periodMax":2"#]),
    ("tim-7", REPEAT, TIMING, &[r#""duration":1,"durationMax":2,"durationUnit":"h""#], &[r#""durationMax":2"#]),
    ("tim-8", REPEAT, TIMING, &[r#""count":1,"countMax":2"#], &[r#""countMax":2"#]),
    ("tim-9", REPEAT, TIMING, &[r#""offset":30,"when":["AC"]"#], &[r#""offset":30"#, r#""offset":30,"when":["C"]"#]),
    ("tim-10", REPEAT, TIMING, &[r#""timeOfDay":["08:00:00"]"#], &[r#""timeOfDay":["08:00:00"],"when":["AC"]"#]),
    // People and organisations.
    (
        "pat-1",
        "Patient.contact[0]",
        r#"{"resourceType":"Patient","contact":[@]}"#,
        &[r#"{"telecom":[{"system":"phone","value":"03"}]}"#],
        &[r#"{"gender":"female"}"#],
    ),
    ("org-1", "Organization", r#"{"resourceType":"Organization",@}"#, &[r#""name":"A""#], &[r#""active":true"#]),
    (
        "org-2",
        "Organization.address[1]",
        r#"{"resourceType":"Organization","name":"A","address":[{"use":"work","text":"x"},@]}"#,
        &[r#"{"use":"work","text":"y"}"#],
        &[r#"{"use":"home","text":"y"}"#],
    ),
    (
        "org-3",
        "Organization.telecom[0]",
        r#"{"resourceType":"Organization","name":"A","telecom":[@]}"#,
        &[r#"{"system":"phone","value":"1","use":"work"}"#],
        &[r#"{"system":"phone","value":"1","use":"home"}"#],
    ),
    // Clinical.
    (
        "obs-6",
        "Observation",
        OBSERVATION,
        &[r#""dataAbsentReason":{"text":"x"}"#],
        &[r#""dataAbsentReason":{"text":"x"},"valueString":"y""#],
    ),
    (
        "obs-7",
        "Observation",
        OBSERVATION,
        &[
            r#""valueInteger":1,"component":[{"code":{"coding":[{"system":"urn:a","code":"2"}]},"valueInteger":1}]"#,
            r#""component":[{"code":{"coding":[{"system":"urn:a","code":"1"}]},"valueInteger":1}]"#,
        ],
        &[r#""valueInteger":1,"component":[{"code":{"coding":[{"system":"urn:a","code":"1"}]},"valueInteger":1}]"#],
    ),
    (
        "obs-3",
        "Observation.referenceRange[0]",
        OBSERVATION,
        &[r#""referenceRange":[{"text":"x"}]"#],
        &[r#""referenceRange":[{"appliesTo":[{"text":"x"}]}]"#],
    ),
    (
        "con-4",
        "Condition",
        CONDITION,
        &[
            r#""abatementDateTime":"2026","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}]}"#,
        ],
        &[
            r#""abatementDateTime":"2026","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}"#,
        ],
    ),
    (
        "con-5",
        "Condition",
        CONDITION,
        &[
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]}"#,
        ],
        &[
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}"#,
        ],
    ),
    (
        "con-1",
        "Condition.stage[0]",
        CONDITION,
        &[r#""stage":[{"summary":{"text":"x"}}]"#],
        &[r#""stage":[{"type":{"text":"x"}}]"#],
    ),
    (
        "ait-1",
        "AllergyIntolerance",
        ALLERGY,
        &[
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"entered-in-error"}]}"#,
        ],
        &[r#""code":{"text":"卵"}"#],
    ),
    (
        "mad-1",
        "MedicationAdministration.dosage",
        r#"{"resourceType":"MedicationAdministration","status":"completed","medicationCodeableConcept":{"text":"x"},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2026","dosage":{@}}"#,
        &[r#""dose":{"value":1}"#],
        &[r#""text":"x""#],
    ),
    (
        "mdd-1",
        "MedicationDispense",
        r#"{"resourceType":"MedicationDispense","status":"completed","medicationCodeableConcept":{"text":"x"},@}"#,
        &[
            r#""whenPrepared":"2026-11-22T09:00:00+09:00","whenHandedOver":"2026-11-22T00:30:00Z""#,
            r#""whenPrepared":"2026-11-22T09:00:00+09:00","whenHandedOver":"2026-11-22""#,
        ],
        &[r#""whenPrepared":"2026-11-22T09:00:00+09:00","whenHandedOver":"2026-11-21T23:30:00Z""#],
    ),
    (
        "imm-1",
        "Immunization.education[0]",
        r#"{"resourceType":"Immunization","status":"completed","vaccineCode":{"text":"x"},"patient":{"reference":"Patient/1"},"occurrenceDateTime":"2026","education":[@]}"#,
        &[r#"{"documentType":"x"}"#],
        &[r#"{"presentationDate":"2026"}"#],
    ),
    (
        "prr-1",
        "ServiceRequest",
        r#"{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"},@}"#,
        &[r#""code":{"text":"x"},"orderDetail":[{"text":"y"}]"#],
        &[r#""orderDetail":[{"text":"y"}]"#],
    ),
    (
        "fhs-1",
        "FamilyMemberHistory",
        r#"{"resourceType":"FamilyMemberHistory","status":"completed","patient":{"reference":"Patient/1"},"relationship":{"text":"父"},@}"#,
        &[r#""bornDate":"1940""#],
        &[r#""bornDate":"1940","ageString":"80代""#],
    ),
    (
        "ppc-1",
        "Consent",
        r#"{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],@}"#,
        &[r#""policyRule":{"text":"x"}"#],
        &[r#""dateTime":"2026""#],
    ),
    (
        "ctm-1",
        "CareTeam.participant[0]",
        r#"{"resourceType":"CareTeam","participant":[@]}"#,
        &[
            r#"{"member":{"reference":"Practitioner/1"},"onBehalfOf":{"reference":"Organization/1"}}"#,
            r#"{"member":{"reference":"Organization/1"}}"#,
        ],
        &[r#"{"member":{"reference":"Patient/1"},"onBehalfOf":{"reference":"Organization/1"}}"#],
    ),
    // Plans, lists, tasks.
    (
        "app-2",
        "Appointment",
        APPOINTMENT,
        &[r#""status":"proposed""#],
        &[r#""status":"proposed","start":"2026-11-22T10:00:00Z""#],
    ),
    ("app-3", "Appointment", APPOINTMENT, &[r#""status":"waitlist""#], &[r#""status":"booked""#]),
    (
        "app-4",
        "Appointment",
        APPOINTMENT,
        &[
            CANCELLED,
            r#""status":"noshow","start":"2026-11-22T10:00:00Z","end":"2026-11-22T10:10:00Z","cancelationReason":{"text":"x"}"#,
        ],
        &[r#""status":"proposed","cancelationReason":{"text":"x"}"#],
    ),
    (
        "lst-1",
        "List",
        r#"{"resourceType":"List","status":"current","mode":"working",@}"#,
        &[r#""emptyReason":{"text":"x"}"#],
        &[r#""emptyReason":{"text":"x"},"entry":[{"item":{"display":"y"}}]"#],
    ),
    (
        "lst-2",
        "List",
        r#"{"resourceType":"List","status":"current",@}"#,
        &[r#""mode":"changes","entry":[{"deleted":true,"item":{"display":"y"}}]"#],
        &[r#""mode":"snapshot","entry":[{"deleted":true,"item":{"display":"y"}}]"#],
    ),
    (
        "inv-1",
        "Task",
        r#"{"resourceType":"Task","status":"requested","intent":"order",@}"#,
        &[r#""authoredOn":"2026-11-22","lastModified":"2026-11-23""#],
        &[r#""authoredOn":"2026-11-22","lastModified":"2026-11-21""#],
    ),
    (
        "inv-1",
        "Parameters.parameter[0]",
        r#"{"resourceType":"Parameters","parameter":[@]}"#,
        &[r#"{"name":"a","valueString":"x"}"#, r#"{"name":"a","part":[{"name":"b","valueString":"x"}]}"#],
        &[r#"{"name":"a"}"#, r#"{"name":"a","valueString":"x","part":[{"name":"b","valueString":"x"}]}"#],
    ),
    (
        "cmp-1",
        "Composition.section[0]",
        r#"{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026","author":[{"display":"x"}],"title":"x","section":[@]}"#,
        &[r#"{"entry":[{"reference":"Patient/1"}]}"#],
        &[r#"{"title":"x"}"#],
    ),
    // Questionnaires.
    (
        "que-1",
        "Questionnaire.item[0]",
        QUESTIONNAIRE,
        &[r#"{"linkId":"1","type":"group","item":[{"linkId":"2","type":"string"}]}"#],
        &[r#"{"linkId":"1","type":"group"}"#],
    ),
    (
        "que-2",
        "Questionnaire",
        QUESTIONNAIRE,
        &[r#"{"linkId":"1","type":"string"},{"linkId":"2","type":"string"}"#],
        &[r#"{"linkId":"1","type":"string"},{"linkId":"1","type":"string"}"#],
    ),
    (
        "que-7",
        "Questionnaire.item[0].enableWhen[0]",
        QUESTIONNAIRE,
        &[r#"{"linkId":"1","type":"string","enableWhen":[{"question":"2","operator":"exists","answerBoolean":true}]}"#],
        &[r#"{"linkId":"1","type":"string","enableWhen":[{"question":"2","operator":"exists","answerString":"x"}]}"#],
    ),
    (
        "qrs-1",
        "QuestionnaireResponse.item[0]",
        r#"{"resourceType":"QuestionnaireResponse","status":"completed","item":[@]}"#,
        &[r#"{"linkId":"1","answer":[{"valueString":"x"}]}"#],
        &[r#"{"linkId":"1","answer":[{"valueString":"x"}],"item":[{"linkId":"2"}]}"#],
    ),
    // Bundles.
    (
        "bdl-1",
        "Bundle",
        r#"{"resourceType":"Bundle",@}"#,
        &[r#""type":"searchset","total":0"#],
        &[r#""type":"collection","total":0"#],
    ),
    (
        "bdl-2",
        "Bundle",
        r#"{"resourceType":"Bundle",@,"entry":[{"fullUrl":"urn:a","resource":{"resourceType":"Patient"},"search":{"mode":"match"}}]}"#,
        &[r#""type":"searchset""#],
        &[r#""type":"collection""#],
    ),
    (
        "bdl-3",
        "Bundle",
        r#"{"resourceType":"Bundle",@,"entry":[{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]}"#,
        &[r#""type":"batch""#],
        &[r#""type":"collection""#],
    ),
    (
        "bdl-3",
        "Bundle",
        r#"{"resourceType":"Bundle","type":"transaction","entry":[@]}"#,
        &[],
        &[r#"{"resource":{"resourceType":"Patient"}}"#],
    ),
    (
        "bdl-7",
        "Bundle",
        r#"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a","resource":{"resourceType":"Patient"}},@]}"#,
        &[
            r#"{"fullUrl":"urn:b","resource":{"resourceType":"Patient"}}"#,
            r#"{"fullUrl":"urn:a","resource":{"resourceType":"Patient","meta":{"versionId":"2"}}}"#,
        ],
        &[r#"{"fullUrl":"urn:a","resource":{"resourceType":"Patient"}}"#],
    ),
    (
        "bdl-8",
        "Bundle.entry[0]",
        r#"{"resourceType":"Bundle","type":"collection","entry":[@]}"#,
        &[r#"{"resource":{"resourceType":"Patient"}}"#],
        &[r#"{"fullUrl":"http://x/Patient/1/_history/1","resource":{"resourceType":"Patient"}}"#],
    ),
    (
        "bdl-11",
        "Bundle",
        r#"{"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x","value":"1"},"timestamp":"2026-11-22T10:00:00Z","entry":[@]}"#,
        &[
            r#"{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2026","author":[{"display":"x"}],"title":"x"}}"#,
        ],
        &[r#"{"resource":{"resourceType":"Patient"}}"#],
    ),
];

#[test]
fn each_rule_is_kept_by_what_keeps_it_and_broken_by_what_breaks_it() {
    let mut wrong = Vec::new();
    for (key, at, frame, keep, break_) in CASES {
        for keep in *keep {
            let text = frame.replace('@', keep);
            let found = findings(&text);
            if !found.is_empty() {
                wrong.push(format!("{key} should hold: {text}: {found:?}"));
            }
        }
        for broken in *break_ {
            let text = frame.replace('@', broken);
            let found = findings(&text);
            let as_expected = matches!(found.as_slice(), [only]
                if only.code == "invariant" && only.expression == *at && only.message.contains(&format!("(規則 {key})。")));
            if !as_expected {
                wrong.push(format!("{key} should be broken at {at}: {text}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_see_the_contained_resource_and_its_container() {
    // obs-7 compares with `%resource`, which is the contained Observation, not the one around it.
    let inner = r#"{"resourceType":"Observation","id":"i","status":"final","code":{"coding":[{"system":"urn:a","code":"2"}]},"valueInteger":1,"component":[{"code":{"coding":[{"system":"urn:a","code":"1"}]},"valueInteger":1}]}"#;
    let outer = OBSERVATION.replace('@', &format!(r##""contained":[{inner}],"hasMember":[{{"reference":"#i"}}]"##));
    assert_eq!(findings(&outer), []);
}

#[test]
fn what_is_too_large_to_be_decided_is_said_so_and_costs_no_more() {
    // sdf-8 compares every element with the first one, found anew each time.
    let elements: Vec<String> = (0..4000).map(|i| format!(r#"{{"id":"A.b{i}","path":"A.b{i}","definition":"x","min":0,"max":"1","base":{{"path":"A","min":0,"max":"1"}}}}"#)).collect();
    let one = format!(
        r#"{{"resourceType":"StructureDefinition","url":"urn:x","name":"A","status":"active","kind":"logical","abstract":true,"type":"A","snapshot":{{"element":[{{"id":"A","path":"A","definition":"x","min":0,"max":"1","base":{{"path":"A","min":0,"max":"1"}}}},{}]}}}}"#,
        elements.join(",")
    );
    let entry = format!(r#"{{"resource":{one}}}"#);
    let text = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, vec![entry; 20].join(","));
    let found = findings(&text);
    // Fifteen warnings, then refused, because the rest would not be looked at.
    assert_eq!(found.len(), 16, "{found:?}");
    assert_eq!((found[0].severity, found[0].code), (Severity::Error, "invariant"));
    assert!(found[1..].iter().all(|f| f.severity == Severity::Warning), "{found:?}");
    let alone = findings(&one);
    assert_eq!((alone.len(), alone[0].severity), (1, Severity::Warning), "{alone:?}");
}

#[test]
fn no_number_of_warnings_hides_an_error() {
    let advice = r#"{"resource":{"resourceType":"Questionnaire","name":"問診票","status":"active"}}"#;
    let wrong = r#"{"resource":{"resourceType":"Patient","gender":"男"}}"#;
    let entries = vec![advice; 300].join(",");
    let text = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries},{wrong}]}}"#);
    let found = findings(&text);
    assert_eq!(found.len(), karute_fhir::validate::MAX_FINDINGS);
    assert_eq!((found[0].code, found[0].expression.as_str()), ("code-invalid", "Bundle.entry[300].resource.gender"));
}

#[test]
fn advice_is_a_warning() {
    let text = r#"{"resourceType":"Questionnaire","name":"問診票","status":"active"}"#;
    let found = findings(text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Warning);
}
