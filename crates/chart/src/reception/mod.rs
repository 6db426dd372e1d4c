//! 受付: who is here today, how long, and what is next.

mod arriving;
mod board;
mod card;
mod mark;
mod similar;
mod today;
mod waiting;

pub use arriving::{Arriving, arriving, doctors, name_of};
pub use board::{Board, board};
pub use card::{Card, PreviousVisit, card};
pub use mark::{Act, change_mark};
pub(crate) use mark::{acted, changed};
pub use similar::{Similarity, similar};
pub use today::today;
pub(crate) use today::{insurance, people, valid};

pub use waiting::{WAIT_IS_LONG_MINUTES, minutes_between};

use crate::view::{Insurance, Person, Tag, VisitState};
use karute_fhir::Id;
use karute_japan::Date;
use karute_japan::Timestamp;

/// Today's list.
#[derive(Clone, Debug)]
pub struct Reception {
    /// The day shown.
    pub date: Date,
    /// When the list was made.
    pub at: Timestamp,
    /// Visits, in the order in which they are seen: that of arrival, unless somebody changed it.
    pub visits: Vec<Visit>,
    /// Cancelled arrivals, in the order of arrival.
    pub cancelled: Vec<Visit>,
    /// Appointments of people who have not arrived, in the order of their time.
    pub expected: Vec<Expected>,
}

/// One visit of the list.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Encounter id.
    pub id: Id,
    /// Encounter version, for `If-Match`.
    pub version: u32,
    /// Number called.
    pub queue_number: Option<u32>,
    /// Where the visit stands.
    pub state: VisitState,
    /// When the patient arrived.
    pub arrived: Option<Timestamp>,
    /// When the present state began.
    pub since: Option<Timestamp>,
    /// When the visit was booked for.
    pub booked: Option<Timestamp>,
    /// Who.
    pub person: Person,
    /// Insurance valid on the day.
    pub insurance: Option<Insurance>,
    /// Whether insurance is recorded but none is valid on the day.
    pub insurance_lapsed: bool,
    /// 初診, 再診 …
    pub kind: Option<String>,
    /// Why the patient came.
    pub reason: Option<String>,
    /// What reception must know.
    pub tags: Vec<Tag>,
    /// Who sees the patient: `Practitioner` id, when one is named.
    pub doctor: Option<Id>,
    /// Name of who sees the patient.
    pub doctor_name: Option<String>,
    /// Room the patient is called to.
    pub room: Option<String>,
    /// The moment by which the visit is queued: that of arrival, unless somebody changed its place.
    pub place: Option<Timestamp>,
    /// Why it was cancelled.
    pub cancelled: Option<String>,
    /// What somebody just did with it.
    pub act: Option<Act>,
    /// Others in the building whose names could be taken for this one.
    pub similar: Vec<Id>,
}

/// Somebody who has an appointment and is not here yet.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Appointment id.
    pub id: Id,
    /// Appointment version.
    pub version: u32,
    /// When.
    pub start: Option<Timestamp>,
    /// Who.
    pub person: Person,
    /// Insurance valid on the day.
    pub insurance: Option<Insurance>,
    /// 初診, 再診 …
    pub kind: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Visit {
    /// Whether the patient is in the building.
    pub fn is_inside(&self) -> bool {
        !matches!(self.state, VisitState::Finished | VisitState::Cancelled)
    }
    /// Minutes since the patient arrived.
    pub fn waited_minutes(&self, now: Timestamp) -> Option<i64> {
        self.arrived.map(|a| minutes_between(a, now))
    }
    /// Minutes in the present state.
    pub fn in_state_minutes(&self, now: Timestamp) -> Option<i64> {
        self.since.map(|s| minutes_between(s, now))
    }
}

impl Reception {
    /// Visits in a state, in the order in which they are seen.
    pub fn in_state(&self, state: VisitState) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(move |v| v.state == state)
    }
    /// How many are in the building.
    pub fn inside(&self) -> usize {
        self.visits.iter().filter(|v| v.is_inside()).count()
    }
    /// A visit of the list, cancelled ones too.
    pub fn visit(&self, id: &Id) -> Option<&Visit> {
        self.visits.iter().chain(&self.cancelled).find(|v| &v.id == id)
    }
    /// Mean and longest wait of those waiting, in minutes.
    pub fn waits(&self) -> Option<(i64, i64)> {
        let waits: Vec<i64> = self.in_state(VisitState::Waiting).filter_map(|v| v.waited_minutes(self.at)).collect();
        let longest = waits.iter().copied().max()?;
        let count = i64::try_from(waits.len()).ok()?;
        Some((waits.iter().sum::<i64>() / count.max(1), longest))
    }
}
