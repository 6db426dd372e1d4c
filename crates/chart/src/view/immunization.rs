//! A vaccination that was given.
use super::element::{date, display, number, reference, text};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// A vaccination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Immunization {
    /// Vaccine, amount and way in one line: `インフルエンザHAワクチン 0.5mL 皮下注射`.
    pub line: String,
    /// When.
    pub date: Option<Date>,
    /// The visit it belongs to.
    pub encounter: Option<Id>,
}

impl Immunization {
    /// Reads an Immunization; `None` when it was not given or names no vaccine.
    pub fn read(immunization: &Value<'_>) -> Option<Immunization> {
        if text(immunization, &["status"]).as_deref() != Some("completed") {
            return None;
        }
        let vaccine = display(immunization.get("vaccineCode")?)?;
        let amount = immunization
            .get("doseQuantity")
            .and_then(|q| Some(format!("{}{}", number(q, &["value"])?, text(q, &["unit"]).unwrap_or_default())));
        let way = immunization.get("route").and_then(display);
        Some(Immunization {
            line: [Some(vaccine), amount, way].into_iter().flatten().collect::<Vec<_>>().join(" "),
            date: date(immunization, &["occurrenceDateTime"]),
            encounter: reference(immunization, &["encounter", "reference"], "Encounter"),
        })
    }
}
