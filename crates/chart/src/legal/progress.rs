//! 様式第一号(一)の2: what was found and thought on the left, what was prescribed and done on the right.
use super::cover::{amount, visit_of};
use crate::note::Past;
use crate::view::element::{date, display, text};
use crate::view::{Encounter, Immunization, Medication, Note};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// Something prescribed, ordered, done or measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Sort: 処方, 注射, 検査 …
    pub kind: &'static str,
    /// In one line.
    pub line: String,
    /// Cancelled or stopped; printed struck through.
    pub cancelled: bool,
    /// Whether it was entered for a doctor and still waits for approval.
    pub awaiting: bool,
}

/// One visit of the progress sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The visit; absent for a note that belongs to none.
    pub visit: Option<Encounter>,
    /// The day.
    pub date: Date,
    /// The note that counts.
    pub note: Option<Note>,
    /// Vital signs, in one line.
    pub measured: Vec<String>,
    /// What was prescribed and done.
    pub acts: Vec<Act>,
    /// Every version of the record of this visit, newest first, when asked for.
    pub versions: Vec<Past>,
}

/// An act read from a resource, with the visit and the day it belongs to; `None` when it is no act, was a mistake, was
/// taken back, or is still a draft.
pub(super) fn act(resource: &Value<'_>) -> Option<(Option<Id>, Option<Date>, Act)> {
    let status = text(resource, &["status"]).unwrap_or_default();
    if matches!(status.as_str(), "draft" | "entered-in-error" | "not-done" | "cancelled" | "revoked") {
        return None;
    }
    let (kind, line, day) = match text(resource, &["resourceType"])?.as_str() {
        "MedicationRequest" => {
            let drug = Medication::read(resource)?;
            let rp = drug.rp.map(|n| format!("Rp{n}"));
            let dose = drug.dose.map(|d| format!("1回{d}"));
            let parts = [rp, Some(drug.name), dose, drug.sig, drug.supply];
            ("処方", parts.into_iter().flatten().collect::<Vec<_>>().join("　"), drug.written)
        }
        "Immunization" => {
            let given = Immunization::read(resource)?;
            let lot = text(resource, &["lotNumber"]).map(|l| format!("　Lot {l}")).unwrap_or_default();
            ("予防接種", format!("{}{lot}", given.line), given.date)
        }
        "MedicationAdministration" => {
            let name = resource.get("medicationCodeableConcept").and_then(display)?;
            let dose = amount(resource, &["dosage", "dose"]).map(|d| format!("　{d}")).unwrap_or_default();
            let day = date(resource, &["effectiveDateTime"]).or_else(|| date(resource, &["effectivePeriod", "start"]));
            ("注射・投薬 実施", format!("{name}{dose}"), day)
        }
        "Procedure" => {
            let day = date(resource, &["performedDateTime"]).or_else(|| date(resource, &["performedPeriod", "start"]));
            ("処置・手術 実施", resource.get("code").and_then(display)?, day)
        }
        "ServiceRequest" => {
            let day = date(resource, &["authoredOn"]);
            (request(resource), resource.get("code").and_then(display)?, day)
        }
        _ => return None,
    };
    let cancelled = matches!(status.as_str(), "cancelled" | "stopped" | "revoked");
    let awaiting = crate::author::awaits_approval(resource);
    Some((visit_of(resource), day, Act { kind, line, cancelled, awaiting }))
}

fn request(resource: &Value<'_>) -> &'static str {
    let category = resource.get("category").map_or(&[][..], Value::items);
    let code = category.iter().find_map(|c| crate::view::element::code(c, "urn:karute:request"));
    match code.as_deref() {
        Some("lab") => "検査",
        Some("imaging") => "画像",
        Some("physiology") => "生理検査",
        Some("treatment") => "処置",
        Some("injection") => "注射",
        Some("guidance") => "指導",
        _ => "オーダー",
    }
}
