//! The clinic's work over the ledger: reception, finding patients, the summary of a patient, moving a visit on; the
//! clinic's adopted drugs and own sets.
//!
//! Read models are plain data for a face to show; each is one audit event of [`Action::View`](karute_ledger::Action)
//! (a search is one of `Search`), durable before the data leaves. Medical and clerical rules are pure functions with
//! their source beside them. This room speaks no HTTP, no SQL and no outside wire format, and asks nobody for
//! permission: the face that calls it has.

mod clean;
mod error;
mod query;

pub mod adopted;
pub mod approval;
pub mod author;
pub mod check;
pub mod clinic;
pub mod finish;
pub mod habits;
pub mod legal;
pub mod masters;
pub mod note;
pub mod paper_note;
pub mod patients;
pub mod reception;
pub mod registration;
pub mod request;
pub mod sets;
pub mod summary;
pub mod view;
pub mod visit;
pub mod vitals;

pub use error::ChartError;
