//! An appointment of somebody who is not here yet.
use super::element::{display, instant, reference, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;

/// Extension that names the schedule an appointment was booked in; R4 has only slots for it, and ours are rules.
pub(crate) const SCHEDULE: &str = "urn:karute:appointment:schedule";

/// An appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Opaque id.
    pub id: Id,
    /// Version, for `If-Match`.
    pub version: u32,
    /// Whose.
    pub patient: Option<Id>,
    /// `Appointment.status`.
    pub status: String,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
    /// The schedule it was booked in.
    pub schedule: Option<Id>,
    /// The doctor it is with.
    pub practitioner: Option<Id>,
    /// 初診, 再診, 予防接種 …
    pub kind: Option<String>,
    /// Why the patient will come.
    pub reason: Option<String>,
    /// What the desk noted.
    pub comment: Option<String>,
    /// Why it was cancelled.
    pub cancelled: Option<String>,
}

impl Appointment {
    /// Reads an Appointment.
    pub fn read(id: Id, version: u32, appointment: &Value<'_>) -> Appointment {
        let participants = appointment.get("participant").map_or(&[][..], Value::items);
        Appointment {
            id,
            version,
            patient: participants.iter().find_map(|p| reference(p, &["actor", "reference"], "Patient")),
            status: text(appointment, &["status"]).unwrap_or_default(),
            start: instant(appointment, &["start"]),
            end: instant(appointment, &["end"]),
            schedule: appointment
                .get("extension")
                .and_then(|e| e.items().iter().find(|e| text(e, &["url"]).as_deref() == Some(SCHEDULE)))
                .and_then(|e| reference(e, &["valueReference", "reference"], "Schedule")),
            practitioner: participants.iter().find_map(|p| reference(p, &["actor", "reference"], "Practitioner")),
            kind: appointment
                .at(&["serviceType", "0"])
                .and_then(display)
                .or_else(|| appointment.get("appointmentType").and_then(display)),
            reason: appointment
                .at(&["reasonCode", "0"])
                .and_then(display)
                .or_else(|| text(appointment, &["description"])),
            comment: text(appointment, &["comment"]),
            cancelled: appointment.get("cancelationReason").and_then(display),
        }
    }
}
