//! Patient, Coverage, AllergyIntolerance.
use super::build::{
    Json, coding, concept, decimal, identifier, list, maybe, object, quantity, reference, text, word, words,
};
use super::institution::{organization_id, organization_reference};
use crate::Params;
use crate::people::{Address, Allergen, Allergy, Insurance, Person, Written};
use karute_json::Value;

const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
const LANGUAGE: &str = "urn:ietf:bcp:47";

/// A `HumanName` in one script: `IDE` as written in kanji, `ABC` in Latin letters, `SYL` in katakana.
pub(super) fn human_name(usage: &'static str, script: &'static str, name: &Written) -> Json {
    object([
        ("extension", list([object([("url", word(REPRESENTATION)), ("valueCode", word(script))])])),
        ("use", word(usage)),
        ("text", text(name.full())),
        ("family", text(name.family.clone())),
        ("given", list([text(name.given.clone())])),
    ])
}

fn address(address: &Address) -> Json {
    object([
        ("use", word("home")),
        ("text", text(address.text())),
        ("line", list([text(address.line.clone())])),
        ("city", word(address.city)),
        ("state", word(address.prefecture)),
        ("postalCode", text(address.postal_code.clone())),
        ("country", word("JP")),
    ])
}

/// The patient.
pub(crate) fn patient(params: &Params, person: &Person) -> Json {
    let script = if person.language.is_some() { "ABC" } else { "IDE" };
    let mut names = vec![human_name("official", script, &person.name), human_name("official", "SYL", &person.kana)];
    names.extend(person.former.iter().map(|name| human_name("old", "IDE", name)));
    let system = format!("urn:oid:1.2.392.100495.20.3.51.1{}", params.institution_code);
    let phone = object([
        ("system", word("phone")),
        ("value", text(person.phone.clone())),
        ("use", word(phone_use(&person.phone))),
    ]);
    let language = person.language.map(|tongue| {
        let language =
            object([("coding", list([coding(LANGUAGE, tongue, None)])), ("text", word(language_name(tongue)))]);
        object([("language", language), ("preferred", Value::Bool(true))])
    });
    object([
        ("resourceType", word("Patient")),
        ("id", text(person.id.clone())),
        ("meta", phone_end(&person.phone)),
        ("identifier", list([identifier(system, person.number.clone())])),
        ("active", Value::Bool(true)),
        ("name", list(names)),
        ("telecom", list([phone])),
        ("gender", word(if person.male { "male" } else { "female" })),
        ("birthDate", text(person.birth.to_string())),
        ("address", list([address(&person.address)])),
        ("communication", list(language)),
        ("managingOrganization", organization_reference(params)),
    ])
}

/// Tag of the last four digits, by which the desk finds a patient.
fn phone_end(phone: &str) -> Json {
    let end = phone.len().checked_sub(4).and_then(|at| phone.get(at..)).unwrap_or_default();
    object([("tag", list([object([("system", word("urn:karute:phone-end")), ("code", text(end))])]))])
}

fn phone_use(phone: &str) -> &'static str {
    if phone.starts_with("090") { "mobile" } else { "home" }
}

fn language_name(tongue: &str) -> &'static str {
    match tongue {
        "vi" => "ベトナム語",
        "pt" => "ポルトガル語",
        "zh" => "中国語",
        "ko" => "韓国語",
        "ne" => "ネパール語",
        "tl" => "タガログ語",
        _ => "英語",
    }
}

/// The insurances, present and earlier.
pub(crate) fn coverages(params: &Params, person: &Person) -> Vec<Json> {
    let all = std::iter::once(&person.insurance).chain(&person.earlier_insurance);
    all.enumerate().map(|(index, insurance)| coverage(params, person, index as u64, insurance)).collect()
}

