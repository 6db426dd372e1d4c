//! Carrying an act out: one write, whole or not at all, with the versions a person saw.
use super::resource::{Birth, born, write};
use super::sheet::{Loaded, Stored, load, past};
use super::{Act, Line, Past, Prescribed, Seen, Status, Today, act, choice, usual};
use crate::ChartError;
use crate::author::{Author, Standing, principal, set_principal};
use crate::query::{parse, resource_type};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup, Reader};
use karute_terminology::Masters;

/// Who writes, and when.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// The clinic's record, as this person.
    pub access: &'d Access,
    /// The person.
    pub author: &'d Author,
    /// Now.
    pub now: Timestamp,
}

/// A line that an act changed, and how to take that back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line as the act left it.
    pub after: Seen,
    /// The version before; `None`: there was none.
    pub before: Option<u32>,
}

/// An earlier line that a Do did not copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Today,
    /// What to search a replacement by.
    pub query: String,
}

/// What an act did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The changed lines; taking them back is [`undo`].
    pub steps: Vec<Step>,
    /// Lines that a Do did not copy.
    pub left_out: Vec<LeftOut>,
}

/// Carries an act out. Pressed twice with the same intent, the second one does nothing. [`ChartError::Step`] when the
/// visit is over, [`ChartError::Conflict`] when somebody else changed the line meanwhile.
pub fn carry_out<'a>(
    desk: Desk<'a>,
    patient: &'a Id,
    visit: &'a Id,
    act: Act,
) -> BoxFuture<'a, Result<Done, ChartError>> {
    Box::pin(async move {
        let loaded = opened(desk, patient, visit).await?;
        carry(desk, loaded, act).await
    })
}

/// Do: copies the prescription of an earlier visit, without the drugs that cannot be prescribed any more; they are told.
pub fn repeat<'a>(
    desk: Desk<'a>,
    masters: &'a Masters,
    patient: &'a Id,
    visit: &'a Id,
    from: &'a Id,
    intent: Id,
) -> BoxFuture<'a, Result<Done, ChartError>> {
    Box::pin(async move {
        if from == visit {
            return Err(ChartError::Invalid);
        }
        let reader = desk.access.reader(Action::Read);
        reader.describe("処方: Do の元");
        let loaded = load(&reader, Some(patient), visit).await?;
        let source: Option<Past> = match &loaded.sheet.previous {
            Some(previous) if previous.visit == *from => Some(previous.clone()),
            _ => past(&reader, patient, from).await?,
        };
        reader.release(()).await?;
        let source = source.ok_or(ChartError::NotFound)?;
        let today = desk.now.day_in_japan();
        let mut left_out = Vec::new();
        let mut taken: Vec<(Prescribed, Option<Id>)> = Vec::new();
        for line in source.lines.into_iter().filter(|line| line.status.counts()) {
            match choice::today(masters, &line.what.drug, today) {
                Today::Offered => taken.push((line.what, Some(line.id))),
                why => left_out.push(LeftOut {
                    query: choice::replacement_query(&line.what.drug),
                    name: line.what.drug.name,
                    why,
                }),
            }
        }
        if !loaded.sheet.is_open {
            return Err(ChartError::Step);
        }
        let done = carry(desk, loaded, Act::Take { id: intent, lines: taken }).await?;
        Ok(Done { left_out, ..done })
    })
}

