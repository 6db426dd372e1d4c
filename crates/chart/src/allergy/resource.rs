//! The resources, written.
use super::change::{Edit, New};
use super::state::{Breastfeeding, Pregnancy};
use super::{GENERIC_DRUG, Kind, Severity, Substance};
use crate::author::Author;
use crate::parts::{coding, concept, reference, words};
use crate::view::element::text;
use karute_fhir::Id;
use karute_japan::era_partial::PartialDate;
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
/// Extension: the entry is a contraindication (禁忌), no allergy.
const CONTRAINDICATION: &str = "urn:karute:contraindication";
/// System of the categories of our flags.
pub(super) const FLAG: &str = "urn:karute:flag";
pub(super) const LOINC: &str = "http://loinc.org";
/// LOINC: pregnancy status.
pub(super) const PREGNANCY: &str = "82810-3";
/// LOINC: delivery date, estimated.
const DUE: &str = "11778-8";
/// LOINC: breastfeeding status.
pub(super) const BREASTFEEDING: &str = "63895-7";
/// JFAGY: no code can be given, the words say all (JP-CLINS 8.4).
const NO_CODE: [(Kind, &str, &str); 3] = [
    (Kind::Drug, "http://jpfhir.jp/fhir/core/CodeSystem/YCM/JP_JfagyMedicationAllergen_CS", "D9M000000000"),
    (Kind::Food, "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS", "D9F000000000"),
    (Kind::Other, "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyNonFoodNonMedicationAllergen_CS", "D9N000000000"),
];

/// LOINC's yes and no: system, code, display.
pub(super) fn breastfeeding_answer(value: Breastfeeding) -> (&'static str, &'static str, &'static str) {
    match value {
        Breastfeeding::Yes => (LOINC, "LA33-6", "Yes"),
        Breastfeeding::No => (LOINC, "LA32-8", "No"),
    }
}

/// An entry; what there was of it before stays where this says nothing of it.
pub(crate) fn entry(new: &New, author: &Author, now: Timestamp) -> Value<'static> {
    let mut body = Object::new().with("resourceType", Value::string("AllergyIntolerance"));
    body.insert("clinicalStatus", concept(CLINICAL, "active", "Active"));
    body.insert("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed"));
    set_kind(&mut body, new.kind);
    body.insert("code", substance(new.kind, &new.substance));
    body.insert("patient", reference("Patient", &new.patient));
    body.insert("recordedDate", Value::string(now.to_fhir()));
    body.insert("recorder", author.reference());
    happened(&mut body, new.kind, (new.reaction.as_deref(), new.severity), new.when);
    let mut body = Value::Object(body);
    author.mark(&mut body);
    body
}

/// What kind of entry it is; other extensions stay.
fn set_kind(body: &mut Object<'static>, kind: Kind) {
    let category = match kind {
        Kind::Drug | Kind::Contraindication => "medication",
        Kind::Food => "food",
        Kind::Other => "environment",
    };
    let mut extensions = match body.remove("extension") {
        Some(Value::Array(extensions)) => extensions,
        _ => Vec::new(),
    };
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(CONTRAINDICATION));
    if kind == Kind::Contraindication {
        extensions.push(Value::object([("url", Value::string(CONTRAINDICATION)), ("valueBoolean", Value::Bool(true))]));
        body.remove("type");
    } else {
        body.insert("type", Value::string("allergy"));
    }
    if !extensions.is_empty() {
        body.insert("extension", Value::Array(extensions));
    }
    body.insert("category", Value::Array(vec![Value::string(category)]));
}

/// What happened, how bad it was, and when.
fn happened(
    body: &mut Object<'static>,
    kind: Kind,
    (reaction, severity): (Option<&str>, Option<Severity>),
    when: Option<PartialDate>,
) {
    let high = severity == Some(Severity::Severe) || kind == Kind::Contraindication;
    body.insert("criticality", Value::string(if high { "high" } else { "low" }));
    match when {
        Some(when) => body.insert("onsetDateTime", Value::string(when.to_fhir())),
        None => drop(body.remove("onsetDateTime")),
    }
    if reaction.is_none() && severity.is_none() {
        body.remove("reaction");
        return;
    }
    let told = reaction.unwrap_or("症状の記録なし");
    let mut one = Object::new().with("manifestation", Value::Array(vec![words(told)]));
    if let Some(severity) = severity {
        one.insert("severity", Value::string(severity.code()));
    }
    body.insert("reaction", Value::Array(vec![Value::Object(one)]));
}

/// Says something else of an entry.
pub(super) fn edited(body: &mut Object<'static>, edit: &Edit) {
    let kind = edit.kind.unwrap_or(Kind::Other);
    if edit.kind.is_some() {
        set_kind(body, kind);
    }
    if let Some(told) = &edit.words {
        body.insert("code", substance(kind, &Substance::Words(told.clone())));
    }
    happened(body, kind, (edit.reaction.as_deref(), edit.severity), edit.when);
}

fn substance(kind: Kind, substance: &Substance) -> Value<'static> {
    let (coding, told) = match substance {
        Substance::Coded { system, code, display } => (coding(system, code, display), display.as_str()),
        Substance::Words(told) => {
            let wanted = if kind == Kind::Contraindication { Kind::Drug } else { kind };
            let found = NO_CODE.iter().find(|(kind, _, _)| *kind == wanted);
            let (system, code) = found.map_or((GENERIC_DRUG, "D9M000000000"), |(_, system, code)| (*system, *code));
            (coding(system, code, "コード指定不可"), told.as_str())
        }
    };
    Value::object([("coding", Value::Array(vec![coding])), ("text", Value::string(told.to_owned()))])
}

