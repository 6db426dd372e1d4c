//! API tokens: `karute_<tenant number>_<secret>`, stored as SHA-256, scoped, expiring.
use crate::{Caller, Identity, IdentityError, Scopes};
use karute_japan::Timestamp;
use karute_ledger::{Access, Origin, TenantId};

/// A token to create.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for, as a person will recognise it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends; at most two years from now.
    pub expires: Timestamp,
}

/// A token as a list shows it.
#[derive(Clone, Debug)]
pub struct TokenView {
    /// Handle for revoking.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// The tenant a well-formed token names (for routing and rate limits; proves nothing).
pub fn tenant_of_token(token: &str) -> Option<TenantId> {
    let _ = token;
    todo!()
}

/// Verified tokens, for at most five seconds.
pub(crate) struct Cache {}

impl Cache {
    pub(crate) fn new() -> Cache {
        Cache {}
    }
}

impl Identity {
    /// Makes a token; the returned text is shown once.
    pub async fn create_token(&self, by: &Access, new: NewToken) -> Result<(TokenView, String), IdentityError> {
        let _ = (by, new);
        todo!()
    }
    /// Tokens of the institution that have not ended.
    pub async fn tokens(&self, by: &Access) -> Result<Vec<TokenView>, IdentityError> {
        let _ = by;
        todo!()
    }
    /// Ends a token; it stops working at once here and within five seconds in other processes.
    pub async fn revoke_token(&self, by: &Access, id: &str) -> Result<(), IdentityError> {
        let _ = (by, id);
        todo!()
    }
    /// The caller behind a bearer token (without `Bearer `); `None` when it is malformed, unknown, over, or of a
    /// suspended institution.
    pub async fn token(&self, bearer: &str, origin: Origin) -> Result<Option<Caller>, IdentityError> {
        let _ = (bearer, origin);
        todo!()
    }
}
