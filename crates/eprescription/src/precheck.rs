//! 重複投薬等チェック事前処理 (EPS-IF-101, digest 4.10): when a patient is received, the service is asked to gather the
//! drugs that are active on the day, so that the check in front of the doctor is quick. It is begun in the commit of the
//! reception itself; what became of it stands beside the visit until the day after, and never stands in anybody's way.
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Commit, Doc, LedgerError};
use serde::{Deserialize, Serialize};

/// Space of the notes about visits.
const SPACE: &str = "eprescription.precheck";
/// How long a note is kept, in milliseconds: the day of the visit and the night after it.
const KEPT_MS: i64 = 36 * 3_600_000;

/// How far the service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "at")]
pub enum Stand {
    /// Not yet sent, or on its way.
    Asked,
    /// The service has what it needs.
    Ready,
    /// The patient has no insurance that the service knows: 労災, 自賠責, 自費, or none on record.
    NotInsured,
    /// Given up; the check works without it.
    Failed {
        /// The service's code; empty when it was not reached.
        code: String,
    },
}

/// What is known of the pre-processing for a visit. Holds nothing of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precheck {
    /// How far it is.
    #[serde(flatten)]
    pub stand: Stand,
    /// Since when, FHIR instant.
    since: String,
}

impl Precheck {
    /// So it stands from now on.
    pub fn now(stand: Stand, now: Timestamp) -> Precheck {
        Precheck { stand, since: now.to_fhir() }
    }

    /// Since when it stands so.
    pub fn since(&self) -> Option<Timestamp> {
        Timestamp::parse(&self.since)
    }

    /// The note as it is kept beside a visit.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn note(&self, visit: &Id, now: Timestamp) -> Result<Doc, LedgerError> {
        let value = serde_json::to_string(self)
            .map_err(|_| LedgerError::Integrity("the note of a pre-processing cannot be written".to_owned()))?;
        Ok(Doc::Put { space: SPACE, key: visit.to_string(), value, expires: Some(now.plus_ms(KEPT_MS)) })
    }
}

/// What the reception of a patient brings with it, for its commit: the job and the note. Begun twice for one visit it
/// happens once.
pub fn begin(commit: &mut Commit, visit: &Id, now: Timestamp) {
    // A note is made of plain words and is always written.
    commit.docs.extend(Precheck::now(Stand::Asked, now).note(visit, now));
    commit.jobs.push(crate::jobs::precheck_job(visit));
}

/// What is known of a visit; `None` when nothing was asked, or it was longer ago than a day.
///
/// # Errors
/// When the ledger cannot be read, or the note is damaged.
pub async fn of_visit(access: &Access, visit: &Id) -> Result<Option<Precheck>, LedgerError> {
    let Some(text) = access.doc(SPACE, visit.as_str()).await? else { return Ok(None) };
    let damaged = || LedgerError::Integrity("the note of a pre-processing is damaged".to_owned());
    serde_json::from_str(&text).map(Some).map_err(|_| damaged())
}
