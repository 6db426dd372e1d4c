//! Tests of the FHIR room through its doors.
#![allow(clippy::unwrap_used, missing_docs)]

mod examples;
mod hostile;
mod mutations;
mod profiles;
mod rules;
mod tables;
mod validation;
