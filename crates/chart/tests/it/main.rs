//! The clinic's work on a real ledger (SQLite in a directory of its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod adopted;
mod check;
mod clinic;
mod finding;
mod habits;
mod masters;
mod prescription;
mod reception;
mod request;
mod sets;
mod summary;
mod visits;
