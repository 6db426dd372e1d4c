//! 確定: a doctor signs the letter, and what can be done with it afterwards.
use super::check::{Finding, Known, Level, check};
use super::delivery::{Delivery, State, Step, stepped, task, task_of};
use super::draft::{Draft, Of, Part, SPACE, Seen, draft, without, written};
use super::head::Head;
use super::material::material;
use super::resource::{Letter, composition, consent};
use super::{Place, book, read};
use crate::ChartError;
use crate::author::{Author, Standing};
use crate::parts::clean_line;
use crate::query::{parse, resource_type};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, LedgerError, Lookup, NewJob};

/// Longest reason, in characters.
const REASON: usize = 200;

/// Who signs what, having seen what.
#[derive(Debug)]
pub struct Sign<'a> {
    /// The letter.
    pub of: Of<'a>,
    /// What was on the screen.
    pub seen: Seen,
    /// The doctor. A proxy writes letters and does not sign them.
    pub author: &'a Author,
    /// What else is known ([`check`]).
    pub known: &'a Known,
    /// Outgoing jobs of the same write: what sends it, ten seconds from now.
    pub jobs: Vec<NewJob>,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Debug)]
pub enum Signed {
    /// It is on record.
    Done(Box<Letter>),
    /// It was already: a second press shows the first result (SAFE-14).
    Already(Box<Letter>),
    /// Something stops it; nothing was changed.
    Open(Vec<Finding>),
}

/// Signs a letter: text, consent and delivery go on record in one write with the jobs that send it, and the draft goes.
///
/// [`ChartError::Step`] for a proxy; [`ChartError::Conflict`] when something changed since it was seen.
pub async fn sign(access: &Access, asked: Sign<'_>) -> Result<Signed, ChartError> {
    let Sign { of, seen, author, known, jobs, now } = asked;
    let draft = match draft(access, of, &author.person).await {
        Ok(draft) => draft,
        Err(ChartError::NotFound) => {
            return Ok(Signed::Already(Box::new(read::one(access, of).await?.letter)));
        }
        Err(other) => return Err(other),
    };
    if author.standing == Standing::Proxy {
        return Err(ChartError::Step);
    }
    if !seen.is(&draft) {
        return Err(ChartError::Conflict);
    }
    let visit = draft.head.visit.as_deref().and_then(|visit| Id::new(visit).ok());
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書の確認");
    let place = Place { patient: of.patient, visit: visit.as_ref() };
    let found = material(access, &reader, place, &author.person, now.day_in_japan()).await?;
    let found = reader.release(found).await?;
    let findings = check(&draft, &found, known);
    if findings.iter().any(|finding| finding.level == Level::Stop) {
        return Ok(Signed::Open(findings));
    }
    let commit = commit(access, of, &draft, author, jobs, now).await?;
    match access.commit(commit).await {
        Ok(made) => {
            let version = made.versions.first().ok_or(ChartError::NotFound)?;
            let letter = Letter::read(version.id.clone(), version.version, &parse(version)?);
            Ok(Signed::Done(Box::new(letter.ok_or(ChartError::NotFound)?)))
        }
        // The same press twice.
        Err(LedgerError::Exists) => Ok(Signed::Already(Box::new(read::one(access, of).await?.letter))),
        Err(other) => Err(other.into()),
    }
}

async fn commit(
    access: &Access,
    of: Of<'_>,
    draft: &Draft,
    author: &Author,
    jobs: Vec<NewJob>,
    now: Timestamp,
) -> Result<Commit, ChartError> {
    let head = &draft.head;
    let (mut earlier, mut expect, mut task_expect, mut consent_expect) =
        (None, Expect::Absent, Expect::Absent, Expect::Absent);
    if let Some((version, reason)) = &head.replaces {
        let before = read::one(access, of).await?;
        // What was taken back before it left was never issued.
        let issued = if before.letter.status == "entered-in-error" {
            before.letter.issue.saturating_sub(1)
        } else {
            before.letter.issue
        };
        earlier = Some((issued, reason.as_str()));
        expect = Expect::Version(*version);
        task_expect = before.delivery.as_ref().map_or(Expect::Absent, |delivery| Expect::Version(delivery.version));
        consent_expect = Expect::Any;
    }
    let mut commit = Commit::new(if earlier.is_some() { Action::Update } else { Action::Create });
    let to = head.to.as_ref().map_or("", |to| to.name.as_str());
    commit.detail = Some(format!("診療情報提供書を確定（{to} 宛）"));
    let body = composition(draft, of.patient, author, earlier, now);
    let put = |kind, body, expect| {
        let resource_type = resource_type(kind)?;
        Ok::<_, ChartError>(Change::Put { resource_type, id: of.letter.clone(), body, expect })
    };
    commit.changes.push(put("Composition", body, expect)?);
    if let Some(consent) = consent(head, of.letter, of.patient) {
        commit.changes.push(put("Consent", consent, consent_expect)?);
    }
    commit.changes.push(put("Task", task(head, of.letter, of.patient, author, now), task_expect)?);
    // Nobody may write while it is signed.
    let (was, value) = (draft.stored.head.clone(), draft.stored.head.clone());
    commit.docs.push(Doc::Swap { space: SPACE, key: of.key("head"), was, value, expires: None });
    for (section, was) in &draft.stored.parts {
        let (key, value) = (of.key(section.code()), was.clone());
        commit.docs.push(Doc::Swap { space: SPACE, key, was: was.clone(), value, expires: None });
    }
    commit.docs.extend(without(&draft.stored));
    if let Some(to) = &head.to {
        commit.docs.push(book::used(access, &author.person, to, now).await?);
    }
    commit.jobs = jobs;
    Ok(commit)
}

