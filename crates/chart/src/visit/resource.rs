//! Visits as FHIR JSON.
use crate::view::{Appointment, Encounter, VisitState};
use crate::view::{QUEUE_SYSTEM, TAG_SYSTEM};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};

/// An object from members.
fn object<const N: usize>(members: [(&str, Value<'static>); N]) -> Value<'static> {
    let mut object = Object::new();
    for (key, value) in members {
        object.insert(key, value);
    }
    Value::Object(object)
}

fn text(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

/// Changes the state and keeps the state before it, with its period, in `statusHistory`.
pub(super) fn set_state(body: &mut Value<'static>, before: &Encounter, to: VisitState, now: Timestamp) {
    let Some(object_) = body.as_object_mut() else { return };
    let past = object([
        ("status", text(before.state.map_or("unknown", VisitState::status))),
        ("period", object([("start", text(before.since.unwrap_or(now).to_fhir())), ("end", text(now.to_fhir()))])),
    ]);
    match object_.get_mut("statusHistory") {
        Some(Value::Array(history)) => history.push(past),
        _ => object_.insert("statusHistory", Value::Array(vec![past])),
    }
    object_.insert("status", text(to.status()));
    if let Some(period) = object_.get_mut("period").and_then(Value::as_object_mut) {
        if to == VisitState::Finished {
            period.insert("end", text(now.to_fhir()));
        } else {
            period.remove("end");
        }
    }
}

/// A new visit of a patient who has just arrived.
pub(super) fn arrived(
    patient: &Id,
    appointment: Option<&Appointment>,
    queue_number: u32,
    kind: Option<&str>,
    reason: Option<&str>,
    now: Timestamp,
) -> Value<'static> {
    let mut body = Object::new();
    body.insert("resourceType", text("Encounter"));
    let tag = object([("system", text(TAG_SYSTEM)), ("code", text("questionnaire-missing"))]);
    body.insert("meta", object([("tag", Value::Array(vec![tag]))]));
    let number = object([("system", text(QUEUE_SYSTEM)), ("value", text(queue_number.to_string()))]);
    body.insert("identifier", Value::Array(vec![number]));
    body.insert("status", text(VisitState::Waiting.status()));
    body.insert(
        "class",
        object([
            ("system", text("http://terminology.hl7.org/CodeSystem/v3-ActCode")),
            ("code", text("AMB")),
            ("display", text("ambulatory")),
        ]),
    );
    if let Some(kind) = kind {
        body.insert("type", Value::Array(vec![object([("text", text(kind))])]));
    }
    body.insert("subject", object([("reference", text(format!("Patient/{patient}")))]));
    if let Some(appointment) = appointment {
        let reference = object([("reference", text(format!("Appointment/{}", appointment.id)))]);
        body.insert("appointment", Value::Array(vec![reference]));
    }
    body.insert("period", object([("start", text(now.to_fhir()))]));
    if let Some(reason) = reason {
        body.insert("reasonCode", Value::Array(vec![object([("text", text(reason))])]));
    }
    Value::Object(body)
}
