//! The clinic's work over the ledger: reception, finding patients, the summary of a patient, moving a visit on; the
//! clinic's adopted drugs and own sets.
//!
//! Read models are plain data for a face to show; each is one audit event of [`Action::View`](karute_ledger::Action)
//! (a search is one of `Search`), durable before the data leaves. Medical and clerical rules are pure functions with
//! their source beside them. This room speaks no HTTP, no SQL and no outside wire format, and asks nobody for
//! permission: the face that calls it has.

mod error;
mod query;

pub mod adopted;
pub mod author;
pub mod check;
pub mod clinic;
pub mod finish;
pub mod habits;
pub mod masters;
pub mod paper_note;
pub mod patients;
pub mod prescription;
pub mod reception;
pub mod request;
pub mod sets;
pub mod summary;
pub mod view;
pub mod visit;

pub use error::ChartError;
