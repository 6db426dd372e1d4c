//! The one table of everything that is served. The router, the CapabilityStatement, the OpenAPI document and the
//! tests that walk every route are made from it.
use crate::outcome::Failure;
use crate::request::{Call, Ctx};
use crate::{fhir, product};
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

macro_rules! signed {
    ($handler:path) => {
        Handler::Signed(|ctx, call| Box::pin($handler(ctx, call)))
    };
}

/// A route that shows or changes patient data, as nearly all do.
const fn route(
    method: Method,
    path: &'static str,
    role: Role,
    action: Action,
    handler: Handler,
    summary: &'static str,
) -> Route {
    Route { method, path, role, patient_data: true, action, handler, summary }
}

/// A route that never shows what is stored.
const fn plain(method: Method, path: &'static str, role: Role, handler: Handler, summary: &'static str) -> Route {
    Route { method, path, role, patient_data: false, action: Action::Read, handler, summary }
}

/// An operation on words, which are the same for all patients. Resources of the institution that it may have to read
/// leave their audit events all the same.
const fn words(method: Method, path: &'static str, role: Role, handler: Handler, summary: &'static str) -> Route {
    plain(method, path, role, handler, summary)
}

/// An operation on a stored terminology resource.
const fn own_words(method: Method, path: &'static str, role: Role, handler: Handler, summary: &'static str) -> Route {
    route(method, path, role, Action::Read, handler, summary)
}

const LOOKUP: Role = Role::Operation {
    name: "lookup",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
    on: On::OneType("CodeSystem"),
};
const VALIDATE_SYSTEM_CODE: Role = Role::Operation {
    name: "validate-code",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
    on: On::OneType("CodeSystem"),
};
const EXPAND: Role = Role::Operation {
    name: "expand",
    definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    on: On::OneType("ValueSet"),
};
const VALIDATE_SET_CODE: Role = Role::Operation {
    name: "validate-code",
    definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
    on: On::OneType("ValueSet"),
};
const TRANSLATE: Role = Role::Operation {
    name: "translate",
    definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    on: On::OneType("ConceptMap"),
};
const VALIDATE: Role = Role::Operation {
    name: "validate",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    on: On::EveryType,
};
const EVERYTHING: Role = Role::Operation {
    name: "everything",
    definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    on: On::OneType("Patient"),
};
const EXPORT: Role = Role::Operation {
    name: "export",
    definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
    on: On::System,
};
const EXPORT_PATIENT: Role = Role::Operation {
    name: "export",
    definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    on: On::OneType("Patient"),
};

