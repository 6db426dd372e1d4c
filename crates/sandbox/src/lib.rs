//! The simulated outside world: a program of ours that speaks the wire formats of the outside services and can
//! misbehave on demand. Never reachable from production code paths.
//!
//! What every simulated service shares stands here: the certification authority (`/sim/ca.pem`), the journal of what
//! arrived (`/sim/journal`), the switches for faults (`/sim/faults`), and a mailbox that takes deliveries with an
//! idempotency key (`/sim/mailbox/{service}/{key}`), by which the job queue is tried end to end. The services
//! themselves (eligibility, receipt computer, laboratory) move in with their connectors; `/sim` lists the ones that are
//! here. The e-prescription service stands in [`eprescription`], the record sharing service in [`sharing`]; what both
//! have in common, in [`national`]; cardless signing, in [`hpki`]; time travels by `/sim/clock`.

mod authority;
pub mod eprescription;
mod faults;
pub mod hpki;
mod journal;
mod mailbox;
pub mod national;
mod network;
pub mod sharing;
mod time;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use karute_japan::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub use authority::Authority;
pub use faults::Faults;
pub use journal::Entry;
pub use network::InProcess;

/// Largest delivery in bytes.
pub const MAX_DELIVERY_BYTES: usize = 16 << 20;

/// The state of one simulated world.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    authority: Authority,
    faults: std::sync::Mutex<Faults>,
    journal: journal::Journal,
    mailbox: mailbox::Mailbox,
    eprescription: eprescription::Service,
    sharing: sharing::Service,
    hpki: hpki::KeyService,
    gateway: national::Gateway,
    /// How far the world's time is ahead of the clock, in milliseconds.
    ahead_ms: AtomicI64,
}

impl Sandbox {
    /// A new world with a certification authority of its own.
    ///
    /// # Errors
    /// When the authority's key cannot be made.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Sandbox, rcgen::Error> {
        Sandbox::with(clock, eprescription::Settings::default())
    }

    /// The same with an e-prescription service that stands on other masters, verifier or seed.
    ///
    /// # Errors
    /// When the authority's key cannot be made.
    pub fn with(clock: Arc<dyn Clock>, settings: eprescription::Settings) -> Result<Sandbox, rcgen::Error> {
        Sandbox::of(clock, settings, sharing::Settings::default())
    }

    /// The same with a record sharing service of other settings, too.
    ///
    /// # Errors
    /// When the authority's key cannot be made.
    pub fn of(
        clock: Arc<dyn Clock>,
        eprescription: eprescription::Settings,
        sharing: sharing::Settings,
    ) -> Result<Sandbox, rcgen::Error> {
        Ok(Sandbox {
            inner: Arc::new(Inner {
                authority: Authority::new()?,
                faults: std::sync::Mutex::default(),
                journal: journal::Journal::default(),
                mailbox: mailbox::Mailbox::default(),
                eprescription: eprescription::Service::new(eprescription),
                sharing: sharing::Service::new(sharing),
                hpki: hpki::KeyService::new(7),
                gateway: national::Gateway::default(),
                ahead_ms: AtomicI64::new(0),
                clock,
            }),
        })
    }

    /// The HTTP face.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/sim", get(services))
            .route("/sim/ca.pem", get(authority::certificate))
            .route("/sim/journal", get(journal::list))
            .route("/sim/faults", get(faults::show).put(faults::set))
            .route("/sim/mailbox/{service}", get(mailbox::list))
            .route("/sim/mailbox/{service}/{key}", put(mailbox::deliver))
            .route("/sim/clock", get(time::show).post(time::travel))
            .merge(national::routes("eprescription", |sandbox| sandbox.eprescription()))
            .merge(national::routes("sharing", |sandbox| sandbox.sharing()))
            .merge(national::gateway_routes())
            .merge(eprescription::routes())
            .merge(sharing::routes())
            .merge(hpki::routes())
            .layer(axum::extract::DefaultBodyLimit::max(MAX_DELIVERY_BYTES))
            .with_state(self.clone())
    }

    /// What arrived so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.inner.journal.entries()
    }

    /// The e-prescription service.
    pub fn eprescription(&self) -> &eprescription::Service {
        &self.inner.eprescription
    }

    /// The record sharing service.
    pub fn sharing(&self) -> &sharing::Service {
        &self.inner.sharing
    }

    /// The key service for cardless signing.
    pub fn hpki(&self) -> &hpki::KeyService {
        &self.inner.hpki
    }

    /// The gateway of the link between clouds, before all services.
    pub fn gateway(&self) -> &national::Gateway {
        &self.inner.gateway
    }

    /// The service that knows this API id.
    pub(crate) fn national(&self, api: &str) -> Option<&dyn national::National> {
        let all: [&dyn national::National; 2] = [&self.inner.eprescription, &self.inner.sharing];
        all.into_iter().find(|service| service.knows(api))
    }

    /// The time of this world: the clock's, moved by what was travelled.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now().plus_ms(self.inner.ahead_ms.load(Ordering::SeqCst))
    }

    /// Moves this world's time forward by whole milliseconds.
    pub fn travel_ms(&self, ms: i64) {
        let _ = self.inner.ahead_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| ahead.checked_add(ms));
    }

    /// Changes the faults.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.inner.faults) = faults;
    }
}

/// A poisoned lock only means that a request panicked; the simulated world goes on.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn services(State(_): State<Sandbox>) -> Response {
    axum::Json(serde_json::json!({
        "services": ["mailbox", "eprescription", "sharing", "gateway"],
        "note": "外部サービスの模擬環境です。実在の機関・患者とは関係ありません。",
    }))
    .into_response()
}
