//! Switches for misbehaviour.
use crate::{Sandbox, lock};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// How the simulated services misbehave. Everything off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every answer comes this many milliseconds late (at most 60,000).
    pub latency_ms: u64,
    /// This many of the next requests are answered 500 without effect.
    pub fail_next: u32,
    /// This many of the next requests take effect, but their answer is lost (answered 504).
    pub lose_answer_next: u32,
    /// Everything is answered 503 until switched off.
    pub maintenance: bool,
}

/// What happens to the request at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Served,
    Failed,
    AnswerLost,
    Maintenance,
}

impl Faults {
    /// Takes the next fate, counting down.
    pub(crate) fn next(&mut self) -> Fate {
        if self.maintenance {
            Fate::Maintenance
        } else if self.fail_next > 0 {
            self.fail_next -= 1;
            Fate::Failed
        } else if self.lose_answer_next > 0 {
            self.lose_answer_next -= 1;
            Fate::AnswerLost
        } else {
            Fate::Served
        }
    }
}

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Json<Faults> {
    Json(lock(&sandbox.inner.faults).clone())
}

pub(crate) async fn set(State(sandbox): State<Sandbox>, Json(mut faults): Json<Faults>) -> Json<Faults> {
    faults.latency_ms = faults.latency_ms.min(60_000);
    *lock(&sandbox.inner.faults) = faults.clone();
    Json(faults)
}
