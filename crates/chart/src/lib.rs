//! The clinic's work over the ledger: reception, finding patients, the summary of a patient, moving a visit on; the
//! clinic's adopted drugs and own sets.
//!
//! Read models are plain data for a face to show; each is one audit event of [`Action::View`](karute_ledger::Action)
//! (a search is one of `Search`), durable before the data leaves. Medical and clerical rules are pure functions with
//! their source beside them. This room speaks no HTTP, no SQL and no outside wire format, and asks nobody for
//! permission: the face that calls it has.
//!
//! Libraries: `infer` tells what an uploaded file is by its first bytes, `image` decodes pictures within bounds and writes
//! them anew for previews, `memchr` looks through long texts; `diffy` merges two people's changes of one text by line.

mod asked;
mod clean;
mod error;
mod parts;
mod query;

pub mod adopted;
pub mod allergy;
pub mod approval;
pub mod attachment;
pub mod author;
pub mod booking;
pub mod check;
pub mod clinic;
pub mod errand;
pub mod find;
pub mod finish;
pub mod graph;
pub mod habits;
pub mod inbox;
pub mod legal;
pub mod letter;
pub mod masters;
pub mod note;
pub mod opened;
pub mod outside;
pub mod paper_note;
pub mod patients;
pub mod prescription;
pub mod problem;
pub mod questionnaire;
pub mod reception;
pub mod registration;
pub mod request;
pub mod sets;
pub mod summary;
pub mod view;
pub mod visit;
pub mod vitals;

pub use error::ChartError;
