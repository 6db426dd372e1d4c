//! What the worker carries out. Each kind is a function from a payload to what is written together with the job's end;
//! whoever wires the worker makes handlers of them.
//!
//! * `LETTER` (lane of the letter): register, change, files, cancel; asks before it sends again. Due ten seconds after
//!   the press, so that it can be taken back before its first byte.
//! * `STATUS`: what became of a letter.
//! * `SETTLE`: the late question once every sending has taken effect or never will; for a patient's units: once more.
//! * `UNITS` (lane of the patient): makes every unit anew, compares its shape with what the service took last, and sends
//!   what differs. So a change of the chart cannot be missed for good: whatever caused it, the next look finds it.
//! * `LIST`: documents addressed to us; `FETCH`: one of them with its files.
//! * `VIEW` (lane of the patient): what others registered of a patient who consented.
mod fetch;
pub mod kept;
mod letter;
mod list;
pub mod record;
mod sweep;
mod units;
pub mod viewing;

pub(crate) use fetch::judged;
pub(crate) use letter::pressed;
pub use letter::waiting;
pub use sweep::changed;
pub use units::{BuildError, Built, UnitAsk, UnitKey, Units};
pub(crate) use units::{bundle_id, unit_task};

use crate::client::{Client, ClientError};
use crate::flow::{Ended, Reason};
use crate::joint::{Chart, FOLLOW, HAND_OVER, TAKE_IN};
use crate::profile::Profile;
use crate::wire::envelope::Kind;
use crate::wire::message::{Finding, Outcome};
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_japan::{Clock, Date, Timestamp};
use karute_ledger::{Access, Commit, LedgerError, NewJob};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Register, change, files, cancel.
pub const LETTER: &str = "sharing.letter";
/// What became of a letter.
pub const STATUS: &str = "sharing.status";
/// The late question.
pub const SETTLE: &str = "sharing.settle";
/// A patient's units.
pub const UNITS: &str = "sharing.units";
/// Documents addressed to us.
pub const LIST: &str = "sharing.list";
/// One of them.
pub const FETCH: &str = "sharing.fetch";
/// What others registered of a patient.
pub const VIEW: &str = "sharing.view";
/// All kinds.
pub const KINDS: [&str; 10] = [LETTER, STATUS, SETTLE, UNITS, LIST, FETCH, HAND_OVER, FOLLOW, TAKE_IN, VIEW];

/// Attempts before a sending ends visibly unsent: with the default back-off about nine minutes.
pub const SEND_ATTEMPTS: u32 = 10;
/// Attempts of everything else.
const OTHER_ATTEMPTS: u32 = 30;

