//! transaction: everything or nothing, in one commit.
use super::answer::{Answer, bundle};
use super::entry::{Entry, take_apart};
use super::plan::{Step, plan};
use super::reads;
use crate::fhir::create::Written;
use crate::fhir::{TRIES, check};
use crate::http::body;
use crate::http::prefer::Prefer;
use crate::outcome::Failure;
use crate::request::Ctx;
use http::StatusCode;
use karute_json::Value;
use karute_ledger::{Action, Change, Commit, Committed, LedgerError};

/// Carries out a transaction Bundle. `bytes` is its text: when somebody else changed what the entries were decided
/// by, they are taken from it once more and decided anew.
pub(super) async fn carry_out(ctx: &Ctx, bytes: &[u8], parsed: Value<'_>, prefer: Prefer) -> Result<String, Failure> {
    check::content(&parsed)?;
    let mut parsed = Some(parsed);
    for _ in 0..TRIES {
        let again = match parsed.take() {
            Some(first) => first,
            None => body::parse(bytes)?,
        };
        match attempt(ctx, again, prefer).await {
            Err(Attempt::Overtaken) => {}
            Err(Attempt::Refused(failure)) => return Err(failure),
            Ok(answer) => return Ok(answer),
        }
    }
    Err(Failure::contention())
}

enum Attempt {
    /// A search that decided an entry no longer holds.
    Overtaken,
    Refused(Failure),
}

impl<E: Into<Failure>> From<E> for Attempt {
    fn from(error: E) -> Attempt {
        Attempt::Refused(error.into())
    }
}

/// What an entry has become, in the order of the entries.
enum Outcome {
    Change { position: usize, deletion: bool },
    Exists(karute_ledger::Version),
    Nothing,
    Read(super::entry::Read, Option<String>),
}

async fn attempt(ctx: &Ctx, parsed: Value<'_>, prefer: Prefer) -> Result<String, Attempt> {
    let entries: Vec<Entry<'_>> = take_apart(parsed, ctx.base.fhir())?
        .into_iter()
        .enumerate()
        .map(|(index, entry)| entry.map_err(|failure| failure.at(format!("Bundle.entry[{index}].request"))))
        .collect::<Result<_, _>>()?;
    let tags: Vec<Option<String>> = entries.iter().map(|e| e.if_none_match.clone()).collect();
    let reader = ctx.reader(Action::Search);
    let plan = match plan(ctx, &reader, entries).await {
        Ok(plan) => plan,
        Err(failure) => return Err(reader.release(failure).await?.into()),
    };
    let looked = plan.looked;
    let (outcomes, commit) = order(plan.steps, plan.guards, tags);
    // What was looked up is given away by the answer: its audit event is durable first, in the same group as the
    // commit.
    let released = async { if looked { reader.release(()).await } else { Ok(()) } };
    let commit = async { if commit.changes.is_empty() { Ok(None) } else { ctx.access.commit(commit).await.map(Some) } };
    let (released, committed) = tokio::join!(released, commit);
    released?;
    let committed = match committed {
        Err(LedgerError::Guard(_) | LedgerError::NotFound) => return Err(Attempt::Overtaken),
        other => other?,
    };
    let mut answers = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        answers.push(answer(ctx, outcome, committed.as_ref(), prefer).await?);
    }
    Ok(bundle(&ctx.base, "transaction-response", &answers))
}

/// The changes in the order of the specification: DELETE, POST, then PUT and PATCH; GET reads what came of them.
fn order(steps: Vec<Step<'_>>, guards: Vec<karute_ledger::Guard>, tags: Vec<Option<String>>) -> (Vec<Outcome>, Commit) {
    let mut commit = Commit { guards, ..Commit::new(Action::Transaction) };
    let mut ranked: Vec<(u8, usize, Change)> = Vec::with_capacity(steps.len());
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(steps.len());
    for (index, (step, tag)) in steps.into_iter().zip(tags).enumerate() {
        outcomes.push(match step {
            Step::Put { kind, id, body, expect, post, .. } => {
                let change = Change::Put { resource_type: kind, id, body: body.into_owned(), expect };
                ranked.push((if post { 1 } else { 2 }, index, change));
                Outcome::Change { position: 0, deletion: false }
            }
            Step::Delete { kind, id, expect } => {
                ranked.push((0, index, Change::Delete { resource_type: kind, id, expect }));
                Outcome::Change { position: 0, deletion: true }
            }
            Step::Exists(version) => Outcome::Exists(version),
            Step::Nothing => Outcome::Nothing,
            Step::Read(read) => Outcome::Read(read, tag),
        });
    }
    ranked.sort_by_key(|(rank, index, _)| (*rank, *index));
    for (at, (_, index, change)) in ranked.into_iter().enumerate() {
        commit.changes.push(change);
        if let Some(Outcome::Change { position, .. }) = outcomes.get_mut(index) {
            *position = at;
        }
    }
    (outcomes, commit)
}

async fn answer(ctx: &Ctx, outcome: Outcome, committed: Option<&Committed>, prefer: Prefer) -> Result<Answer, Failure> {
    Ok(match outcome {
        Outcome::Change { position, deletion } => {
            let version = committed.and_then(|c| c.versions.get(position));
            let version =
                version.ok_or_else(|| LedgerError::Integrity("a commit gave back too few versions".to_owned()))?;
            if deletion {
                Answer::deleted(Some(version))
            } else {
                Answer::written(ctx, &Written::of(version.clone()), prefer)
            }
        }
        Outcome::Exists(version) => Answer::written(ctx, &Written { status: StatusCode::OK, version }, prefer),
        Outcome::Nothing => Answer::deleted(None),
        Outcome::Read(read, tag) => match reads::read(ctx, &read, tag.as_deref()).await {
            Ok(answer) => answer,
            Err(failure) => Answer::failure(&failure),
        },
    })
}
