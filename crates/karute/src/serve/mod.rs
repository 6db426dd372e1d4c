//! `karute serve`: faces, worker and operations listener in one process, each as its roles say.

mod listen;
pub(crate) mod masters;
pub(crate) mod metrics;
mod ops;
pub(crate) mod proxies;
mod requests;
pub(crate) mod stop;
pub(crate) mod tls;
mod work;

use crate::cli::ServeArgs;
use crate::config::{Config, Role};
use crate::out;
use crate::problem::Problem;
use crate::storage::Storage;
use axum::Router;
use karute_api::{ApiConfig, ApiState};
use karute_operations::worker::Tally;
use karute_operations::{eprescription, sharing};
use karute_web::{WebConfig, WebState};
use listen::Listen;
use metrics::Metrics;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tls::Tls;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long requests under way and running jobs may take to finish after stop was asked.
const GRACE: Duration = Duration::from_secs(30);
/// Between two questions to the prescription service about what pharmacies did; in a demonstration somebody looks on.
const ROUNDS: Duration = Duration::from_mins(30);
/// Documents addressed to us are asked for so often (digest `clins-service` 7.1).
const SHARING_ROUNDS: Duration = Duration::from_mins(15);
const DEMO_ROUNDS: Duration = Duration::from_secs(15);
/// Operations listener: scrapers and probes, not crowds.
const OPS_CONNECTIONS: usize = 64;

/// Runs the command until it is asked to stop.
pub(crate) async fn run(args: &ServeArgs) -> Result<(), Problem> {
    let began = Instant::now();
    let config = Config::resolve(&args.source, &args.serve)?;
    crate::logging::start(&config.log)?;
    let stopped = stop::on_signal()?;
    let storage = Storage::open(&config, false).await?;
    let service = Service::bind(&config).await?;
    out::say(&format!("karute: {} で待ち受けています（運用窓口 http://{}）。", service.url, service.ops_address));
    service.run(storage, &config, stopped, began, false, None).await;
    Ok(())
}

/// Serves a router on plain HTTP until `stopped`.
pub(crate) async fn plain(listener: TcpListener, router: Router, stopped: watch::Receiver<bool>) {
    let listen = Listen { listener, router, tls: None, max_connections: OPS_CONNECTIONS, metrics: Arc::default() };
    listen.run(stopped, Duration::from_secs(1)).await;
}

/// Bound listeners, not yet served.
pub(crate) struct Service {
    listener: Option<TcpListener>,
    ops: TcpListener,
    tls: Option<Tls>,
    /// Where people and programs reach it.
    pub url: String,
    /// Operations listener.
    pub ops_address: SocketAddr,
}

/// Binds an address.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        Problem::new(format!("{address} で待ち受けられません（{error}）。別のアドレスを指定するか、使っているプログラムを止めてください。"))
    })
}

impl Service {
    /// Binds what the roles need, and reads the certificates.
    pub(crate) async fn bind(config: &Config) -> Result<Service, Problem> {
        let tls = match &config.tls {
            Some((certificate, key)) => Some(Tls::load(certificate, key)?),
            None => None,
        };
        let faces = config.has(Role::Web) || config.has(Role::Api);
        let listener = if faces { Some(bind(config.listen).await?) } else { None };
        let ops = bind(config.ops_listen).await?;
        let ops_address = ops.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = match (&config.public_url, &listener) {
            (Some(url), _) => url.clone(),
            (None, Some(listener)) => format!("{scheme}://{}", listener.local_addr()?),
            (None, None) => "(worker)".to_owned(),
        };
        Ok(Service { listener, ops, tls, url, ops_address })
    }

