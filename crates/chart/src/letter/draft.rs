//! Drafts of letters: documents of the ledger, one a section and one for what stands around, each swapped against what
//! was read, so that nothing is overwritten unseen. Typing does not grow the legal record.
use super::head::{Change, Head};
use super::material::Mark;
use super::section::{LONGEST, Section};
use crate::ChartError;
use crate::author::{Author, Standing};
use crate::note::{Choice, Merged, both, clean, merge};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Where drafts lie; keys are `patient/letter/head`, `patient/letter/section` and `patient/letter/section!person`.
pub(super) const SPACE: &str = "chart.letter";
/// Documents of one letter at most.
const MOST: u32 = 200;
/// How often somebody else may be faster before we give up.
const TRIES: usize = 6;
/// Marks of a section at most.
const MOST_MARKS: usize = 80;

/// A letter of a patient.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// Patient.
    pub patient: &'a Id,
    /// Letter.
    pub letter: &'a Id,
}

impl Of<'_> {
    fn prefix(self) -> String {
        format!("{}/{}/", self.patient, self.letter)
    }
    pub(super) fn key(self, name: &str) -> String {
        format!("{}{name}", self.prefix())
    }
}

/// A section as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Text.
    pub text: String,
    /// Counts up with every save.
    pub revision: u32,
    /// Who saved it last: `Practitioner` id; empty while it is as the chart filled it.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether they wrote for somebody else (代行).
    pub proxy: bool,
    /// When, in microseconds.
    pub at: i64,
    /// What came from the chart and still stands in the text.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// The last text of another person, kept when this one replaced it.
    #[serde(default)]
    pub replaced: Option<String>,
}

/// Two edits of the same lines; both are kept until somebody chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// What this person wrote.
    pub mine: String,
    /// From where both began.
    pub base: String,
    /// When, in microseconds.
    pub at: i64,
}

/// What a person wrote in a section.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Where.
    pub section: Section,
    /// Text.
    pub text: String,
    /// The text they began with.
    pub base: String,
    /// What they took from the material meanwhile: its key and its words.
    pub taken: Vec<Mark>,
}

/// A draft.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What stands around the text.
    pub head: Head,
    /// Sections in which something stands or stood, in the order of the screen.
    pub parts: Vec<(Section, Part)>,
    /// Conflicts this person has to settle.
    pub clashes: Vec<(Section, Clash)>,
    pub(super) stored: Stored,
}

/// What is stored, to swap against.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored {
    pub(super) head: String,
    pub(super) parts: Vec<(Section, String)>,
    /// Keys of everything.
    pub(super) keys: Vec<String>,
}

impl Draft {
    /// Text of a section.
    pub fn text(&self, section: Section) -> &str {
        self.part(section).map_or("", |part| part.text.as_str())
    }
    /// A section.
    pub fn part(&self, section: Section) -> Option<&Part> {
        self.parts.iter().find(|(each, _)| *each == section).map(|(_, part)| part)
    }
    /// What a page shows of it, for [`Seen::parse`].
    pub fn seen(&self) -> String {
        let parts = self.parts.iter().map(|(section, part)| format!("{}-{}", section.code(), part.revision));
        std::iter::once(format!("h-{}", self.head.revision)).chain(parts).collect::<Vec<_>>().join(".")
    }
}

/// Which revision of what somebody saw: `h-2.950-3`. Signing names it, so that nothing is signed unseen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(String, u32)>);

impl Seen {
    /// Reads it; what makes no sense was not seen.
    pub fn parse(text: &str) -> Seen {
        let one = |part: &str| {
            let (name, number) = part.split_once('-')?;
            Some((name.to_owned(), number.parse().ok()?))
        };
        Seen(text.split('.').take(40).filter_map(one).collect())
    }
    /// Whether a draft is as it was seen.
    pub fn is(&self, draft: &Draft) -> bool {
        let has = |name: &str, revision| self.0.iter().any(|(each, seen)| each == name && *seen == revision);
        has("h", draft.head.revision) && draft.parts.iter().all(|(section, part)| has(section.code(), part.revision))
    }
}

pub(super) fn kept_as<T: DeserializeOwned>(value: &str) -> Result<T, ChartError> {
    serde_json::from_str(value).map_err(|e| ChartError::Ledger(LedgerError::Integrity(format!("a letter: {e}"))))
}

pub(super) fn written<T: Serialize>(value: &T) -> Result<String, ChartError> {
    serde_json::to_string(value).map_err(|e| ChartError::Ledger(LedgerError::Integrity(format!("a letter: {e}"))))
}

