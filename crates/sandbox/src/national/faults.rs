//! How a service misbehaves.
use serde::{Deserialize, Serialize};

/// Switches; everything off by default. Counters say for how many of the next requests a fault holds; they are used up
/// in the order written here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceFaults {
    /// Everything is refused until switched off.
    pub maintenance: bool,
    /// Every answer over the Web API comes this many milliseconds late (at most 60,000).
    pub slow_ms: u64,
    /// Failed without effect (HTTP 500; over the folder an `.err` file).
    pub fail_next: u32,
    /// Answered with the result code of an injected error, without effect.
    pub error_next: u32,
    /// The request takes effect, its answer is lost.
    pub lose_answer_next: u32,
    /// The request is lost before it takes effect; the sender cannot tell.
    pub lose_request_next: u32,
    /// The request takes effect, its answer comes after 120 seconds (over the Web API: never).
    pub late_answer_next: u32,
    /// The sender gets no answer; the request takes effect after 120 seconds.
    pub late_effect_next: u32,
    /// The request reaches the service twice and takes effect twice.
    pub double_request_next: u32,
    /// The answer comes twice (over the folder: as two files).
    pub double_answer_next: u32,
    /// The request takes effect, its answer is garbage.
    pub garbage_next: u32,
}

/// What happens to the request at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Served,
    Maintenance,
    Failed,
    Error,
    AnswerLost,
    RequestLost,
    LateAnswer,
    LateEffect,
    RequestDoubled,
    AnswerDoubled,
    Garbage,
}

impl ServiceFaults {
    /// Takes the next fate, counting down.
    pub(crate) fn next(&mut self) -> Fate {
        if self.maintenance {
            return Fate::Maintenance;
        }
        let counters = [
            (&mut self.fail_next, Fate::Failed),
            (&mut self.error_next, Fate::Error),
            (&mut self.lose_answer_next, Fate::AnswerLost),
            (&mut self.lose_request_next, Fate::RequestLost),
            (&mut self.late_answer_next, Fate::LateAnswer),
            (&mut self.late_effect_next, Fate::LateEffect),
            (&mut self.double_request_next, Fate::RequestDoubled),
            (&mut self.double_answer_next, Fate::AnswerDoubled),
            (&mut self.garbage_next, Fate::Garbage),
        ];
        for (left, fate) in counters {
            if *left > 0 {
                *left -= 1;
                return fate;
            }
        }
        Fate::Served
    }
}
