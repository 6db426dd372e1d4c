//! The clinic's work on a real ledger (SQLite in a directory of its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod clinic;
mod finding;
mod reception;
mod summary;
mod visits;
