//! Who did what, when, from where, with which outcome. Audit records are links of the tenant's chain.
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::net::IpAddr;

/// Kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person who signed in.
    Person,
    /// An API client.
    Client,
    /// The product itself (workers, command line).
    System,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Kind.
    pub kind: ActorKind,
    /// Stable id: person id, client id, or `system:<part>`.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Profession or role code (`doctor`, `nurse`, `clerk`, `scribe`, `technician`, `admin`, `client`, `system`).
    pub role: String,
    /// From where.
    pub origin: Origin,
}

/// From where and by which way.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Address of the caller.
    pub address: Option<IpAddr>,
    /// Request id, also in the log and in the answer.
    pub request_id: String,
    /// Digest prefix of the session or token, never the secret.
    pub session: Option<String>,
    /// How the actor proved who it is: `password+totp`, `token`, `link`, `cli`.
    pub method: &'static str,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Action {
    Read,
    Search,
    History,
    View,
    Create,
    Update,
    Delete,
    Transaction,
    Export,
    Print,
    SignIn,
    SignInFailed,
    SignOut,
    Administer,
    Job,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Outcome {
    Success,
    /// Refused or failed by the caller's fault.
    Refused,
    /// Failed by ours.
    Failed,
}

/// What was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Type.
    pub resource_type: ResourceType,
    /// Id.
    pub id: Id,
    /// Version, when one was seen or made.
    pub version: Option<u32>,
}

/// One audit event as stored.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// Position in the tenant's chain.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Compact JSON: actor, origin, action, outcome, entities, detail. The bytes the chain covers.
    pub body: String,
}

/// Which audit events to list. Newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only before this position (paging).
    pub before_seq: Option<u64>,
    /// At most this many (bounded to 1,000).
    pub limit: u32,
    /// Only events touching this patient or resource, as `Type/id`.
    pub entity: Option<String>,
    /// Only this actor id.
    pub actor: Option<String>,
}
