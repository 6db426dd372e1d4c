//! Recomputing the chain.
use crate::TenantId;

/// The first thing that is wrong with a tenant's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEntry {
    /// Position.
    pub seq: u64,
    /// The entry in words: `Patient/abc version 3`, `audit event`, `checkpoint`, `attachment <hash>`.
    pub entry: String,
    /// What is wrong: altered, missing, reordered, cut off, signature wrong, head differs …, in Japanese.
    pub problem: String,
}

/// Result of verifying one tenant.
#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// Tenant.
    pub tenant: TenantId,
    /// Entries checked.
    pub entries: u64,
    /// Checkpoints checked (in the database and outside).
    pub checkpoints: u64,
    /// Attachments whose content was re-hashed.
    pub attachments: u64,
    /// First bad entry.
    pub bad: Option<BadEntry>,
}

pub(crate) async fn run(_: &std::sync::Arc<crate::core::Core>, _: TenantId) -> Result<VerifyReport, crate::LedgerError> {
    Err(crate::LedgerError::Unsupported("verify".into()))
}
