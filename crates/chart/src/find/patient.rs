//! Over the chart of one patient.
use super::excerpt::{Piece, excerpt};
use super::words::Words;
use crate::ChartError;
use crate::query::{parse, search_all};
use crate::view::{Document, Medication, Note, Problem};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, search_key};
use karute_ledger::Reader;

/// Resources of a type looked through at most.
const EACH: usize = 2_000;
/// Hits shown at most.
const MOST: usize = 100;

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// 診療録
    Note,
    /// 文書
    Document,
    /// 処方
    Drug,
    /// 病名
    Problem,
}

impl What {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            What::Note => "診療録",
            What::Document => "文書",
            What::Drug => "処方",
            What::Problem => "病名",
        }
    }
}

/// Something found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Where.
    pub what: What,
    /// The day.
    pub date: Option<Date>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The visit it belongs to.
    pub visit: Option<Id>,
    /// S, O, A, P for notes, with what stands there.
    pub sections: Vec<(String, Vec<Piece>)>,
}

/// Finds the words in a patient's chart, newest first, and says whether there are more hits than shown. Without
/// `notes` the notes are not read.
pub fn patient<'a>(
    reader: &'a Reader,
    id: &'a Id,
    words: &'a Words,
    notes: bool,
) -> BoxFuture<'a, Result<(Vec<Hit>, bool), ChartError>> {
    Box::pin(async move {
        let mut hits = Vec::new();
        let who = [("patient", id.as_str()), ("_count", "500")];
        if notes {
            for version in search_all(reader, "Composition", &who, EACH).await? {
                hits.extend(Note::read(&parse(&version)?).and_then(|note| in_note(&note, words)));
            }
        }
        for version in search_all(reader, "DocumentReference", &who, EACH).await? {
            let body = parse(&version)?;
            let Some(document) = Document::read(&body) else { continue };
            let text = [Some(document.title), document.source.clone(), document.summary]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("　");
            hits.extend(plain(What::Document, document.date, document.source, &text, words));
        }
        for version in search_all(reader, "MedicationRequest", &who, EACH).await? {
            let Some(drug) = Medication::read(&parse(&version)?).filter(|d| d.status != "draft") else { continue };
            let text =
                [Some(drug.name), drug.dose, drug.sig, drug.supply].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let mut found = plain(What::Drug, drug.written, None, &text, words);
            if let Some(hit) = &mut found {
                hit.visit = drug.encounter;
            }
            hits.extend(found);
        }
        for version in search_all(reader, "Condition", &who, EACH).await? {
            let Some(problem) = Problem::read(&parse(&version)?) else { continue };
            hits.extend(plain(What::Problem, problem.start, None, &problem.label(), words));
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.date));
        let more = hits.len() > MOST;
        hits.truncate(MOST);
        Ok((hits, more))
    })
}

/// A note that holds all words, with the sections that hold any.
pub(super) fn in_note(note: &Note, words: &Words) -> Option<Hit> {
    let folded: String = note.sections.iter().map(|(_, text)| search_key(text)).collect::<Vec<_>>().join(" ");
    if !words.occur_in(&folded) {
        return None;
    }
    let sections: Vec<(String, Vec<Piece>)> =
        note.sections.iter().filter_map(|(letter, text)| Some((letter.clone(), excerpt(text, words)?))).collect();
    Some(Hit {
        what: What::Note,
        date: note.date,
        author: note.author.clone(),
        visit: note.encounter.clone(),
        sections,
    })
}

pub(super) fn plain(what: What, date: Option<Date>, author: Option<String>, text: &str, words: &Words) -> Option<Hit> {
    if !words.occur_in(&search_key(text)) {
        return None;
    }
    Some(Hit { what, date, author, visit: None, sections: vec![(String::new(), excerpt(text, words)?)] })
}
