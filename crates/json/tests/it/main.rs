//! What the other rooms may rely on.
#![allow(clippy::unwrap_used, missing_docs)]

mod accepted;
mod hostile;
mod mutations;
mod patch;
#[path = "../../../../fuzz/properties/json.rs"]
mod property;
mod refused;
mod round_trip;
mod strategy;
