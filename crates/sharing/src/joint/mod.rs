//! Where the connector and the chart meet: a signed letter becomes a document on its way ([`Jobs::hand_over`]), what
//! becomes of it is told to the letter ([`Jobs::follow`]), what came is laid into the chart's inbox
//! ([`Jobs::take_in`]), and information units are made of the record ([`Chart`] as [`crate::jobs::Units`]).
//!
//! Each is a job: the chart's own write carries it, so that no letter is signed and forgotten, and nothing that came is
//! fetched and not shown. All of them find out where things stand first, and do what is left to be done.
mod incoming;
mod letter;
mod units;
mod way;

use crate::document::{self, BundleId, Institution, LevelSwitches, Source, Stamp, UnitKind};
use crate::jobs::{Failure, Jobs};
use crate::office::Office;
use futures_util::TryStreamExt as _;
use karute_chart::letter::{At, Finding, Letter};
use karute_chart::{ChartError, attachment, clinic};
use karute_crypto::{Digest, Entropy};
use karute_fhir::Id;
use karute_fhir::profile::ProfilesHandle;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Ledger, LedgerError, NewJob, Reader};
use karute_terminology::MastersHandle;
use std::sync::Arc;

/// A signed letter to be handed over, or one that is to be cancelled.
pub const HAND_OVER: &str = "sharing.hand-over";
/// What became of a letter, for the chart.
pub const FOLLOW: &str = "sharing.follow";
/// A document that came, for the inbox.
pub const TAKE_IN: &str = "sharing.take-in";

/// Bytes of a file that goes with a letter at most; a larger one could not be sent.
const MOST_BYTES: u64 = document::MAX_BYTES as u64;

/// What documents are made with.
pub struct Chart {
    ledger: Ledger,
    masters: MastersHandle,
    /// What documents are judged by before they leave.
    profiles: ProfilesHandle,
    entropy: Arc<dyn Entropy>,
}

impl Chart {
    /// Documents of these records, made by these masters and judged by these profiles.
    pub fn new(ledger: Ledger, masters: MastersHandle, profiles: ProfilesHandle, entropy: Arc<dyn Entropy>) -> Chart {
        Chart { ledger, masters, profiles, entropy }
    }

    /// Everything of a patient; `None` when there is no such patient.
    async fn source(&self, access: &Access, reader: &Reader, patient: &Id) -> Result<Option<Source>, ChartError> {
        let tenant = self.ledger.tenant(access.tenant()).await?.ok_or(LedgerError::NotFound)?;
        let department = clinic::department(access).await?;
        let institution = Institution {
            code: tenant.institution_code,
            name: tenant.display_name,
            contact: clinic::contact(access).await?,
            department: department.map(|known| document::Department { code: named(&known.code), name: known.name }),
        };
        Ok(document::read(reader, patient, institution, LevelSwitches::default()).await?)
    }
}

/// Code and name of a department in SS-MIX2.
fn named(code: &str) -> Option<(String, String)> {
    let known = clinic::DEPARTMENTS.iter().find(|(known, _)| *known == code)?;
    Some((known.0.to_owned(), known.1.to_owned()))
}

/// The job that hands a letter over, or cancels it, once its ten seconds are over. `press` tells two presses apart.
pub fn hand_over_job(letter: &Id, press: &str, at: Option<Timestamp>) -> NewJob {
    job(HAND_OVER, letter, press, format!("sharing/joint/{letter}"), at)
}

/// The job that tells the chart what became of a letter.
pub(crate) fn follow_job(task: &Id, now: Timestamp) -> NewJob {
    job(FOLLOW, task, &now.as_micros().to_string(), format!("sharing/joint/{task}"), None)
}

/// The job that lays what came into the inbox.
pub(crate) fn take_in_job(task: &Id, now: Timestamp) -> NewJob {
    job(TAKE_IN, task, &now.as_micros().to_string(), "sharing/inbox".to_owned(), None)
}

fn job(kind: &str, about: &Id, press: &str, lane: String, run_at: Option<Timestamp>) -> NewJob {
    let payload = crate::jobs::Payload { task: about.to_string(), ..crate::jobs::Payload::default() };
    NewJob {
        kind: kind.to_owned(),
        key: format!("{about}/{press}"),
        lane: Some(lane),
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        run_at,
        max_attempts: 30,
    }
}

