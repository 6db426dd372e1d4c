//! Condition, Observation, MedicationRequest, Immunization.
use super::build::{
    Json, coding, concept, decimal, identifier, lexeme, list, maybe, object, quantity, reference, shown, text, word,
    words,
};
use crate::clinic::chronic::Chronic;
use crate::clinic::drugs::Usage;
use crate::clinic::labs::{DIASTOLIC, SYSTOLIC, Test, Vital};
use crate::course::{Disease, Measured, Prescription, Visit};
use crate::people::Person;
use crate::{Author, Params};
use karute_japan::{Date, Timestamp};
use karute_json::Value;

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONDITION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const DISEASE: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease";
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const LOINC: &str = "http://loinc.org";
const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// ICD-10 with its point: `E785` is `E78.5`.
fn pointed(icd10: &str) -> String {
    match icd10.split_at_checked(3) {
        Some((front, rest)) if !rest.is_empty() => format!("{front}.{rest}"),
        _ => icd10.to_owned(),
    }
}

fn disease_code(code: &'static str, name: &'static str, icd10: &'static str) -> Json {
    object([
        ("coding", list([coding(DISEASE, code, Some(name)), coding(ICD10, pointed(icd10), None)])),
        ("text", word(name)),
    ])
}

/// A chronic problem of the problem list; `main` is the first.
pub(crate) fn problem(params: &Params, person: &Person, number: u64, problem: &Chronic, onset: Date) -> Json {
    let mut categories = vec![concept(CONDITION_CATEGORY, "problem-list-item", "Problem List Item")];
    if number == 0 {
        categories.push(words("主病名"));
    }
    object([
        ("resourceType", word("Condition")),
        ("id", text(params.id("problem", u64::from(person.index), number, person.since))),
        ("clinicalStatus", concept(CLINICAL, "active", "Active")),
        ("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        ("category", list(categories)),
        ("code", disease_code(problem.code, problem.name, problem.icd10)),
        ("subject", reference("Patient", &person.id)),
        ("onsetDateTime", text(onset.to_string())),
        ("recordedDate", text(person.since.max(onset).to_string())),
    ])
}

/// A disease of a visit.
pub(crate) fn condition(params: &Params, person: &Person, visit: &Visit, encounter: &str, disease: &Disease) -> Json {
    let status = if disease.until.is_some() { ("resolved", "Resolved") } else { ("active", "Active") };
    object([
        ("resourceType", word("Condition")),
        ("id", text(params.id("condition", u64::from(person.index), u64::from(visit.index), visit.day))),
        ("clinicalStatus", concept(CLINICAL, status.0, status.1)),
        ("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        ("category", list([concept(CONDITION_CATEGORY, "encounter-diagnosis", "Encounter Diagnosis")])),
        ("code", disease_code(disease.code, disease.name, disease.icd10)),
        ("subject", reference("Patient", &person.id)),
        ("encounter", reference("Encounter", encounter)),
        ("onsetDateTime", text(visit.day.to_string())),
        ("abatementDateTime", maybe(disease.until.map(|day| day.to_string()))),
        ("recordedDate", text(visit.day.to_string())),
    ])
}

fn observation(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    number: u64,
) -> [(&'static str, Json); 6] {
    let second = u64::from(visit.index) * 64 + number;
    [
        ("resourceType", word("Observation")),
        ("id", text(params.id("observation", u64::from(person.index), second, visit.day))),
        ("status", word("final")),
        ("subject", reference("Patient", &person.id)),
        ("encounter", reference("Encounter", encounter)),
        ("effectiveDateTime", text(seconds(visit.arrived.plus_ms(12 * 60_000)))),
    ]
}

/// An instant without fraction.
pub(super) fn seconds(at: Timestamp) -> String {
    let text = at.to_fhir();
    text.get(..19).map_or_else(|| text.clone(), |front| format!("{front}+09:00"))
}

/// A vital sign.
pub(crate) fn vital(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    number: u64,
    vital: &Vital,
    value: f64,
) -> Json {
    let (code, name, unit, decimals) = *vital;
    let [kind, id, status, subject, encounter, when] = observation(params, person, visit, encounter, number);
    object([
        kind,
        id,
        status,
        ("category", list([concept(CATEGORY, "vital-signs", "Vital Signs")])),
        ("code", object([("coding", list([coding(LOINC, code, None)])), ("text", word(name))])),
        subject,
        encounter,
        when,
        ("valueQuantity", quantity(decimal(value, decimals), unit.0, unit.1)),
    ])
}

/// Blood pressure, both values.
pub(crate) fn pressure(params: &Params, person: &Person, visit: &Visit, encounter: &str, values: (f64, f64)) -> Json {
    let [kind, id, status, subject, encounter, when] = observation(params, person, visit, encounter, 60);
    let component = |vital: &Vital, value: f64| {
        object([
            ("code", object([("coding", list([coding(LOINC, vital.0, None)])), ("text", word(vital.1))])),
            ("valueQuantity", quantity(decimal(value, 0), vital.2.0, vital.2.1)),
        ])
    };
    object([
        kind,
        id,
        status,
        ("category", list([concept(CATEGORY, "vital-signs", "Vital Signs")])),
        ("code", object([("coding", list([coding(LOINC, "85354-9", None)])), ("text", word("血圧"))])),
        subject,
        encounter,
        when,
        ("component", list([component(&SYSTOLIC, values.0), component(&DIASTOLIC, values.1)])),
    ])
}

fn flag(test: &Test, value: f64, male: bool) -> &'static str {
    let (low, high) = test.range(male);
    if high.is_some_and(|high| value > high) {
        "H"
    } else if low.is_some_and(|low| value < low) {
        "L"
    } else {
        "N"
    }
}

/// A laboratory value with the range of this clinic. Results come the next morning.
pub(crate) fn laboratory(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    number: u64,
    measured: &Measured,
) -> Json {
    let test = &measured.test;
    let [kind, id, status, subject, encounter, when] = observation(params, person, visit, encounter, number);
    let (low, high) = test.range(person.male);
    let bound = |value: Option<f64>| {
        value.map_or(Value::Null, |value| quantity(decimal(value, test.decimals), test.unit.0, test.unit.1))
    };
    let issued = Timestamp::in_japan(visit.day, 30, 0, 0);
    object([
        kind,
        id,
        status,
        ("category", list([concept(CATEGORY, "laboratory", "Laboratory")])),
        ("code", object([("coding", list([coding(JLAC10, test.code, Some(test.name))])), ("text", word(test.name))])),
        subject,
        encounter,
        when,
        ("issued", text(issued.to_fhir())),
        ("valueQuantity", quantity(decimal(measured.value, test.decimals), test.unit.0, test.unit.1)),
        (
            "interpretation",
            list([object([("coding", list([coding(INTERPRETATION, flag(test, measured.value, person.male), None)]))])]),
        ),
        ("referenceRange", list([object([("low", bound(low)), ("high", bound(high))])])),
    ])
}

/// A prescribed drug, by ingredient (一般名処方).
pub(crate) fn medication_request(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    number: u64,
    prescribed: &Prescription,
    doctor: &Author,
) -> Json {
    let drug = &prescribed.drug;
    let days = u32::from(prescribed.days);
    let (sig, code, times, as_needed) = match drug.usage {
        Usage::Daily(words, code, times) => (words, Some(code), u32::from(times) * days, false),
        Usage::Weekly(words, code) => (words, Some(code), days.div_ceil(7), false),
        Usage::AsNeeded(words) => (words, None, 10, true),
        Usage::External(words) => (words, None, 1, false),
    };
    let unit = |value: Json| {
        let (shown, merit9) = drug.unit;
        let known = !merit9.is_empty();
        object([
            ("value", value),
            ("unit", word(shown)),
            (
                "system",
                if known {
                    word("http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUnitMERIT9Code")
                } else {
                    Value::Null
                },
            ),
            ("code", if known { word(merit9) } else { Value::Null }),
        ])
    };
    let timing = code.map_or(Value::Null, |code| {
        object([(
            "code",
            object([("coding", list([coding("http://jami.jp/CodeSystem/MedicationUsage", code, Some(sig))]))]),
        )])
    });
    let dose: f64 = drug.dose.parse().unwrap_or(1.0);
    let total = dose * f64::from(times);
    let supply = matches!(drug.usage, Usage::Daily(..) | Usage::Weekly(..));
    let dosage = object([
        ("text", word(sig)),
        ("timing", timing),
        ("asNeededBoolean", if as_needed { Value::Bool(true) } else { Value::Null }),
        ("doseAndRate", list([object([("doseQuantity", unit(lexeme(drug.dose)))])])),
    ]);
    let whole = total.fract().abs() < 1e-9;
    object([
        ("resourceType", word("MedicationRequest")),
        ("id", text(params.id("medication", u64::from(person.index), u64::from(visit.index) * 32 + number, visit.day))),
        (
            "identifier",
            list([
                identifier("urn:oid:1.2.392.100495.20.3.81", prescribed.group.to_string()),
                identifier("urn:oid:1.2.392.100495.20.3.82", (number + 1).to_string()),
            ]),
        ),
        (
            "status",
            word(if crate::people::later(visit.day, i64::from(days)) < params.today() {
                "completed"
            } else {
                "active"
            }),
        ),
        ("intent", word("order")),
        (
            "medicationCodeableConcept",
            object([
                (
                    "coding",
                    list([coding(
                        "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun",
                        format!("{}ZZZ", drug.code9),
                        Some(drug.name),
                    )]),
                ),
                ("text", text(format!("【般】{}", drug.name))),
            ]),
        ),
        ("subject", reference("Patient", &person.id)),
        ("encounter", reference("Encounter", encounter)),
        ("authoredOn", text(seconds(visit.left.plus_ms(-9 * 60_000)))),
        ("requester", shown("Practitioner", &doctor.id, &doctor.name)),
        ("dosageInstruction", list([dosage])),
        (
            "dispenseRequest",
            object([
                ("quantity", unit(decimal(total, usize::from(!whole)))),
                (
                    "expectedSupplyDuration",
                    if supply { quantity(decimal(f64::from(days), 0), "日", "d") } else { Value::Null },
                ),
            ]),
        ),
    ])
}

/// The vaccination of a visit.
pub(crate) fn immunization(params: &Params, person: &Person, visit: &Visit, encounter: &str, doctor: &Author) -> Json {
    object([
        ("resourceType", word("Immunization")),
        ("id", text(params.id("immunization", u64::from(person.index), u64::from(visit.index), visit.day))),
        ("status", word("completed")),
        ("vaccineCode", words("インフルエンザHAワクチン")),
        ("patient", reference("Patient", &person.id)),
        ("encounter", reference("Encounter", encounter)),
        ("occurrenceDateTime", text(seconds(visit.left.plus_ms(-20 * 60_000)))),
        ("primarySource", Value::Bool(true)),
        ("route", words("皮下注射")),
        ("doseQuantity", quantity(lexeme("0.5"), "mL", "mL")),
        ("performer", list([object([("actor", shown("Practitioner", &doctor.id, &doctor.name))])])),
        ("note", list([object([("text", word("接種部位 左上腕"))])])),
    ])
}
