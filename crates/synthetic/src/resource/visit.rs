//! Encounter and Appointment.
use super::build::{Json, identifier, list, maybe, object, reference, shown, text, word, words};
use super::clinical::seconds;
use super::patient::provider;
use crate::today::{QUEUE_SYSTEM, VISIT_TAG_SYSTEM};
use crate::{Author, Params};
use karute_japan::Timestamp;
use karute_json::Value;

/// What an Encounter says beyond its patient.
pub(crate) struct Stay<'s> {
    pub(crate) id: String,
    pub(crate) patient: &'s str,
    pub(crate) status: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) reason: &'s str,
    pub(crate) arrived: Timestamp,
    /// When the present state began, if it is not the first.
    pub(crate) since: Option<Timestamp>,
    pub(crate) left: Option<Timestamp>,
    pub(crate) queue_number: Option<u32>,
    pub(crate) appointment: Option<String>,
    pub(crate) tags: Json,
}

/// Tags of a visit, see [`crate::today`].
pub(crate) fn tags(codes: &[&'static str]) -> Json {
    let tag = |code: &&'static str| object([("system", word(VISIT_TAG_SYSTEM)), ("code", word(code))]);
    let tags = list(codes.iter().map(tag));
    if tags == Value::Null { Value::Null } else { object([("tag", tags)]) }
}

/// The visit.
pub(crate) fn encounter(params: &Params, stay: &Stay<'_>, doctor: &Author) -> Json {
    let number = stay.queue_number.map(|number| identifier(QUEUE_SYSTEM, number.to_string()));
    let history = stay.since.map(|since| {
        object([
            ("status", word("arrived")),
            ("period", object([("start", text(seconds(stay.arrived))), ("end", text(seconds(since)))])),
        ])
    });
    object([
        ("resourceType", word("Encounter")),
        ("id", text(stay.id.clone())),
        ("meta", stay.tags.clone()),
        ("identifier", list(number)),
        ("status", word(stay.status)),
        ("statusHistory", list(history)),
        (
            "class",
            object([
                ("system", word("http://terminology.hl7.org/CodeSystem/v3-ActCode")),
                ("code", word("AMB")),
                ("display", word("外来")),
            ]),
        ),
        ("type", list([words(stay.kind)])),
        ("subject", reference("Patient", stay.patient)),
        ("participant", list([object([("individual", shown("Practitioner", &doctor.id, &doctor.name))])])),
        ("appointment", list(stay.appointment.iter().map(|id| reference("Appointment", id)))),
        ("period", object([("start", text(seconds(stay.arrived))), ("end", maybe(stay.left.map(seconds)))])),
        ("reasonCode", if stay.reason.is_empty() { Value::Null } else { list([words(stay.reason)]) }),
        ("serviceProvider", provider(params)),
    ])
}

/// An appointment of a quarter of an hour.
pub(crate) fn appointment(
    id: &str,
    patient: &str,
    status: &'static str,
    start: Timestamp,
    kind: &'static str,
    reason: &str,
    doctor: &Author,
) -> Json {
    let participant = |actor: Json| object([("actor", actor), ("status", word("accepted"))]);
    object([
        ("resourceType", word("Appointment")),
        ("id", text(id)),
        ("status", word(status)),
        ("serviceType", list([words(kind)])),
        ("reasonCode", list([words(reason)])),
        ("start", text(start.to_fhir())),
        ("end", text(start.plus_ms(15 * 60_000).to_fhir())),
        (
            "participant",
            list([
                participant(reference("Patient", patient)),
                participant(shown("Practitioner", &doctor.id, &doctor.name)),
            ]),
        ),
    ])
}
