//! The clinic's work on a real ledger (SQLite in a directory of its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod adopted;
mod approvals;
mod check;
mod clinic;
mod desk;
mod finding;
mod habits;
mod masters;
mod merge;
mod notes;
mod reception;
mod record_print;
mod registration;
mod request;
mod sets;
mod summary;
mod visits;
