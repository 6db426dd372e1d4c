//! Who makes a request, and what they may do.
use crate::{Capability, Interaction, Profession, Scopes, may};
use karute_fhir::ResourceType;
use karute_japan::Timestamp;
use karute_ledger::{Access, Actor, Ledger, TenantId};
use std::sync::Arc;

/// An identified caller of one tenant.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The institution; the only one this caller can reach.
    pub tenant: TenantId,
    /// As recorded in audit events.
    pub actor: Actor,
    /// What they may do.
    pub rights: Rights,
}

/// What a caller may do, by kind of caller.
#[derive(Clone, Debug)]
pub enum Rights {
    /// A person with a session.
    Person(Arc<SessionInfo>),
    /// An API client with a token.
    Client(Arc<Scopes>),
}

/// What the screens need to know of a session.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    /// Handle for listing and revoking; not the secret.
    pub handle: String,
    /// `Practitioner` id of the person.
    pub person: String,
    /// Login.
    pub login: String,
    /// Name as written.
    pub name: String,
    /// Professions, at least one.
    pub professions: Vec<Profession>,
    /// Short name of the institution.
    pub tenant_name: String,
    /// Name of the institution as it writes itself.
    pub tenant_display: String,
    /// 医療機関コード of the institution.
    pub institution_code: String,
    /// When the person signed in.
    pub signed_in: Timestamp,
    /// When the session ends at the latest, whatever happens.
    pub ends: Timestamp,
    /// Idle time after which it is locked, in milliseconds.
    pub idle_ms: i64,
    /// The password was set by somebody else: nothing but changing it is allowed (SEC-A6).
    pub must_change_password: bool,
    /// The screen is locked: nothing but unlocking it is allowed (SEC-A10).
    pub locked: bool,
}

impl Caller {
    /// The ledger as this caller.
    pub fn access(&self, ledger: &Ledger) -> Access {
        ledger.access(self.tenant, self.actor.clone())
    }

    /// Whether a person may do this. Always false for API clients, for a person who must change the password first,
    /// and while the session is locked.
    pub fn may(&self, capability: Capability) -> bool {
        match &self.rights {
            Rights::Person(s) => {
                !s.must_change_password && !s.locked && s.professions.iter().any(|p| may(*p, capability))
            }
            Rights::Client(_) => false,
        }
    }

    /// Whether an API client may carry out this FHIR interaction on this type. Always false for persons.
    pub fn allows(&self, resource_type: ResourceType, interaction: Interaction) -> bool {
        match &self.rights {
            Rights::Client(scopes) => scopes.allows(resource_type, interaction),
            Rights::Person(_) => false,
        }
    }

    /// The session, when the caller is a person.
    pub fn session(&self) -> Option<&SessionInfo> {
        match &self.rights {
            Rights::Person(s) => Some(s),
            Rights::Client(_) => None,
        }
    }

    /// The scopes, when the caller is an API client.
    pub fn scopes(&self) -> Option<&Scopes> {
        match &self.rights {
            Rights::Client(s) => Some(s),
            Rights::Person(_) => None,
        }
    }
}
