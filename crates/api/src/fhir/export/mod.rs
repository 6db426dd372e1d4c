//! Bulk `$export` (Bulk Data Access 2.0): asked for, carried out by a job, fetched as NDJSON files, one for each type.

mod ask;
mod files;
mod run;

pub(crate) use ask::{kickoff_patients, kickoff_system};
pub(crate) use files::{cancel, file, status};
pub use run::{ExportError, Finished, run};

use serde::{Deserialize, Serialize};

/// Kind of the jobs that [`run`] carries out.
pub const KIND: &str = "fhir.export";

/// Document space of exports that were cancelled or whose files were dropped.
const DROPPED: &str = "api.export.dropped";

/// Files are kept for this long.
const KEEP_MS: i64 = 7 * 86_400_000;

/// What an export is to hold; the payload of its job. It names who asked, so that the audit events of the job name
/// that caller, and so that nobody else gets the files.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    /// Who asked: actor id.
    actor: String,
    /// Name as shown.
    name: String,
    /// Request that asked.
    request_id: String,
    /// The request's address, for the manifest.
    request: String,
    /// Only these types, by name.
    types: Vec<String>,
    /// Only what changed since then (microseconds).
    since: Option<i64>,
}

/// What the job leaves behind.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    /// Instant up to which the export holds every change.
    transaction_time: String,
    /// Files.
    output: Vec<OutputFile>,
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OutputFile {
    #[serde(rename = "type")]
    kind: String,
    /// SHA-256 of the content.
    hash: String,
    /// Resources in it.
    count: u64,
}
