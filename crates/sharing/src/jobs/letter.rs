//! A letter on its way: sending, files, cancelling; and asking before it is sent again.
use super::kept::{FileKept, Letter, Sheet};
use super::record::{self, Kept, bytes, id, load};
use super::{Attempt, Failure, Jobs, LETTER, SETTLE, findings, located, settle_job, status_job};
use crate::client::ClientError;
use crate::flow::letter::{Act, Event, State, step};
use crate::wire::envelope::{Envelope, Kind};
use crate::wire::message::{File, Group, ServiceState};
use crate::wire::target::Target;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, LedgerError, NewJob};
use std::collections::VecDeque;

/// Calls of one attempt; what is not done then is done in the next.
const MAX_CALLS: u32 = 24;

/// A letter in the hands of a job.
struct Course<'a> {
    access: &'a Access,
    kept: Kept<Letter>,
    todo: VecDeque<Act>,
    jobs: Vec<NewJob>,
    /// Something changed since it was last made durable.
    changed: bool,
    later: bool,
    /// Nothing can take effect any longer that was sent before.
    settled: bool,
}

/// The document of a sheet.
pub(crate) async fn document(access: &Access, sheet: &Sheet) -> Result<Vec<u8>, LedgerError> {
    let reader = access.reader(Action::Read);
    let found = bytes(&reader, &id(&sheet.binary)?).await?;
    reader.release(found.map(|(_, bytes)| bytes).ok_or(LedgerError::NotFound)?).await
}

/// A file of a sheet.
async fn file(access: &Access, kept: &FileKept) -> Result<File, LedgerError> {
    let reader = access.reader(Action::Read);
    let found = bytes(&reader, &id(&kept.binary)?).await?;
    let (_, data) = reader.release(found.ok_or(LedgerError::NotFound)?).await?;
    Ok(File { content_type: kept.content_type.clone(), name: kept.name.clone(), data })
}

impl Course<'_> {
    fn commit(&mut self, now: Timestamp) -> Result<Commit, LedgerError> {
        let mut commit = Commit::new(Action::Update);
        if self.changed {
            commit.detail = Some("電子カルテ情報共有: 紹介状の送付".to_owned());
            commit.changes.push(self.kept.change(now)?);
        }
        commit.jobs = std::mem::take(&mut self.jobs);
        Ok(commit)
    }

    /// Makes durable what is known, before the next byte leaves.
    async fn keep(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        if !self.changed && self.jobs.is_empty() {
            return Ok(());
        }
        let changed = self.changed;
        let commit = self.commit(now)?;
        let committed = self.access.commit(commit).await?;
        if changed {
            self.kept.version = committed.versions.first().map_or(self.kept.version, |version| version.version);
        }
        self.changed = false;
        Ok(())
    }
}

impl Jobs {
    /// Goes on from where the letter stands until nothing is left, or a call must be tried later.
    pub(super) async fn letter(
        &self,
        access: &Access,
        kind: &str,
        task: &Id,
        press: u32,
        attempt: Attempt,
    ) -> Result<Commit, Failure> {
        let kept: Kept<Letter> = load(access, task).await?;
        let began = kept.version;
        let life = &kept.stored.life;
        let mut todo = VecDeque::new();
        match kind {
            // Taken back and pressed again: another job is for it.
            LETTER if life.press != press => return Ok(Commit::new(Action::Update)),
            LETTER => todo.extend(life.due()),
            SETTLE => todo.push_back(Act::Ask),
            _ if matches!(life.state, State::Sent | State::Checking | State::Registered | State::Withdrawn) => {
                todo.push_back(Act::Ask);
            }
            _ => return Ok(Commit::new(Action::Update)),
        }
        let settled = kind == SETTLE;
        let mut course = Course { access, kept, todo, jobs: Vec::new(), changed: false, later: false, settled };
        let outcome = match self.bury(&mut course).await {
            Ok(()) => self.go(&mut course).await,
            Err(failure) => Err(failure),
        };
        match outcome {
            // Nothing more is tried: what is not at the service is so visibly.
            Err(failure) if attempt.last() && !failure.permanent && kind == LETTER => {
                course.todo.clear();
                self.happens(&mut course, Event::GaveUp);
                self.end(course, began)
            }
            Err(failure) => {
                course.keep(self.now()).await?;
                Err(failure)
            }
            Ok(()) => self.end(course, began),
        }
    }

    /// The end of a job; where something became of the letter, whoever wrote it is told.
    fn end(&self, mut course: Course<'_>, began: u32) -> Result<Commit, Failure> {
        let moved = course.changed || course.kept.version != began;
        if moved && crate::joint::carried(&course.kept.id).is_some() {
            course.jobs.push(crate::joint::follow_job(&course.kept.id, self.now()));
        }
        Ok(course.commit(self.now())?)
    }