/// Takes an act back (SAFE-09): every line it changed becomes as it was, unless somebody changed it again. A line that
/// [`stop`] ended belongs to an earlier visit and is taken again as it was.
pub fn undo<'a>(
    desk: Desk<'a>,
    patient: &'a Id,
    visit: &'a Id,
    steps: &'a [Step],
) -> BoxFuture<'a, Result<Done, ChartError>> {
    Box::pin(async move {
        let mut loaded = opened(desk, patient, visit).await?;
        let reader = desk.access.reader(Action::Read);
        reader.describe("処方: 元に戻す");
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("処方: 元に戻す".to_owned());
        let mut undone = Vec::new();
        for step in steps.iter().take(super::MOST_LINES) {
            let Some(at) = loaded.all.iter().position(|stored| stored.line.id == step.after.id) else {
                put(
                    &mut commit,
                    &step.after.id,
                    taken_again(&reader, patient, step).await?,
                    Expect::Version(step.after.version),
                )?;
                undone.push((step.after.id.clone(), Some(step.after.version)));
                continue;
            };
            let stored = loaded.all.swap_remove(at);
            if stored.line.version != step.after.version {
                return Err(ChartError::Conflict);
            }
            let body = match step.before {
                None => withdrawn(stored, visit),
                Some(version) => as_it_was(&reader, &step.after.id, version).await?,
            };
            put(&mut commit, &step.after.id, body, Expect::Version(step.after.version))?;
            undone.push((step.after.id.clone(), Some(step.after.version)));
        }
        reader.release(()).await?;
        finish(desk.access, commit, undone).await
    })
}

async fn as_it_was(reader: &Reader, line: &Id, version: u32) -> Result<Value<'static>, ChartError> {
    let kind = resource_type("MedicationRequest")?;
    let Lookup::Found(old) = reader.vread(kind, line, version).await? else { return Err(ChartError::NotFound) };
    Ok(parse(&old)?.into_owned())
}

/// A line of an earlier visit that [`stop`] ended, as it was before. Nothing else of another visit is taken back.
async fn taken_again(reader: &Reader, patient: &Id, step: &Step) -> Result<Value<'static>, ChartError> {
    let line = &step.after.id;
    let Lookup::Found(version) = reader.read(resource_type("MedicationRequest")?, line).await? else {
        return Err(ChartError::NotFound);
    };
    let (body, before) = (parse(&version)?, step.before.ok_or(ChartError::NotFound)?);
    let subject = crate::view::element::reference(&body, &["subject", "reference"], "Patient");
    let now = Line::read(line.clone(), version.version, &body).ok_or(ChartError::NotFound)?;
    if subject.as_ref() != Some(patient) || now.status != Status::Stopped {
        return Err(ChartError::NotFound);
    }
    if now.version != step.after.version {
        return Err(ChartError::Conflict);
    }
    let old = as_it_was(reader, line, before).await?;
    let was = Line::read(line.clone(), before, &old).ok_or(ChartError::NotFound)?;
    if matches!(was.status, Status::Active | Status::Completed) { Ok(old) } else { Err(ChartError::NotFound) }
}

/// Stops a drug of an earlier prescription: what is at home is not to be taken any more.
pub fn stop<'a>(
    desk: Desk<'a>,
    patient: &'a Id,
    line: &'a Seen,
    reason: &'a str,
) -> BoxFuture<'a, Result<Done, ChartError>> {
    Box::pin(async move {
        let kind = resource_type("MedicationRequest")?;
        let Lookup::Found(version) = desk.access.read(kind, &line.id).await? else { return Err(ChartError::NotFound) };
        let mut body = parse(&version)?.into_owned();
        let found = Line::read(line.id.clone(), version.version, &body).ok_or(ChartError::NotFound)?;
        let subject = crate::view::element::reference(&body, &["subject", "reference"], "Patient");
        if subject.as_ref() != Some(patient) {
            return Err(ChartError::NotFound);
        }
        if found.version != line.version || !matches!(found.status, Status::Active | Status::Completed) {
            return Err(ChartError::Conflict);
        }
        if let Some(object) = body.as_object_mut() {
            object.insert("status", Value::string(Status::Stopped.code()));
            let reason = super::usage::tidy(reason);
            if !reason.is_empty() {
                object.insert("statusReason", super::resource::object_of("text", Value::string(reason)));
            }
        }
        desk.author.mark(&mut body);
        let doctor = principal(desk.access, desk.author, patient, desk.now.day_in_japan()).await?;
        set_principal(&mut body, desk.author, doctor);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("処方: 前の薬を中止する".to_owned());
        put(&mut commit, &line.id, body, Expect::Version(found.version))?;
        finish(desk.access, commit, vec![(line.id.clone(), Some(found.version))]).await
    })
}

