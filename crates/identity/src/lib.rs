//! People and their professions, sign-in with a second factor, sessions, API clients, and the table of who may do
//! what. Everything is per tenant: a session or token of one institution is nothing in another.
//!
//! People are FHIR `Practitioner` and `PractitionerRole` versions in the ledger; passwords, TOTP secrets, sessions and
//! tokens are documents beside them, never in clear: passwords as Argon2id, TOTP secrets sealed with the master key,
//! session and token secrets as SHA-256.
//!
//! A face asks three things of this room: [`Identity::session`] or [`Identity::token`] gives the [`Caller`] of a
//! request, [`Caller::may`] or [`Caller::allows`] says what the caller may do, [`Caller::access`] opens the ledger as
//! that caller. Persons (sessions) have capabilities and no FHIR interactions; API clients (tokens) have FHIR
//! interactions by scope and no capabilities.

mod browser;
mod caller;
mod credential;
mod emergency;
mod error;
mod first_password;
mod hasher;
mod lock;
mod lockout;
mod password;
mod person;
mod policy;
mod practitioner;
mod profession;
mod scope;
mod secret;
mod session;
mod settings;
mod signin;
mod store;
mod token;
mod totp;

pub use browser::{BROWSER_KEY_PERIOD_MS, BrowserKeys};
pub use caller::{Caller, Rights, SessionInfo};
pub use emergency::Owed;
pub use error::{IdentityError, SignInError};
pub use first_password::random_password;
pub use password::{PasswordFault, PasswordPolicy};
pub use person::{LOGIN_SYSTEM, NewPerson, PROFESSION_SYSTEM, Person};
pub use policy::{Capability, may};
pub use profession::Profession;
pub use scope::{Interaction, ScopeError, Scopes};
pub use session::{NewSession, SessionView};
pub use settings::Settings;
pub use signin::Pending;
pub use token::{NewToken, TokenView, tenant_of_token};
pub use totp::{TotpError, TotpSecret};

use karute_crypto::{Entropy, MasterKey};
use karute_japan::Clock;
use karute_ledger::{Actor, ActorKind, Ledger, Origin};
use std::sync::Arc;

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    key: MasterKey,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    hasher: hasher::Hasher,
    tokens: token::Cache,
}

impl Identity {
    /// Over an open ledger.
    pub fn new(
        ledger: Ledger,
        key: MasterKey,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: Settings,
    ) -> Identity {
        let hasher = hasher::Hasher::new();
        let tokens = token::Cache::new();
        Identity { inner: Arc::new(Inner { ledger, key, clock, entropy, settings, hasher, tokens }) }
    }

    /// The ledger this identity works on.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    /// A first password for somebody, which the policy takes unless it holds their name by chance.
    pub fn first_password(&self) -> String {
        first_password::random_password(&*self.inner.entropy)
    }

    /// What it was built with.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }
}

/// The product itself as an actor: `part` is `identity`, `cli`, `worker` and the like.
pub fn system_actor(part: &str, origin: Origin) -> Actor {
    Actor {
        kind: ActorKind::System,
        id: format!("system:{part}"),
        name: format!("システム（{part}）"),
        role: "system".to_owned(),
        origin,
    }
}