fn coverage(params: &Params, person: &Person, index: u64, insurance: &Insurance) -> Json {
    let extension = |name: &'static str, value: &str| {
        let url = format!("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_{name}");
        (!value.is_empty()).then(|| object([("url", text(url)), ("valueString", text(value))]))
    };
    let extensions = [
        extension("InsuredPersonSymbol", &insurance.symbol),
        extension("InsuredPersonNumber", &insurance.number),
        extension("InsuredPersonSubNumber", &insurance.branch),
    ];
    let payer = insurance.insurer_number.as_ref().map_or(Value::Null, |number| {
        identifier("http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber", number.clone())
    });
    let relation = if insurance.own { ("self", "本人") } else { ("other", "家族") };
    let cost = object([
        ("type", concept("http://terminology.hl7.org/CodeSystem/coverage-copay-type", "copaypct", "Copay Percentage")),
        ("valueQuantity", quantity(decimal(insurance.share as f64, 0), "%", "%")),
    ]);
    object([
        ("resourceType", word("Coverage")),
        ("id", text(params.id("coverage", u64::from(person.index), index, person.since))),
        ("extension", list(extensions.into_iter().flatten())),
        ("status", word("active")),
        ("type", words(insurance.kind)),
        ("beneficiary", reference("Patient", &person.id)),
        (
            "relationship",
            concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", relation.0, relation.1),
        ),
        (
            "period",
            object([
                ("start", text(insurance.from.to_string())),
                ("end", maybe(insurance.until.map(|day| day.to_string()))),
            ]),
        ),
        ("payor", list([object([("identifier", payer), ("display", text(insurance.insurer.clone()))])])),
        ("order", Value::from(1)),
        ("costToBeneficiary", list([cost])),
    ])
}

/// Allergies, or that there are none; nothing when nobody asked.
pub(crate) fn allergies(params: &Params, person: &Person) -> Vec<Json> {
    if person.allergies.is_empty() && person.allergy_asked {
        return vec![none_known(params, person)];
    }
    person
        .allergies
        .iter()
        .enumerate()
        .map(|(index, allergy)| one_allergy(params, person, index as u64, allergy))
        .collect()
}

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

fn one_allergy(params: &Params, person: &Person, index: u64, allergy: &Allergy) -> Json {
    let (category, system) = match allergy.kind {
        Allergen::Medication => {
            ("medication", "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS")
        }
        Allergen::Food => ("food", "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS"),
        Allergen::Environment => {
            ("environment", "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyNonFoodNonMedicationAllergen_CS")
        }
    };
    let code =
        object([("coding", list([coding(system, allergy.code, Some(allergy.name))])), ("text", word(allergy.name))]);
    let severity = if allergy.severe { "severe" } else { "mild" };
    let onset = (person.since.year() - 3).max(person.birth.year());
    object([
        ("resourceType", word("AllergyIntolerance")),
        ("id", text(params.id("allergy", u64::from(person.index), index, person.since))),
        ("clinicalStatus", concept(CLINICAL, "active", "Active")),
        ("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        ("type", word("allergy")),
        ("category", list([word(category)])),
        ("criticality", word(if allergy.severe { "high" } else { "low" })),
        ("code", code),
        ("patient", reference("Patient", &person.id)),
        ("onsetDateTime", text(format!("{onset:04}"))),
        ("recordedDate", text(person.since.to_string())),
        ("recorder", recorder(params)),
        (
            "reaction",
            list([object([("manifestation", list([words(allergy.reaction)])), ("severity", word(severity))])]),
        ),
    ])
}

fn none_known(params: &Params, person: &Person) -> Json {
    let code = object([
        ("coding", list([coding("http://snomed.info/sct", "716186003", Some("No known allergy"))])),
        ("text", word("アレルギーなし")),
    ]);
    object([
        ("resourceType", word("AllergyIntolerance")),
        ("id", text(params.id("allergy", u64::from(person.index), 99, person.since))),
        ("clinicalStatus", concept(CLINICAL, "active", "Active")),
        ("verificationStatus", concept(VERIFICATION, "confirmed", "Confirmed")),
        ("code", code),
        ("patient", reference("Patient", &person.id)),
        ("recordedDate", text(person.since.to_string())),
        ("recorder", recorder(params)),
    ])
}

fn recorder(params: &Params) -> Json {
    let doctors = super::institution::doctors(params);
    doctors.first().map_or(Value::Null, |doctor| super::build::shown("Practitioner", &doctor.id, &doctor.name))
}

/// The clinic, as other resources refer to it.
pub(super) fn provider(params: &Params) -> Json {
    super::build::shown("Organization", &organization_id(params), &params.institution_name)
}
