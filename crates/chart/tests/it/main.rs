//! The clinic's work on a real ledger (SQLite in a directory of its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod adopted;
mod allergies;
mod approvals;
mod attachments;
mod booking;
mod charts;
mod check;
mod clinic;
mod desk;
mod finding;
mod graphs;
mod habits;
mod masters;
mod merge;
mod notes;
mod prescription;
mod problems;
mod questionnaire;
mod reception;
mod record_print;
mod registration;
mod request;
mod sets;
mod summary;
mod visits;