    /// Serves until `stopped`; returns when everything has ended and the ledger is closed. `beside` is served on its
    /// own listener for as long (the sandbox of a demonstration).
    pub(crate) async fn run(
        self,
        storage: Storage,
        config: &Config,
        stopped: watch::Receiver<bool>,
        began: Instant,
        demo: bool,
        beside: Option<(TcpListener, Router)>,
    ) {
        let metrics = Arc::new(Metrics::default());
        let following = masters::Following::begin(&storage, stopped.clone()).await;
        // Letters and what comes are the chart's, now that its words are known.
        storage.sharing.serve_charts(karute_sharing::joint::Chart::new(
            storage.ledger.clone(),
            following.handle.clone(),
            following.profiles.clone(),
            Arc::clone(&storage.entropy),
        ));
        let api = ApiState::new(ApiConfig {
            ledger: storage.ledger.clone(),
            identity: storage.identity.clone(),
            masters: following.handle.clone(),
            profiles: following.profiles.clone(),
            key: storage.key.clone(),
            clock: Arc::clone(&storage.clock),
            entropy: Arc::clone(&storage.entropy),
            public_url: config.public_url.clone().or_else(|| self.tls.is_some().then(|| self.url.clone())),
            max_body_bytes: config.max_body_bytes,
            max_blob_bytes: config.max_attachment_bytes,
        });
        let mut faces = JoinSet::new();
        if let Some(listener) = self.listener {
            if let Some(tls) = &self.tls
                && let Err(error) = tls.reload_on_hangup()
            {
                tracing::warn!(%error, "certificates will not be read again on SIGHUP");
            }
            let common = requests::Common {
                entropy: Arc::clone(&storage.entropy),
                metrics: Arc::clone(&metrics),
                stopped: stopped.clone(),
                tls: self.tls.is_some(),
                proxies: config.trusted_proxies.clone(),
            };
            let secure = self.tls.is_some() || config.public_url.as_deref().is_some_and(|u| u.starts_with("https://"));
            let listen = Listen {
                listener,
                router: faces_router(config, &storage, &api, &following, common, secure, demo),
                tls: self.tls,
                max_connections: config.max_connections,
                metrics: Arc::clone(&metrics),
            };
            faces.spawn(listen.run(stopped.clone(), GRACE));
        }
        if let Some((listener, router)) = beside {
            faces.spawn(plain(listener, router, stopped.clone()));
        }
        let tally = Arc::new(Tally::default());
        let ops = ops::Ops {
            ledger: storage.ledger.clone(),
            metrics: Arc::clone(&metrics),
            tally: Arc::clone(&tally),
            masters: Arc::clone(&following.state),
            stopped: stopped.clone(),
            began,
        };
        // The operations listener outlives the faces, so that a stopping process can be watched.
        let (all_ended, ended) = watch::channel(false);
        let ops = tokio::spawn(plain(self.ops, ops::router(ops), ended));
        let clock = || Arc::clone(&storage.clock);
        let rounds = || {
            let office = Arc::clone(&storage.eprescription);
            let every = if demo { DEMO_ROUNDS } else { ROUNDS };
            let prescriptions = eprescription::Rounds { office, clock: clock(), every };
            let office = Arc::clone(&storage.sharing);
            let every = if demo { DEMO_ROUNDS } else { SHARING_ROUNDS };
            (prescriptions, sharing::Rounds { office, clock: clock(), every })
        };
        let workers = config.has(Role::Worker).then(|| work::start(&storage, &api, rounds(), tally, &stopped, GRACE));

        stop::requested(stopped).await;
        tracing::info!("stopping");
        while faces.join_next().await.is_some() {}
        if let Some(mut workers) = workers {
            while workers.join_next().await.is_some() {}
        }
        following.end().await;
        storage.ledger.close().await;
        let _ = all_ended.send(true);
        let _ = ops.await;
        tracing::info!("stopped");
    }
}

/// The faces of the roles under what all requests have in common.
fn faces_router(
    config: &Config,
    storage: &Storage,
    api: &ApiState,
    following: &masters::Following,
    common: requests::Common,
    secure: bool,
    demo: bool,
) -> Router {
    let mut router = if config.has(Role::Web) {
        karute_web::router(WebState::new(WebConfig {
            identity: storage.identity.clone(),
            clock: Arc::clone(&storage.clock),
            entropy: Arc::clone(&storage.entropy),
            masters: following.handle.clone(),
            masters_problem: following.problem(),
            forms: karute_forms::Forms::new(config.fonts.clone()),
            eprescription: Arc::clone(&storage.eprescription),
            sharing: Arc::clone(&storage.sharing),
            secure,
            demo,
        }))
    } else {
        Router::new()
            .fallback(|| async { (http::StatusCode::NOT_FOUND, "この場所には何もありません。\n") })
    };
    if config.has(Role::Api) {
        router = router.merge(karute_api::router(api.clone()));
    }
    router.layer(axum::middleware::from_fn_with_state(Arc::new(common), requests::layer))
}
