//! A service that only takes deliveries: the smallest outside system there can be. A repeated key has no second
//! effect, which is what the job queue relies on.
use crate::faults::Fate;
use crate::{Sandbox, lock};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// Deliveries kept over all services.
const MAX_DELIVERIES: usize = 100_000;

/// (service, key) → size in bytes.
#[derive(Default)]
pub(crate) struct Mailbox(Mutex<BTreeMap<(String, String), usize>>);

impl Mailbox {
    /// `Some(true)` when taken, `Some(false)` when it was there already, `None` when the box is full.
    fn take(&self, service: &str, key: &str, size_bytes: usize) -> Option<bool> {
        let mut boxes = lock(&self.0);
        let place = (service.to_owned(), key.to_owned());
        if boxes.contains_key(&place) {
            return Some(false);
        }
        if boxes.len() >= MAX_DELIVERIES {
            return None;
        }
        boxes.insert(place, size_bytes);
        Some(true)
    }
}

pub(crate) async fn deliver(
    State(sandbox): State<Sandbox>,
    Path((service, key)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if service.len() > 64 || key.len() > 128 {
        return (StatusCode::BAD_REQUEST, "サービス名は64字、キーは128字までです。").into_response();
    }
    let (fate, latency_ms) = {
        let mut faults = lock(&sandbox.inner.faults);
        (faults.next(), faults.latency_ms)
    };
    if latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    let (status, outcome) = match fate {
        Fate::Maintenance => (StatusCode::SERVICE_UNAVAILABLE, "maintenance"),
        Fate::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        Fate::Served | Fate::AnswerLost => match (sandbox.inner.mailbox.take(&service, &key, body.len()), fate) {
            (None, _) => (StatusCode::INSUFFICIENT_STORAGE, "failed"),
            (Some(_), Fate::AnswerLost) => (StatusCode::GATEWAY_TIMEOUT, "answer-lost"),
            (Some(true), _) => (StatusCode::CREATED, "taken"),
            (Some(false), _) => (StatusCode::OK, "repeated"),
        },
    };
    sandbox.inner.journal.write(sandbox.inner.clock.now(), &service, &key, body.len(), outcome);
    status.into_response()
}

pub(crate) async fn list(State(sandbox): State<Sandbox>, Path(service): Path<String>) -> Json<Vec<String>> {
    let boxes = lock(&sandbox.inner.mailbox.0);
    Json(boxes.keys().filter(|(owner, _)| *owner == service).map(|(_, key)| key.clone()).collect())
}
