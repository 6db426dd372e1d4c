//! What arrived at the simulated services.
use crate::{Sandbox, lock};
use axum::Json;
use axum::extract::State;
use karute_japan::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Mutex;

/// Entries kept; older ones fall out.
const MAX_ENTRIES: usize = 10_000;

/// One request and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// When, FHIR instant.
    pub at: String,
    /// Simulated service.
    pub service: String,
    /// Idempotency key of the sender.
    pub key: String,
    /// Size of what was sent, in bytes.
    pub size_bytes: usize,
    /// `taken`, `repeated`, `failed`, `answer-lost`, `maintenance`.
    pub outcome: &'static str,
}

#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<Entry>>);

impl Journal {
    pub(crate) fn write(&self, at: Timestamp, service: &str, key: &str, size_bytes: usize, outcome: &'static str) {
        let mut entries = lock(&self.0);
        if entries.len() == MAX_ENTRIES {
            entries.pop_front();
        }
        entries.push_back(Entry {
            at: at.to_fhir(),
            service: service.to_owned(),
            key: key.to_owned(),
            size_bytes,
            outcome,
        });
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        lock(&self.0).iter().cloned().collect()
    }
}

pub(crate) async fn list(State(sandbox): State<Sandbox>) -> Json<Vec<Entry>> {
    Json(sandbox.journal())
}
