//! A patient's information units: where they stand, and looking at them anew.
use super::DeskError;
use crate::jobs::kept::Unit;
use crate::jobs::record::{self, Kept, Which};
use crate::jobs::units_job;
use crate::profile::Profile;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, LedgerError, Reader};

/// Where a unit stands that a person must look at.
const OPEN: [&str; 2] = ["invalid", "rejected"];

/// A patient's, through the caller's reader.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_patient(reader: &Reader, patient: &Id) -> Result<Vec<Kept<Unit>>, LedgerError> {
    record::all(reader, &Which { patient: Some(patient), ..Which::default() }).await
}

/// Those that are not at the service and need a person (critical items, until acted on).
///
/// # Errors
/// When the ledger cannot be read.
pub async fn open(reader: &Reader) -> Result<Vec<Kept<Unit>>, LedgerError> {
    record::all(reader, &Which { states: &OPEN, ..Which::default() }).await
}

/// How many of them there are; nothing of them is told.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn count_open(access: &Access) -> Result<u64, LedgerError> {
    record::count::<Unit>(access, &Which { states: &OPEN, ..Which::default() }).await
}

/// For any commit that changes a patient's record: the look at the units follows when the change has rested. Looking
/// compares everything, so that one look finds whatever changed before it.
pub fn touch(commit: &mut Commit, patient: &Id, profile: &Profile, now: Timestamp) {
    commit.jobs.push(units_job(patient, now.plus_ms(profile.timing_ms("rest_ms"))));
}

/// Looks at them at once, for the person who mended something.
///
/// # Errors
/// See [`DeskError`].
pub async fn send_again(access: &Access, patient: &Id, now: Timestamp) -> Result<(), DeskError> {
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("電子カルテ情報共有: 臨床情報を送り直し".to_owned());
    commit.jobs.push(units_job(patient, now));
    access.commit(commit).await?;
    Ok(())
}
