//! The record of a visit as a FHIR `Composition`, in the shape the demonstration's past has.
use super::Section;
use crate::author::{Author, set_awaiting};
use crate::view::REVISION;
use crate::view::element::{plain, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};

const LOINC: &str = "http://loinc.org";

/// A section as somebody wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) section: Section,
    pub(crate) text: String,
    pub(crate) author: Author,
}

fn word(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

/// A new record of a visit, `preliminary` until somebody confirms it ([`approve`]).
pub(crate) fn compose(patient: &Id, visit: &Id, written: &[Written], now: Timestamp) -> Value<'static> {
    let coding =
        Value::object([("system", word(LOINC)), ("code", word("11506-3")), ("display", word("Progress note"))]);
    let mut authors: Vec<&Author> = Vec::new();
    for each in written {
        if !authors.iter().any(|a| a.person == each.author.person) {
            authors.push(&each.author);
        }
    }
    let mut body = Object::new();
    body.insert("resourceType", word("Composition"));
    body.insert("status", word("preliminary"));
    body.insert("type", Value::object([("coding", Value::Array(vec![coding])), ("text", word("診療録"))]));
    body.insert("subject", Value::object([("reference", word(format!("Patient/{patient}")))]));
    body.insert("encounter", Value::object([("reference", word(format!("Encounter/{visit}")))]));
    body.insert("date", word(now.to_fhir()));
    body.insert("author", Value::Array(authors.into_iter().map(Author::hand).collect()));
    body.insert("title", word("診療録"));
    body.insert("section", Value::Array(written.iter().filter_map(section).collect()));
    Value::Object(body)
}

/// Replaces the sections that were written; what nobody touched stays as it is, to the byte. An empty text takes a
/// section out.
pub(crate) fn revise(body: &mut Value<'static>, written: &[Written]) {
    let Some(object) = body.as_object_mut() else { return };
    let old = match object.remove("section") {
        Some(Value::Array(sections)) => sections,
        _ => Vec::new(),
    };
    let mut kept: Vec<(usize, Value<'static>)> = Vec::new();
    let rank = |section: Section| Section::NOTE.iter().position(|s| *s == section).unwrap_or(usize::MAX);
    for each in old {
        let known = text(&each, &["title"]).and_then(|t| Section::of_title(&t));
        let replaced = known.is_some_and(|s| written.iter().any(|w| w.section == s && w.text != body_of(&each)));
        if !replaced {
            kept.push((known.map_or(usize::MAX, rank), each));
        }
    }
    for each in written {
        if !kept.iter().any(|(at, _)| *at == rank(each.section)) {
            kept.extend(section(each).map(|made| (rank(each.section), made)));
        }
    }
    kept.sort_by_key(|(at, _)| *at);
    object.insert("section", Value::Array(kept.into_iter().map(|(_, section)| section).collect()));
}

fn body_of(section: &Value<'_>) -> String {
    section.at(&["text", "div"]).and_then(Value::as_str).map(|div| plain(&div)).unwrap_or_default()
}

/// 確定: who is responsible, and when. The mark of a proxy's entry goes.
pub(crate) fn approve(body: &mut Value<'static>, by: &Author, now: Timestamp) {
    set_awaiting(body, false);
    let was = text(body, &["status"]).unwrap_or_default();
    let Some(object) = body.as_object_mut() else { return };
    if was == "preliminary" {
        object.insert("status", word("final"));
    }
    let attester = Value::object([("mode", word("legal")), ("time", word(now.to_fhir())), ("party", by.reference())]);
    object.insert("attester", Value::Array(vec![attester]));
}

/// Says why a version is made.
pub(crate) fn because(body: &mut Value<'static>, reason: &str, by: &Author, now: Timestamp) {
    let Some(object) = body.as_object_mut() else { return };
    let mut extensions = match object.remove("extension") {
        Some(Value::Array(extensions)) => extensions,
        _ => Vec::new(),
    };
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(REVISION));
    let part = |url: &'static str, name: &'static str, value| Value::object([("url", word(url)), (name, value)]);
    extensions.push(Value::object([
        ("url", word(REVISION)),
        (
            "extension",
            Value::Array(vec![
                part("reason", "valueString", word(reason)),
                part("by", "valueReference", by.reference()),
                part("at", "valueDateTime", word(now.to_fhir())),
            ]),
        ),
    ]));
    object.insert("extension", Value::Array(extensions));
}

