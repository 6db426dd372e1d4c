//! How the masters of this process stand, for `/readyz`, `/metrics` and the screens.
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How the masters of this process stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Version of the database the tables were made from; 0 when nothing was ever imported.
    pub version: u64,
    /// How often tables were put in place.
    pub refreshed: u64,
    /// How often that failed.
    pub failed: u64,
    /// How long the last refresh took, in milliseconds.
    pub took_ms: u64,
    /// Revisions in memory of each kind, in the order of the kinds.
    pub rows: Vec<(&'static str, usize)>,
    /// What is wrong now, in the words of the log; `None` when the last refresh succeeded.
    pub problem: Option<String>,
}

/// Shared between the refresh and those who look at it.
#[derive(Debug)]
pub struct MasterState {
    ready: watch::Sender<bool>,
    figures: Mutex<Figures>,
}

impl Default for MasterState {
    fn default() -> MasterState {
        MasterState { ready: watch::Sender::new(false), figures: Mutex::default() }
    }
}

impl MasterState {
    /// Whether the first tables are in place. It stays so: later failures keep what is there.
    pub fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Waits until the first tables are in place, at most so long; whether they are.
    pub async fn until_ready(&self, most: Duration) -> bool {
        let mut ready = self.ready.subscribe();
        tokio::time::timeout(most, ready.wait_for(|ready| *ready)).await.is_ok_and(|waited| waited.is_ok())
    }

    /// How it stands.
    pub fn figures(&self) -> Figures {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn in_place(&self, version: u64, took: Duration, rows: Vec<(&'static str, usize)>) {
        self.change(|figures| {
            figures.version = version;
            figures.refreshed += 1;
            figures.took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            figures.rows = rows;
        });
        self.ready.send_replace(true);
    }

    pub(super) fn succeeded(&self) {
        self.change(|figures| figures.problem = None);
    }

    /// Whether this problem is new, so that the log does not repeat it every few seconds.
    pub(super) fn failed(&self, problem: String) -> bool {
        let mut new = false;
        self.change(|figures| {
            new = figures.problem.as_ref() != Some(&problem);
            figures.failed += 1;
            figures.problem = Some(problem);
        });
        new
    }

    fn change(&self, change: impl FnOnce(&mut Figures)) {
        change(&mut self.figures.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
