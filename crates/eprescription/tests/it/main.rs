//! The connector: vectors of the specification, round trips, hostile input, both transports against the sandbox, the
//! table of faults.
#![allow(clippy::unwrap_used, missing_docs)]

mod any;
mod fault_report;
mod fault_table;
mod hostile;
mod jobs;
mod office;
mod revocation;
mod round_trip;
mod sample;
mod signed;
mod stage;
mod transport;
mod vectors;
