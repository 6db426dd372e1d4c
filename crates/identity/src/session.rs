//! Sessions of people: opaque secrets, stored as SHA-256, locked by idleness, ended by age, sign-out or an
//! administrator.
use crate::store::{self, IdleSetting, SESSION, SETTING, SessionDoc};
use crate::{Caller, Identity, IdentityError, Profession, Rights, SessionInfo, lockout, secret};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Actor, ActorKind, Commit, Doc, Origin, Tenant, TenantState};
use std::sync::Arc;

/// Open sessions of one institution that are listed at most.
const MAX_SESSIONS: u32 = 10_000;
/// Use of a session is written down at most this often, in milliseconds.
const TOUCH_MS: i64 = 60_000;
/// Key of the institution's idle time.
const IDLE: &str = "session-idle";

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

/// How a person proved who they are, as audit events name it.
fn method_name(method: &str) -> &'static str {
    match method {
        "password+totp" => "password+totp",
        "link" => "link",
        _ => "unknown",
    }
}

/// A session about to be committed together with what proved it.
pub(crate) struct Prepared {
    pub cookie: String,
    pub caller: Caller,
    pub doc: Doc,
}

impl Identity {
    /// The caller behind a session cookie; `None` when it is unknown, over, or of a suspended institution. Using a
    /// session keeps it open; a session that was idle too long is locked, and its caller may do nothing but
    /// [`unlock_screen`](Identity::unlock_screen) it.
    pub fn session<'a>(
        &'a self,
        cookie: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<Option<Caller>, IdentityError>> {
        Box::pin(async move { self.look_up(cookie, origin, true).await })
    }

    /// The same for a request that no person made, such as a screen asking whether it is still fresh: it does not
    /// keep the session open.
    pub fn session_in_background<'a>(
        &'a self,
        cookie: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<Option<Caller>, IdentityError>> {
        Box::pin(async move { self.look_up(cookie, origin, false).await })
    }

    async fn look_up(&self, cookie: &str, origin: Origin, used: bool) -> Result<Option<Caller>, IdentityError> {
        let Some((number, secret)) = secret::split(cookie, '.') else { return Ok(None) };
        let Some(tenant) = self.inner.ledger.tenant(number).await? else { return Ok(None) };
        if tenant.state != TenantState::Active {
            return Ok(None);
        }
        let key = secret::stored_key(secret).to_hex();
        let access = self.system(number, origin.clone());
        let Some(stored) = store::load::<SessionDoc>(&access, SESSION, &key).await? else { return Ok(None) };
        let (mut session, now) = (stored.value, self.now());
        if now >= session.expires() {
            return Ok(None);
        }
        let locked = session.is_locked(now);
        if used && !locked && now.as_micros() - session.seen >= TOUCH_MS * 1000 {
            session.seen = now.as_micros();
            let touched = store::swap(SESSION, &key, &stored.text, &session, Some(session.expires()))?;
            match lockout::record(&access, "session in use", vec![touched]).await {
                Err(e) if !store::lost_race(&e) => return Err(e.into()),
                _ => {}
            }
        }
        Ok(Some(caller(&tenant, &key, &session, locked, origin)))
    }

