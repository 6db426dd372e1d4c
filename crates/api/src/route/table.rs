//! The routes.
use super::operation::{
    EVERYTHING, EXPAND, EXPORT, EXPORT_PATIENT, LOOKUP, TRANSLATE, VALIDATE, VALIDATE_SET_CODE, VALIDATE_SYSTEM_CODE,
};
use super::{Handler, Role, Route};
use crate::{fhir, product};
use http::Method;
use karute_ledger::Action;

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
