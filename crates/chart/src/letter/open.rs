//! Opening a letter: filled from the chart.
use super::draft::{Draft, Of, Part, SPACE, draft, written};
use super::head::{Answers, Change, Destination, Head};
use super::material::{Material, material, visit};
use super::{Kind, Place, Section};
use crate::ChartError;
use crate::author::Author;
use crate::query::resource_type;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError, Lookup};

/// A letter to open.
#[derive(Clone, Debug)]
pub struct New {
    /// Id of the letter; the same id twice is the same press twice (SAFE-14).
    pub id: Id,
    /// For what.
    pub kind: Kind,
    /// To whom, where it is known: of a reply, who wrote.
    pub to: Option<Destination>,
    /// The letter it answers.
    pub answers: Option<Answers>,
}

impl New {
    /// 返書: the addressee is who wrote.
    pub fn reply(id: Id, to: Destination, answers: Answers) -> New {
        New { id, kind: Kind::Reply, to: Some(to), answers: Some(answers) }
    }
}

/// Opens a letter, already filled. One audit event of looking and one of writing.
pub async fn open(
    access: &Access,
    place: Place<'_>,
    new: New,
    author: &Author,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    let of = Of { patient: place.patient, letter: &new.id };
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書を開く");
    if !matches!(reader.read(resource_type("Patient")?, place.patient).await?, Lookup::Found(_)) {
        reader.release(()).await?;
        return Err(ChartError::NotFound);
    }
    visit(&reader, place).await?;
    let found = material(access, &reader, place, &author.person, now.day_in_japan()).await?;
    let found = reader.release(found).await?;

    let mut head = Head::new(&new.id, place, new.kind, &author.name, now);
    if let Some(to) = new.to {
        head.apply(Change::To(to), (&author.person, &author.name), now)?;
    }
    head.answers = new.answers;
    head.offered = found.iter().filter(|each| each.prefilled).map(|each| each.key.clone()).collect();
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("診療情報提供書の下書きを作成".to_owned());
    let mut put = |name: &str, value: String| {
        commit.docs.push(Doc::Insert { space: SPACE, key: of.key(name), value, expires: None });
    };
    put("head", written(&head)?);
    for (section, part) in filled(&found, new.kind) {
        put(section.code(), written(&part)?);
    }
    match access.commit(commit).await {
        Ok(_) | Err(LedgerError::Exists) => draft(access, of, &author.person).await,
        Err(other) => Err(other.into()),
    }
}

/// What the chart fills into a new letter.
fn filled(found: &[Material], kind: Kind) -> Vec<(Section, Part)> {
    let mut parts: Vec<(Section, Part)> = Vec::new();
    for each in found.iter().filter(|each| each.prefilled) {
        // An answer asks for nothing.
        if kind == Kind::Reply && each.section == Section::Purpose {
            continue;
        }
        let at = parts.iter().position(|(section, _)| *section == each.section).unwrap_or_else(|| {
            parts.push((each.section, Part { revision: 1, ..Part::default() }));
            parts.len() - 1
        });
        let Some((section, part)) = parts.get_mut(at) else { continue };
        let joined = if part.text.is_empty() {
            each.text.clone()
        } else {
            format!("{}{}{}", part.text, section.joint(), each.text)
        };
        if joined.chars().count() <= super::section::LONGEST {
            part.text = joined;
            part.marks.push(each.mark());
        }
    }
    if kind == Kind::Reply {
        let thanks = "ご紹介いただきありがとうございました。ご報告申し上げます。";
        parts.push((Section::Purpose, Part { text: thanks.to_owned(), revision: 1, ..Part::default() }));
    }
    parts
}
