//! What identity keeps beside the record: documents of the ledger, by space.
use crate::{Identity, IdentityError, system_actor};
use karute_japan::Timestamp;
use karute_ledger::{Access, Doc, LedgerError, Origin, TenantId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Login → [`LoginDoc`]. Inserted once and never removed, so a login is never reused (SEC-A1).
pub(crate) const LOGIN: &str = "identity.login";
/// Person id → [`CredentialDoc`].
pub(crate) const CREDENTIAL: &str = "identity.credential";
/// Login → [`FailuresDoc`], whether or not the login exists.
pub(crate) const FAILURES: &str = "identity.failures";
/// Hash of a pending sign-in's secret → [`PendingDoc`].
pub(crate) const PENDING: &str = "identity.pending";
/// Hash of a session's secret → [`SessionDoc`].
pub(crate) const SESSION: &str = "identity.session";
/// Hash of a token's secret → [`TokenDoc`].
pub(crate) const TOKEN: &str = "identity.token";
/// Hash of a demonstration link's secret → [`LinkDoc`].
pub(crate) const LINK: &str = "identity.link";
/// Fixed keys → settings of the institution.
pub(crate) const SETTING: &str = "identity.setting";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LoginDoc {
    pub person: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CredentialDoc {
    pub login: String,
    pub enabled: bool,
    /// PHC string.
    pub password: String,
    /// PHC strings of earlier passwords, newest first.
    pub earlier: Vec<String>,
    pub must_change: bool,
    /// Sealed TOTP secret; the context is the person id.
    pub totp: String,
    /// Last time step that was accepted.
    pub last_step: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct FailuresDoc {
    /// Attempts since the last success that were not taken back.
    pub count: u32,
    /// Microseconds since the epoch before which no attempt is looked at.
    pub next: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingDoc {
    pub person: String,
    pub login: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkDoc {
    pub person: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SessionDoc {
    pub person: String,
    pub login: String,
    pub name: String,
    pub professions: Vec<String>,
    pub method: String,
    pub must_change: bool,
    pub address: Option<String>,
    /// All times in microseconds since the epoch.
    pub signed_in: i64,
    pub seen: i64,
    pub ends: i64,
    pub idle_ms: i64,
    /// The person locked the screen. Sessions written before there was a lock are open.
    #[serde(default)]
    pub locked: bool,
}

impl SessionDoc {
    /// When it ends: idleness locks it, only age ends it.
    pub(crate) fn expires(&self) -> Timestamp {
        Timestamp::from_micros(self.ends)
    }
    /// Whether nothing may be done with it until the person proves again who they are.
    pub(crate) fn is_locked(&self, now: Timestamp) -> bool {
        self.locked || now >= Timestamp::from_micros(self.seen).plus_ms(self.idle_ms)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TokenDoc {
    pub label: String,
    pub scopes: String,
    pub created: i64,
    pub created_by: String,
    pub expires: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdleSetting {
    pub minutes: u32,
}

/// A document with the exact text it was read from, so that it can be swapped.
pub(crate) struct Stored<T> {
    pub text: String,
    pub value: T,
}

/// Reads a document.
pub(crate) async fn load<T: DeserializeOwned>(
    access: &Access,
    space: &'static str,
    key: &str,
) -> Result<Option<Stored<T>>, IdentityError> {
    match access.doc(space, key).await? {
        None => Ok(None),
        Some(text) => {
            let value = parse(&text)?;
            Ok(Some(Stored { text, value }))
        }
    }
}

/// Reads the text of a document.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, IdentityError> {
    serde_json::from_str(text).map_err(|_| IdentityError::Internal("a stored identity document is unreadable"))
}

/// The text of a document.
pub(crate) fn text<T: Serialize>(value: &T) -> Result<String, IdentityError> {
    serde_json::to_string(value).map_err(|_| IdentityError::Internal("an identity document cannot be written"))
}

/// `Put` with a value.
pub(crate) fn put<T: Serialize>(
    space: &'static str,
    key: &str,
    value: &T,
    expires: Option<Timestamp>,
) -> Result<Doc, IdentityError> {
    Ok(Doc::Put { space, key: key.to_owned(), value: text(value)?, expires })
}

/// `Insert` with a value.
pub(crate) fn insert<T: Serialize>(
    space: &'static str,
    key: &str,
    value: &T,
    expires: Option<Timestamp>,
) -> Result<Doc, IdentityError> {
    Ok(Doc::Insert { space, key: key.to_owned(), value: text(value)?, expires })
}

/// `Swap` from what was read to a value.
pub(crate) fn swap<T: Serialize>(
    space: &'static str,
    key: &str,
    was: &str,
    value: &T,
    expires: Option<Timestamp>,
) -> Result<Doc, IdentityError> {
    Ok(Doc::Swap { space, key: key.to_owned(), was: was.to_owned(), value: text(value)?, expires })
}

/// `Delete`.
pub(crate) fn delete(space: &'static str, key: &str) -> Doc {
    Doc::Delete { space, key: key.to_owned() }
}

/// Whether an error means that somebody else was faster.
pub(crate) fn lost_race(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Conflict { .. } | LedgerError::Exists)
}

impl Identity {
    /// The tenant as the product itself, before anybody is identified.
    pub(crate) fn system(&self, tenant: TenantId, origin: Origin) -> Access {
        self.inner.ledger.access(tenant, system_actor("identity", origin))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}
