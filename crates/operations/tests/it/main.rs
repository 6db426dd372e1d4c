//! The worker, the duties and the verification on an open ledger.
#![allow(clippy::unwrap_used, missing_docs)]

mod duties;
mod masters;
mod packages;
mod prescribing;
mod sharing;
mod stage;
mod verifying;
mod working;
