//! What the worker carries out. Each kind is a function from a payload to what is written together with the job's end;
//! whoever wires the worker makes handlers of them.
//!
//! * `SEND` (lane of the patient): register, change, cancel, undo; searches before it sends again.
//! * `SETTLE`: the late search once every sending has taken effect or never will.
//! * `STATUS`: state and dispensing result of one prescription.
//! * `COPY`: 処方内容（控え）.
//! * `RESULTS`: the list of some days; asks [`STATUS`] of what is new.
//! * `PRECHECK`: 重複投薬等チェック事前処理 of a visit.
//! * `IN_HOUSE`: what is dispensed in house in a visit is registered, changed or cancelled as the chart has it.
mod ahead;
mod beside;
mod in_house;
pub mod record;
mod send;
mod watch;

use crate::client::{Client, ClientError};
use crate::flow::{Act, Event, step};
use crate::profile::Profile;
use karute_fhir::Id;
use karute_japan::{Clock, Timestamp};
use karute_ledger::{Access, Action, Commit, Expect, LedgerError, NewJob};
use record::Kept;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Register, change, cancel, undo.
pub const SEND: &str = "eprescription.send";
/// The late search.
pub const SETTLE: &str = "eprescription.settle";
/// State and result of one prescription.
pub const STATUS: &str = "eprescription.status";
/// 処方内容（控え）
pub const COPY: &str = "eprescription.copy";
/// The list of some days.
pub const RESULTS: &str = "eprescription.results";
/// 重複投薬等チェック事前処理
pub const PRECHECK: &str = "eprescription.precheck";
/// 院内処方 of a visit.
pub const IN_HOUSE: &str = "eprescription.in-house";
/// All kinds.
pub const KINDS: [&str; 7] = [SEND, SETTLE, STATUS, COPY, RESULTS, PRECHECK, IN_HOUSE];

/// Attempts before a sending ends visibly unregistered: with the default back-off about nine minutes.
pub const SEND_ATTEMPTS: u32 = 10;
/// Attempts of the pre-processing: with the default back-off about a minute, for the patient is here now.
const PRECHECK_ATTEMPTS: u32 = 5;
/// Attempts of everything else; after them a person sees a stuck job.
const OTHER_ATTEMPTS: u32 = 30;

/// What a job is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The task; the visit for [`PRECHECK`] and [`IN_HOUSE`]; empty for [`RESULTS`].
    #[serde(default)]
    pub task: String,
    /// First and last day, `yyyy-MM-dd`, for [`RESULTS`].
    #[serde(default)]
    pub days: Option<(String, String)>,
}

/// A job not done. The words hold no patient data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For the person who looks after it.
    pub message: String,
    /// Trying again is pointless.
    pub permanent: bool,
}

impl Failure {
    fn later(message: impl std::fmt::Display) -> Failure {
        Failure { message: message.to_string(), permanent: false }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        let permanent = matches!(error, LedgerError::NotFound | LedgerError::Integrity(_));
        Failure { message: error.to_string(), permanent }
    }
}

/// Which attempt this is.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Attempts allowed.
    pub most: u32,
}

impl Attempt {
    fn last(self) -> bool {
        self.number >= self.most
    }
}

/// The institution as its documents name it.
#[derive(Clone, Debug, Default)]
pub struct Clinic {
    /// Name as it writes itself.
    pub name: String,
    /// 医療機関コード, 10 digits.
    pub code: String,
}

/// Carries out the jobs of one institution.
pub struct Jobs {
    client: Client,
    clock: Arc<dyn Clock>,
    clinic: Clinic,
    /// Tells calls of one millisecond apart.
    calls: AtomicU32,
}

impl Jobs {
    /// Jobs over this client.
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Jobs {
        Jobs { client, clock, clinic: Clinic::default(), calls: AtomicU32::new(0) }
    }

    /// The same for an institution that writes documents of its own in jobs (院内処方).
    #[must_use]
    pub fn of(self, clinic: Clinic) -> Jobs {
        Jobs { clinic, ..self }
    }

