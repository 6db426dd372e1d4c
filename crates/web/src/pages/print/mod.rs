//! Pages for paper: the same data, a template of their own, identity on every sheet.

pub(crate) mod chart;
mod cover;
pub(crate) mod prescription;
mod progress;

pub use chart::{Printed, chart_document};
