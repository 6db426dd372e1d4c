//! Recomputing the chain.
//!
//! The whole chain is read in order, a few MiB at a time, and every link computed anew; on the way it is compared with the
//! checkpoints of the database and of the export file. At its end stand the signed head, then the table of current
//! versions, the table audit events are found by, the attachments, and for SQLite the file's own structure.

mod attachments;
mod derived;
mod listing;
mod page;
mod walk;

pub(crate) use walk::exported;

use crate::core::Core;
use crate::{LedgerError, TenantId};
use std::sync::Arc;

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

/// How a check ends early.
pub(crate) enum Stop {
    /// Something is wrong with the data.
    Bad(BadEntry),
    /// The check itself could not go on.
    Failed(LedgerError),
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Stop {
        Stop::Failed(error)
    }
}

fn bad<T>(seq: u64, entry: impl Into<String>, problem: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Bad(BadEntry { seq, entry: entry.into(), problem: problem.into() }))
}

/// SQLite found its file's structure broken: `SQLITE_CORRUPT` (11) and `SQLITE_NOTADB` (26), with their extended codes.
fn broken_file(error: &LedgerError) -> bool {
    let LedgerError::Storage(text) = error else { return false };
    let code = text.strip_prefix("sqlite ").and_then(|rest| rest.split(':').next()).and_then(|n| n.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

pub(crate) async fn run(core: &Arc<Core>, tenant: TenantId) -> Result<VerifyReport, LedgerError> {
    let mut report = VerifyReport { tenant, entries: 0, checkpoints: 0, attachments: 0, bad: None };
    if core.tenant(tenant).await?.is_none() {
        return Err(LedgerError::NotFound);
    }
    match check(core, tenant, &mut report).await {
        Ok(()) => {}
        Err(Stop::Bad(entry)) => report.bad = Some(entry),
        Err(Stop::Failed(error)) if broken_file(&error) => {
            report.bad = Some(BadEntry {
                seq: report.entries + 1,
                entry: "database file".into(),
                problem: "データベースファイルの構造が壊れています。バックアップから復元してください。".into(),
            });
        }
        Err(Stop::Failed(error)) => return Err(error),
    }
    Ok(report)
}

async fn check(core: &Arc<Core>, tenant: TenantId, report: &mut VerifyReport) -> Result<(), Stop> {
    let listing = walk::chain(core, tenant, report).await?;
    derived::heads(core, tenant).await?;
    listing.check(core, tenant, report.entries).await?;
    attachments::all(core, tenant, report).await?;
    derived::structure(core, tenant).await
}

#[cfg(test)]
mod tests {
    use super::broken_file;
    use crate::LedgerError;

    #[test]
    fn a_broken_file_is_told_from_other_failures() {
        assert!(broken_file(&LedgerError::Storage("sqlite 11: database disk image is malformed".into())));
        assert!(broken_file(&LedgerError::Storage("sqlite 523: …".into())));
        assert!(broken_file(&LedgerError::Storage("sqlite 26: file is not a database".into())));
        assert!(!broken_file(&LedgerError::Storage("sqlite 5: database is locked".into())));
        assert!(!broken_file(&LedgerError::Closed));
    }
}
