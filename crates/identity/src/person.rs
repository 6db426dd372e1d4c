//! People of an institution.
use crate::{Identity, IdentityError, Profession};
use karute_ledger::Access;

/// `Practitioner.identifier.system` of the login.
pub const LOGIN_SYSTEM: &str = "urn:karute:login";
/// `PractitionerRole.code.coding.system` of the profession code.
pub const PROFESSION_SYSTEM: &str = "urn:karute:profession";

/// A person to create.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Login: 2 to 40 of `a-z 0-9 . _ -`, unique in the institution, never reused.
    pub login: String,
    /// Name as written, family and given name separated by a space.
    pub name: String,
    /// The same in katakana.
    pub kana: String,
    /// At least one.
    pub professions: Vec<Profession>,
    /// First password.
    pub password: String,
    /// Whether the person must change it at the first sign-in; false only when they chose it themselves.
    pub must_change_password: bool,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// `Practitioner` id.
    pub id: String,
    /// Login.
    pub login: String,
    /// Name as written.
    pub name: String,
    /// In katakana.
    pub kana: String,
    /// Professions.
    pub professions: Vec<Profession>,
    /// Whether sign-in is allowed at all.
    pub enabled: bool,
    /// Whether the login is locked by failures right now.
    pub locked: bool,
}

impl Identity {
    /// Creates a person with a first password and a TOTP secret, which is returned once (base32).
    /// Returns the `Practitioner` id and the secret.
    pub async fn create_person(&self, by: &Access, new: NewPerson) -> Result<(String, String), IdentityError> {
        let _ = (by, new, &self.inner.key);
        todo!()
    }
    /// All people, by login.
    pub async fn people(&self, by: &Access) -> Result<Vec<Person>, IdentityError> {
        let _ = by;
        todo!()
    }
    /// A person by login.
    pub async fn person(&self, by: &Access, login: &str) -> Result<Person, IdentityError> {
        let _ = (by, login);
        todo!()
    }
    /// Gives a person other professions; ends their sessions.
    pub async fn set_professions(
        &self,
        by: &Access,
        login: &str,
        professions: Vec<Profession>,
    ) -> Result<(), IdentityError> {
        let _ = (by, login, professions);
        todo!()
    }
    /// Allows or forbids sign-in (leaving, returning); forbidding ends their sessions.
    pub async fn set_enabled(&self, by: &Access, login: &str, enabled: bool) -> Result<(), IdentityError> {
        let _ = (by, login, enabled);
        todo!()
    }
    /// Forgets the failures of a login.
    pub async fn unlock(&self, by: &Access, login: &str) -> Result<(), IdentityError> {
        let _ = (by, login);
        todo!()
    }
    /// A new TOTP secret (base32, shown once); the old one stops working, sessions end.
    pub async fn reset_totp(&self, by: &Access, login: &str) -> Result<String, IdentityError> {
        let _ = (by, login);
        todo!()
    }
    /// A new password set by somebody else: must be changed at the next sign-in; sessions end.
    pub async fn reset_password(&self, by: &Access, login: &str, password: &str) -> Result<(), IdentityError> {
        let _ = (by, login, password);
        todo!()
    }
    /// A person changes their own password; their other sessions end.
    pub async fn change_password(&self, caller: &crate::Caller, old: &str, new: &str) -> Result<(), IdentityError> {
        let _ = (caller, old, new);
        todo!()
    }
}
