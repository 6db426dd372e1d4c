//! The life of an information unit: Clean → Dirty → Sent → Registered, or Invalid or Rejected with a person to look.
//!
//! A unit is the whole set under one key: the last one wins. Sending it again is harmless; what must not happen is that
//! a late older one stays, so after an unknown fate it is sent once more when everything has settled.
use super::{Ended, Reason, Why};
use serde::{Deserialize, Serialize};

/// Where a unit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum State {
    /// Nothing to send: it was never sent and is empty.
    Clean,
    /// The record has something else than the service.
    Dirty,
    /// On its way.
    Sent,
    /// The service has what the record has.
    Registered,
    /// It cannot be made of what the record has, or its checks found something; it was not sent.
    Invalid,
    /// The service did not take it.
    Rejected {
        /// Why.
        why: Why,
    },
}

/// What the flow knows of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Something stands at the service under the key of today.
    pub there: bool,
    /// Some sending was never accounted for.
    pub unsure: bool,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The record has something else than what was sent last, or a person asked for it to be sent.
    Changed,
    /// The record has what was sent last, and the service took it.
    Same,
    /// Nothing was ever sent, and there is nothing to send.
    Nothing,
    /// It cannot be made, or is not valid.
    Invalid,
    /// The mark before the first byte leaves.
    Sending,
    /// The sending ended.
    Ended(Ended),
    /// The deletion of an emptied set ended; the mark before it was the same.
    Removed(Ended),
    /// Everything has settled.
    Settled,
    /// Nobody tries any longer.
    GaveUp,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Register, or replace what stands there; delete it where nothing is left.
    Put,
    /// Send once more when everything has settled.
    Settle,
    /// Try again later.
    RetryLater,
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The life after it.
    pub life: Life,
    /// What is to be done, in order.
    pub acts: Vec<Act>,
}

impl Default for Life {
    fn default() -> Life {
        Life { state: State::Clean, there: false, unsure: false }
    }
}

impl Life {
    /// Whether a person must look.
    pub fn needs_a_person(&self) -> bool {
        matches!(self.state, State::Invalid | State::Rejected { .. })
    }

    fn to(&self, state: State) -> Life {
        Life { state, ..self.clone() }
    }
}

/// What follows from an event; every event is possible everywhere.
pub fn step(life: &Life, event: Event) -> Step {
    let done = |life: Life, acts: &[Act]| Step { life, acts: acts.to_vec() };
    match (event, life.state) {
        (Event::Changed, _) => done(life.to(State::Dirty), &[Act::Put]),
        (Event::Same, _) => done(life.to(State::Registered), &[]),
        (Event::Nothing, _) => done(life.to(State::Clean), &[]),
        (Event::Invalid, _) => done(life.to(State::Invalid), &[]),
        // Killed under way.
        (Event::Sending, State::Sent) => done(Life { unsure: true, ..life.clone() }, &[]),
        (Event::Sending, _) => done(life.to(State::Sent), &[]),
        (Event::Ended(ended), State::Sent) => match ended {
            Ended::Done if life.unsure => done(Life { there: true, ..life.to(State::Registered) }, &[Act::Settle]),
            Ended::Done => done(Life { there: true, ..life.to(State::Registered) }, &[]),
            Ended::Unknown => done(Life { unsure: true, ..life.to(State::Dirty) }, &[Act::RetryLater]),
            Ended::NotSent => done(life.to(State::Dirty), &[Act::RetryLater]),
            Ended::Declined(Reason::AlreadyThere) if !life.there => {
                done(Life { there: true, ..life.to(State::Dirty) }, &[Act::Put])
            }
            Ended::Declined(Reason::NotFound) if life.there => {
                done(Life { there: false, ..life.to(State::Dirty) }, &[Act::Put])
            }
            Ended::Declined(reason) => done(life.to(State::Rejected { why: Why::of(reason) }), &[]),
            Ended::Refused => done(life.to(State::Rejected { why: Why::Refused }), &[]),
        },
        (Event::Removed(Ended::Done | Ended::Declined(Reason::NotFound)), State::Sent) => {
            let acts: &[Act] = if life.unsure { &[Act::Settle] } else { &[] };
            done(Life { there: false, ..life.to(State::Registered) }, acts)
        }
        (Event::Removed(other), State::Sent) => step(life, Event::Ended(other)),
        (Event::Settled, _) if life.unsure => done(Life { unsure: false, ..life.to(State::Dirty) }, &[Act::Put]),
        (Event::GaveUp, State::Dirty | State::Sent) => {
            let acts: &[Act] = if life.unsure { &[Act::Settle] } else { &[] };
            done(life.to(State::Rejected { why: Why::Away }), acts)
        }
        (Event::Ended(_) | Event::Removed(_) | Event::Settled | Event::GaveUp, _) => done(life.clone(), &[]),
    }
}
