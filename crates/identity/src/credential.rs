//! What a person signs in with: passwords and second factors, and their replacement.
use crate::person::person_id;
use crate::store::{self, CREDENTIAL, CredentialDoc, FAILURES, LOGIN, LoginDoc, Stored};
use crate::{Caller, Identity, IdentityError, PasswordFault, TotpSecret};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit};

impl Identity {
    /// Forgets the failures of a login.
    pub fn unlock<'a>(&'a self, by: &'a Access, login: &'a str) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let (id, _) = self.credential(by, login).await?;
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("unlocked Practitioner/{id}"));
            commit.docs = vec![store::delete(FAILURES, login)];
            by.commit(commit).await?;
            Ok(())
        })
    }

    /// A new TOTP secret (base32, shown once); the old one stops working, sessions end.
    pub fn reset_totp<'a>(&'a self, by: &'a Access, login: &'a str) -> BoxFuture<'a, Result<String, IdentityError>> {
        Box::pin(async move {
            let (id, stored) = self.credential(by, login).await?;
            let totp = self.new_totp()?;
            let mut credential = stored.value.clone();
            credential.totp = self.seal_totp(by, &id, &totp);
            self.replace_credential(by, "second factor reset", &id, &stored, &credential, None).await?;
            Ok(totp.to_base32())
        })
    }

    /// A new password set by somebody else: must be changed at the next sign-in; sessions end.
    pub fn reset_password<'a>(
        &'a self,
        by: &'a Access,
        login: &'a str,
        password: &'a str,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let (id, stored) = self.credential(by, login).await?;
            let credential = self.with_password(by, &id, &stored.value, password, true).await?;
            self.replace_credential(by, "password reset", &id, &stored, &credential, None).await
        })
    }

    /// A person changes their own password; all their sessions but this one end. `Forbidden` when `old` is wrong, which
    /// counts as a failed sign-in.
    pub fn change_password<'a>(
        &'a self,
        caller: &'a Caller,
        old: &'a str,
        new: &'a str,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let session = caller.session().ok_or(IdentityError::Forbidden)?;
            let by = caller.access(&self.inner.ledger);
            let (id, stored) = self.credential(&by, &session.login).await?;
            let Ok(attempt) = self.attempt(&by, &session.login).await else { return Err(IdentityError::Forbidden) };
            let hashes = vec![stored.value.password.clone()];
            if self.inner.hasher.matches(old, self.pepper(&by), hashes).await?.is_none() {
                by.note(Action::SignInFailed, karute_ledger::Outcome::Refused, "password change", Vec::new()).await?;
                return Err(IdentityError::Forbidden);
            }
            self.take_back(&by, &attempt, "password confirmed", Vec::new()).await?;
            let credential = self.with_password(&by, &id, &stored.value, new, false).await?;
            self.replace_credential(&by, "password changed", &id, &stored, &credential, Some(&session.handle)).await
        })
    }

    async fn replace_credential(
        &self,
        by: &Access,
        detail: &str,
        id: &Id,
        stored: &Stored<CredentialDoc>,
        credential: &CredentialDoc,
        keep: Option<&str>,
    ) -> Result<(), IdentityError> {
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some(format!("{detail}: Practitioner/{id}"));
        commit.docs = self.ended_sessions(by, id.as_str(), keep).await?;
        if let Some(handle) = keep {
            for (key, mut session) in self.session_docs(by, handle).await? {
                session.must_change = credential.must_change;
                commit.docs.push(store::put(store::SESSION, &key, &session, Some(session.expires()))?);
            }
        }
        commit.docs.push(store::swap(CREDENTIAL, id.as_str(), &stored.text, credential, None)?);
        by.commit(commit).await?;
        Ok(())
    }

    /// The credential with another password, when the policy takes it.
    async fn with_password(
        &self,
        by: &Access,
        id: &Id,
        credential: &CredentialDoc,
        password: &str,
        must_change: bool,
    ) -> Result<CredentialDoc, IdentityError> {
        let tenant = self.tenant(by).await?;
        let described = self.described(by, id).await?;
        self.check_new_password(&tenant, &credential.login, &described.name, &described.kana, password)?;
        let remember = self.settings().password.remember;
        let used: Vec<String> =
            std::iter::once(&credential.password).chain(&credential.earlier).take(remember).cloned().collect();
        if self.inner.hasher.matches(password, self.pepper(by), used).await?.is_some() {
            return Err(IdentityError::Password(vec![PasswordFault::UsedBefore]));
        }
        let mut changed = credential.clone();
        changed.password = self.hash(by, password).await?;
        changed.earlier.insert(0, credential.password.clone());
        changed.earlier.truncate(remember.saturating_sub(1));
        changed.must_change = must_change;
        Ok(changed)
    }

    /// Person id and credential of a login.
    pub(crate) async fn credential(
        &self,
        by: &Access,
        login: &str,
    ) -> Result<(Id, Stored<CredentialDoc>), IdentityError> {
        let missing = || IdentityError::NotFound("職員");
        let person = store::load::<LoginDoc>(by, LOGIN, login).await?.ok_or_else(missing)?.value.person;
        let stored = store::load(by, CREDENTIAL, &person).await?.ok_or_else(missing)?;
        Ok((person_id(&person)?, stored))
    }

    pub(crate) async fn hash(&self, by: &Access, password: &str) -> Result<String, IdentityError> {
        self.inner.hasher.hash(password, self.pepper(by), &*self.inner.entropy).await
    }

    pub(crate) fn pepper(&self, by: &Access) -> [u8; 32] {
        self.inner.key.derive("identity.password", Some(by.tenant().0))
    }

    pub(crate) fn new_totp(&self) -> Result<TotpSecret, IdentityError> {
        let mut bytes = [0_u8; 20];
        self.inner.entropy.fill(&mut bytes);
        TotpSecret::from_bytes(&bytes).map_err(|_| IdentityError::Internal("no TOTP secret"))
    }

    pub(crate) fn seal_totp(&self, by: &Access, person: &Id, totp: &TotpSecret) -> String {
        self.inner.key.sealer("identity.totp", by.tenant().0).seal(totp.as_bytes(), person.as_str())
    }

    pub(crate) fn open_totp(&self, by: &Access, person: &Id, sealed: &str) -> Result<TotpSecret, IdentityError> {
        let unusable = "a stored TOTP secret cannot be opened (is it the right master key?)";
        self.inner
            .key
            .sealer("identity.totp", by.tenant().0)
            .open(sealed, person.as_str())
            .ok()
            .and_then(|bytes| TotpSecret::from_bytes(&bytes).ok())
            .ok_or(IdentityError::Internal(unusable))
    }
}
