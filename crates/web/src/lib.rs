//! The screens: pages rendered on the server, a little script of our own, assets inside the binary.
//!
//! Contains no rules of the clinic (they are in `chart`), no permissions (they are in `identity`), no SQL. Every page
//! works without script. The content security policy forbids anything inline and anything from elsewhere. Addresses
//! carry opaque ids only. [`ROUTES`] names every route, who may use it and whether it touches patient data; the
//! router is built from that table.
//!
//! Libraries: `barcoders` makes the bars of Code 128 for labels of specimens, `qrcode` the symbol that leads a patient's
//! phone to the questionnaire.

mod acts;
mod assets;
mod components;
mod error;
mod format;
mod guard;
mod habits;
mod headers;
mod here;
mod input;
mod links;
mod pages;
mod preferences;
mod rights;
mod routes;
mod session;
mod state;

pub use pages::print::{Printed, chart_document};
pub use routes::{ROUTES, Route, Who, router};
pub use state::{WebConfig, WebState};
