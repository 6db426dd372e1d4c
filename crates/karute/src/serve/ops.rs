//! The operations listener: is it alive, is it ready, what has it done.
use super::metrics::{Metrics, resident_bytes};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use karute_ledger::Ledger;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the database may take to answer a readiness question.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// What the operations listener looks at.
pub(crate) struct Ops {
    pub ledger: Ledger,
    pub metrics: Arc<Metrics>,
    pub stopped: watch::Receiver<bool>,
    pub began: Instant,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub(crate) fn router(ops: Ops) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(ops))
}

async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    if *ops.stopped.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match tokio::time::timeout(READY_TIMEOUT, ops.ledger.ping()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database is too slow\n").into_response(),
    }
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    let resident = resident_bytes().unwrap_or_default() as f64;
    let up = ops.began.elapsed().as_secs_f64();
    let text = ops.metrics.render(&[
        ("process_resident_memory_bytes", "Resident memory.", resident),
        ("karute_uptime_seconds", "Time since the start.", up),
    ]);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
