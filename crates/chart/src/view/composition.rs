//! The written note of a visit.
use super::element::{date, flat, reference, text};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// A note: sections by their letter or title, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Visit it belongs to.
    pub encounter: Option<Id>,
    /// Day it was written.
    pub date: Option<Date>,
    /// Who wrote it.
    pub author: Option<String>,
    /// (S, O, A, P or a title; text)
    pub sections: Vec<(String, String)>,
}

impl Note {
    /// Reads a Composition; `None` when it was entered in error or has no text.
    pub fn read(composition: &Value<'_>) -> Option<Note> {
        if text(composition, &["status"]).as_deref() == Some("entered-in-error") {
            return None;
        }
        let sections: Vec<(String, String)> = composition
            .get("section")?
            .items()
            .iter()
            .filter_map(|s| {
                let body = flat(&s.at(&["text", "div"])?.as_str()?);
                let title = text(s, &["title"]).unwrap_or_default();
                (!body.is_empty()).then(|| (letter(&title), body))
            })
            .collect();
        if sections.is_empty() {
            return None;
        }
        Some(Note {
            encounter: reference(composition, &["encounter", "reference"], "Encounter"),
            date: date(composition, &["date"]),
            author: text(composition, &["author", "0", "display"]),
            sections,
        })
    }
}

/// The letter of a SOAP section, else its title.
fn letter(title: &str) -> String {
    let first = title.chars().next();
    match (first, title) {
        (Some('S' | 'O' | 'A' | 'P'), _) if !title.chars().nth(1).is_some_and(char::is_alphabetic) => {
            title.chars().take(1).collect()
        }
        (_, "Subjective" | "主観的情報" | "主訴") => "S".to_owned(),
        (_, "Objective" | "客観的情報" | "所見") => "O".to_owned(),
        (_, "Assessment" | "評価") => "A".to_owned(),
        (_, "Plan" | "計画" | "方針") => "P".to_owned(),
        (_, crate::paper_note::TITLE) => "紙".to_owned(),
        _ => title.to_owned(),
    }
}