fn section(written: &Written) -> Option<Value<'static>> {
    let (code, display) = written.section.loinc()?;
    if written.text.trim().is_empty() {
        return None;
    }
    let coding = Value::object([("system", word(LOINC)), ("code", word(code)), ("display", word(display))]);
    Some(Value::object([
        ("title", word(written.section.title())),
        ("code", Value::object([("coding", Value::Array(vec![coding]))])),
        ("author", Value::Array(vec![written.author.hand()])),
        ("text", narrative(&written.text)),
    ]))
}

/// Plain text as a narrative, line by line.
pub(crate) fn narrative(plain: &str) -> Value<'static> {
    Value::object([("status", word("additional")), ("div", word(div(plain)))])
}

fn div(plain: &str) -> String {
    let mut div = String::with_capacity(plain.len() + 64);
    div.push_str(r#"<div xmlns="http://www.w3.org/1999/xhtml">"#);
    for (n, line) in plain.lines().enumerate() {
        if n > 0 {
            div.push_str("<br/>");
        }
        for c in line.chars() {
            match c {
                '<' => div.push_str("&lt;"),
                '>' => div.push_str("&gt;"),
                '&' => div.push_str("&amp;"),
                c => div.push(c),
            }
        }
    }
    div.push_str("</div>");
    div
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::author::Standing;
    use crate::view::Note;

    fn written(section: Section, text: &str, name: &str, standing: Standing) -> Written {
        let author = Author { person: Id::new(name).unwrap(), name: name.to_owned(), standing };
        Written { section, text: text.to_owned(), author }
    }

    #[test]
    fn what_is_written_reads_back_line_for_line() {
        let text = "血圧 < 140 & 脈 > 60\n\n  字下げ\n「&lt;」";
        let all = [
            written(Section::Subjective, text, "mori", Standing::Own),
            written(Section::Plan, "  ", "mori", Standing::Own),
            written(Section::Nursing, "採血済", "kango", Standing::Proxy),
        ];
        let id = Id::new("x").unwrap();
        let body = compose(&id, &id, &all, Timestamp::default());
        let note = Note::of(&body).unwrap();
        assert_eq!(note.sections, [("S".to_owned(), text.to_owned()), ("看護記録".to_owned(), "採血済".to_owned())]);
        assert_eq!(note.hands, [Some(("mori".to_owned(), false)), Some(("kango".to_owned(), true))]);
        assert_eq!((note.status.as_str(), note.confirmed), ("preliminary", None));
    }

    #[test]
    fn a_revision_leaves_what_nobody_touched_and_confirming_names_who() {
        let id = Id::new("x").unwrap();
        let first = [
            written(Section::Subjective, "a", "mori", Standing::Own),
            written(Section::Plan, "p", "sato", Standing::Own),
        ];
        let mut body = compose(&id, &id, &first, Timestamp::default());
        let ours = Author { person: id.clone(), name: "森".to_owned(), standing: Standing::Own };
        approve(&mut body, &ours, Timestamp::default());
        let second = [
            written(Section::Subjective, "a", "other", Standing::Own),
            written(Section::Plan, "", "other", Standing::Own),
            written(Section::Objective, "o", "other", Standing::Own),
        ];
        revise(&mut body, &second);
        because(&mut body, "聞き違い", &ours, Timestamp::default());
        because(&mut body, "書き落とし", &ours, Timestamp::default());
        let note = Note::of(&body).unwrap();
        assert_eq!(note.sections, [("S".to_owned(), "a".to_owned()), ("O".to_owned(), "o".to_owned())]);
        assert_eq!(note.hands.first().unwrap().as_ref().unwrap().0, "mori", "untouched: still by who wrote it");
        assert_eq!(note.revision.unwrap().reason, "書き落とし");
        assert_eq!(note.confirmed.unwrap().name, "森");
    }
}
