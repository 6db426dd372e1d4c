//! CapabilityStatement, generated from what is really served: the table of routes and the search parameters.
use crate::fhir::audit_event;
use crate::reply;
use crate::route::{On, ROUTES, Role, Visitor, serves};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::ResourceType;
use karute_fhir::search::{ParamType, params_of};
use serde_json::{Map, Value, json};

/// Stands for the server's address in the cached text.
const BASE: &str = "{base}";

/// `GET /fhir/metadata`
pub(crate) fn serve(ctx: &Visitor) -> Response {
    let cached = ctx.state.inner.capability.get_or_init(|| statement(&ctx.state.inner.started.to_fhir()).to_string());
    let body = cached.replace(BASE, ctx.base.fhir());
    reply::json(StatusCode::OK, ctx.format, body)
}

fn statement(date: &str) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "url": format!("{BASE}/metadata"),
        "version": env!("CARGO_PKG_VERSION"),
        "name": "KaruteCapabilityStatement",
        "title": "Karute FHIR R4 API",
        "status": "active",
        "date": date,
        "publisher": "Karute",
        "kind": "instance",
        "software": { "name": "Karute", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Karute", "url": BASE },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [{
            "mode": "server",
            "documentation": DOCUMENTATION,
            "security": {
                "cors": false,
                "description": "Authorization: Bearer <API token>. The institution comes from the token alone; scopes are SMART v2 system scopes (system/Patient.rs). Every use is audited.",
            },
            "resource": ResourceType::all().map(resource).collect::<Vec<_>>(),
            "interaction": system_interactions(),
            "operation": operations(|on| on == On::System),
        }],
    })
}

const DOCUMENTATION: &str = "References to resources that do not exist (yet) are accepted, because documents may arrive out of order; in a transaction, urn:uuid references must be resolved by a fullUrl of the same Bundle and conditional references must find exactly one resource. Deletion does not look for references. Searches are strict (unknown parameters are refused) unless Prefer: handling=lenient is sent. Reading what was deleted answers 410. Binary takes and gives raw content of any type; Binary resources that stand for raw content carry their SHA-256 in meta.tag (urn:karute:content-sha256).";

fn system_interactions() -> Vec<Value> {
    let mut codes: Vec<&str> = Vec::new();
    for route in ROUTES {
        if let Role::System(code) = route.role {
            let both: &[&str] = if code == "transaction" { &["transaction", "batch"] } else { &[code] };
            // `capabilities` is no interaction of the statement itself.
            codes.extend(both.iter().filter(|c| **c != "capabilities"));
        }
    }
    dedup(codes).into_iter().map(|code| json!({ "code": code })).collect()
}

fn dedup(mut codes: Vec<&str>) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    codes.retain(|code| seen.insert(*code));
    codes
}

fn operations(wanted: impl Fn(On) -> bool) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for route in ROUTES {
        if let Role::Operation { name, definition, on } = route.role {
            let operation = json!({ "name": name, "definition": definition });
            if wanted(on) && !found.contains(&operation) {
                found.push(operation);
            }
        }
    }
    found
}

fn resource(kind: ResourceType) -> Value {
    let offered = ROUTES.iter().filter_map(|route| match route.role {
        Role::Type(code) if serves(kind, code) => Some(code),
        _ => None,
    });
    let interactions: Vec<Value> = dedup(offered.collect()).into_iter().map(|code| json!({ "code": code })).collect();
    let writable = serves(kind, "update");
    let mut entry = Map::new();
    entry.insert("type".to_owned(), json!(kind.name()));
    entry.insert("profile".to_owned(), json!(format!("http://hl7.org/fhir/StructureDefinition/{kind}")));
    entry.insert("interaction".to_owned(), json!(interactions));
    entry.insert("versioning".to_owned(), json!(if writable { "versioned-update" } else { "no-version" }));
    entry.insert("readHistory".to_owned(), json!(writable));
    entry.insert("updateCreate".to_owned(), json!(writable));
    entry.insert("conditionalCreate".to_owned(), json!(writable));
    entry.insert("conditionalRead".to_owned(), json!("full-support"));
    entry.insert("conditionalUpdate".to_owned(), json!(writable));
    entry.insert("conditionalDelete".to_owned(), json!(if writable { "single" } else { "not-supported" }));
    entry.insert("referencePolicy".to_owned(), json!(["literal", "logical"]));
    let operations = operations(|on| match on {
        On::System => false,
        On::EveryType => writable,
        On::OneType(name) => name == kind.name(),
    });
    if writable {
        let references = params_of(kind).iter().filter(|p| p.kind == ParamType::Reference);
        let mut includes: Vec<String> = vec!["*".to_owned()];
        includes.extend(references.map(|p| format!("{kind}:{}", p.code)));
        entry.insert("searchInclude".to_owned(), json!(includes));
        entry.insert("searchRevInclude".to_owned(), json!(reverse_includes(kind)));
    }
    entry.insert("searchParam".to_owned(), json!(search_params(kind)));
    if !operations.is_empty() {
        entry.insert("operation".to_owned(), json!(operations));
    }
    Value::Object(entry)
}

/// `_revinclude` values that can point to this type.
fn reverse_includes(target: ResourceType) -> Vec<String> {
    let mut found = Vec::new();
    for source in ResourceType::all().filter(|t| serves(*t, "update")) {
        for param in params_of(source) {
            if param.kind == ParamType::Reference && param.targets.contains(&target.name()) {
                found.push(format!("{source}:{}", param.code));
            }
        }
    }
    found
}

fn search_params(kind: ResourceType) -> Vec<Value> {
    if !serves(kind, "update") {
        let id = json!({ "name": "_id", "type": "token" });
        let own = audit_event::PARAMETERS.iter().map(|(name, kind)| json!({ "name": name, "type": kind }));
        return std::iter::once(id).chain(own).collect();
    }
    // `params_of` leaves out the parameters of every type, some of which are in the index like any other.
    let common = [
        ("_id", "http://hl7.org/fhir/SearchParameter/Resource-id", "token"),
        ("_lastUpdated", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "date"),
        ("_tag", "http://hl7.org/fhir/SearchParameter/Resource-tag", "token"),
        ("_profile", "http://hl7.org/fhir/SearchParameter/Resource-profile", "uri"),
    ];
    let mut found: Vec<Value> = common
        .into_iter()
        .map(|(name, definition, kind)| json!({ "name": name, "definition": definition, "type": kind }))
        .collect();
    for param in params_of(kind) {
        if common.iter().all(|(name, ..)| *name != param.code) {
            found.push(json!({ "name": param.code, "definition": param.url, "type": type_code(param.kind) }));
        }
    }
    found
}

fn type_code(kind: ParamType) -> &'static str {
    match kind {
        ParamType::Number => "number",
        ParamType::Date => "date",
        ParamType::String => "string",
        ParamType::Token => "token",
        ParamType::Reference => "reference",
        ParamType::Composite => "composite",
        ParamType::Quantity => "quantity",
        ParamType::Uri => "uri",
        ParamType::Special => "special",
    }
}