    /// What happened, with what follows from it. An event that is not possible any longer changes nothing.
    fn happens(&self, course: &mut Course<'_>, event: Event) {
        let Ok(made) = step(&course.kept.stored.life, event) else { return };
        course.changed |= made.life != course.kept.stored.life;
        course.kept.stored.life = made.life;
        for act in made.acts {
            self.follow(course, act);
        }
    }

    fn follow(&self, course: &mut Course<'_>, act: Act) {
        let stored = &mut course.kept.stored;
        match act {
            Act::RetryLater => course.later = true,
            Act::Tell(notice) => {
                course.changed = true;
                stored.told(notice);
            }
            Act::Restore => {
                course.changed = true;
                if let Some(before) = stored.before.take() {
                    stored.sheet = before;
                }
            }
            Act::Forget => {
                course.changed = true;
                stored.before = None;
            }
            Act::Settle => {
                let at = self.now().plus_ms(self.profile().timing_ms("settle_ms"));
                course.jobs.push(settle_job(&course.kept.id, at));
            }
            Act::Watch => self.watch(course),
            act if course.todo.contains(&act) => {}
            act => course.todo.push_back(act),
        }
    }

    /// Asks again after a while; when it was asked for long enough, a person must look.
    fn watch(&self, course: &mut Course<'_>) {
        let life = &mut course.kept.stored.life;
        let profile = self.profile();
        let first = ["status_first_ms", "status_second_ms", "status_third_ms"];
        let later = profile.timing_ms("status_later_ms").max(1);
        let wait = |round: u32| {
            usize::try_from(round).ok().and_then(|at| first.get(at)).map_or(later, |name| profile.timing_ms(name))
        };
        let waited: i64 = (0..life.asked).map(wait).fold(0, i64::saturating_add);
        let next = wait(life.asked);
        life.asked = life.asked.saturating_add(1);
        course.changed = true;
        if waited.saturating_add(next) > profile.timing_ms("status_until_ms") {
            self.happens(course, Event::GaveUp);
            return;
        }
        let round = format!("{}-{}", life.press, life.asked);
        course.jobs.push(status_job(&course.kept.id, &round, Some(self.now().plus_ms(next))));
    }

    async fn go(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        for _ in 0..MAX_CALLS {
            let Some(act) = course.todo.pop_front() else {
                // What is asked for in passing is asked for again by the next round.
                let open = course.settled || course.kept.stored.life.due().is_some();
                return if course.later && open {
                    Err(Failure::later("サービスの応答を待っています。"))
                } else {
                    Ok(())
                };
            };
            let state = course.kept.stored.life.state;
            match (act, state) {
                (Act::Send, State::Ready) => self.send(course).await?,
                (Act::Attach, State::Checking) => self.attach(course).await?,
                (Act::Cancel, State::Cancelling) => self.cancel(course).await?,
                (Act::Ask, _) => self.ask_state(course).await?,
                _ => {}
            }
        }
        Err(Failure::later("1回の処理の上限に達しました。続けて処理します。"))
    }

    async fn send(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        let document = document(course.access, &course.kept.stored.sheet).await?;
        self.happens(course, Event::Sending);
        if course.kept.stored.life.state != State::Sent {
            return Ok(());
        }
        let stored = &mut course.kept.stored;
        stored.sends = stored.sends.saturating_add(1);
        stored.faults.clear();
        course.changed = true;
        // The mark, before the first byte leaves.
        course.keep(self.now()).await?;
        let stored = &course.kept.stored;
        let replacing = stored.life.replacing;
        let envelope = Envelope {
            kind: Kind::Referral,
            target: stored.sheet.target.clone(),
            destination: Some(stored.addressee.clone()),
            consent: Some(stored.consent.clone()),
            supersedes: stored.before.as_ref().filter(|_| replacing).map(|sheet| sheet.target.clone()),
            document: document.clone(),
            signed: false,
        };
        let file_id = Jobs::sending(course.kept.id.as_str(), stored.sends);
        let result = if envelope.supersedes.is_some() {
            self.client.change(envelope, &file_id).await
        } else {
            self.client.register(envelope, &file_id).await
        };
        let ended = self.ended(&result);
        course.changed = true;
        match &result {
            Ok(receipt) => course.kept.stored.receipt.clone_from(receipt),
            Err(ClientError::Declined(outcome)) => course.kept.stored.faults = findings(outcome, &document),
            Err(error) => tracing::info!(task = %course.kept.id, %error, "letter not sent"),
        }
        self.happens(course, Event::Ended(ended));
        Ok(())
    }

    async fn attach(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        let at = course.kept.stored.life.attached;
        let sheet = &course.kept.stored.sheet;
        let Some(kept) = usize::try_from(at).ok().and_then(|at| sheet.files.get(at)) else {
            return Err(Failure::never("the letter has fewer files than it says"));
        };
        let (file, target) = (file(course.access, kept).await?, sheet.target.clone());
        course.kept.stored.sends = course.kept.stored.sends.saturating_add(1);
        course.changed = true;
        let file_id = Jobs::sending(course.kept.id.as_str(), course.kept.stored.sends);
        course.keep(self.now()).await?;
        let result = self.client.attach(&target, file, at.saturating_add(1), &file_id).await;
        if let Err(ClientError::Declined(outcome)) = &result {
            course.kept.stored.faults = findings(outcome, b"");
            course.changed = true;
        }
        let ended = self.ended(&result);
        self.happens(course, Event::Attached(ended));
        Ok(())
    }

