//! Which record is used instead of one that was merged (統合).
use crate::view::element::{reference, text};
use karute_fhir::Id;
use karute_json::Value;

/// The record that a patient's was merged into.
pub fn replaced_by(patient: &Value<'_>) -> Option<Id> {
    let links = patient.get("link").map_or(&[][..], Value::items);
    let link = links.iter().find(|l| text(l, &["type"]).as_deref() == Some("replaced-by"))?;
    reference(link, &["other", "reference"], "Patient")
}