/// アレルギーなし: somebody asked and there is none.
pub(super) fn none_known(patient: &Id, author: &Author, now: Timestamp) -> Value<'static> {
    let code = Value::object([
        ("coding", Value::Array(vec![coding("http://snomed.info/sct", "716186003", "No known allergy")])),
        ("text", Value::string("アレルギーなし")),
    ]);
    let mut body = Value::object([
        ("resourceType", Value::string("AllergyIntolerance")),
        ("clinicalStatus", concept(CLINICAL, "active", "Active")),
        ("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        ("code", code),
        ("patient", reference("Patient", patient)),
        ("recordedDate", Value::string(now.to_fhir())),
        ("recorder", author.reference()),
    ]);
    author.mark(&mut body);
    body
}

/// Whether a resource says that there is no allergy.
pub(super) fn is_none_known(body: &Value<'_>) -> bool {
    crate::view::is_none_known(body)
}

pub(super) fn is_contraindication(body: &Value<'_>) -> bool {
    let extensions = body.get("extension").map_or(&[][..], Value::items);
    extensions.iter().any(|e| text(e, &["url"]).as_deref() == Some(CONTRAINDICATION))
}

/// Says that it no longer holds.
pub(super) fn set_inactive(body: &mut Object<'static>) {
    body.insert("clinicalStatus", concept(CLINICAL, "inactive", "Inactive"));
}

/// Says that it holds.
pub(super) fn set_active(body: &mut Object<'static>) {
    body.insert("clinicalStatus", concept(CLINICAL, "active", "Active"));
    body.insert("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed"));
}

/// Says that it was entered in error, and why (R4 ait-2: without a clinical status).
pub(super) fn set_error(body: &mut Object<'static>, reason: &str, author: &Author, now: Timestamp) {
    body.remove("clinicalStatus");
    body.insert("verificationStatus", concept(VERIFICATION, "entered-in-error", "Entered in Error"));
    add_note(body, &format!("削除の理由：{reason}"), author, now);
}

/// Adds a note with its author.
pub(super) fn add_note(body: &mut Object<'static>, told: &str, author: &Author, now: Timestamp) {
    let note = Value::object([
        ("authorReference", author.reference()),
        ("time", Value::string(now.to_fhir())),
        ("text", Value::string(told.to_owned())),
    ]);
    let mut notes = match body.remove("note") {
        Some(Value::Array(notes)) => notes,
        _ => Vec::new(),
    };
    notes.push(note);
    body.insert("note", Value::Array(notes));
}

/// An infection to mind.
pub(super) fn infection(patient: &Id, told: &str, author: &Author, now: Timestamp) -> Value<'static> {
    let mut body = Value::object([
        ("resourceType", Value::string("Flag")),
        ("status", Value::string("active")),
        ("category", Value::Array(vec![concept(FLAG, "infection", "感染症")])),
        ("code", words(told)),
        ("subject", reference("Patient", patient)),
        ("period", Value::object([("start", Value::string(now.day_in_japan().to_string()))])),
        ("author", author.reference()),
    ]);
    author.mark(&mut body);
    body
}

/// What is said of a pregnancy.
pub(super) fn pregnancy(
    patient: &Id,
    (value, due): (Pregnancy, Option<Date>),
    author: &Author,
    now: Timestamp,
) -> Value<'static> {
    let mut body = observation(patient, (PREGNANCY, "妊娠"), (value.answer(), value.word()), author, now);
    if let Some(due) = due {
        let component = Value::object([
            (
                "code",
                Value::object([
                    ("coding", Value::Array(vec![coding(LOINC, DUE, "Delivery date Estimated")])),
                    ("text", Value::string("出産予定日")),
                ]),
            ),
            ("valueDateTime", Value::string(due.to_string())),
        ]);
        body.insert("component", Value::Array(vec![component]));
    }
    let mut body = Value::Object(body);
    author.mark(&mut body);
    body
}

/// What is said of breast-feeding.
pub(super) fn breastfeeding(patient: &Id, value: Breastfeeding, author: &Author, now: Timestamp) -> Value<'static> {
    let said = (breastfeeding_answer(value), value.word());
    let mut body = Value::Object(observation(patient, (BREASTFEEDING, "授乳"), said, author, now));
    author.mark(&mut body);
    body
}

fn observation(
    patient: &Id,
    (code, name): (&str, &str),
    ((system, answer, display), told): ((&str, &str, &str), &str),
    author: &Author,
    now: Timestamp,
) -> Object<'static> {
    let category =
        concept("http://terminology.hl7.org/CodeSystem/observation-category", "social-history", "Social History");
    Object::new()
        .with("resourceType", Value::string("Observation"))
        .with("status", Value::string("final"))
        .with("category", Value::Array(vec![category]))
        .with(
            "code",
            Value::object([
                ("coding", Value::Array(vec![coding(LOINC, code, "")])),
                ("text", Value::string(name.to_owned())),
            ]),
        )
        .with("subject", reference("Patient", patient))
        .with("effectiveDateTime", Value::string(now.to_fhir()))
        .with("performer", Value::Array(vec![author.reference()]))
        .with(
            "valueCodeableConcept",
            Value::object([
                ("coding", Value::Array(vec![coding(system, answer, display)])),
                ("text", Value::string(told.to_owned())),
            ]),
        )
}
