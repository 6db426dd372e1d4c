//! The one table of everything that is served. The router, the CapabilityStatement, the OpenAPI document and the
//! tests that walk every route are made from it.
//!
//! This file says what a route is; [`table`] lists them, [`operation`] names the operations among them.

mod operation;
mod table;

pub(crate) use table::ROUTES;

use crate::outcome::Failure;
use crate::request::{Call, Ctx};
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Method;
use karute_fhir::ResourceType;
use karute_ledger::Action;

/// What a handler gives back.
pub(crate) type Reply = BoxFuture<'static, Result<Response, Failure>>;

/// How a route is carried out.
pub(crate) enum Handler {
    /// For anyone.
    Public(fn(&Visitor) -> Response),
    /// For identified callers.
    Signed(fn(Ctx, Call) -> Reply),
}

/// Anyone, who gets what is public.
pub(crate) struct Visitor {
    pub(crate) state: crate::state::ApiState,
    pub(crate) base: crate::request::Base,
    pub(crate) format: crate::http::negotiate::Format,
}

/// What a route is in the words of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A system-level RESTful interaction (`transaction`, `history-system`, …).
    System(&'static str),
    /// A type- or instance-level RESTful interaction (`read`, `search-type`, …).
    Type(&'static str),
    /// An operation: name without `$`, canonical definition, and whether it is for the whole system, all types, or one.
    Operation { name: &'static str, definition: &'static str, on: On },
    /// Not part of FHIR's vocabulary (status of an export, product API).
    Other(&'static str),
}

/// Where an operation stands in the CapabilityStatement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    System,
    EveryType,
    OneType(&'static str),
}

/// One route.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// axum path; `{type}`, `{id}`, `{version}` are checked before the handler runs.
    pub(crate) path: &'static str,
    pub(crate) role: Role,
    /// Shows or changes patient data: every use leaves an audit event.
    pub(crate) patient_data: bool,
    /// What a refusal is recorded as.
    pub(crate) action: Action,
    pub(crate) handler: Handler,
    /// One line for the OpenAPI document.
    pub(crate) summary: &'static str,
}

/// Whether a RESTful interaction is offered for a type. Audit events are written by the ledger alone and read through
/// a view of its chain.
pub(crate) fn serves(resource_type: ResourceType, interaction: &str) -> bool {
    resource_type.name() != "AuditEvent" || matches!(interaction, "read" | "search-type")
}

/// A route as tests and documents see it.
#[derive(Clone, Debug)]
pub struct RouteView {
    /// Method.
    pub method: Method,
    /// Path with `{…}` parameters.
    pub path: &'static str,
    /// Whether anyone may use it without a token.
    pub public: bool,
    /// Whether it shows or changes patient data, so that each use leaves an audit event.
    pub patient_data: bool,
}

/// Everything that is served.
pub fn routes() -> impl Iterator<Item = RouteView> {
    ROUTES.iter().map(|route| RouteView {
        method: route.method.clone(),
        path: route.path,
        public: matches!(route.handler, Handler::Public(_)),
        patient_data: route.patient_data,
    })
}
