//! What can go wrong.
use karute_fhir::Id;
use karute_ledger::LedgerError;

/// Errors of the chart. None carries values of the record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// No such patient or visit for this institution.
    #[error("not found")]
    NotFound,
    /// Somebody else changed it meanwhile.
    #[error("changed meanwhile")]
    Conflict,
    /// The step does not follow from the present state.
    #[error("step not possible from here")]
    Step,
    /// What was given cannot be kept (no name, a code of no form).
    #[error("not acceptable")]
    Invalid,
    /// There are as many as there may be.
    #[error("too many")]
    TooMany,
    /// This patient's record was merged into another one (統合).
    #[error("merged into another record")]
    Merged(Id),
    /// The record store failed.
    #[error(transparent)]
    Ledger(LedgerError),
}

impl From<LedgerError> for ChartError {
    fn from(error: LedgerError) -> ChartError {
        match error {
            LedgerError::NotFound => ChartError::NotFound,
            LedgerError::Conflict { .. } => ChartError::Conflict,
            other => ChartError::Ledger(other),
        }
    }
}
