//! 予約: schedules with weekly slots, appointments in them, the next visit.
//!
//! A slot is not stored: it follows from the rules of its [`Schedule`], the clinic's [`Calendar`] and the appointments
//! ([`day`]). Booking and moving check and write in one transaction ([`book`]), so that two desks pressing at once
//! cannot put more into a slot than it takes.

mod agenda;
mod body;
mod change;
mod claim;
mod next_visit;
mod outcome;
mod resource;
mod schedule;
mod settings;
mod slots;
mod suggest;

pub use agenda::{Agenda, Booked, agenda, appointment, patient, schedules};
pub use change::{NewBooking, Place, book, move_to};
pub use next_visit::{NextVisit, free_slots, next_free_slot, next_visit};
pub use outcome::{CancelReason, cancel, no_show, restore};
pub use resource::{weekday_code, weekday_parse};
pub use schedule::{
    Calendar, Effect, Exception, LONGEST_WORDS, MOST_EXCEPTIONS, MOST_RULES, Rule, Schedule, ScheduleKind, TimeOfDay,
};
pub use settings::{
    Doctor, Plan, add_exception, add_rules, create_schedule, plan, remove_exception, remove_rules,
    set_closed_on_holidays, set_offered, usual_schedules,
};
pub use slots::{Day, HORIZON_DAYS, Held, Slot, day, next_free};
pub use suggest::{Basis, Suggestion, Why, suggest};

use crate::ChartError;
use karute_ledger::LedgerError;

/// Years ahead that can be booked: reminders of yearly check-ups, with room.
const YEARS_AHEAD: i64 = 5;

/// Why an appointment cannot be made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The slot has as many as it takes.
    Full,
    /// No slot of the schedule begins then: outside the hours, or closed.
    NoSlot,
    /// It is over.
    Past,
    /// More than five years ahead.
    TooFar,
    /// The patient has another appointment at that time.
    Elsewhere,
    /// The patient is recorded as dead.
    Dead,
    /// The schedule is no longer offered.
    NotOffered,
}

/// What can go wrong with an appointment.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// The clinic's own rules.
    #[error("not possible")]
    Refused(Refusal),
    /// Everything else.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

impl From<LedgerError> for BookingError {
    fn from(error: LedgerError) -> BookingError {
        BookingError::Chart(error.into())
    }
}

impl From<Refusal> for BookingError {
    fn from(refusal: Refusal) -> BookingError {
        BookingError::Refused(refusal)
    }
}

/// Statuses in which an appointment keeps its place.
fn holds(status: &str) -> bool {
    matches!(status, "booked" | "pending" | "arrived" | "checked-in" | "fulfilled")
}
