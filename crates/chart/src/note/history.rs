//! The history of a record: every version, with what was taken out and put in against the one before (見え消し).
use super::Place;
use crate::ChartError;
use crate::query::{parse, resource_type, search};
use crate::view::Note;
use futures_util::future::BoxFuture;
use karute_japan::Timestamp;
use karute_ledger::{HistoryScope, Reader};

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stayed.
    Same,
    /// It was taken out; shown struck through.
    Out,
    /// It was put in.
    In,
}

/// A line of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What happened to it.
    pub change: Change,
    /// Its text.
    pub text: String,
}

/// A version of a record.
#[derive(Clone, Debug)]
pub struct Past {
    /// The note as it was then.
    pub note: Note,
    /// When the version was made.
    pub at: Timestamp,
    /// Sections with their lines against the version before.
    pub sections: Vec<(String, Vec<Line>)>,
}

/// Versions of one record shown at most.
const MOST: u32 = 100;

/// All versions of the records of a visit, newest first; part of the caller's page and of its audit event.
pub fn history<'a>(reader: &'a Reader, place: Place<'a>) -> BoxFuture<'a, Result<Vec<Past>, ChartError>> {
    Box::pin(async move {
        let encounter = format!("Encounter/{}", place.visit);
        let pairs = [("encounter", encounter.as_str()), ("_sort", "-date"), ("_count", "10")];
        let composition = resource_type("Composition")?;
        let mut all = Vec::new();
        for current in search(reader, "Composition", &pairs).await?.matches {
            let scope = HistoryScope::Instance(composition, current.id.clone());
            let mut versions = Vec::new();
            for version in reader.history(scope, MOST, None, None).await?.matches {
                if let Some(note) = Note::of(&parse(&version)?) {
                    versions.push((note, version.updated));
                }
            }
            all.extend(compared(versions));
        }
        all.sort_by_key(|p| std::cmp::Reverse(p.at));
        Ok(all)
    })
}

/// Versions newest first become versions with what changed.
pub(crate) fn compared(versions: Vec<(Note, Timestamp)>) -> Vec<Past> {
    let mut out: Vec<Past> = Vec::new();
    let mut before: Option<Note> = None;
    for (note, at) in versions.into_iter().rev() {
        let sections = sections(before.as_ref(), &note);
        before = Some(note.clone());
        out.push(Past { note, at, sections });
    }
    out.reverse();
    out
}

fn sections(before: Option<&Note>, now: &Note) -> Vec<(String, Vec<Line>)> {
    let old = before.map_or(&[][..], |b| b.sections.as_slice());
    let text = |all: &[(String, String)], title: &str| {
        all.iter().find(|(t, _)| t == title).map(|(_, body)| body.clone()).unwrap_or_default()
    };
    let mut titles: Vec<&String> = now.sections.iter().map(|(t, _)| t).collect();
    titles.extend(old.iter().map(|(t, _)| t).filter(|t| !now.sections.iter().any(|(n, _)| n == *t)));
    let rank = |title: &str| super::Section::NOTE.iter().position(|s| s.title() == title).unwrap_or(usize::MAX);
    titles.sort_by_key(|t| rank(t));
    titles
        .into_iter()
        .map(|title| {
            let new = text(&now.sections, title);
            let lines = if before.is_some() {
                lines(&text(old, title), &new)
            } else {
                new.lines().map(|l| Line { change: Change::Same, text: l.to_owned() }).collect()
            };
            (title.clone(), lines)
        })
        .collect()
}

/// Lines of two texts, compared.
pub(crate) fn lines(old: &str, new: &str) -> Vec<Line> {
    let with_end = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (old, new) = (with_end(old), with_end(new));
    if old == new {
        return new.lines().map(|l| Line { change: Change::Same, text: l.to_owned() }).collect();
    }
    let mut options = diffy::DiffOptions::new();
    options.set_context_len(usize::MAX / 4);
    let patch = options.create_patch(&old, &new);
    let found = patch.hunks().iter().flat_map(diffy::Hunk::lines);
    found
        .map(|line| {
            let (change, text) = match line {
                diffy::Line::Context(text) => (Change::Same, text),
                diffy::Line::Delete(text) => (Change::Out, text),
                diffy::Line::Insert(text) => (Change::In, text),
            };
            Line { change, text: text.trim_end_matches('\n').to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let mark = |change| match change {
            Change::Same => ' ',
            Change::Out => '-',
            Change::In => '+',
        };
        lines(old, new).iter().map(|l| format!("{}{}", mark(l.change), l.text)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn the_old_text_stays_readable_beside_the_new() {
        let many = "x\n".repeat(300);
        let cases = [
            ("a\nb\nc", "a\nB\nc", " a|-b|+B| c".to_owned()),
            ("a", "a", " a".to_owned()),
            ("", "a", "+a".to_owned()),
            ("a", "", "-a".to_owned()),
            ("a\n\nb", "a\nb", " a|-| b".to_owned()),
        ];
        for (old, new, expected) in cases {
            assert_eq!(shown(old, new), expected, "{old:?} {new:?}");
        }
        let long = shown(&format!("{many}a"), &format!("{many}b"));
        assert!(long.starts_with(" x| x") && long.ends_with("-a|+b"), "no line of a long text is left out");
        assert_eq!(long.split('|').count(), 302);
    }
}
