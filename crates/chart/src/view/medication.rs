//! A prescribed drug.
use super::element::{date, display, number, reference, text};
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// Identifier system of the Rp number (JP Core MedicationRequest).
const RP_SYSTEM: &str = "urn:oid:1.2.392.100495.20.3.81";

/// A prescribed drug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medication {
    /// Name with strength, never shortened.
    pub name: String,
    /// Codes, to recognise the same drug.
    pub code: Option<String>,
    /// 1回量, for example `1錠`.
    pub dose: Option<String>,
    /// 用法, for example `1日1回 朝食後`.
    pub sig: Option<String>,
    /// Supply, for example `28日分` or `10回分`.
    pub supply: Option<String>,
    /// Rp number: drugs sharing one 用法.
    pub rp: Option<u32>,
    /// When it was prescribed.
    pub written: Option<Date>,
    /// Last day covered by the supply.
    pub until: Option<Date>,
    /// `MedicationRequest.status`.
    pub status: String,
    /// The visit it belongs to.
    pub encounter: Option<Id>,
}

impl Medication {
    /// Whether nobody has confirmed it, or it was withdrawn again: then it is no prescription of the past.
    pub fn is_unconfirmed(&self) -> bool {
        matches!(self.status.as_str(), "draft" | "cancelled")
    }
    /// Reads a MedicationRequest; `None` when it was entered in error or names no drug.
    pub fn read(request: &Value<'_>) -> Option<Medication> {
        let status = text(request, &["status"]).unwrap_or_default();
        if status == "entered-in-error" {
            return None;
        }
        let concept = request.get("medicationCodeableConcept");
        let name = concept
            .and_then(display)
            .or_else(|| text(request, &["medicationReference", "display"]))
            .or_else(|| contained_name(request))?;
        let dosage = request.at(&["dosageInstruction", "0"]);
        let supply = request.at(&["dispenseRequest", "expectedSupplyDuration"]);
        let days: Option<i64> = supply.and_then(|s| number(s, &["value"])).and_then(|v| v.parse().ok());
        let written = date(request, &["authoredOn"]);
        Some(Medication {
            code: concept.and_then(|c| text(c, &["coding", "code"])),
            name,
            dose: dosage.and_then(dose),
            sig: dosage.and_then(|d| text(d, &["text"]).or_else(|| d.at(&["timing", "code"]).and_then(display))),
            supply: days.map(|d| format!("{d}日分")).or_else(|| quantity(request)),
            rp: request
                .get("identifier")
                .and_then(|i| i.items().iter().find(|i| text(i, &["system"]).as_deref() == Some(RP_SYSTEM)))
                .and_then(|i| text(i, &["value"]))
                .and_then(|n| n.parse().ok()),
            until: written.zip(days).and_then(|(w, d)| {
                let rest = d.clamp(1, 3_650) - 1;
                w.checked_add(rest.days()).ok()
            }),
            written,
            status,
            encounter: reference(request, &["encounter", "reference"], "Encounter"),
        })
    }
}

fn contained_name(request: &Value<'_>) -> Option<String> {
    request.get("contained")?.items().iter().find_map(|c| c.get("code").and_then(display))
}

fn dose(dosage: &Value<'_>) -> Option<String> {
    let quantity = dosage.at(&["doseAndRate", "doseQuantity"])?;
    Some(format!("{}{}", number(quantity, &["value"])?, text(quantity, &["unit"]).unwrap_or_default()))
}

fn quantity(request: &Value<'_>) -> Option<String> {
    let quantity = request.at(&["dispenseRequest", "quantity"])?;
    Some(format!("{}{}", number(quantity, &["value"])?, text(quantity, &["unit"]).unwrap_or_default()))
}
