//! Everything that one write does, as data. The ledger applies it in one transaction or not at all.
use crate::{Action, NewJob, Version};
use karute_fhir::{Id, ResourceType, search::Query};
use karute_japan::Timestamp;
use karute_json::Value;

/// One write.
#[derive(Debug)]
pub struct Commit {
    /// What the audit event calls it.
    pub action: Action,
    /// Further words for the audit event (never shown outside the audit view).
    pub detail: Option<String>,
    /// Conditions checked inside the transaction.
    pub guards: Vec<Guard>,
    /// New versions, applied in order.
    pub changes: Vec<Change>,
    /// Unversioned documents of other rooms (sessions, credentials, settings).
    pub docs: Vec<Doc>,
    /// Outgoing jobs.
    pub jobs: Vec<NewJob>,
}

impl Commit {
    /// An empty write.
    pub fn new(action: Action) -> Commit {
        Commit { action, detail: None, guards: Vec::new(), changes: Vec::new(), docs: Vec::new(), jobs: Vec::new() }
    }
}

/// A condition that must still hold inside the transaction.
#[derive(Debug)]
pub enum Guard {
    /// The search has no match (conditional create).
    NoMatch(Query),
    /// The search has exactly this match (conditional update, conditional reference).
    OnlyMatch(Query, Id),
}

/// What must be true of a resource before it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Any,
    /// It must not exist (never created; a deleted one may come back by `Any`).
    Absent,
    /// It must exist and not be deleted.
    Present,
    /// Its current version must be this one (`If-Match`).
    Version(u32),
}

/// A change of one resource.
#[derive(Debug)]
pub enum Change {
    /// A new version. `id`, `meta.versionId` and `meta.lastUpdated` of `body` are set by the ledger; everything else
    /// is stored as it is.
    Put {
        /// Type; equals `body.resourceType`.
        resource_type: ResourceType,
        /// Logical id.
        id: Id,
        /// The resource.
        body: Value<'static>,
        /// Precondition.
        expect: Expect,
    },
    /// A deletion. Deleting what is already deleted makes no version.
    Delete {
        /// Type.
        resource_type: ResourceType,
        /// Logical id.
        id: Id,
        /// Precondition.
        expect: Expect,
    },
}

/// An unversioned document, addressed by space and key inside the tenant. Not part of the chain and never served
/// by the FHIR face; the accompanying audit event is.
#[derive(Clone, Debug)]
pub enum Doc {
    /// Insert or replace.
    Put {
        /// Name of the room and kind, for example `identity.session`.
        space: &'static str,
        /// Key.
        key: String,
        /// JSON text.
        value: String,
        /// After this it reads as absent and is swept away.
        expires: Option<Timestamp>,
    },
    /// Insert; the whole commit fails with `LedgerError::Exists` when it is there already.
    Insert {
        /// See `Put`.
        space: &'static str,
        /// See `Put`.
        key: String,
        /// See `Put`.
        value: String,
        /// See `Put`.
        expires: Option<Timestamp>,
    },
    /// Replace only when the stored value is exactly `was`; otherwise the commit fails with `LedgerError::Conflict`.
    Swap {
        /// See `Put`.
        space: &'static str,
        /// See `Put`.
        key: String,
        /// What must be stored now.
        was: String,
        /// See `Put`.
        value: String,
        /// See `Put`.
        expires: Option<Timestamp>,
    },
    /// Remove.
    Delete {
        /// See `Put`.
        space: &'static str,
        /// See `Put`.
        key: String,
    },
}

/// What a commit made: one version per change, in order (the current one where a deletion changed nothing).
#[derive(Debug)]
pub struct Committed {
    /// Versions.
    pub versions: Vec<Version>,
    /// When.
    pub at: Timestamp,
}
