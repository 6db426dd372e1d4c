//! Composition (the note) and DocumentReference (letters).
use super::build::{Json, coding, list, narrative, object, reference, shown, text, word};
use super::clinical::seconds;
use super::patient::provider;
use crate::course::{Letter, Visit};
use crate::people::Person;
use crate::{Author, Params};
use karute_json::Value;

const TITLES: [(&str, &str, &str); 4] = [
    ("S", "61150-9", "Subjective Narrative"),
    ("O", "61149-1", "Objective Narrative"),
    ("A", "51848-0", "Evaluation note"),
    ("P", "18776-5", "Plan of care note"),
];

/// The note of a visit; nothing when nothing was written.
pub(crate) fn composition(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    doctor: &Author,
) -> Option<Json> {
    let sections: Vec<Json> = TITLES
        .iter()
        .zip(&visit.note)
        .filter(|(_, body)| !body.is_empty())
        .map(|((title, code, display), body)| {
            object([
                ("title", word(title)),
                ("code", object([("coding", list([coding("http://loinc.org", *code, Some(display))]))])),
                ("text", narrative(body)),
            ])
        })
        .collect();
    if sections.is_empty() {
        return None;
    }
    Some(object([
        ("resourceType", word("Composition")),
        ("id", text(params.id("composition", u64::from(person.index), u64::from(visit.index), visit.day))),
        ("status", word("final")),
        (
            "type",
            object([
                ("coding", list([coding("http://loinc.org", "11506-3", Some("Progress note"))])),
                ("text", word("診療録")),
            ]),
        ),
        ("subject", reference("Patient", &person.id)),
        ("encounter", reference("Encounter", encounter)),
        ("date", text(seconds(visit.left.plus_ms(-9 * 60_000)))),
        ("author", list([shown("Practitioner", &doctor.id, &doctor.name)])),
        ("title", word("診療録")),
        ("custodian", provider(params)),
        ("section", Value::Array(sections)),
    ]))
}

/// A letter to another institution, as kept with the patient.
pub(crate) fn letter(
    params: &Params,
    person: &Person,
    visit: &Visit,
    encounter: &str,
    letter: &Letter,
    doctor: &Author,
) -> Json {
    object([
        ("resourceType", word("DocumentReference")),
        ("id", text(params.id("letter", u64::from(person.index), u64::from(visit.index), visit.day))),
        ("status", word("current")),
        (
            "type",
            object([
                ("coding", list([coding("http://loinc.org", "57133-1", Some("Referral note"))])),
                ("text", word("診療情報提供書")),
            ]),
        ),
        ("subject", reference("Patient", &person.id)),
        ("date", text(visit.left.to_fhir())),
        ("author", list([shown("Practitioner", &doctor.id, &doctor.name)])),
        ("custodian", provider(params)),
        ("description", text(format!("{} 宛　{}", letter.to, letter.about))),
        (
            "content",
            list([object([(
                "attachment",
                object([
                    ("contentType", word("text/plain")),
                    ("title", text(format!("{} 宛 診療情報提供書", letter.to))),
                ]),
            )])]),
        ),
        ("context", object([("encounter", list([reference("Encounter", encounter)]))])),
    ])
}
