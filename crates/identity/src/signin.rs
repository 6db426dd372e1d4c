//! Sign-in in two steps: what one knows, then what one has. The first alone opens nothing.
use crate::{Identity, IdentityError, NewSession, SignInError};
use karute_ledger::{Access, Origin};

/// The first step succeeded: carry this (a hidden field or short-lived cookie) to the second. Useless as a session.
#[derive(Clone, Debug)]
pub struct Pending {
    /// `<tenant number>.<secret>`, valid for five minutes.
    pub token: String,
}

impl Identity {
    /// First step: institution, login, password.
    pub async fn begin(
        &self,
        tenant_name: &str,
        login: &str,
        password: &str,
        origin: Origin,
    ) -> Result<Pending, SignInError> {
        let _ = (tenant_name, login, password, origin);
        todo!()
    }
    /// Second step: the current TOTP code. A code works once.
    pub async fn finish(&self, pending: &str, code: &str, origin: Origin) -> Result<NewSession, SignInError> {
        let _ = (pending, code, origin);
        todo!()
    }
    /// A one-day link token (`<tenant number>.<secret>`) that signs the person in; demonstrations only:
    /// `Forbidden` unless [`Settings::demo`](crate::Settings::demo).
    pub async fn demo_link(&self, by: &Access, login: &str) -> Result<String, IdentityError> {
        let _ = (by, login);
        todo!()
    }
    /// Signs in by such a token.
    pub async fn redeem_link(&self, token: &str, origin: Origin) -> Result<NewSession, SignInError> {
        let _ = (token, origin);
        todo!()
    }
}
