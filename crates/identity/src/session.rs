//! Sessions of people: opaque secrets, stored as SHA-256, ended by idleness, age, sign-out or an administrator.
use crate::{Caller, Identity, IdentityError};
use karute_japan::Timestamp;
use karute_ledger::{Access, Origin};

/// A session just made.
#[derive(Debug)]
pub struct NewSession {
    /// Value of the cookie, `<tenant number>.<secret>`; shown once.
    pub cookie: String,
    /// The caller of this very request.
    pub caller: Caller,
}

/// A session as a list shows it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Handle for revoking.
    pub handle: String,
    /// Login of the person.
    pub login: String,
    /// When it began.
    pub signed_in: Timestamp,
    /// When it was last used (to the minute).
    pub seen: Timestamp,
    /// Address it began from.
    pub address: Option<String>,
    /// How the person proved who they are: `password+totp` or `link`.
    pub method: String,
}

impl Identity {
    /// The caller behind a session cookie; `None` when it is unknown, over, or of a suspended institution.
    /// Using a session keeps it alive.
    pub async fn session(&self, cookie: &str, origin: Origin) -> Result<Option<Caller>, IdentityError> {
        let _ = (cookie, origin);
        todo!()
    }
    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), IdentityError> {
        let _ = caller;
        todo!()
    }
    /// Open sessions; of one login when given.
    pub async fn sessions(&self, by: &Access, login: Option<&str>) -> Result<Vec<SessionView>, IdentityError> {
        let _ = (by, login);
        todo!()
    }
    /// Ends a session by its handle.
    pub async fn revoke_session(&self, by: &Access, handle: &str) -> Result<(), IdentityError> {
        let _ = (by, handle);
        todo!()
    }
}