async fn opened(desk: Desk<'_>, patient: &Id, visit: &Id) -> Result<Loaded, ChartError> {
    let reader = desk.access.reader(Action::Read);
    reader.describe("処方");
    let loaded = load(&reader, Some(patient), visit).await?;
    let loaded = reader.release(loaded).await?;
    if loaded.sheet.is_open { Ok(loaded) } else { Err(ChartError::Step) }
}

async fn carry(desk: Desk<'_>, loaded: Loaded, act: Act) -> Result<Done, ChartError> {
    let intent = act.intent();
    // The same press once more: it has happened.
    if intent.as_ref().is_some_and(|id| loaded.all.iter().any(|stored| stored.line.id == *id)) {
        return Ok(Done::default());
    }
    let words = act.words();
    let adds = intent.is_some();
    let mut lines: Vec<Line> = loaded.all.iter().map(|stored| stored.line.clone()).collect();
    act::apply(&mut lines, act, desk.now.day_in_japan())?;
    let mut commit = Commit::new(if adds { Action::Create } else { Action::Update });
    commit.detail = Some(words.to_owned());
    let mut changed = Vec::new();
    for line in &lines {
        let before = loaded.all.iter().find(|stored| stored.line.id == line.id);
        if before.is_some_and(|stored| stored.line == *line) {
            continue;
        }
        let only_moved =
            before.is_some_and(|stored| (&stored.line.what, stored.line.status) == (&line.what, line.status));
        let body = body(desk, &loaded, before, line, only_moved);
        let expect = before.map_or(Expect::Absent, |stored| Expect::Version(stored.line.version));
        put(&mut commit, &line.id, body, expect)?;
        changed.push((line.id.clone(), before.map(|stored| stored.line.version)));
        if !only_moved && line.status.counts() {
            commit.docs.extend(usual::doc(&line.what));
        }
    }
    if changed.is_empty() {
        return Ok(Done::default());
    }
    let sheet = &loaded.sheet;
    commit.docs.push(crate::opened::works(&desk.author.person, &sheet.patient, &sheet.visit, desk.now));
    match finish(desk.access, commit, changed).await {
        // The other press of the same intent was faster by a moment.
        Err(ChartError::Ledger(LedgerError::Exists)) if adds => Ok(Done::default()),
        other => other,
    }
}

fn body(desk: Desk<'_>, loaded: &Loaded, before: Option<&Stored>, line: &Line, only_moved: bool) -> Value<'static> {
    let sheet = &loaded.sheet;
    let mut body = before.map_or_else(
        || {
            let birth = Birth {
                patient: &sheet.patient,
                visit: &sheet.visit,
                author: desk.author,
                doctor: loaded.doctor.clone(),
                now: desk.now,
            };
            born(line, &birth)
        },
        |stored| stored.body.clone(),
    );
    write(&mut body, line, &sheet.visit);
    // A line that only got another number is nobody's new statement.
    if !only_moved {
        if desk.author.standing == Standing::Own
            && let Some(object) = body.as_object_mut()
        {
            object.insert("requester", desk.author.reference());
        }
        desk.author.mark(&mut body);
        set_principal(&mut body, desk.author, loaded.doctor.clone());
    }
    body
}

fn withdrawn(stored: Stored, visit: &Id) -> Value<'static> {
    let Stored { mut line, mut body } = stored;
    line.status = Status::Cancelled;
    write(&mut body, &line, visit);
    body
}

fn put(commit: &mut Commit, id: &Id, body: Value<'static>, expect: Expect) -> Result<(), ChartError> {
    let resource_type = resource_type("MedicationRequest")?;
    commit.changes.push(Change::Put { resource_type, id: id.clone(), body, expect });
    Ok(())
}

/// Commits, and tells how to take it back.
async fn finish(access: &Access, commit: Commit, changed: Vec<(Id, Option<u32>)>) -> Result<Done, ChartError> {
    let made = access.commit(commit).await?;
    let steps = changed.into_iter().filter_map(|(id, before)| {
        let version = made.versions.iter().find(|version| version.id == id)?.version;
        Some(Step { after: Seen { id, version }, before })
    });
    Ok(Done { steps: steps.collect(), left_out: Vec::new() })
}
