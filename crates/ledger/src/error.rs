//! What can go wrong.
use karute_fhir::{Id, ResourceType};

/// Errors of the ledger. None carries values of the record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// `Expect::Version` or `Doc::Swap` failed.
    #[error("conflict: current version is {current:?}")]
    Conflict {
        /// Resource concerned, if one.
        resource: Option<(ResourceType, Id)>,
        /// Its current version.
        current: Option<u32>,
    },
    /// `Expect::Absent` or `Doc::Insert` failed.
    #[error("exists already")]
    Exists,
    /// `Expect::Present` failed, or the tenant does not exist.
    #[error("not found")]
    NotFound,
    /// A guard no longer holds: search again and retry. Index of the guard.
    #[error("guard {0} no longer holds")]
    Guard(usize),
    /// The tenant is suspended.
    #[error("tenant suspended")]
    Suspended,
    /// A bound was exceeded (queue full, page too large, attachment too large).
    #[error("limit exceeded: {0}")]
    Limit(&'static str),
    /// A cursor that this tenant did not get from us.
    #[error("cursor refused")]
    Cursor,
    /// The query cannot be carried out.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// The database cannot be reached or answered an error. The text is for operators and holds no patient data.
    #[error("storage: {0}")]
    Storage(String),
    /// Stored data contradict themselves.
    #[error("integrity: {0}")]
    Integrity(String),
    /// The ledger is shutting down.
    #[error("shutting down")]
    Closed,
}
