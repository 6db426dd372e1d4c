//! Visits as FHIR JSON.
use crate::view::{Appointment, Encounter, VisitState};
use crate::view::{CANCELLED, PLACE, QUEUE_SYSTEM, TAG_SYSTEM, Tag};
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

/// Sets or removes an extension of the visit.
fn set_extension(body: &mut Value<'static>, url: &'static str, value: Option<(&str, Value<'static>)>) {
    let Some(object_) = body.as_object_mut() else { return };
    let mut all: Vec<Value<'static>> = match object_.remove("extension") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    all.retain(|e| e.get("url").and_then(Value::as_str).is_none_or(|u| u != url));
    all.extend(value.map(|(name, value)| object([("url", text(url)), (name, value)])));
    if !all.is_empty() {
        object_.insert("extension", Value::Array(all));
    }
}

/// Queues the visit as if the patient had arrived at this moment.
pub(super) fn set_place(body: &mut Value<'static>, at: Timestamp) {
    set_extension(body, PLACE, Some(("valueInstant", text(at.to_fhir()))));
}

/// Why the visit was cancelled; `None` when it is not any more.
pub(super) fn set_cancelled(body: &mut Value<'static>, reason: Option<&str>) {
    set_extension(body, CANCELLED, reason.map(|r| ("valueString", text(r))));
}

fn tag(tag: Tag) -> Value<'static> {
    object([("system", text(TAG_SYSTEM)), ("code", text(tag.code()))])
}

/// Sets or removes a tag; tags of other systems stay.
pub(crate) fn set_tag(body: &mut Value<'static>, mark: Tag, on: bool) {
    let Some(object_) = body.as_object_mut() else { return };
    if object_.get("meta").is_none() {
        object_.insert("meta", Value::Object(Object::new()));
    }
    let Some(meta) = object_.get_mut("meta").and_then(Value::as_object_mut) else { return };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    let is = |t: &Value<'_>, name: &str, wanted: &str| t.get(name).and_then(Value::as_str).is_some_and(|v| v == wanted);
    tags.retain(|t| !(is(t, "system", TAG_SYSTEM) && is(t, "code", mark.code())));
    if on {
        tags.push(tag(mark));
    }
    if !tags.is_empty() {
        meta.insert("tag", Value::Array(tags));
    }
}

/// Says who sees the patient; others who take part stay.
pub(super) fn set_doctor(body: &mut Value<'static>, doctor: Option<(&Id, &str)>) {
    let Some(object_) = body.as_object_mut() else { return };
    let mut all: Vec<Value<'static>> = match object_.remove("participant") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    let is_doctor = |p: &Value<'_>| {
        let reference = p.at(&["individual", "reference"]).and_then(Value::as_str);
        reference.is_none_or(|r| r.starts_with("Practitioner/"))
    };
    if let Some(at) = all.iter().position(is_doctor) {
        all.remove(at);
    }
    if let Some((id, name)) = doctor {
        let individual = object([("reference", text(format!("Practitioner/{id}"))), ("display", text(name))]);
        all.insert(0, object([("individual", individual)]));
    }
    if !all.is_empty() {
        object_.insert("participant", Value::Array(all));
    }
}

/// Says where the patient is called to.
pub(super) fn set_room(body: &mut Value<'static>, room: Option<&str>) {
    let Some(object_) = body.as_object_mut() else { return };
    object_.remove("location");
    if let Some(room) = room {
        let place = object([("location", object([("display", text(room))]))]);
        object_.insert("location", Value::Array(vec![place]));
    }
}

/// A new visit of a patient who has just arrived.
pub(super) fn arrived(
    patient: &Id,
    appointment: Option<&Appointment>,
    queue_number: u32,
    kind: Option<&str>,
    reason: Option<&str>,
    tags: &[Tag],
    now: Timestamp,
) -> Value<'static> {
    let mut body = Object::new();
    body.insert("resourceType", text("Encounter"));
    body.insert("meta", object([("tag", Value::Array(tags.iter().map(|t| tag(*t)).collect()))]));
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
