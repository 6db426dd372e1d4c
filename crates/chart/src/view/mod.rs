//! Readers of FHIR resources: what a person in a clinic wants to know of a resource, taken from its JSON. They never
//! fail: what is missing or oddly shaped is absent.

mod allergy;
mod appointment;
mod composition;
mod condition;
mod coverage;
mod document;
pub(crate) mod element;
mod encounter;
mod immunization;
mod medication;
mod observation;
mod patient;

pub(crate) use allergy::is_none_known;
pub use allergy::{Allergy, AllergyEntry};
pub use appointment::Appointment;
pub(crate) use appointment::SCHEDULE;
pub use composition::{Hand, Note, Revision};
pub(crate) use composition::{REVISION, STANDING};
pub use condition::Problem;
pub use coverage::Insurance;
pub use document::Document;
pub(crate) use encounter::{CANCELLED, PLACE, QUEUE_SYSTEM, TAG_SYSTEM};
pub use encounter::{Encounter, Tag, VisitState};
pub use immunization::Immunization;
pub use medication::Medication;
pub use observation::{Flag, Measurement};
pub(crate) use patient::CAUTION;
pub use patient::{Person, Sex};

use element::display;