/// Everything that is served.
pub(crate) static ROUTES: &[Route] = &[
    plain(
        Method::GET,
        "/fhir/metadata",
        Role::System("capabilities"),
        Handler::Public(fhir::metadata::serve),
        "CapabilityStatement",
    ),
    route(
        Method::POST,
        "/fhir",
        Role::System("transaction"),
        Action::Transaction,
        signed!(fhir::bundle::post),
        "Batch or transaction",
    ),
    route(
        Method::POST,
        "/fhir/",
        Role::System("transaction"),
        Action::Transaction,
        signed!(fhir::bundle::post),
        "Batch or transaction",
    ),
    route(
        Method::GET,
        "/fhir/_history",
        Role::System("history-system"),
        Action::History,
        signed!(fhir::history::system),
        "History of the whole institution",
    ),
    route(
        Method::GET,
        "/fhir/$export",
        EXPORT,
        Action::Export,
        signed!(fhir::export::kickoff_system),
        "Start a bulk export of everything",
    ),
    route(
        Method::GET,
        "/fhir/Patient/$export",
        EXPORT_PATIENT,
        Action::Export,
        signed!(fhir::export::kickoff_patients),
        "Start a bulk export of all patients' records",
    ),
    route(
        Method::GET,
        "/fhir/_export/{job}",
        Role::Other("export-status"),
        Action::Export,
        signed!(fhir::export::status),
        "State of a bulk export",
    ),
    route(
        Method::DELETE,
        "/fhir/_export/{job}",
        Role::Other("export-cancel"),
        Action::Export,
        signed!(fhir::export::cancel),
        "Cancel a bulk export or drop its files",
    ),
    route(
        Method::GET,
        "/fhir/_export/{job}/{file}",
        Role::Other("export-file"),
        Action::Export,
        signed!(fhir::export::file),
        "One NDJSON file of a bulk export",
    ),
    plain(
        Method::POST,
        "/fhir/{type}/$validate",
        VALIDATE,
        signed!(fhir::validate::on_type),
        "Validate a resource without storing it",
    ),
    route(
        Method::POST,
        "/fhir/{type}/{id}/$validate",
        VALIDATE,
        Action::Read,
        signed!(fhir::validate::on_instance),
        "Validate a change of a resource without storing it",
    ),
    route(
        Method::GET,
        "/fhir/{type}/{id}/$validate",
        VALIDATE,
        Action::Read,
        signed!(fhir::validate::on_instance),
        "Validate a stored resource",
    ),
    route(
        Method::GET,
        "/fhir/{type}/{id}/$everything",
        EVERYTHING,
        Action::Search,
        signed!(fhir::everything::serve),
        "Everything about one patient",
    ),
    words(Method::GET, "/fhir/CodeSystem/$lookup", LOOKUP, signed!(fhir::terminology::lookup::serve), "Look a code up"),
    words(
        Method::POST,
        "/fhir/CodeSystem/$lookup",
        LOOKUP,
        signed!(fhir::terminology::lookup::serve),
        "Look a code up",
    ),
    words(
        Method::GET,
        "/fhir/CodeSystem/$validate-code",
        VALIDATE_SYSTEM_CODE,
        signed!(fhir::terminology::validate_code::of_system),
        "Whether a code is in a code system",
    ),
    words(
        Method::POST,
        "/fhir/CodeSystem/$validate-code",
        VALIDATE_SYSTEM_CODE,
        signed!(fhir::terminology::validate_code::of_system),
        "Whether a code is in a code system",
    ),
    own_words(
        Method::GET,
        "/fhir/CodeSystem/{id}/$validate-code",
        VALIDATE_SYSTEM_CODE,
        signed!(fhir::terminology::validate_code::of_system),
        "Whether a code is in a code system, by a stored resource",
    ),
    own_words(
        Method::POST,
        "/fhir/CodeSystem/{id}/$validate-code",
        VALIDATE_SYSTEM_CODE,
        signed!(fhir::terminology::validate_code::of_system),
        "Whether a code is in a code system, by a stored resource",
    ),
    words(
        Method::GET,
        "/fhir/ValueSet/$expand",
        EXPAND,
        signed!(fhir::terminology::expand::serve),
        "The codes of a value set, by words and page by page",
    ),
    words(
        Method::POST,
        "/fhir/ValueSet/$expand",
        EXPAND,
        signed!(fhir::terminology::expand::serve),
        "The codes of a value set, by words and page by page",
    ),
    own_words(
        Method::GET,
        "/fhir/ValueSet/{id}/$expand",
        EXPAND,
        signed!(fhir::terminology::expand::serve),
        "The codes of a value set, by words and page by page, by a stored resource",
    ),
    own_words(
        Method::POST,
        "/fhir/ValueSet/{id}/$expand",
        EXPAND,
        signed!(fhir::terminology::expand::serve),
        "The codes of a value set, by words and page by page, by a stored resource",
    ),
    words(
        Method::GET,
        "/fhir/ValueSet/$validate-code",
        VALIDATE_SET_CODE,
        signed!(fhir::terminology::validate_code::of_set),
        "Whether a code is in a value set",
    ),
    words(
        Method::POST,
        "/fhir/ValueSet/$validate-code",
        VALIDATE_SET_CODE,
        signed!(fhir::terminology::validate_code::of_set),
        "Whether a code is in a value set",
    ),
    own_words(
        Method::GET,
        "/fhir/ValueSet/{id}/$validate-code",
        VALIDATE_SET_CODE,
        signed!(fhir::terminology::validate_code::of_set),
        "Whether a code is in a value set, by a stored resource",
    ),
    own_words(
        Method::POST,
        "/fhir/ValueSet/{id}/$validate-code",
        VALIDATE_SET_CODE,
        signed!(fhir::terminology::validate_code::of_set),
        "Whether a code is in a value set, by a stored resource",
    ),
    words(
        Method::GET,
        "/fhir/ConceptMap/$translate",
        TRANSLATE,
        signed!(fhir::terminology::translate::serve),
        "Codes of another system for a code",
    ),
    words(
        Method::POST,
        "/fhir/ConceptMap/$translate",
        TRANSLATE,
        signed!(fhir::terminology::translate::serve),
        "Codes of another system for a code",
    ),
    own_words(
        Method::GET,
        "/fhir/ConceptMap/{id}/$translate",
        TRANSLATE,
        signed!(fhir::terminology::translate::serve),
        "Codes of another system for a code, by a stored resource",
    ),
    own_words(
        Method::POST,
        "/fhir/ConceptMap/{id}/$translate",
        TRANSLATE,
        signed!(fhir::terminology::translate::serve),
        "Codes of another system for a code, by a stored resource",
    ),
    route(
        Method::POST,
        "/fhir/{type}/_search",
        Role::Type("search-type"),
        Action::Search,
        signed!(fhir::search::post),
        "Search by form",
    ),
    route(
        Method::GET,
        "/fhir/{type}/_history",
        Role::Type("history-type"),
        Action::History,
        signed!(fhir::history::kind),
        "History of a type",
    ),
    route(
        Method::GET,
        "/fhir/{type}/{id}/_history",
        Role::Type("history-instance"),
        Action::History,
        signed!(fhir::history::instance),
        "History of a resource",
    ),
    route(
        Method::GET,
        "/fhir/{type}/{id}/_history/{version}",
        Role::Type("vread"),
        Action::Read,
        signed!(fhir::read::vread),
        "Read a version",
    ),
    route(Method::GET, "/fhir/{type}", Role::Type("search-type"), Action::Search, signed!(fhir::search::get), "Search"),
    route(Method::POST, "/fhir/{type}", Role::Type("create"), Action::Create, signed!(fhir::create::serve), "Create"),
    route(
        Method::PUT,
        "/fhir/{type}",
        Role::Type("update"),
        Action::Update,
        signed!(fhir::update::conditional),
        "Conditional update",
    ),
    route(
        Method::DELETE,
        "/fhir/{type}",
        Role::Type("delete"),
        Action::Delete,
        signed!(fhir::delete::conditional),
        "Conditional delete",
    ),
    route(Method::GET, "/fhir/{type}/{id}", Role::Type("read"), Action::Read, signed!(fhir::read::read), "Read"),
    route(
        Method::PUT,
        "/fhir/{type}/{id}",
        Role::Type("update"),
        Action::Update,
        signed!(fhir::update::serve),
        "Update, or create with this id",
    ),
    route(
        Method::PATCH,
        "/fhir/{type}/{id}",
        Role::Type("patch"),
        Action::Update,
        signed!(fhir::patch::serve),
        "JSON Patch",
    ),
    route(
        Method::DELETE,
        "/fhir/{type}/{id}",
        Role::Type("delete"),
        Action::Delete,
        signed!(fhir::delete::serve),
        "Delete",
    ),
    route(
        Method::GET,
        "/api/v1/patients/{id}/summary",
        Role::Other("patient-summary"),
        Action::View,
        signed!(product::summary::serve),
        "What the patient page shows",
    ),
    route(
        Method::GET,
        "/api/v1/outgoing",
        Role::Other("outgoing-list"),
        Action::Administer,
        signed!(product::outgoing::list),
        "Outgoing jobs by state",
    ),
    route(
        Method::POST,
        "/api/v1/outgoing/{job}/retry",
        Role::Other("outgoing-retry"),
        Action::Administer,
        signed!(product::outgoing::retry),
        "Put a dead job back to work",
    ),
    route(
        Method::POST,
        "/api/v1/outgoing/{job}/discard",
        Role::Other("outgoing-discard"),
        Action::Administer,
        signed!(product::outgoing::discard),
        "Give up a dead job, with a reason",
    ),
    words(
        Method::GET,
        "/api/v1/terminology/search",
        Role::Other("terminology-search"),
        signed!(product::terminology::find),
        "Drugs, diseases, laboratory items, usages, acts or allergens by what was typed",
    ),
    words(
        Method::GET,
        "/api/v1/terminology/masters",
        Role::Other("terminology-masters"),
        signed!(product::terminology::masters),
        "Which masters are loaded, and what is missing without the others",
    ),
    plain(
        Method::GET,
        "/api/openapi.json",
        Role::Other("openapi"),
        Handler::Public(product::openapi::serve),
        "This document",
    ),
];

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
