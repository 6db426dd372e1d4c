//! Sign-in in two steps: what one knows, then what one has. The first alone opens nothing.
use crate::person::{login_is_well_formed, person_id};
use crate::store::{self, CREDENTIAL, CredentialDoc, FAILURES, LINK, LinkDoc, PENDING, PendingDoc};
use crate::{Identity, IdentityError, NewSession, SignInError, secret, totp};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit, Entity, LedgerError, Origin, Outcome, Tenant, TenantId, TenantState};

/// How long the second step may take, in milliseconds.
const PENDING_MS: i64 = 5 * 60_000;
/// How long a demonstration link works, in milliseconds.
const LINK_MS: i64 = 24 * 3_600_000;
/// Longest password that is looked at, in bytes.
const MAX_PASSWORD_BYTES: usize = 1024;

/// The first step succeeded: carry this (a hidden field or short-lived cookie) to the second. Useless as a session.
#[derive(Clone, Debug)]
pub struct Pending {
    /// `<tenant number>.<secret>`, valid for five minutes.
    pub token: String,
}

impl Identity {
    /// First step: institution, login, password.
    pub fn begin<'a>(
        &'a self,
        tenant_name: &'a str,
        login: &'a str,
        password: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<Pending, SignInError>> {
        Box::pin(async move {
            let _place = self.inner.hasher.admit()?;
            let Some(tenant) = self.inner.ledger.tenant_by_name(tenant_name.trim()).await? else {
                self.inner.hasher.matches(password_head(password), [0; 32], Vec::new()).await?;
                tracing::info!(reason = "institution", "sign-in refused");
                return Err(SignInError::Refused);
            };
            let access = self.system(tenant.id, Origin { method: "password", ..origin });
            if tenant.state != TenantState::Active {
                self.inner.hasher.matches(password_head(password), self.pepper(&access), Vec::new()).await?;
                return self.refuse(&access, "institution suspended", None).await;
            }
            let login = login.trim().to_ascii_lowercase();
            if !login_is_well_formed(&login) {
                self.inner.hasher.matches(password_head(password), self.pepper(&access), Vec::new()).await?;
                return self.refuse(&access, "login", None).await;
            }
            let attempt = match self.attempt(&access, &login).await {
                Ok(attempt) => attempt,
                Err(e) => return self.waiting(&access, e).await,
            };
            let known = self.known(&access, &login).await?;
            let hashes = known.as_ref().map(|(_, c)| c.password.clone()).into_iter().collect();
            let right =
                self.inner.hasher.matches(password_head(password), self.pepper(&access), hashes).await?.is_some();
            let Some((person, _)) = known.as_ref().filter(|(_, c)| right && c.enabled) else {
                let reason = match &known {
                    None => "login",
                    Some((_, c)) if right && !c.enabled => "disabled",
                    Some(_) => "password",
                };
                let last = attempt.number >= self.settings().lock_after;
                return self
                    .refuse(&access, if last { "locked" } else { reason }, known.as_ref().map(|(p, _)| p))
                    .await;
            };
            let secret = karute_crypto::token(&*self.inner.entropy);
            let pending = PendingDoc { person: person.to_string(), login };
            let expires = Some(self.now().plus_ms(PENDING_MS));
            let doc = store::insert(PENDING, &secret::stored_key(&secret).to_hex(), &pending, expires)?;
            self.take_back(&access, &attempt, &format!("first factor: Practitioner/{person}"), vec![doc]).await?;
            Ok(Pending { token: format!("{}.{secret}", tenant.id.0) })
        })
    }

    /// Second step: the current TOTP code. A code works once.
    pub fn finish<'a>(
        &'a self,
        pending: &'a str,
        code: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<NewSession, SignInError>> {
        Box::pin(async move {
            let Some((tenant, secret)) = self.addressed(pending).await? else { return Err(SignInError::Refused) };
            let origin = Origin { method: "password+totp", ..origin };
            let access = self.system(tenant.id, origin.clone());
            let key = secret::stored_key(secret).to_hex();
            let Some(stored) = store::load::<PendingDoc>(&access, PENDING, &key).await? else {
                return self.refuse(&access, "first factor expired", None).await;
            };
            let login = stored.value.login;
            let attempt = match self.attempt(&access, &login).await {
                Ok(attempt) => attempt,
                Err(e) => return self.waiting(&access, e).await,
            };
            let person = person_id(&stored.value.person)?;
            let refused = if attempt.number >= self.settings().lock_after { "locked" } else { "code" };
            let Some(credential) =
                store::load::<CredentialDoc>(&access, CREDENTIAL, person.as_str()).await?.filter(|c| c.value.enabled)
            else {
                return self.refuse(&access, "disabled", Some(&person)).await;
            };
            let seconds = u64::try_from(self.now().as_micros() / 1_000_000).unwrap_or_default();
            let totp = self.open_totp(&access, &person, &credential.value.totp)?;
            let step = totp.check(&totp::typed_code(code), seconds).filter(|step| *step > credential.value.last_step);
            let Some(step) = step else { return self.refuse(&access, refused, Some(&person)).await };
            let used = CredentialDoc { last_step: step, ..credential.value.clone() };
            let session =
                self.prepare_session(&access, &tenant, &person, credential.value.must_change, origin.clone()).await?;
            let mut commit = Commit::new(Action::SignIn);
            commit.docs = vec![
                // Whoever comes second with the same code fails here and writes nothing.
                store::swap(CREDENTIAL, person.as_str(), &credential.text, &used, None)?,
                store::delete(PENDING, &key),
                store::delete(FAILURES, &login),
                session.doc,
            ];
            let as_person = session.caller.access(&self.inner.ledger);
            match as_person.commit(commit).await {
                Ok(_) => Ok(NewSession { cookie: session.cookie, caller: session.caller }),
                Err(LedgerError::Conflict { .. }) => self.refuse(&access, refused, Some(&person)).await,
                Err(e) => Err(e.into()),
            }
        })
    }

