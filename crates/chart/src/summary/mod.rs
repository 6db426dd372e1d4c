//! The summary of one patient: who, allergies, insurance, disease names, drugs, results, the course so far.

mod course;
mod drugs;
mod measures;
mod read;
mod results;

pub use course::{Entry, EntryKind, Outside};
pub use drugs::{DrugGroup, current, grouped};
pub use measures::{Measure, Series, chosen};
pub use read::{Face, face, person, read, summary};
pub use results::{ResultRow, Results};

pub(crate) use read::{allergies, measured, newest_labs};

use crate::view::{Allergy, Insurance, Person, Problem, VisitState};
use karute_fhir::Id;
use karute_japan::Date;

/// How much of the record the reader may see (ux §2.3). Decided by the face from the caller's profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// 要約: identity, allergies, disease names, drugs, results, dates of visits.
    Outline,
    /// Also the written notes.
    Notes,
}

/// What the page of a patient shows.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Who.
    pub person: Person,
    /// The day the summary is of.
    pub date: Date,
    /// Insurance valid on the day, main one first.
    pub insurance: Vec<Insurance>,
    /// Allergies in one of three states.
    pub allergy: Allergy,
    /// Active disease names, oldest first.
    pub problems: Vec<Problem>,
    /// The same with what is needed to change them.
    pub list: crate::problem::List,
    /// Infections to mind, pregnancy, breast-feeding.
    pub alerts: crate::allergy::Alerts,
    /// Ended disease names, newest first.
    pub past_problems: Vec<Problem>,
    /// Drugs covered by a prescription on the day, grouped by 用法.
    pub drugs: Vec<DrugGroup>,
    /// Up to five measures picked by the active disease names.
    pub trends: Vec<Series>,
    /// Laboratory results of the newest days.
    pub results: Results,
    /// The course, newest first.
    pub course: Vec<Entry>,
    /// Today's visit, when there is one: Encounter id, its state, number called.
    pub today: Option<(Id, VisitState, Option<u32>)>,
}
