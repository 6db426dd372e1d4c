//! API tokens: `karute_<tenant number>_<secret>`, stored as SHA-256, scoped, expiring.
use crate::store::{self, TOKEN, TokenDoc};
use crate::{Caller, Identity, IdentityError, Rights, Scopes, secret};
use futures_util::future::BoxFuture;
use karute_crypto::Digest;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Actor, ActorKind, Commit, Origin, TenantId};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// What every token begins with, so that scanners for leaked secrets can find it.
const PREFIX: &str = "karute_";
/// Tokens of one institution that are listed at most.
const MAX_TOKENS: u32 = 1_000;
/// Longest life in milliseconds: two years.
const MAX_LIFE_MS: i64 = 2 * 366 * 24 * 3_600_000;
/// How long a verified token is believed without asking again, in microseconds.
const CACHE_MICROS: i64 = 5_000_000;
/// Verified tokens that are kept.
const CACHE_SIZE: usize = 4096;

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
    secret::split(token.strip_prefix(PREFIX)?, '_').map(|(tenant, _)| tenant)
}

/// A token that was found good.
#[derive(Clone)]
struct Verified {
    id: Arc<str>,
    label: Arc<str>,
    scopes: Arc<Scopes>,
    expires: Timestamp,
    /// When it was last looked up.
    checked: Timestamp,
}

/// Verified tokens by tenant and hash, for at most five seconds. The tenant is part of the key, so a token of one
/// institution presented under the number of another is looked up there and not found.
pub(crate) struct Cache {
    entries: Mutex<LruCache<(TenantId, Digest), Verified>>,
}

impl Cache {
    pub(crate) fn new() -> Cache {
        let size = NonZeroUsize::new(CACHE_SIZE).unwrap_or(NonZeroUsize::MIN);
        Cache { entries: Mutex::new(LruCache::new(size)) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut LruCache<(TenantId, Digest), Verified>) -> T) -> T {
        act(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn get(&self, key: (TenantId, Digest), now: Timestamp) -> Option<Verified> {
        let found = self.with(|entries| entries.get(&key).cloned())?;
        let age = now.as_micros() - found.checked.as_micros();
        ((0..CACHE_MICROS).contains(&age) && now < found.expires).then_some(found)
    }
}

impl Identity {
    /// Makes a token; the returned text is shown once.
    pub fn create_token<'a>(
        &'a self,
        by: &'a Access,
        new: NewToken,
    ) -> BoxFuture<'a, Result<(TokenView, String), IdentityError>> {
        Box::pin(async move {
            let now = self.now();
            let label = new.label.trim();
            if label.is_empty() || label.chars().count() > 100 {
                return Err(IdentityError::Invalid("トークンの用途を1〜100文字で書いてください。".to_owned()));
            }
            if new.expires <= now || new.expires > now.plus_ms(MAX_LIFE_MS) {
                return Err(IdentityError::Invalid("トークンの期限は、今より後、2年以内にしてください。".to_owned()));
            }
            let secret = karute_crypto::token(&*self.inner.entropy);
            let key = secret::stored_key(&secret).to_hex();
            let doc = TokenDoc {
                label: label.to_owned(),
                scopes: new.scopes.to_string(),
                created: now.as_micros(),
                created_by: by.actor().id.clone(),
                expires: new.expires.as_micros(),
            };
            let view = view(&key, &doc);
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("token {} created: {}", view.id, view.scopes));
            commit.docs = vec![store::insert(TOKEN, &key, &doc, Some(new.expires))?];
            by.commit(commit).await?;
            Ok((view, format!("{PREFIX}{}_{secret}", by.tenant().0)))
        })
    }

    /// Tokens of the institution that have not ended.
    pub fn tokens<'a>(&'a self, by: &'a Access) -> BoxFuture<'a, Result<Vec<TokenView>, IdentityError>> {
        Box::pin(async move {
            let now = self.now().as_micros();
            let mut tokens = Vec::new();
            for (key, text) in by.docs(TOKEN, "", MAX_TOKENS).await? {
                let doc = store::parse::<TokenDoc>(&text)?;
                if now < doc.expires {
                    tokens.push(view(&key, &doc));
                }
            }
            tokens.sort_by_key(|t| t.created);
            Ok(tokens)
        })
    }

    /// Ends a token; it stops working at once here and within five seconds in other processes.
    pub fn revoke_token<'a>(&'a self, by: &'a Access, id: &'a str) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let found = if id.len() == 16 { by.docs(TOKEN, id, 2).await? } else { Vec::new() };
            let [(key, _)] = found.as_slice() else { return Err(IdentityError::NotFound("トークン")) };
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(format!("token {id} revoked"));
            commit.docs = vec![store::delete(TOKEN, key)];
            by.commit(commit).await?;
            if let Some(digest) = Digest::from_hex(key) {
                self.inner.tokens.with(|entries| entries.pop(&(by.tenant(), digest)));
            }
            Ok(())
        })
    }

    /// The caller behind a bearer token (without `Bearer `); `None` when it is malformed, unknown, over, or of a
    /// suspended institution.
    pub fn token<'a>(
        &'a self,
        bearer: &'a str,
        origin: Origin,
    ) -> BoxFuture<'a, Result<Option<Caller>, IdentityError>> {
        Box::pin(async move {
            let Some((tenant, secret)) = bearer.strip_prefix(PREFIX).and_then(|rest| secret::split(rest, '_')) else {
                return Ok(None);
            };
            let digest = secret::stored_key(secret);
            let now = self.now();
            if let Some(verified) = self.inner.tokens.get((tenant, digest), now) {
                return Ok(Some(caller(tenant, &verified, origin)));
            }
            if self.active(tenant).await?.is_none() {
                return Ok(None);
            }
            let key = digest.to_hex();
            let access = self.system(tenant, origin.clone());
            let Some(stored) = store::load::<TokenDoc>(&access, TOKEN, &key).await? else { return Ok(None) };
            let expires = Timestamp::from_micros(stored.value.expires);
            let Ok(scopes) = Scopes::parse(&stored.value.scopes) else {
                return Err(IdentityError::Internal("a stored token has unreadable scopes"));
            };
            if now >= expires {
                return Ok(None);
            }
            let verified = Verified {
                id: secret::handle(&key).into(),
                label: stored.value.label.into(),
                scopes: Arc::new(scopes),
                expires,
                checked: now,
            };
            let found = caller(tenant, &verified, origin);
            self.inner.tokens.with(|entries| entries.put((tenant, digest), verified));
            Ok(Some(found))
        })
    }
}

fn view(key: &str, doc: &TokenDoc) -> TokenView {
    TokenView {
        id: secret::handle(key),
        label: doc.label.clone(),
        scopes: doc.scopes.clone(),
        created: Timestamp::from_micros(doc.created),
        expires: Timestamp::from_micros(doc.expires),
    }
}

fn caller(tenant: TenantId, verified: &Verified, mut origin: Origin) -> Caller {
    origin.session = Some(verified.id.to_string());
    origin.method = "token";
    Caller {
        tenant,
        actor: Actor {
            kind: ActorKind::Client,
            id: format!("client:{}", verified.id),
            name: verified.label.to_string(),
            role: "client".to_owned(),
            origin,
        },
        rights: Rights::Client(Arc::clone(&verified.scopes)),
    }
}
