//! The clinic's work on a real ledger (SQLite in a directory of its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod adopted;
mod allergies;
mod attachments;
mod charts;
mod clinic;
mod finding;
mod graphs;
mod habits;
mod masters;
mod problems;
mod reception;
mod sets;
mod summary;
mod visits;
