//! What the faces stand on.
use crate::product::habits::Habits;
use crate::request::Base;
use karute_crypto::{Entropy, MasterKey};
use karute_fhir::Id;
use karute_fhir::profile::{Profiles, ProfilesHandle};
use karute_identity::Identity;
use karute_japan::{Clock, Timestamp};
use karute_ledger::Ledger;
use karute_terminology::{Masters, MastersHandle};
use std::sync::{Arc, OnceLock};

/// Everything the API needs, given by the executable.
pub struct ApiConfig {
    /// The record store.
    pub ledger: Ledger,
    /// Who is who.
    pub identity: Identity,
    /// The masters that all institutions share; the executable puts newer ones in their place.
    pub masters: MastersHandle,
    /// Profiles that `$validate` judges by; the executable puts newer ones in their place.
    pub profiles: ProfilesHandle,
    /// Master key; paging links are sealed under a key derived from it.
    pub key: MasterKey,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The address by which callers reach this server, without a trailing slash (`https://karute.example`).
    /// `None`: taken from each request's `Host`, with the scheme `http`.
    pub public_url: Option<String>,
    /// Largest FHIR request body in bytes.
    pub max_body_bytes: usize,
    /// Largest raw attachment (Binary) in bytes; not above the ledger's own limit.
    pub max_blob_bytes: u64,
}

/// Shared state of the router. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: ApiConfig,
    /// The CapabilityStatement without the parts that depend on the address.
    pub(crate) capability: OnceLock<String>,
    /// When this process began to serve.
    pub(crate) started: Timestamp,
    /// What patients were given before, for the order of search results.
    pub(crate) habits: Habits,
}

impl ApiState {
    /// From its parts.
    pub fn new(config: ApiConfig) -> ApiState {
        let started = config.clock.now();
        ApiState { inner: Arc::new(Inner { config, capability: OnceLock::new(), started, habits: Habits::default() }) }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.inner.config.ledger
    }

    /// The masters of now; keep them for the whole request.
    pub(crate) fn masters(&self) -> Arc<Masters> {
        self.inner.config.masters.current()
    }

    /// The profiles of now; keep them for the whole request.
    pub(crate) fn profiles(&self) -> Profiles {
        self.inner.config.profiles.current()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.config.clock.now()
    }

    pub(crate) fn base(&self, headers: &http::HeaderMap) -> Base {
        Base::of(self.inner.config.public_url.as_deref(), headers)
    }

    /// A new logical id: UUID v7, so that ids made together lie together in every index.
    pub(crate) fn new_id(&self) -> Id {
        let uuid = self.new_uuid();
        // A UUID is always a FHIR id; the nil UUID only stands here to satisfy the signature.
        Id::new(&uuid).unwrap_or_else(|_| unreachable!("a UUID is a FHIR id"))
    }

    pub(crate) fn new_uuid(&self) -> String {
        let mut random = [0_u8; 10];
        self.inner.config.entropy.fill(&mut random);
        let millis = u64::try_from(self.now().as_micros() / 1000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().hyphenated().to_string()
    }
}
