//! Messages as data: CSV, envelopes, requests and results, byte for byte as the specification digest has them.
pub mod csv;
pub mod dispensing;
pub mod envelope;
pub mod in_house;
pub mod message;
pub mod prescription;
pub mod rules;