/// The task that carries a letter of the chart.
pub fn carrier(letter: &Id) -> Result<Id, LedgerError> {
    crate::jobs::record::id(&format!("ls-{letter}"))
}

/// The letter that a task carries; none when it carries none of the chart's.
pub(crate) fn carried(task: &Id) -> Option<Id> {
    task.as_str().strip_prefix("ls-").and_then(|letter| Id::new(letter).ok())
}

/// The chart's failures as a job's: what changed meanwhile is looked at again, the rest as well.
fn failed(error: ChartError) -> Failure {
    match error {
        ChartError::Ledger(error) => error.into(),
        other => Failure { message: other.to_string(), permanent: false },
    }
}

/// What speaks against a letter's document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// What it lacks, so that it cannot be made.
    pub lacking: Vec<(At, String)>,
    /// What profiles and numbered rules find in it.
    pub judged: Vec<Finding>,
}

impl Office {
    /// What would speak against a letter's document if it were made now, each with where it is mended. The contents of
    /// its files are not looked at: give it a preview without them. Reads the whole record of the patient: asked when
    /// somebody looks or sends, not with every pause of the typing.
    ///
    /// # Errors
    /// [`ChartError::NotFound`] when there is no such patient; those of the ledger.
    pub async fn against(
        &self,
        access: &Access,
        patient: &Id,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<Against, ChartError> {
        let Some(chart) = self.chart() else { return Ok(Against::default()) };
        let reader = access.reader(Action::Read);
        reader.describe("紹介状の確認");
        let source = chart.source(access, &reader, patient).await?;
        let source = reader.release(source).await?.ok_or(ChartError::NotFound)?;
        let year = now.day_in_japan().year();
        let id = match BundleId::new(&source.institution.code, year, UnitKind::Referral, "PREVIEW") {
            Ok(id) => id,
            Err(lacking) => return Ok(Against { lacking: document::told(&[lacking]), ..Against::default() }),
        };
        let stamp = Stamp { id: &id, at: now, entropy: chart.entropy.as_ref() };
        Ok(match document::referral(&source, &chart.masters.current(), letter, stamp) {
            Ok(made) => {
                let judged = document::judge(&made.bundle, &chart.profiles.current());
                Against { judged: document::findings(&judged), ..Against::default() }
            }
            Err(lacking) => Against { lacking: document::told(&lacking), ..Against::default() },
        })
    }
}

impl Jobs {
    /// 被保険者個人識別子 of a patient today, or what keeps it from being told, in words for the person.
    pub(crate) async fn insured(&self, access: &Access, patient: &Id) -> Result<Result<String, String>, Failure> {
        let reader = access.reader(Action::Read);
        reader.describe("電子カルテ情報共有: 被保険者番号");
        let level = LevelSwitches::default();
        let found = document::insured(&reader, patient, level, self.now().day_in_japan()).await?;
        let found = reader.release(found).await?;
        Ok(found.map(|member| member.value).map_err(|lacking| lacking.words()))
    }

    fn chart(&self) -> Result<&Arc<Chart>, Failure> {
        let words = "この接続では、カルテの紹介状と届いた文書を扱えません。";
        self.chart.as_ref().ok_or_else(|| Failure { message: words.to_owned(), permanent: true })
    }
}

/// Content of a file of the chart; `None` when it is not there or larger than what can be sent.
async fn content(access: &Access, reader: &Reader, binary: &str) -> Result<Option<Vec<u8>>, ChartError> {
    let Ok(binary) = Id::new(binary) else { return Ok(None) };
    let hash = match attachment::stored(reader, &binary).await {
        Ok(hash) => hash,
        Err(ChartError::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let Some(hash) = Digest::from_hex(&hash) else { return Ok(None) };
    let Some((info, stream)) = access.blob(hash).await? else { return Ok(None) };
    if info.size > MOST_BYTES {
        return Ok(None);
    }
    let parts: Vec<bytes::Bytes> = stream.try_collect().await?;
    Ok(Some(parts.concat()))
}
