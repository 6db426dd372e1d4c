//! The chart as documents and back, on real ledgers.
#![allow(clippy::unwrap_used, missing_docs)]

mod connector;
mod examples;
mod golden;
mod joint;
mod judged;
mod letters;
mod rules;
mod stage;
mod units;
mod viewing;
