//! Appointments as FHIR.
use super::schedule::Schedule;
use super::slots::Slot;
use crate::view::SCHEDULE;
use crate::view::element::text;
use karute_fhir::Id;
use karute_json::{Number, Object, Value};

/// What a new appointment says beside its place.
pub(super) struct Content<'c> {
    pub(super) patient: &'c Id,
    pub(super) kind: Option<&'c str>,
    pub(super) reason: Option<&'c str>,
    pub(super) comment: Option<&'c str>,
}

fn words(plain: &str) -> Value<'static> {
    Value::Array(vec![Value::object([("text", Value::string(plain.to_owned()))])])
}

fn participant(actor: Value<'static>) -> Value<'static> {
    Value::object([("actor", actor), ("status", Value::string("accepted"))])
}

/// A new appointment.
pub(super) fn new(content: &Content<'_>, schedule: &Schedule, slot: &Slot) -> Value<'static> {
    let mut object = Object::new().with("resourceType", Value::string("Appointment"));
    object.insert("status", Value::string("booked"));
    if let Some(kind) = content.kind {
        object.insert("serviceType", words(kind));
    }
    if let Some(reason) = content.reason {
        object.insert("reasonCode", words(reason));
    }
    if let Some(comment) = content.comment {
        object.insert("comment", Value::string(comment.to_owned()));
    }
    let patient = Value::object([("reference", Value::string(format!("Patient/{}", content.patient)))]);
    object.insert("participant", Value::Array(vec![participant(patient)]));
    put_in(&mut object, schedule, slot);
    Value::Object(object)
}

/// Puts an appointment into a slot: times, schedule, doctor. Everything else stays.
pub(super) fn put_in(object: &mut Object<'static>, schedule: &Schedule, slot: &Slot) {
    object.insert("start", Value::string(slot.start.to_fhir()));
    object.insert("end", Value::string(slot.end().to_fhir()));
    object.insert("minutesDuration", Value::Number(Number::from_i64(i64::from(slot.minutes))));
    let mut extensions: Vec<Value<'static>> = match object.remove("extension") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(SCHEDULE));
    let reference = Value::object([
        ("reference", Value::string(format!("Schedule/{}", schedule.id))),
        ("display", Value::string(schedule.title.clone())),
    ]);
    extensions.push(Value::object([("url", Value::string(SCHEDULE)), ("valueReference", reference)]));
    object.insert("extension", Value::Array(extensions));
    let mut participants: Vec<Value<'static>> = match object.remove("participant") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    participants.retain(|p| !text(p, &["actor", "reference"]).is_some_and(|r| r.starts_with("Practitioner/")));
    if let Some(practitioner) = &schedule.practitioner {
        participants.push(participant(Value::object([
            ("reference", Value::string(format!("Practitioner/{practitioner}"))),
            ("display", Value::string(schedule.title.clone())),
        ])));
    }
    object.insert("participant", Value::Array(participants));
}
