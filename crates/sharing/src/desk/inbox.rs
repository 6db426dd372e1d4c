//! Documents addressed to us: what is there, whose it is, when somebody is done with it.
use super::DeskError;
use crate::jobs::kept::{Inbox, InboxState, Letter};
use crate::jobs::record::{self, Kept, Which, bytes, id, load};
use crate::jobs::{fetch_job, judged};
use crate::profile::Profile;
use crate::wire::envelope::{Envelope, Kind};
use crate::wire::target::BUNDLE_ID;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, LedgerError, Reader};

/// What nobody is done with yet.
const OPEN: [&str; 5] = ["awaiting-consent", "listed", "arrived", "quarantined", "gone"];

/// Everything that nobody is done with yet, through the caller's reader.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn open(reader: &Reader) -> Result<Vec<Kept<Inbox>>, LedgerError> {
    record::all(reader, &Which { states: &OPEN, ..Which::default() }).await
}

/// How many are here and not looked at, or need a person; nothing of them is told.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn count_open(access: &Access) -> Result<u64, LedgerError> {
    record::count::<Inbox>(access, &Which { states: &["arrived", "quarantined", "gone"], ..Which::default() }).await
}

/// A patient's, in the order of their ids.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_patient(reader: &Reader, patient: &Id) -> Result<Vec<Kept<Inbox>>, LedgerError> {
    record::all(reader, &Which { patient: Some(patient), ..Which::default() }).await
}

/// One, through the caller's reader; `None` when it is not there.
///
/// # Errors
/// When it is of another kind, or the ledger cannot be read.
pub async fn read(reader: &Reader, task: &Id) -> Result<Option<Kept<Inbox>>, LedgerError> {
    record::read(reader, task).await
}

/// What came, to the byte: the envelope, and the FHIR document in it where it can be opened.
pub struct Came {
    /// The envelope.
    pub envelope: Vec<u8>,
    /// The FHIR document.
    pub document: Option<Vec<u8>>,
}

/// What came; `None` before it was fetched.
///
/// # Errors
/// When it is damaged: other bytes than those that came.
pub async fn came(reader: &Reader, kept: &Kept<Inbox>, profile: &Profile) -> Result<Option<Came>, LedgerError> {
    if kept.stored.binary.is_empty() {
        return Ok(None);
    }
    let Some((_, envelope)) = bytes(reader, &id(&kept.stored.binary)?).await? else { return Ok(None) };
    if karute_crypto::sha256(&envelope).to_hex() != kept.stored.sha256 {
        return Err(LedgerError::Integrity(format!("Binary/{} is not what came", kept.stored.binary)));
    }
    let document = Envelope::read(&envelope, profile).ok().map(|opened| opened.document);
    Ok(Some(Came { envelope, document }))
}

/// The letter of ours with this Bundle-ID: what a received document refers to.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn letter_of(reader: &Reader, bundle_id: &str) -> Result<Option<Kept<Letter>>, LedgerError> {
    let number = Some((BUNDLE_ID, bundle_id));
    Ok(record::all(reader, &Which { number, ..Which::default() }).await?.into_iter().next())
}

/// Says whose document it is, or that nobody knows.
///
/// # Errors
/// See [`DeskError`].
pub async fn assign(
    access: &Access,
    mut kept: Kept<Inbox>,
    patient: Option<Id>,
    now: Timestamp,
) -> Result<Kept<Inbox>, DeskError> {
    kept.patient = patient;
    write(access, kept, "受け取った文書の患者を確定", now).await
}

/// Longest reason, in characters.
const REASON: usize = 200;

/// Whether it could not be taken, so that a person must decide about it.
pub fn is_stuck(kept: &Kept<Inbox>) -> bool {
    matches!(kept.stored.state, InboxState::Gone | InboxState::Quarantined { .. })
}

/// Says that somebody is done with it, and why. What came stays.
///
/// # Errors
/// See [`DeskError`]: [`DeskError::Reason`] without one, [`DeskError::Settled`] when there is nothing to decide.
pub async fn reviewed(
    access: &Access,
    mut kept: Kept<Inbox>,
    (person, name): (&Id, &str),
    reason: &str,
    now: Timestamp,
) -> Result<Kept<Inbox>, DeskError> {
    // Where no chart is served, what came whole is looked at here, too.
    if !is_stuck(&kept) && kept.stored.state != InboxState::Arrived {
        return Err(DeskError::Settled);
    }
    let reason: String = reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON).collect();
    if reason.is_empty() {
        return Err(DeskError::Reason);
    }
    let (by, name, at) = (person.to_string(), name.to_owned(), now.to_fhir());
    kept.stored.state = InboxState::Reviewed { by, name, at, reason };
    write(access, kept, "取り込めない文書を確認済に", now).await
}

/// Tries again to take in what could not be taken: what came is judged anew by what is known and set now; where it still
/// cannot be taken, or nothing came, it is fetched once more.
///
/// # Errors
/// See [`DeskError`]: [`DeskError::Settled`] when it was not stuck.
pub async fn again(
    access: &Access,
    mut kept: Kept<Inbox>,
    (profile, institution): (&Profile, &str),
    now: Timestamp,
) -> Result<Kept<Inbox>, DeskError> {
    if !is_stuck(&kept) {
        return Err(DeskError::Settled);
    }
    let reader = access.reader(Action::Read);
    reader.describe("取り込めなかった文書を確かめる");
    let envelope = came(&reader, &kept, profile).await?;
    let envelope = reader.release(envelope.map(|came| came.envelope)).await?;
    let mut commit = super::noted("受け取った文書をもう一度取り込む");
    let fits = envelope.is_some_and(|bytes| judged(&mut kept.stored, &bytes, profile, institution).is_ok());
    if fits {
        kept.stored.state = InboxState::Arrived;
        commit.jobs.push(crate::joint::take_in_job(&kept.id, now));
    } else {
        kept.stored.state = InboxState::Listed;
        kept.stored.remarks.clear();
        commit.jobs.push(fetch_job(&kept.id));
    }
    commit.changes.push(kept.change(now)?);
    access.commit(commit).await?;
    Ok(load(access, &kept.id).await?)
}

/// What can be told of a document that was not taken, without opening what is not for us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its envelope could be opened.
    pub opened: bool,
    /// It is for another institution: nothing of what it says may be shown.
    pub foreign: bool,
    /// 宛先 in it.
    pub destination: Option<String>,
    /// Kind in it.
    pub kind: Option<Kind>,
    /// Bundle-ID in it.
    pub identifier: String,
    /// Bytes of what came.
    pub size: usize,
}

impl Came {
    /// What can be told of it.
    pub fn facts(&self, profile: &Profile, institution: &str) -> Facts {
        let size = self.envelope.len();
        let Ok(opened) = Envelope::read(&self.envelope, profile) else { return Facts { size, ..Facts::default() } };
        Facts {
            opened: true,
            foreign: opened.destination.as_deref().is_some_and(|code| code != institution),
            destination: opened.destination,
            kind: Some(opened.kind),
            identifier: opened.target.value,
            size,
        }
    }
}

async fn write(access: &Access, kept: Kept<Inbox>, what: &str, now: Timestamp) -> Result<Kept<Inbox>, DeskError> {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("電子カルテ情報共有: {what}"));
    commit.changes.push(kept.change(now)?);
    access.commit(commit).await?;
    Ok(load(access, &kept.id).await?)
}
