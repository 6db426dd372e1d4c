//! Reading letters: one, a patient's, those that need a person.
use crate::jobs::kept::{FileKept, Letter, Sheet};
use crate::jobs::record::{self, Kept, Which, bytes, id};
use karute_fhir::Id;
use karute_ledger::{Access, LedgerError, Reader};

/// Where a letter stands that a person must look at.
const OPEN: [&str; 2] = ["error", "expired"];

/// One, through the caller's reader; `None` when it is not there.
///
/// # Errors
/// When it is no letter, or the ledger cannot be read.
pub async fn read(reader: &Reader, task: &Id) -> Result<Option<Kept<Letter>>, LedgerError> {
    record::read(reader, task).await
}

/// A patient's, in the order of their ids.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_patient(reader: &Reader, patient: &Id) -> Result<Vec<Kept<Letter>>, LedgerError> {
    record::all(reader, &Which { patient: Some(patient), ..Which::default() }).await
}

/// Those that are not where they should be (critical items of the inbox, until acted on).
///
/// # Errors
/// When the ledger cannot be read.
pub async fn open(reader: &Reader) -> Result<Vec<Kept<Letter>>, LedgerError> {
    record::all(reader, &Which { states: &OPEN, ..Which::default() }).await
}

/// How many of them there are; nothing of them is told.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn count_open(access: &Access) -> Result<u64, LedgerError> {
    record::count::<Letter>(access, &Which { states: &OPEN, ..Which::default() }).await
}

/// The FHIR document of a letter, to the byte; `None` when it is not there.
///
/// # Errors
/// When it is damaged.
pub async fn document(reader: &Reader, sheet: &Sheet) -> Result<Option<Vec<u8>>, LedgerError> {
    Ok(bytes(reader, &id(&sheet.binary)?).await?.map(|(_, bytes)| bytes))
}

/// A file beside a letter or a received document, with the type it may be shown as; `None` when it is not there.
///
/// # Errors
/// When it is damaged.
pub async fn file(reader: &Reader, file: &FileKept) -> Result<Option<(String, Vec<u8>)>, LedgerError> {
    bytes(reader, &id(&file.binary)?).await
}
