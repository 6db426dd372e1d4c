//! The written note of a visit.
use super::element::{code, date, instant, plain, reference, text};
use crate::letter::LOINC_LETTER as LETTER;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::Value;

/// Extension of a version that says why it was made, by whom and when (訂正, 削除, 差し戻し).
pub(crate) const REVISION: &str = "urn:karute:revision";
/// Extension of a reference to an author who entered something for somebody else (代行).
pub(crate) const STANDING: &str = "urn:karute:entry";

/// Who did something with a note, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Name as it was on the day.
    pub name: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// Why a version was made after the record had been confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The reason, as written.
    pub reason: String,
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// A note: sections by their letter or title, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Composition id.
    pub id: Option<Id>,
    /// Its version.
    pub version: Option<u32>,
    /// `Composition.status`.
    pub status: String,
    /// Visit it belongs to.
    pub encounter: Option<Id>,
    /// Day it was written.
    pub date: Option<Date>,
    /// Who wrote it (入力者), the first of them.
    pub author: Option<String>,
    /// (S, O, A, P or a title; text)
    pub sections: Vec<(String, String)>,
    /// Who entered each section; `true` when for somebody else (代行).
    pub hands: Vec<Option<(String, bool)>>,
    /// Who confirmed it (確定者).
    pub confirmed: Option<Hand>,
    /// For whom a proxy entered it (依頼医).
    pub principal: Option<String>,
    /// Whether it was entered by a proxy and waits for approval.
    pub awaiting: bool,
    /// Why this version was made.
    pub revision: Option<Revision>,
}

impl Note {
    /// Reads a Composition; `None` when it was entered in error or has no text.
    pub fn read(composition: &Value<'_>) -> Option<Note> {
        let note = Note::of(composition)?;
        (!note.is_deleted() && !note.sections.is_empty()).then_some(note)
    }

    /// Reads a Composition of the chart whatever its status; `None` when it is another kind of document (a letter).
    pub fn of(composition: &Value<'_>) -> Option<Note> {
        if composition.get("type").and_then(|t| code(t, "http://loinc.org")).as_deref() == Some(LETTER) {
            return None;
        }
        let sections = composition.get("section").map_or(&[][..], Value::items);
        let read: Vec<_> = sections.iter().filter_map(section).collect();
        let attester = composition.get("attester").and_then(|a| a.items().first());
        Some(Note {
            id: text(composition, &["id"]).and_then(|id| Id::new(&id).ok()),
            version: text(composition, &["meta", "versionId"]).and_then(|v| v.parse().ok()),
            status: text(composition, &["status"])?,
            encounter: reference(composition, &["encounter", "reference"], "Encounter"),
            date: date(composition, &["date"]),
            author: text(composition, &["author", "0", "display"]),
            hands: read.iter().map(|(.., hand)| hand.clone()).collect(),
            sections: read.into_iter().map(|(title, body, _)| (title, body)).collect(),
            confirmed: attester
                .and_then(|a| Some(Hand { name: text(a, &["party", "display"])?, at: instant(a, &["time"]) })),
            principal: crate::author::principal_in(composition),
            awaiting: crate::author::awaits_approval(composition),
            revision: revision(composition),
        })
    }

    /// Whether it was deleted (`entered-in-error`); it stays readable in its history.
    pub fn is_deleted(&self) -> bool {
        self.status == "entered-in-error"
    }
    /// Whether it was corrected after it had been confirmed.
    pub fn is_amended(&self) -> bool {
        self.status == "amended"
    }
    /// Why a version of any Composition was made.
    pub(crate) fn revision_in(composition: &Value<'_>) -> Option<Revision> {
        revision(composition)
    }
    /// Text of a section.
    pub fn section(&self, title: &str) -> Option<&str> {
        self.sections.iter().find(|(t, _)| t == title).map(|(_, body)| body.as_str())
    }
}

type Section = (String, String, Option<(String, bool)>);

fn section(section: &Value<'_>) -> Option<Section> {
    // In full: the printed record may shorten nothing.
    let body = plain(&section.at(&["text", "div"])?.as_str()?);
    let title = text(section, &["title"]).unwrap_or_default();
    let author = section.get("author").and_then(|a| a.items().first());
    let hand = author.and_then(|a| Some((text(a, &["display"])?, is_proxy(a))));
    (!body.is_empty()).then(|| (letter(&title), body, hand))
}

fn is_proxy(author: &Value<'_>) -> bool {
    let extensions = author.get("extension").map_or(&[][..], Value::items);
    extensions.iter().any(|e| text(e, &["url"]).as_deref() == Some(STANDING))
}

fn revision(composition: &Value<'_>) -> Option<Revision> {
    let all = composition.get("extension")?.items();
    let found = all.iter().find(|e| text(e, &["url"]).as_deref() == Some(REVISION))?;
    let part = |name: &str| {
        let parts = found.get("extension").map_or(&[][..], Value::items);
        parts.iter().find(|e| text(e, &["url"]).as_deref() == Some(name))
    };
    Some(Revision {
        reason: text(part("reason")?, &["valueString"])?,
        by: part("by").and_then(|e| text(e, &["valueReference", "display"])),
        at: part("at").and_then(|e| instant(e, &["valueDateTime"])),
    })
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
