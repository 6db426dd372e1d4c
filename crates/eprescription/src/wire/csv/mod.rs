//! The CSV of prescriptions and dispensing results, driven by the record table of the profile.
//!
//! Digest 5.1: UTF-8 without BOM, LF, half-width commas without quoting, every item in its place. A [`Sheet`] is the
//! text taken apart; what its records mean stands in [`crate::wire::prescription`] and [`crate::wire::dispensing`].
mod fault;
mod order;
mod record;
mod sheet;

pub use fault::{CsvFault, CsvFaults, FaultKind};
pub use record::{Record, RecordError};
pub use sheet::Sheet;