    /// A one-day link token (`<tenant number>.<secret>`) that signs the person in; demonstrations only:
    /// `Forbidden` unless [`Settings::demo`](crate::Settings::demo).
    pub fn demo_link<'a>(&'a self, by: &'a Access, login: &'a str) -> BoxFuture<'a, Result<String, IdentityError>> {
        Box::pin(async move {
            if !self.settings().demo {
                return Err(IdentityError::Forbidden);
            }
            let (person, _) = self.credential(by, login).await?;
            let secret = karute_crypto::token(&*self.inner.entropy);
            let link = LinkDoc { person: person.to_string() };
            let expires = Some(self.now().plus_ms(LINK_MS));
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("demonstration link: Practitioner/{person}"));
            commit.docs = vec![store::insert(LINK, &secret::stored_key(&secret).to_hex(), &link, expires)?];
            by.commit(commit).await?;
            Ok(format!("{}.{secret}", by.tenant().0))
        })
    }

    /// Signs in by such a token.
    pub fn redeem_link<'a>(&'a self, token: &'a str, origin: Origin) -> BoxFuture<'a, Result<NewSession, SignInError>> {
        Box::pin(async move {
            if !self.settings().demo {
                return Err(SignInError::Refused);
            }
            let Some((tenant, secret)) = self.addressed(token).await? else { return Err(SignInError::Refused) };
            let origin = Origin { method: "link", ..origin };
            let access = self.system(tenant.id, origin.clone());
            let key = secret::stored_key(secret).to_hex();
            let Some(link) = store::load::<LinkDoc>(&access, LINK, &key).await? else {
                return self.refuse(&access, "link", None).await;
            };
            let person = person_id(&link.value.person)?;
            let credential = store::load::<CredentialDoc>(&access, CREDENTIAL, person.as_str()).await?;
            let Some(credential) = credential.filter(|c| c.value.enabled) else {
                return self.refuse(&access, "disabled", Some(&person)).await;
            };
            let session = self.prepare_session(&access, &tenant, &person, credential.value.must_change, origin).await?;
            let mut commit = Commit::new(Action::SignIn);
            commit.docs = vec![session.doc];
            session.caller.access(&self.inner.ledger).commit(commit).await?;
            Ok(NewSession { cookie: session.cookie, caller: session.caller })
        })
    }

    /// The active tenant and the secret that a `<tenant number>.<secret>` text names.
    async fn addressed<'t>(&self, text: &'t str) -> Result<Option<(Tenant, &'t str)>, SignInError> {
        let Some((number, secret)) = secret::split(text, '.') else { return Ok(None) };
        let tenant = self.active(number).await?;
        Ok(tenant.map(|t| (t, secret)))
    }

    pub(crate) async fn active(&self, number: TenantId) -> Result<Option<Tenant>, LedgerError> {
        Ok(self.inner.ledger.tenant(number).await?.filter(|t| t.state == TenantState::Active))
    }

    /// Person and credential of a login, if there is one.
    async fn known(&self, access: &Access, login: &str) -> Result<Option<(Id, CredentialDoc)>, IdentityError> {
        match self.credential(access, login).await {
            Ok((id, stored)) => Ok(Some((id, stored.value))),
            Err(IdentityError::NotFound(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Audits a failure and gives the one answer for all of them. Neither what was typed nor which login it was, if it
    /// does not exist, is written down: people type passwords into the wrong field.
    async fn refuse<T>(&self, access: &Access, reason: &str, person: Option<&Id>) -> Result<T, SignInError> {
        let entity = person.map(|id| {
            crate::practitioner::practitioner_type().map(|resource_type| Entity {
                resource_type,
                id: id.clone(),
                version: None,
            })
        });
        let entities = entity.transpose()?.into_iter().collect();
        access.note(Action::SignInFailed, Outcome::Refused, reason, entities).await?;
        Err(SignInError::Refused)
    }

    async fn waiting<T>(&self, access: &Access, error: SignInError) -> Result<T, SignInError> {
        if matches!(error, SignInError::Wait { .. }) {
            access.note(Action::SignInFailed, Outcome::Refused, "too many failures", Vec::new()).await?;
        }
        Err(error)
    }
}

/// What is looked at of an absurdly long password: nothing that could be right.
fn password_head(password: &str) -> &str {
    if password.len() > MAX_PASSWORD_BYTES { "" } else { password }
}