/// What a job is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The task of [`LETTER`], [`STATUS`], [`FETCH`] and of a letter's [`SETTLE`].
    #[serde(default)]
    pub task: String,
    /// The press it belongs to; 0 where that does not matter.
    #[serde(default)]
    pub press: u32,
    /// The patient of [`UNITS`], of [`VIEW`] and of a unit's [`SETTLE`].
    #[serde(default)]
    pub patient: String,
    /// First and last day of [`LIST`], `yyyy-MM-dd`.
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
    fn never(message: impl std::fmt::Display) -> Failure {
        Failure { message: message.to_string(), permanent: true }
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

/// Carries out the jobs of one institution.
pub struct Jobs {
    pub(crate) client: Client,
    clock: Arc<dyn Clock>,
    units: Option<Arc<dyn Units>>,
    /// What makes documents of charts; without it letters and what came stay with the connector.
    pub(crate) chart: Option<Arc<Chart>>,
    /// Kinds of units that the institution sends.
    sends: Vec<Kind>,
    /// Tells calls of one millisecond apart.
    calls: AtomicU32,
}

impl Jobs {
    /// Jobs over this client; `units` makes the units, of which these kinds are sent. Without it none is sent.
    pub fn new(client: Client, clock: Arc<dyn Clock>, units: Option<Arc<dyn Units>>, sends: Vec<Kind>) -> Jobs {
        Jobs { client, clock, units, chart: None, sends, calls: AtomicU32::new(0) }
    }

    /// The same with the charts that letters come from and documents go to.
    #[must_use]
    pub fn with_chart(mut self, chart: Arc<Chart>) -> Jobs {
        self.chart = Some(chart);
        self
    }

    /// Carries out a job; what is answered is to be committed together with its end.
    ///
    /// # Errors
    /// When it is to be tried again, or is pointless.
    pub async fn run(&self, access: &Access, kind: &str, payload: &str, attempt: Attempt) -> Result<Commit, Failure> {
        let payload: Payload =
            serde_json::from_str(payload).map_err(|_| Failure::never("the job's payload cannot be read"))?;
        let named = |text: &str| Id::new(text).map_err(|_| Failure::never("the job names nothing"));
        match kind {
            LETTER | STATUS => self.letter(access, kind, &named(&payload.task)?, payload.press, attempt).await,
            SETTLE if payload.task.is_empty() => self.units(access, &named(&payload.patient)?, true, attempt).await,
            SETTLE => self.letter(access, kind, &named(&payload.task)?, 0, attempt).await,
            UNITS => self.units(access, &named(&payload.patient)?, false, attempt).await,
            LIST => self.list(access, payload.days).await,
            FETCH => self.fetch(access, &named(&payload.task)?, attempt).await,
            VIEW => self.view(access, &named(&payload.patient)?, payload.press, attempt).await,
            HAND_OVER => self.hand_over(access, &named(&payload.task)?).await,
            FOLLOW => self.follow_letter(access, &named(&payload.task)?).await,
            TAKE_IN => self.take_in_document(access, &named(&payload.task)?).await,
            _ => Err(Failure::never("unknown kind of job")),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn profile(&self) -> &Arc<Profile> {
        self.client.profile()
    }

    /// An identifier for a call that changes nothing: another one each time, so that no old answer is taken for it.
    fn asking(&self, about: &str) -> String {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) % 10_000;
        format!("{}-q{}-{call}", short(about), self.now().as_millis())
    }

    /// The identifier of a sending.
    fn sending(about: &str, number: u32) -> String {
        format!("{}-s{number}", short(about))
    }

    /// How a call ended that changes something.
    fn ended<T>(&self, result: &Result<T, ClientError>) -> Ended {
        let code = |name: &str| self.profile().text(&format!("result_codes.{name}")).to_owned();
        match result {
            Ok(_) => Ended::Done,
            Err(error) if error.may_have_happened() => Ended::Unknown,
            Err(ClientError::Declined(outcome)) => Ended::Declined(match &outcome.code {
                told if *told == code("person") => Reason::Insured,
                told if *told == code("addressee") => Reason::Addressee,
                told if *told == code("already_received") => Reason::AlreadyReceived,
                told if *told == code("already_there") => Reason::AlreadyThere,
                told if *told == code("not_found") => Reason::NotFound,
                _ => Reason::Other,
            }),
            Err(ClientError::Transport(crate::client::TransportError::Refused(_)) | ClientError::Request(_)) => {
                Ended::Refused
            }
            Err(_) => Ended::NotSent,
        }
    }
}

/// Twenty hexadecimal characters for a name: letters and digits alone, the same for the same name.
pub(crate) fn short(about: &str) -> String {
    sha256(about.as_bytes()).to_hex().chars().take(20).collect()
}

/// What the service found, with the entries of the document that are meant; the result's own code where it found
/// nothing in particular.
fn findings(outcome: &Outcome, document: &[u8]) -> Vec<Finding> {
    let mut found = outcome.findings.clone();
    if found.is_empty() {
        found.push(Finding {
            code: outcome.code.clone(),
            message: outcome.message.clone(),
            location: String::new(),
            entry: String::new(),
        });
    }
    located(&mut found, document);
    found
}

fn located(found: &mut [Finding], document: &[u8]) {
    for finding in found.iter_mut().filter(|finding| !finding.location.is_empty()) {
        finding.entry = crate::wire::content::entry_of(&finding.location, document).unwrap_or_default();
    }
}

/// A finding of ours.
pub(crate) fn fault(code: &str, message: impl std::fmt::Display) -> Finding {
    Finding { code: code.to_owned(), message: message.to_string(), location: String::new(), entry: String::new() }
}

fn job(kind: &str, key: String, lane: Option<String>, payload: &Payload, run_at: Option<Timestamp>) -> NewJob {
    NewJob {
        kind: kind.to_owned(),
        key,
        lane,
        payload: serde_json::to_string(payload).unwrap_or_default(),
        run_at,
        max_attempts: if matches!(kind, LETTER | UNITS | FETCH) { SEND_ATTEMPTS } else { OTHER_ATTEMPTS },
    }
}

/// The job that sends a letter, or goes on with it; not before `at`.
pub fn letter_job(task: &Id, press: u32, at: Option<Timestamp>) -> NewJob {
    let payload = Payload { task: task.to_string(), press, ..Payload::default() };
    job(LETTER, format!("{task}/{press}"), Some(format!("sharing/letter/{task}")), &payload, at)
}

/// The job that asks what became of a letter; `round` tells two questions apart.
pub fn status_job(task: &Id, round: &str, at: Option<Timestamp>) -> NewJob {
    let payload = Payload { task: task.to_string(), ..Payload::default() };
    job(STATUS, format!("{task}/{round}"), Some(format!("sharing/letter/{task}")), &payload, at)
}

/// The late question about a letter.
pub fn settle_job(task: &Id, at: Timestamp) -> NewJob {
    let payload = Payload { task: task.to_string(), ..Payload::default() };
    let key = format!("{task}/{}", at.as_millis());
    job(SETTLE, key, Some(format!("sharing/letter/{task}")), &payload, Some(at))
}

/// The job that looks at a patient's units at a moment. Those of one minute are one; a look that is under way does not
/// swallow a later one.
pub fn units_job(patient: &Id, at: Timestamp) -> NewJob {
    let payload = Payload { patient: patient.to_string(), ..Payload::default() };
    let key = format!("{patient}/{}", at.as_millis().div_euclid(60_000));
    job(UNITS, key, Some(format!("sharing/units/{patient}")), &payload, Some(at))
}

/// The job that sends a patient's units once more when everything has settled.
fn units_settle_job(patient: &Id, at: Timestamp) -> NewJob {
    let payload = Payload { patient: patient.to_string(), ..Payload::default() };
    job(SETTLE, format!("units/{patient}"), Some(format!("sharing/units/{patient}")), &payload, Some(at))
}

/// The job that asks for documents addressed to us, registered on these days.
pub fn list_job(from: Date, to: Date) -> NewJob {
    let payload = Payload { days: Some((from.to_string(), to.to_string())), ..Payload::default() };
    job(LIST, format!("{from}/{to}"), Some("sharing/list".to_owned()), &payload, None)
}

/// The job that fetches a document addressed to us.
pub fn fetch_job(task: &Id) -> NewJob {
    let payload = Payload { task: task.to_string(), ..Payload::default() };
    job(FETCH, task.to_string(), None, &payload, None)
}