    async fn cancel(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        course.kept.stored.sends = course.kept.stored.sends.saturating_add(1);
        course.changed = true;
        course.keep(self.now()).await?;
        let target = course.kept.stored.sheet.target.clone();
        let file_id = Jobs::sending(course.kept.id.as_str(), course.kept.stored.sends);
        let result = self.client.cancel(Group::Document, &target, &file_id).await;
        let ended = self.ended(&result);
        self.happens(course, Event::Cancelled(ended));
        Ok(())
    }

    async fn ask_state(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        let target = course.kept.stored.sheet.target.clone();
        let event = match self.client.status(&target, &self.asking(course.kept.id.as_str())).await {
            Ok(standing) => {
                if standing.state == ServiceState::Failed {
                    let mut found = standing.findings;
                    let document = document(course.access, &course.kept.stored.sheet).await?;
                    located(&mut found, &document);
                    course.changed |= course.kept.stored.faults != found;
                    course.kept.stored.faults = found;
                }
                Event::Seen(standing.state)
            }
            Err(error) if self.does_not_know(&error) => Event::Unknown { settled: course.settled },
            Err(error) => {
                tracing::info!(task = %course.kept.id, %error, "state not told");
                Event::NotTold
            }
        };
        self.happens(course, event);
        Ok(())
    }

    fn does_not_know(&self, error: &ClientError) -> bool {
        matches!(error, ClientError::Declined(outcome) if outcome.code == self.profile().text("result_codes.not_found"))
    }

    /// Cancels what is not to stand: earlier documents of this letter of which a sending was never accounted for.
    async fn bury(&self, course: &mut Course<'_>) -> Result<(), Failure> {
        if !course.settled || course.kept.stored.doomed.is_empty() {
            return Ok(());
        }
        let doomed: Vec<Target> = course.kept.stored.doomed.clone();
        for target in doomed {
            match self.client.status(&target, &self.asking(&target.value)).await {
                Ok(standing)
                    if matches!(
                        standing.state,
                        ServiceState::Accepted | ServiceState::Checking | ServiceState::Registered
                    ) =>
                {
                    course.kept.stored.sends = course.kept.stored.sends.saturating_add(1);
                    course.changed = true;
                    course.keep(self.now()).await?;
                    let file_id = Jobs::sending(course.kept.id.as_str(), course.kept.stored.sends);
                    self.client.cancel(Group::Document, &target, &file_id).await.map_err(Failure::later)?;
                }
                Ok(standing) if standing.state == ServiceState::Received => {
                    course.kept.stored.told(crate::flow::letter::Notice::AlreadyReceived);
                }
                Ok(_) => {}
                Err(error) if self.does_not_know(&error) => {}
                Err(error) => return Err(Failure::later(error)),
            }
            course.kept.stored.doomed.retain(|one| *one != target);
            course.changed = true;
        }
        Ok(())
    }
}

/// What a person's press brings, for its commit.
pub(crate) fn pressed(commit: &mut Commit, kept: &mut Kept<Letter>, acts: &[Act], now: Timestamp, times: (i64, i64)) {
    let (undo_ms, settle_ms) = times;
    let press = kept.stored.life.press;
    for act in acts {
        match act {
            Act::SendLater => {
                commit.jobs.push(super::letter_job(&kept.id, press, Some(now.plus_ms(undo_ms))));
            }
            Act::Send | Act::Ask | Act::Cancel | Act::Attach => {
                commit.jobs.push(super::letter_job(&kept.id, press, None));
            }
            Act::Settle => commit.jobs.push(settle_job(&kept.id, now.plus_ms(settle_ms))),
            Act::Restore => {
                if let Some(before) = kept.stored.before.take() {
                    kept.stored.sheet = before;
                }
            }
            Act::Forget => kept.stored.before = None,
            Act::Tell(notice) => kept.stored.told(*notice),
            // The press itself is the retry.
            Act::RetryLater | Act::Watch => {}
        }
    }
}

/// Letters whose state is asked for by the rounds: sent, and not with the addressee yet.
pub(crate) const WAITING: [&str; 2] = ["checking", "registered"];

/// Asks what became of every letter that waits.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn waiting(access: &Access) -> Result<Vec<NewJob>, LedgerError> {
    let reader = access.reader(Action::Search);
    let which = record::Which { states: &WAITING, ..record::Which::default() };
    let found: Vec<Kept<Letter>> = record::all(&reader, &which).await?;
    let found = reader.release(found).await?;
    Ok(found.iter().map(|kept| status_job(&kept.id, "round", None)).collect())
}
