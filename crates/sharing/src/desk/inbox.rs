//! Documents addressed to us: what is there, whose it is, when somebody is done with it.
use super::DeskError;
use crate::jobs::kept::{Inbox, InboxState, Letter};
use crate::jobs::record::{self, Kept, Which, bytes, id, load};
use crate::profile::Profile;
use crate::wire::envelope::Envelope;
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

/// Says that somebody is done with it. What came stays.
///
/// # Errors
/// See [`DeskError`].
pub async fn reviewed(
    access: &Access,
    mut kept: Kept<Inbox>,
    (person, name): (&Id, &str),
    now: Timestamp,
) -> Result<Kept<Inbox>, DeskError> {
    kept.stored.state = InboxState::Reviewed { by: person.to_string(), name: name.to_owned(), at: now.to_fhir() };
    write(access, kept, "受け取った文書を確認済に", now).await
}

/// Tries again to fetch what could not be fetched.
///
/// # Errors
/// See [`DeskError`].
pub async fn fetch_again(access: &Access, mut kept: Kept<Inbox>, now: Timestamp) -> Result<Kept<Inbox>, DeskError> {
    let failed = matches!(kept.stored.state, InboxState::Gone | InboxState::Quarantined { .. });
    if !failed || !kept.stored.binary.is_empty() {
        return Ok(kept);
    }
    kept.stored.state = InboxState::Listed;
    kept.stored.remarks.clear();
    let mut commit = super::noted("受け取る文書を取得し直し");
    commit.jobs.push(crate::jobs::fetch_job(&kept.id));
    commit.changes.push(kept.change(now)?);
    access.commit(commit).await?;
    Ok(load(access, &kept.id).await?)
}

async fn write(access: &Access, kept: Kept<Inbox>, what: &str, now: Timestamp) -> Result<Kept<Inbox>, DeskError> {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(format!("電子カルテ情報共有: {what}"));
    commit.changes.push(kept.change(now)?);
    access.commit(commit).await?;
    Ok(load(access, &kept.id).await?)
}