    /// Carries out a job; what is answered is to be committed together with its end.
    ///
    /// # Errors
    /// When it is to be tried again, or is pointless.
    pub async fn run(&self, access: &Access, kind: &str, payload: &str, attempt: Attempt) -> Result<Commit, Failure> {
        let payload: Payload = serde_json::from_str(payload)
            .map_err(|_| Failure { message: "the job's payload cannot be read".to_owned(), permanent: true })?;
        if kind == RESULTS {
            return self.results(access, payload.days).await;
        }
        let task = Id::new(&payload.task)
            .map_err(|_| Failure { message: "the job names no prescription".to_owned(), permanent: true })?;
        match kind {
            SEND => self.send(access, &task, attempt).await,
            SETTLE => self.settle(access, &task).await,
            STATUS => self.status(access, &task).await,
            COPY => self.copy(access, &task).await,
            PRECHECK => self.precheck(access, &task, attempt).await,
            IN_HOUSE => self.in_house(access, &task).await,
            _ => Err(Failure { message: "unknown kind of job".to_owned(), permanent: true }),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An identifier for a call that changes nothing: another one each time, so that no old answer is taken for it.
    fn asking(&self, task: &Id) -> String {
        let head: String = task.as_str().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let call = self.calls.fetch_add(1, Ordering::Relaxed) % 10_000;
        format!("{head}-q{}-{call}", self.now().as_millis())
    }
}

/// The job that sends a prescription, for the commit that makes it ready.
pub fn send_job(kept: &Kept) -> NewJob {
    job(SEND, kept, Some(format!("eprescription/{}", kept.patient)), None, SEND_ATTEMPTS)
}

/// The job that tells the service what is dispensed in house in a visit, for the commit that confirms it. Each commit has
/// its own: one that looked at the chart before is no other's answer.
pub fn in_house_job(patient: &Id, visit: &Id, now: Timestamp) -> NewJob {
    let payload = Payload { task: visit.to_string(), days: None };
    NewJob {
        kind: IN_HOUSE.to_owned(),
        key: format!("{visit}/{}", now.as_micros()),
        lane: Some(format!("eprescription/{patient}")),
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        run_at: None,
        max_attempts: OTHER_ATTEMPTS,
    }
}

/// The job that fetches states and results of some days.
pub fn results_job(from: karute_japan::Date, to: karute_japan::Date) -> NewJob {
    let payload = Payload { task: String::new(), days: Some((from.to_string(), to.to_string())) };
    NewJob {
        kind: RESULTS.to_owned(),
        key: format!("{from}/{to}"),
        lane: Some("eprescription/results".to_owned()),
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        run_at: None,
        max_attempts: OTHER_ATTEMPTS,
    }
}

/// The job that lets the service gather what is active for the patient of a visit.
pub(crate) fn precheck_job(visit: &Id) -> NewJob {
    let payload = Payload { task: visit.to_string(), days: None };
    NewJob {
        kind: PRECHECK.to_owned(),
        key: visit.to_string(),
        lane: None,
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        run_at: None,
        max_attempts: PRECHECK_ATTEMPTS,
    }
}

/// The job that asks for the state of a prescription.
pub fn status_job(kept: &Kept) -> NewJob {
    job(STATUS, kept, None, None, OTHER_ATTEMPTS)
}

/// The jobs that follow from what a person did, for its commit.
pub fn follow(commit: &mut Commit, kept: &Kept, acts: &[Act], now: Timestamp, profile: &Profile) {
    let settle_ms = i64::try_from(profile.timing("settle_ms")).unwrap_or(i64::MAX);
    for act in acts {
        let next = match act {
            Act::Register
            | Act::Change(_)
            | Act::Cancel(_)
            | Act::UndoCancel(_)
            | Act::UndoChange(_)
            | Act::Search
            | Act::CancelSurplus(_) => send_job(kept),
            Act::Settle => job(SETTLE, kept, None, Some(now.plus_ms(settle_ms)), OTHER_ATTEMPTS),
            Act::AskStatus(_) => status_job(kept),
            Act::FetchCopy(_) => job(COPY, kept, None, None, OTHER_ATTEMPTS),
            // The press itself is the retry; screens sign and print.
            Act::RetryLater | Act::Tell(_) | Act::Sign | Act::PrintNumbered | Act::PrintPlain => continue,
        };
        if !commit.jobs.iter().any(|known| known.kind == next.kind && known.key == next.key) {
            commit.jobs.push(next);
        }
    }
}

fn job(kind: &str, kept: &Kept, lane: Option<String>, run_at: Option<Timestamp>, max_attempts: u32) -> NewJob {
    let payload = Payload { task: kept.id.to_string(), days: None };
    NewJob {
        kind: kind.to_owned(),
        key: kept.id.to_string(),
        lane,
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        run_at,
        max_attempts,
    }
}

/// Everything that makes a prescription ready to be sent: its task, its document, the job. For the commit in which the
/// doctor issues it.
///
/// # Errors
/// When it cannot be written.
pub fn issue(commit: &mut Commit, kept: &Kept, document: &[u8], now: Timestamp) -> Result<(), LedgerError> {
    commit.changes.push(record::binary(&kept.id, &kept.patient, "application/xml", document, Expect::Absent)?);
    commit.changes.push(kept.change(now)?);
    commit.jobs.push(send_job(kept));
    Ok(())
}

/// A prescription in the hands of a job.
struct Course<'a> {
    access: &'a Access,
    kept: Kept,
    todo: VecDeque<Act>,
    jobs: Vec<NewJob>,
    /// Something changed since it was last made durable.
    changed: bool,
    later: bool,
}

impl<'a> Course<'a> {
    fn new(access: &'a Access, kept: Kept) -> Course<'a> {
        Course { access, kept, todo: VecDeque::new(), jobs: Vec::new(), changed: false, later: false }
    }

    /// What happened, with what follows from it. An event that is not possible any longer changes nothing.
    fn happens(&mut self, event: &Event, now: Timestamp, settle_ms: i64) {
        let Ok(made) = step(&self.kept.stored.life, event) else { return };
        self.changed |= made.life != self.kept.stored.life;
        self.kept.stored.life = made.life;
        for act in made.acts {
            match act {
                Act::RetryLater => self.later = true,
                Act::Tell(notice) => {
                    self.changed = true;
                    self.kept.told(notice);
                }
                Act::Settle => {
                    self.jobs.push(job(SETTLE, &self.kept, None, Some(now.plus_ms(settle_ms)), OTHER_ATTEMPTS));
                }
                Act::FetchCopy(_) => self.jobs.push(job(COPY, &self.kept, None, None, OTHER_ATTEMPTS)),
                // Screens do these.
                Act::Sign | Act::PrintNumbered | Act::PrintPlain => {}
                act if self.todo.contains(&act) => {}
                act => self.todo.push_back(act),
            }
        }
    }

    fn commit(&mut self, now: Timestamp) -> Result<Commit, LedgerError> {
        let mut commit = Commit::new(Action::Update);
        if self.changed {
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

/// Words of an error for the list of jobs.
fn words(error: &ClientError) -> String {
    error.to_string()
}
