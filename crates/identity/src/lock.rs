//! Locking the screen and opening it again with one factor (SEC-A10): the session itself is the other.
use crate::session::caller;
use crate::store::{self, CREDENTIAL, CredentialDoc, SESSION, SessionDoc};
use crate::{Caller, Identity, IdentityError, SignInError, lockout, person::person_id, secret, totp};
use futures_util::future::BoxFuture;
use karute_ledger::{Access, Action, Origin, Outcome};

/// Longest proof that is looked at, in bytes.
const MAX_PROOF_BYTES: usize = 1024;

impl Identity {
    /// Locks the caller's session: what is on the screen stays, but nothing more is shown or changed until
    /// [`unlock_screen`](Identity::unlock_screen).
    pub fn lock_screen<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let session = caller.session().ok_or(IdentityError::Forbidden)?;
            let access = caller.access(&self.inner.ledger);
            let mut docs = Vec::new();
            for (key, mut doc) in self.session_docs(&access, &session.handle).await? {
                doc.locked = true;
                docs.push(store::put(SESSION, &key, &doc, Some(doc.expires()))?);
            }
            lockout::record(&access, "screen locked", docs).await?;
            Ok(())
        })
    }

    /// Opens a locked session with the password or the current code. Failures count like those of signing in.
    pub fn unlock_screen<'a>(
        &'a self,
        cookie: &'a str,
        proof: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<Caller, SignInError>> {
        Box::pin(async move {
            let Some((number, secret)) = secret::split(cookie, '.') else { return Err(SignInError::Refused) };
            let Some(tenant) = self.active(number).await? else { return Err(SignInError::Refused) };
            let access = self.system(number, Origin { method: "unlock", ..origin.clone() });
            let key = secret::stored_key(secret).to_hex();
            let stored = store::load::<SessionDoc>(&access, SESSION, &key).await?;
            let Some(stored) = stored.filter(|s| self.now() < s.value.expires()) else {
                return Err(SignInError::Refused);
            };
            let mut session = stored.value;
            let attempt = self.attempt(&access, &session.login).await?;
            let person = person_id(&session.person)?;
            let credential = store::load::<CredentialDoc>(&access, CREDENTIAL, person.as_str()).await?;
            let Some(credential) = credential.filter(|c| c.value.enabled && proof.len() <= MAX_PROOF_BYTES) else {
                return self.not_unlocked(&access, "disabled").await;
            };
            let Some(proved) = self.proof(&access, &person, &credential, proof).await? else {
                let last = attempt.number >= self.settings().lock_after;
                return self.not_unlocked(&access, if last { "locked" } else { "proof" }).await;
            };
            session.locked = false;
            session.seen = self.now().as_micros();
            let mut docs = vec![store::swap(SESSION, &key, &stored.text, &session, Some(session.expires()))?];
            docs.extend(proved);
            match self.take_back(&access, &attempt, "screen unlocked", docs).await {
                Ok(()) => Ok(caller(&tenant, &key, &session, false, origin)),
                // The same code, or the same session, at another desk a moment earlier.
                Err(IdentityError::Conflict) => self.not_unlocked(&access, "overtaken").await,
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Whether a proof is right, and what must be written with it: a code works once.
    async fn proof(
        &self,
        access: &Access,
        person: &karute_fhir::Id,
        credential: &store::Stored<CredentialDoc>,
        proof: &str,
    ) -> Result<Option<Vec<karute_ledger::Doc>>, IdentityError> {
        let code = totp::typed_code(proof);
        if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
            let seconds = u64::try_from(self.now().as_micros() / 1_000_000).unwrap_or_default();
            let secret = self.open_totp(access, person, &credential.value.totp)?;
            let step = secret.check(&code, seconds).filter(|step| *step > credential.value.last_step);
            let Some(step) = step else { return Ok(None) };
            let used = CredentialDoc { last_step: step, ..credential.value.clone() };
            return Ok(Some(vec![store::swap(CREDENTIAL, person.as_str(), &credential.text, &used, None)?]));
        }
        let hashes = vec![credential.value.password.clone()];
        let right = self.inner.hasher.matches(proof, self.pepper(access), hashes).await?.is_some();
        Ok(right.then(Vec::new))
    }

    async fn not_unlocked(&self, access: &Access, reason: &str) -> Result<Caller, SignInError> {
        access.note(Action::SignInFailed, Outcome::Refused, reason, Vec::new()).await?;
        Err(SignInError::Refused)
    }
}