/// The draft of a letter; conflicts of `person` only. [`ChartError::NotFound`] when there is none.
pub async fn draft(access: &Access, of: Of<'_>, person: &Id) -> Result<Draft, ChartError> {
    let mut head = None;
    let (mut parts, mut clashes, mut stored) = (Vec::new(), Vec::new(), Stored::default());
    for (key, value) in access.docs(SPACE, &of.prefix(), MOST).await? {
        let rest = key.rsplit('/').next().unwrap_or_default().to_owned();
        stored.keys.push(key);
        if rest == "head" {
            head = Some(kept_as::<Head>(&value)?);
            stored.head = value;
        } else if let Some((code, whose)) = rest.split_once('!') {
            if let (Some(section), true) = (Section::parse(code), whose == person.as_str()) {
                clashes.push((section, kept_as(&value)?));
            }
        } else if let Some(section) = Section::parse(&rest) {
            parts.push((section, kept_as(&value)?));
            stored.parts.push((section, value));
        }
    }
    let place = |section: &Section| Section::ALL.iter().position(|each| each == section);
    parts.sort_by_key(|(section, _)| place(section));
    Ok(Draft { head: head.ok_or(ChartError::NotFound)?, parts, clashes, stored })
}

/// Heads of the drafts of a patient, or of all (`None`), newest first.
pub async fn drafts(access: &Access, patient: Option<&Id>) -> Result<Vec<Head>, ChartError> {
    let prefix = patient.map(|id| format!("{id}/")).unwrap_or_default();
    let mut found: Vec<Head> = Vec::new();
    for (key, value) in access.docs(SPACE, &prefix, 10_000).await? {
        if key.ends_with("/head") {
            found.push(kept_as(&value)?);
        }
    }
    found.sort_by_key(|head| std::cmp::Reverse(head.opened));
    Ok(found)
}

/// Saves edits. Different sections never meet; edits of different lines of one section go together; edits of the same
/// lines are kept both until this person chooses. [`ChartError::NotFound`] when it was signed or thrown away meanwhile.
pub async fn save(
    access: &Access,
    of: Of<'_>,
    edits: &[Edit],
    author: &Author,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    if edits.iter().any(|e| e.text.chars().count() > LONGEST || e.base.chars().count() > LONGEST) {
        return Err(ChartError::TooMany);
    }
    for _ in 0..TRIES {
        let mut draft = draft(access, of, &author.person).await?;
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("診療情報提供書の下書き".to_owned());
        for edit in edits {
            apply(edit, &mut draft, &mut commit, (of, author, now))?;
        }
        if commit.docs.is_empty() {
            return Ok(draft);
        }
        if let Some(saved) = store(access, of, draft, commit, author).await? {
            return Ok(saved);
        }
    }
    Err(ChartError::Conflict)
}

type By<'a> = (Of<'a>, &'a Author, Timestamp);

