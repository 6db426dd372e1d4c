//! The operations listener: is it alive, is it ready, what has it done.
use super::metrics::{Metrics, Sample, resident_bytes};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use karute_ledger::Ledger;
use karute_operations::masters::MasterState;
use karute_operations::worker::Tally;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the database may take to answer a readiness question.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// What the operations listener looks at.
pub(crate) struct Ops {
    pub ledger: Ledger,
    pub metrics: Arc<Metrics>,
    pub tally: Arc<Tally>,
    pub masters: Arc<MasterState>,
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
    // Until the first tables are in place searches would find nothing; afterwards older ones serve on.
    if !ops.masters.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "masters are loading\n").into_response();
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
    let ledger = ops.ledger.metrics();
    let mut samples = vec![
        Sample::gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes().unwrap_or_default() as f64),
        Sample::gauge("karute_uptime_seconds", "Time since the start.", ops.began.elapsed().as_secs_f64()),
        Sample::counter("karute_ledger_groups_total", "Writing transactions, each one flush.", ledger.groups as f64),
        Sample::counter("karute_ledger_commits_total", "Commits made durable in them.", ledger.commits as f64),
        Sample::counter("karute_ledger_entries_total", "Entries added to chains.", ledger.entries as f64),
        Sample::gauge("karute_ledger_queued", "Commits waiting or on their way.", ledger.queued as f64),
        Sample::gauge("karute_jobs_running", "Jobs being carried out here.", ops.tally.running() as f64),
    ];
    for (kind, outcome, count) in ops.tally.outcomes() {
        let sample = Sample::counter("karute_jobs_total", "Attempts at jobs by outcome.", count as f64);
        samples.push(sample.labelled(format!("kind=\"{kind}\",outcome=\"{outcome}\"")));
    }
    let masters = ops.masters.figures();
    samples.extend([
        Sample::gauge("karute_masters_version", "Editions the tables here were made from.", masters.version as f64),
        Sample::counter("karute_masters_refreshed_total", "Times tables were put in place.", masters.refreshed as f64),
        Sample::counter("karute_masters_refresh_failed_total", "Times that failed.", masters.failed as f64),
        Sample::gauge(
            "karute_masters_refresh_seconds",
            "Time the last refresh took.",
            Duration::from_millis(masters.took_ms).as_secs_f64(),
        ),
    ]);
    for (kind, rows) in masters.rows {
        let sample = Sample::gauge("karute_masters_rows", "Revisions in memory by kind.", rows as f64);
        samples.push(sample.labelled(format!("kind=\"{kind}\"")));
    }
    let text = ops.metrics.render(&samples);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
