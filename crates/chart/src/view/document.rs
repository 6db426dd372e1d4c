//! A letter or report kept with the patient.
use super::element::{date, display, text};
use karute_japan::Date;
use karute_json::Value;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is: 診療情報提供書, 健診結果報告書 …
    pub title: String,
    /// Who wrote it.
    pub source: Option<String>,
    /// When.
    pub date: Option<Date>,
    /// One line of what it says.
    pub summary: Option<String>,
    /// Whether it came from outside this clinic.
    pub outside: bool,
}

impl Document {
    /// Reads a DocumentReference; `None` when it was entered in error.
    pub fn read(reference: &Value<'_>) -> Option<Document> {
        if text(reference, &["status"]).as_deref() == Some("entered-in-error") {
            return None;
        }
        let source =
            text(reference, &["custodian", "display"]).or_else(|| text(reference, &["author", "0", "display"]));
        Some(Document {
            title: reference.get("type").and_then(display).unwrap_or_else(|| "文書".to_owned()),
            date: date(reference, &["date"]),
            summary: text(reference, &["description"]),
            outside: reference
                .get("custodian")
                .is_some_and(|c| c.get("identifier").is_some() || c.get("reference").is_none()),
            source,
        })
    }
}
