//! The faces for programs: FHIR R4 REST at `/fhir`, bulk export, and the product's own API at `/api/v1`.
//!
//! A request is identified by its bearer token (tenant and scopes come from it, from nowhere else), parsed once into
//! typed values, carried out as one transaction of the ledger, and answered. Everything that is served stands in one
//! table (`route`), from which the router, the CapabilityStatement and the OpenAPI document are made.
//!
//! This room holds no clinical rules, speaks no SQL and shows nothing to people; refusals are OperationOutcomes whose
//! text is Japanese. Further crates: `jiff` for HTTP dates, `uuid` for ids.

mod dispatch;
mod fhir;
mod http;
mod outcome;
mod product;
mod reply;
mod request;
mod route;
mod state;

/// Bulk export: the job that the worker carries out.
pub mod export {
    pub use crate::fhir::export::{ExportError, Finished, KIND, run};
}

pub use dispatch::router;
/// Where the executable puts the masters.
pub use karute_terminology::MastersHandle;

/// A holder with the product's own starter set, until official masters are put in its place.
pub fn starter_masters() -> MastersHandle {
    MastersHandle::new(karute_terminology::Masters::starter())
}
pub use request::{ClientAddress, RequestId};
pub use route::{RouteView, routes};
pub use state::{ApiConfig, ApiState};