/// Writes; `None` when somebody was faster.
async fn store(
    access: &Access,
    of: Of<'_>,
    draft: Draft,
    mut commit: Commit,
    author: &Author,
) -> Result<Option<Draft>, ChartError> {
    // The draft must still be there: a letter that was signed meanwhile is not written any more.
    let head = of.key("head");
    if !commit.docs.iter().any(|doc| matches!(doc, Doc::Swap { key, .. } if *key == head)) {
        let (was, value) = (draft.stored.head.clone(), draft.stored.head.clone());
        commit.docs.push(Doc::Swap { space: SPACE, key: head, was, value, expires: None });
    }
    match access.commit(commit).await {
        Ok(_) => Ok(Some(self::draft(access, of, &author.person).await?)),
        Err(LedgerError::Conflict { .. } | LedgerError::Exists) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn apply(edit: &Edit, draft: &mut Draft, commit: &mut Commit, by: By<'_>) -> Result<(), ChartError> {
    let (of, author, now) = by;
    let (text, base) = (clean(&edit.text), clean(&edit.base));
    let standing = draft.text(edit.section).to_owned();
    if text == standing && edit.taken.is_empty() {
        return Ok(());
    }
    match merge(&base, &standing, &text) {
        Merged::Text(merged) if merged == standing && edit.taken.is_empty() => Ok(()),
        Merged::Text(merged) => put(edit.section, merged, &edit.taken, draft, commit, by),
        Merged::Conflict => {
            let clash = Clash { mine: text, base, at: now.as_micros() };
            let (key, value) = (clash_key(of, edit.section, author), written(&clash)?);
            commit.docs.push(Doc::Put { space: SPACE, key, value, expires: None });
            draft.clashes.retain(|(section, _)| *section != edit.section);
            draft.clashes.push((edit.section, clash));
            Ok(())
        }
    }
}

fn put(
    section: Section,
    text: String,
    taken: &[Mark],
    draft: &mut Draft,
    commit: &mut Commit,
    (of, author, now): By<'_>,
) -> Result<(), ChartError> {
    let before = draft.part(section).cloned();
    let mut marks: Vec<Mark> = before.as_ref().map(|part| part.marks.clone()).unwrap_or_default();
    for mark in taken {
        marks.retain(|known| known.key != mark.key);
        marks.push(mark.clone());
    }
    // What nobody finds in the text any more has become the writer's own words.
    marks.retain(|mark| !mark.text.is_empty() && text.contains(&mark.text));
    marks.truncate(MOST_MARKS);
    let another = before.as_ref().filter(|p| p.person != author.person.as_str() && !p.person.is_empty());
    let part = Part {
        revision: before.as_ref().map_or(0, |part| part.revision).saturating_add(1),
        person: author.person.to_string(),
        name: author.name.clone(),
        proxy: author.standing == Standing::Proxy,
        at: now.as_micros(),
        marks,
        replaced: another
            .filter(|part| !part.text.is_empty())
            .map(|part| part.text.clone())
            .or_else(|| before.as_ref().and_then(|part| part.replaced.clone())),
        text,
    };
    let (key, value) = (of.key(section.code()), written(&part)?);
    let was = draft.stored.parts.iter().find(|(each, _)| *each == section).map(|(_, was)| was.clone());
    commit.docs.push(match was {
        Some(was) => Doc::Swap { space: SPACE, key, was, value, expires: None },
        None => Doc::Insert { space: SPACE, key, value, expires: None },
    });
    draft.parts.retain(|(each, _)| *each != section);
    draft.parts.push((section, part));
    Ok(())
}

fn clash_key(of: Of<'_>, section: Section, author: &Author) -> String {
    of.key(&format!("{}!{}", section.code(), author.person))
}

/// Settles a conflict. `revision` is that of the other text as it was shown; when it moved on, the answer is
/// [`ChartError::Conflict`].
pub async fn resolve(
    access: &Access,
    of: Of<'_>,
    (section, choice, revision): (Section, Choice, u32),
    author: &Author,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    let mut draft = draft(access, of, &author.person).await?;
    let Some((_, clash)) = draft.clashes.iter().find(|(each, _)| *each == section).cloned() else { return Ok(draft) };
    if draft.part(section).map_or(0, |part| part.revision) != revision {
        return Err(ChartError::Conflict);
    }
    let theirs = draft.text(section).to_owned();
    let text = match choice {
        Choice::Mine => clash.mine,
        Choice::Theirs => theirs.clone(),
        Choice::Both => both(&theirs, &clash.mine),
    };
    if text.chars().count() > LONGEST {
        return Err(ChartError::TooMany);
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("診療情報提供書の食い違いを決める".to_owned());
    if text != theirs {
        put(section, text, &[], &mut draft, &mut commit, (of, author, now))?;
    }
    commit.docs.push(Doc::Delete { space: SPACE, key: clash_key(of, section, author) });
    store(access, of, draft, commit, author).await?.ok_or(ChartError::Conflict)
}

/// Changes what stands around the text.
pub async fn change(
    access: &Access,
    of: Of<'_>,
    change: Change,
    author: &Author,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    for _ in 0..TRIES {
        let draft = draft(access, of, &author.person).await?;
        let mut head = draft.head.clone();
        head.apply(change.clone(), (&author.person, &author.name), now)?;
        if head == draft.head {
            return Ok(draft);
        }
        head.revision = head.revision.saturating_add(1);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("診療情報提供書の宛先・送り方".to_owned());
        let (key, was, value) = (of.key("head"), draft.stored.head.clone(), written(&head)?);
        commit.docs.push(Doc::Swap { space: SPACE, key, was, value, expires: None });
        if let Some(saved) = store(access, of, draft, commit, author).await? {
            return Ok(saved);
        }
    }
    Err(ChartError::Conflict)
}

/// Throws a draft away. What is on record of the letter stays.
pub async fn discard(access: &Access, of: Of<'_>, person: &Id) -> Result<(), ChartError> {
    let draft = draft(access, of, person).await?;
    let mut commit = Commit::new(Action::Delete);
    commit.detail = Some("診療情報提供書の下書きを破棄".to_owned());
    commit.docs.extend(without(&draft.stored));
    access.commit(commit).await?;
    Ok(())
}

/// The documents that go with a draft.
pub(super) fn without(stored: &Stored) -> impl Iterator<Item = Doc> {
    stored.keys.iter().map(|key| Doc::Delete { space: SPACE, key: key.clone() })
}