/// 取り消す, while it has not left: the letter on record is marked as never sent, and its text is a draft again.
///
/// [`ChartError::Step`] once it is on its way.
pub async fn undo(access: &Access, of: Of<'_>, author: &Author, now: Timestamp) -> Result<Draft, ChartError> {
    let standing = read::one(access, of).await?;
    if standing.delivery.as_ref().map(|delivery| delivery.state) != Some(State::Ready) {
        return Err(ChartError::Step);
    }
    take_back(access, of, &standing, (author, "送信の取り消し"), State::Cancelled, now).await
}

/// 差し替え: opens a letter that is registered and not received yet as a draft again; signing it replaces the letter by the
/// service. A letter that failed or that was printed is corrected the same way.
///
/// [`ChartError::Step`] once it was received: then a new letter is written. [`ChartError::Invalid`] without a reason.
pub async fn reopen(
    access: &Access,
    of: Of<'_>,
    reason: &str,
    author: &Author,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    let reason = clean_line(reason, REASON).ok_or(ChartError::Invalid)?;
    let standing = read::one(access, of).await?;
    let state = standing.delivery.as_ref().map(|delivery| delivery.state);
    if !matches!(state, Some(State::Registered | State::Failed | State::Printed | State::Cancelled)) {
        return Err(ChartError::Step);
    }
    restore(access, of, &standing, &reason, None, (author, now)).await
}

/// 取消: asks the service to take a registered letter back. The jobs that ask go with it.
pub async fn cancel(
    access: &Access,
    of: Of<'_>,
    reason: &str,
    jobs: Vec<NewJob>,
    now: Timestamp,
) -> Result<Delivery, ChartError> {
    let reason = clean_line(reason, REASON).ok_or(ChartError::Invalid)?;
    read::one(access, of).await?;
    let task = task_of(access, of.letter).await?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("診療情報提供書の取消を依頼".to_owned());
    let step = Step { to: State::Cancelling, words: Some(reason), outputs: Vec::new() };
    commit.changes.push(stepped(&task, &step, now)?);
    commit.jobs = jobs;
    let made = access.commit(commit).await?;
    let version = made.versions.first().ok_or(ChartError::NotFound)?;
    Delivery::read(version.version, &parse(version)?).ok_or(ChartError::NotFound)
}

async fn take_back(
    access: &Access,
    of: Of<'_>,
    standing: &read::OnRecord,
    (author, reason): (&Author, &str),
    state: State,
    now: Timestamp,
) -> Result<Draft, ChartError> {
    let task = task_of(access, of.letter).await?;
    let step = Step { to: state, words: Some(reason.to_owned()), outputs: Vec::new() };
    let change = stepped(&task, &step, now)?;
    restore(access, of, standing, reason, Some(change), (author, now)).await
}

/// The text as a draft again. With `step`, what is on record is marked as withdrawn in the same write.
async fn restore(
    access: &Access,
    of: Of<'_>,
    standing: &read::OnRecord,
    reason: &str,
    step: Option<Change>,
    (author, now): (&Author, Timestamp),
) -> Result<Draft, ChartError> {
    let letter = &standing.letter;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("診療情報提供書：{reason}"));
    let mut version = letter.version;
    if let Some(step) = step {
        let kind = resource_type("Composition")?;
        let Lookup::Found(stored) = access.read(kind, of.letter).await? else { return Err(ChartError::NotFound) };
        let mut body = parse(&stored)?.into_owned();
        crate::note::because(&mut body, reason, author, now);
        if let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string("entered-in-error"));
        }
        let expect = Expect::Version(letter.version);
        commit.changes.push(Change::Put { resource_type: kind, id: of.letter.clone(), body, expect });
        commit.changes.push(step);
        version += 1;
    }
    let place = Place { patient: of.patient, visit: letter.visit.as_ref() };
    let mut head = Head::new(of.letter, place, letter.kind, &author.name, now);
    head.to = Some(letter.to.clone());
    head.route = letter.route;
    head.consent.clone_from(&standing.consent);
    head.files.clone_from(&letter.files);
    head.answers.clone_from(&letter.answers);
    head.replaces = Some((version, reason.to_owned()));
    head.offered =
        letter.sections.iter().flat_map(|(_, body)| body.marks.iter().map(|mark| mark.key.clone())).collect();
    let mut insert = |name: &str, value: String| {
        commit.docs.push(Doc::Insert { space: SPACE, key: of.key(name), value, expires: None });
    };
    insert("head", written(&head)?);
    for (section, body) in &letter.sections {
        let part = Part {
            text: body.text.clone(),
            revision: 1,
            person: author.person.to_string(),
            name: author.name.clone(),
            at: now.as_micros(),
            marks: body.marks.clone(),
            ..Part::default()
        };
        insert(section.code(), written(&part)?);
    }
    match access.commit(commit).await {
        // There already: it is open, here or elsewhere.
        Ok(_) | Err(LedgerError::Exists) => draft(access, of, &author.person).await,
        Err(other) => Err(other.into()),
    }
}
