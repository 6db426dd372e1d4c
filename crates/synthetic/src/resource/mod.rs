//! FHIR R4 resources in the manner of JP Core.
mod build;
mod clinical;
mod document;
mod institution;
mod patient;
mod visit;

pub(crate) use clinical::{condition, immunization, laboratory, medication_request, pressure, problem, vital};
pub(crate) use document::{composition, letter};
pub(crate) use institution::{doctors, institution};
pub(crate) use patient::{allergies, coverages, patient};
pub(crate) use visit::{Stay, appointment, encounter, tags};
