//! 訂正, reopening and deletion of what is on record. Every one of them says why, is a new version, and leaves the old
//! one readable (SEC-I5).
use super::draft::{Draft, Reopened, SPACE, stored};
use super::resource::{Written, approve, because, revise};
use super::{LONGEST, Place, Section, clean, composition_of, read};
use crate::author::{Author, Standing, doctor_of, set_principal};
use crate::query::{parse, resource_type};
use crate::view::{Encounter, Note, VisitState};
use crate::vitals;
use crate::{ChartError, visit};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, LedgerError, Reader};

/// Longest reason, in characters.
const REASON: usize = 300;

/// New text for a confirmed record.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The version that was seen.
    pub seen: u32,
    /// Sections with their new text; others stay.
    pub sections: Vec<(Section, String)>,
    /// Why.
    pub reason: String,
}

/// Corrects a record. Who may confirm confirms the new version at once; everybody else's waits for approval.
pub fn amend<'a>(
    access: &'a Access,
    place: Place<'a>,
    amendment: &'a Amendment,
    author: &'a Author,
    confirms: bool,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reason = reason(&amendment.reason)?;
        if amendment.sections.iter().any(|(_, text)| text.chars().count() > LONGEST) {
            return Err(ChartError::TooMany);
        }
        let (id, mut body, note, encounter) = on_record(access, place, amendment.seen).await?;
        let mut written = Vec::new();
        for (section, text) in &amendment.sections {
            let text = clean(text);
            if text != note.section(section.title()).unwrap_or_default() {
                written.push(Written { section: *section, text, author: author.clone() });
            }
        }
        if written.is_empty() {
            return Err(ChartError::Step);
        }
        revise(&mut body, &written);
        if body.get("section").is_none_or(|s| s.items().is_empty()) {
            // Emptying a record is deleting it, which is another act with another word.
            return Err(ChartError::Invalid);
        }
        if note.confirmed.is_some() || note.status != "preliminary" {
            set(&mut body, "status", "amended");
        }
        because(&mut body, &reason, author, now);
        confirm_or_wait(&mut body, author, confirms, now);
        set_principal(&mut body, author, doctor_of(&encounter));
        put(access, id, body, amendment.seen, &format!("記録の訂正 Encounter/{}", place.visit), Vec::new()).await
    })
}

/// A version somebody stands for, or one that waits for somebody who does.
fn confirm_or_wait(body: &mut Value<'static>, author: &Author, confirms: bool, now: Timestamp) {
    if confirms && author.standing == Standing::Own {
        approve(body, author, now);
    } else {
        crate::author::set_awaiting(body, true);
        if let Some(object) = body.as_object_mut() {
            object.remove("attester");
        }
    }
}

/// Deletes a record: it no longer counts, says why, and stays readable in its history.
pub fn delete<'a>(
    access: &'a Access,
    place: Place<'a>,
    seen: u32,
    why: &'a str,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reason = reason(why)?;
        let (id, mut body, ..) = on_record(access, place, seen).await?;
        set(&mut body, "status", "entered-in-error");
        because(&mut body, &reason, author, now);
        approve(&mut body, author, now);
        put(access, id, body, seen, &format!("記録の削除 Encounter/{}", place.visit), Vec::new()).await
    })
}

/// Opens a confirmed record again: its text becomes drafts, and the next 確定 makes the corrected version. A visit that
/// waits for payment goes back to the consultation.
pub fn reopen<'a>(
    access: &'a Access,
    place: Place<'a>,
    seen: u32,
    why: &'a str,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reason = reason(why)?;
        let reader = access.reader(Action::Read);
        reader.describe("確定した記録を開き直す");
        let encounter = read::visit(&reader, place).await?;
        let (id, _, note) = found(&reader, place, seen).await?;
        let measured = vitals::of_visit(&reader, place.visit).await?.measured;
        let back = match encounter.state {
            Some(VisitState::AwaitingPayment) => {
                visit::moved(access, &reader, place.visit, VisitState::InConsultation, now).await?
            }
            _ => None,
        };
        reader.release(()).await?;
        let day = encounter.arrived.map(Timestamp::day_in_japan).ok_or(ChartError::Step)?;

        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("記録を開き直す Composition/{id} Encounter/{}：{reason}", place.visit));
        let state = Reopened {
            composition: id.to_string(),
            version: seen,
            reason,
            name: author.name.clone(),
            at: now.as_micros(),
        };
        commit.docs.push(insert(place.visit, "reopened", stored(&state)?));
        let vitals = vitals::line_of(&measured);
        let texts = Section::NOTE.into_iter().filter_map(|s| Some((s, note.section(s.title())?.to_owned())));
        let lines = (!vitals.is_empty()).then_some((Section::Vitals, vitals));
        for (section, text) in texts.chain(lines) {
            let draft = Draft {
                visit: place.visit.to_string(),
                patient: place.patient.to_string(),
                day,
                text,
                revision: 1,
                person: author.person.to_string(),
                name: author.name.clone(),
                proxy: false,
                at: now.as_micros(),
                copied: None,
                replaced: None,
            };
            commit.docs.push(insert(place.visit, section.code(), stored(&draft)?));
        }
        if let Some((change, told)) = back {
            commit.changes.push(change);
            commit.docs.extend(told);
        }
        access.commit(commit).await.map(drop).map_err(|e| match e {
            // Somebody opened it already.
            LedgerError::Exists => ChartError::Conflict,
            other => other.into(),
        })
    })
}

fn insert(visit: &Id, rest: &str, value: String) -> Doc {
    Doc::Insert { space: SPACE, key: format!("{visit}/{rest}"), value, expires: None }
}

pub(crate) fn reason(text: &str) -> Result<String, ChartError> {
    let one_line = clean(text).replace(['\n', '\t'], " ");
    let kept: String = one_line.trim().chars().take(REASON).collect();
    if kept.is_empty() { Err(ChartError::Invalid) } else { Ok(kept) }
}

async fn on_record(
    access: &Access,
    place: Place<'_>,
    seen: u32,
) -> Result<(Id, Value<'static>, Note, Encounter), ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("確定した記録を変える");
    let encounter = read::visit(&reader, place).await?;
    let (id, body, note) = found(&reader, place, seen).await?;
    Ok(reader.release((id, body, note, encounter)).await?)
}

async fn found(reader: &Reader, place: Place<'_>, seen: u32) -> Result<(Id, Value<'static>, Note), ChartError> {
    let version = composition_of(reader, place.visit).await?.ok_or(ChartError::NotFound)?;
    let body = parse(&version)?.into_owned();
    let note = Note::of(&body).ok_or(ChartError::NotFound)?;
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    if note.is_deleted() {
        return Err(ChartError::Step);
    }
    Ok((version.id, body, note))
}

fn set(body: &mut Value<'static>, name: &str, value: &'static str) {
    if let Some(object) = body.as_object_mut() {
        object.insert(name, Value::string(value));
    }
}

async fn put(
    access: &Access,
    id: Id,
    body: Value<'static>,
    seen: u32,
    detail: &str,
    docs: Vec<Doc>,
) -> Result<(), ChartError> {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    commit.docs = docs;
    let resource_type = resource_type("Composition")?;
    commit.changes.push(Change::Put { resource_type, id, body, expect: Expect::Version(seen) });
    access.commit(commit).await?;
    Ok(())
}