    /// Ends the caller's session.
    pub fn sign_out<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let Some(session) = caller.session() else { return Err(IdentityError::Forbidden) };
            let access = caller.access(&self.inner.ledger);
            let keys = self.session_docs(&access, &session.handle).await?;
            let mut commit = Commit::new(Action::SignOut);
            commit.docs = keys.into_iter().map(|(key, _)| store::delete(SESSION, &key)).collect();
            access.commit(commit).await?;
            Ok(())
        })
    }

    /// Open sessions; of one login when given.
    pub fn sessions<'a>(
        &'a self,
        by: &'a Access,
        login: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<SessionView>, IdentityError>> {
        Box::pin(async move {
            let now = self.now();
            Ok(self
                .session_docs(by, "")
                .await?
                .into_iter()
                .filter(|(_, s)| now < s.expires() && login.is_none_or(|l| l == s.login))
                .map(|(key, s)| SessionView {
                    handle: secret::handle(&key),
                    login: s.login,
                    signed_in: Timestamp::from_micros(s.signed_in),
                    seen: Timestamp::from_micros(s.seen),
                    address: s.address,
                    method: s.method,
                })
                .collect())
        })
    }

    /// Ends a session by its handle.
    pub fn revoke_session<'a>(&'a self, by: &'a Access, handle: &'a str) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let found = if handle.len() == 16 { self.session_docs(by, handle).await? } else { Vec::new() };
            if found.is_empty() {
                return Err(IdentityError::NotFound("セッション"));
            }
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("session {handle} revoked"));
            commit.docs = found.into_iter().map(|(key, _)| store::delete(SESSION, &key)).collect();
            by.commit(commit).await?;
            Ok(())
        })
    }

    /// Sets after how many idle minutes (1 to 30) new sessions of this institution are locked.
    pub fn set_idle_minutes<'a>(&'a self, by: &'a Access, minutes: u32) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            if !(1..=30).contains(&minutes) {
                return Err(IdentityError::Invalid(
                    "無操作で画面をロックするまでの時間は1〜30分にしてください。".to_owned(),
                ));
            }
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("session idle time set to {minutes} minutes"));
            commit.docs = vec![store::put(SETTING, IDLE, &IdleSetting { minutes }, None)?];
            by.commit(commit).await?;
            Ok(())
        })
    }

    /// Sessions whose stored key begins with `prefix`.
    pub(crate) async fn session_docs(
        &self,
        by: &Access,
        prefix: &str,
    ) -> Result<Vec<(String, SessionDoc)>, IdentityError> {
        let docs = by.docs(SESSION, prefix, MAX_SESSIONS).await?;
        docs.into_iter().map(|(key, text)| Ok((key, store::parse(&text)?))).collect()
    }

    /// A new session of a person who has just proved who they are.
    pub(crate) async fn prepare_session(
        &self,
        access: &Access,
        tenant: &Tenant,
        person: &Id,
        must_change: bool,
        origin: Origin,
    ) -> Result<Prepared, IdentityError> {
        let described = self.described(access, person).await?;
        let idle = store::load::<IdleSetting>(access, SETTING, IDLE).await?;
        let idle_ms = idle.map_or(self.settings().idle_ms(), |s| i64::from(s.value.minutes.clamp(1, 30)) * 60_000);
        let now = self.now();
        let session = SessionDoc {
            person: person.to_string(),
            login: described.login,
            name: described.name,
            professions: described.professions.iter().map(|p| p.code().to_owned()).collect(),
            method: origin.method.to_owned(),
            must_change,
            address: origin.address.map(|a| a.to_string()),
            signed_in: now.as_micros(),
            seen: now.as_micros(),
            ends: now.plus_ms(self.settings().absolute_ms()).as_micros(),
            idle_ms,
            locked: false,
        };
        let secret = karute_crypto::token(&*self.inner.entropy);
        let key = secret::stored_key(&secret).to_hex();
        let doc = store::insert(SESSION, &key, &session, Some(session.expires()))?;
        let cookie = format!("{}.{secret}", tenant.id.0);
        Ok(Prepared { cookie, caller: caller(tenant, &key, &session, false, origin), doc })
    }
}

pub(crate) fn caller(tenant: &Tenant, key: &str, session: &SessionDoc, locked: bool, mut origin: Origin) -> Caller {
    let professions: Vec<Profession> = session.professions.iter().filter_map(|c| Profession::parse(c)).collect();
    let handle = secret::handle(key);
    origin.session = Some(handle.clone());
    origin.method = method_name(&session.method);
    Caller {
        tenant: tenant.id,
        actor: Actor {
            kind: ActorKind::Person,
            id: session.person.clone(),
            name: session.name.clone(),
            role: professions.first().map_or("none", |p| p.code()).to_owned(),
            origin,
        },
        rights: Rights::Person(Arc::new(SessionInfo {
            handle,
            person: session.person.clone(),
            login: session.login.clone(),
            name: session.name.clone(),
            professions,
            tenant_name: tenant.name.clone(),
            tenant_display: tenant.display_name.clone(),
            institution_code: tenant.institution_code.clone(),
            signed_in: Timestamp::from_micros(session.signed_in),
            ends: Timestamp::from_micros(session.ends),
            idle_ms: session.idle_ms,
            must_change_password: session.must_change,
            locked,
        })),
    }
}
