//! What the screens work with.
use crate::error::WebError;
use crate::habits::Kept;
use crate::pages::intake::limit::Knocks;
use karute_crypto::Entropy;
use karute_eprescription::office::Office;
use karute_fhir::Id;
use karute_forms::Forms;
use karute_identity::{Caller, Identity};
use karute_japan::{Clock, Date, Timestamp};
use karute_ledger::{Access, Ledger, Origin, TenantId};
use karute_terminology::{Masters, MastersHandle};
use std::sync::Arc;
use tokio::sync::broadcast;

/// What an installation decides about its screens.
#[derive(Clone)]
pub struct WebConfig {
    /// People and sessions; brings the ledger along.
    pub identity: Identity,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for the ids of new visits.
    pub entropy: Arc<dyn Entropy>,
    /// The masters of this process.
    pub masters: MastersHandle,
    /// Why the newest masters are not in place, in the words of the log; `None` while all is well.
    pub masters_problem: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// Makes printed forms.
    pub forms: Forms,
    /// Electronic prescriptions.
    pub eprescription: Arc<Office>,
    /// Record sharing.
    pub sharing: Arc<karute_sharing::office::Office>,
    /// Whether browsers reach us over TLS. Then the session cookie is `__Host-karute` and `Secure`; otherwise it is
    /// `karute`, for plain HTTP on the loopback address only.
    pub secure: bool,
    /// Whether sign-in links work (demonstrations only).
    pub demo: bool,
}

/// Shared by all handlers. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    inner: Arc<Inner>,
}

struct Inner {
    config: WebConfig,
    /// Tenants in which a visit was just moved on by this process.
    moved: broadcast::Sender<TenantId>,
    /// What searches need and is not read for every key.
    kept: Kept,
    /// Wrong knocks at questionnaires.
    knocks: Knocks,
}

impl WebState {
    /// From the configuration.
    pub fn new(config: WebConfig) -> WebState {
        let (moved, _) = broadcast::channel(64);
        WebState { inner: Arc::new(Inner { config, moved, kept: Kept::default(), knocks: Knocks::default() }) }
    }
    pub(crate) fn identity(&self) -> &Identity {
        &self.inner.config.identity
    }
    pub(crate) fn ledger(&self) -> &Ledger {
        self.inner.config.identity.ledger()
    }
    pub(crate) fn access(&self, caller: &Caller) -> Access {
        caller.access(self.ledger())
    }
    pub(crate) fn masters(&self) -> Arc<Masters> {
        self.inner.config.masters.current()
    }
    pub(crate) fn masters_problem(&self) -> Option<String> {
        (self.inner.config.masters_problem)()
    }
    pub(crate) fn forms(&self) -> &Forms {
        &self.inner.config.forms
    }
    pub(crate) fn office(&self) -> &Office {
        &self.inner.config.eprescription
    }
    pub(crate) fn sharing(&self) -> &karute_sharing::office::Office {
        &self.inner.config.sharing
    }
    pub(crate) fn kept(&self) -> &Kept {
        &self.inner.kept
    }
    pub(crate) fn knocks(&self) -> &Knocks {
        &self.inner.knocks
    }
    pub(crate) fn now(&self) -> Timestamp {
        self.inner.config.clock.now()
    }
    pub(crate) fn today(&self) -> Date {
        self.now().day_in_japan()
    }
    /// Randomness, for what must not be guessed.
    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.inner.config.entropy
    }
    /// An id for a new resource: UUID v7, so that ids made together lie together in every index.
    pub(crate) fn new_id(&self) -> Result<Id, WebError> {
        let uuid = karute_crypto::uuid_v7(self.now().as_millis(), &*self.inner.config.entropy);
        Id::new(&uuid).map_err(|_| WebError::Internal)
    }
    /// 256 random bits for a link that opens something.
    pub(crate) fn new_secret(&self) -> String {
        karute_crypto::token(&*self.inner.config.entropy)
    }
    pub(crate) fn demo(&self) -> bool {
        self.inner.config.demo
    }
    pub(crate) fn secure(&self) -> bool {
        self.inner.config.secure
    }
    /// Name of the session cookie. `__Host-` binds it to this host, to TLS and to `/`.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-karute" } else { "karute" }
    }
    /// Tells open screens of this process that a visit moved on.
    pub(crate) fn tell(&self, tenant: TenantId) {
        // Nobody listening is no error.
        let _ = self.inner.moved.send(tenant);
    }
    pub(crate) fn listen(&self) -> broadcast::Receiver<TenantId> {
        self.inner.moved.subscribe()
    }
    /// Where a request comes from, for audit events.
    pub(crate) fn origin(&self, parts: &http::request::Parts) -> Origin {
        let address = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        let given = parts.headers.get("x-request-id").and_then(|v| v.to_str().ok()).filter(|v| v.len() <= 64);
        Origin {
            address: address.map(|a| a.0.ip()),
            request_id: given.map_or_else(|| self.random_id(), str::to_owned),
            session: None,
            method: "",
        }
    }
    fn random_id(&self) -> String {
        karute_crypto::uuid_v7(self.now().as_millis(), &*self.inner.config.entropy)
    }
}
