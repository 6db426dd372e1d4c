//! The OpenAPI 3.1 document, from the same table as the router.
use crate::http::negotiate::Format;
use crate::reply;
use crate::route::{Handler, ROUTES, Role, Route, Visitor};
use axum::response::Response;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

/// `GET /api/openapi.json`
pub(crate) fn serve(ctx: &Visitor) -> Response {
    reply::json(StatusCode::OK, Format::Plain, document(ctx.base.root()).to_string())
}

fn document(server: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|r| !r.path.ends_with('/')) {
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(route.method.as_str().to_ascii_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Karute API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "FHIR R4 at /fhir (see /fhir/metadata) and the product's own API at /api/v1. The institution comes from the token.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "API token: karute token create" } },
            "schemas": {
                "OperationOutcome": {
                    "type": "object",
                    "description": "FHIR R4 OperationOutcome: what happened, in Japanese, and where",
                    "required": ["resourceType", "issue"],
                    "properties": {
                        "resourceType": { "const": "OperationOutcome" },
                        "issue": { "type": "array", "minItems": 1, "items": { "type": "object" } },
                    },
                },
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let fhir = route.path.starts_with("/fhir");
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [if fhir { "FHIR R4" } else { "Karute" }],
        "responses": {
            "2XX": { "description": "Done", "content": { media(route): {} } },
            "4XX": {
                "description": "Refused",
                "content": { "application/fhir+json": { "schema": { "$ref": "#/components/schemas/OperationOutcome" } } },
            },
        },
    });
    let Some(members) = operation.as_object_mut() else { return operation };
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(query_parameters(route).iter().map(
        |(name, text)| json!({ "name": name, "in": "query", "description": text, "schema": { "type": "string" } }),
    ));
    if !fhir && route.method == Method::POST {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key with the same request gives the first answer again for 24 hours",
            "schema": { "type": "string", "maxLength": 200 },
        }));
    }
    if !parameters.is_empty() {
        members.insert("parameters".to_owned(), json!(parameters));
    }
    if matches!(route.handler, Handler::Signed(_)) {
        members.insert("security".to_owned(), json!([{ "token": [] }]));
    }
    if let Some(body) = request_media(route) {
        members.insert("requestBody".to_owned(), json!({ "content": { body: {} } }));
    }
    operation
}

/// Unique: two routes may share a role.
fn operation_id(route: &Route) -> String {
    let role = match route.role {
        Role::System(name) | Role::Type(name) | Role::Other(name) | Role::Operation { name, .. } => name,
    };
    let place: String = route
        .path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect::<String>()
        .split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    format!("{role}-{}-{place}", route.method.as_str().to_ascii_lowercase())
}

fn media(route: &Route) -> &'static str {
    match route.role {
        Role::Other("export-file") => "application/fhir+ndjson",
        _ if route.path.starts_with("/fhir") => "application/fhir+json",
        _ => "application/json",
    }
}

fn request_media(route: &Route) -> Option<&'static str> {
    match (&route.method, route.role) {
        (&Method::PATCH, _) => Some("application/json-patch+json"),
        (&Method::POST, Role::Type("search-type")) => Some("application/x-www-form-urlencoded"),
        (&Method::POST, Role::Other("outgoing-discard")) => Some("application/json"),
        (&Method::POST, Role::Other(_)) => None,
        (&Method::POST | &Method::PUT, _) => Some("application/fhir+json"),
        _ => None,
    }
}

fn query_parameters(route: &Route) -> &'static [(&'static str, &'static str)] {
    match route.role {
        Role::Other("outgoing-list") => {
            &[("state", "stuck, open (default), ready, running, done, discarded, all"), ("limit", "1 to 1000")]
        }
        Role::Other("terminology-search") => &[
            (
                "kind",
                "drug, disease, lab, usage, act, allergen. Among lab items stand sets, of the institution (system urn:karute:order-set, the code is the id of a PlanDefinition; needs system/PlanDefinition.rs) and panels (urn:karute:lab-panel), with their items in parts",
            ),
            ("q", "What was typed, at most 200 characters"),
            ("limit", "1 to 50, 10 without"),
            ("patient", "Patient id: what this patient was given before comes first (drug and disease)"),
        ],
        Role::Operation { name: "lookup", .. } => &[
            ("system", "Address of the code system"),
            ("code", "Code"),
            ("date", "Day whose masters hold; today without"),
            ("property", "Wanted properties; all without"),
        ],
        Role::Operation { name: "validate-code", .. } => &[
            ("url", "Address of the code system or value set"),
            ("code", "Code"),
            ("system", "Address of its code system (value sets)"),
            ("display", "Name to be checked"),
            ("date", "Day whose masters hold; today without"),
        ],
        Role::Operation { name: "expand", .. } => &[
            ("url", "Address of the value set, or of a code system and ?fhir_vs"),
            ("filter", "Words that must all be found, as a clinic types them: kana, romaji, abbreviations; best first"),
            ("count", "0 to 1000"),
            ("offset", "Codes to pass over"),
            ("activeOnly", "true: only codes usable on the day"),
            ("includeDesignations", "true: other names too"),
            ("date", "Day whose masters hold; today without"),
        ],
        Role::Operation { name: "translate", .. } => &[
            ("url", "Address of a stored concept map; the masters without"),
            ("system", "Address of the code system"),
            ("code", "Code"),
            ("targetsystem", "Address of the wanted code system; all without"),
            ("reverse", "true: codes that are mapped to this one"),
            ("date", "Day whose masters hold; today without"),
        ],
        Role::Operation { name: "everything", .. } => {
            &[("_type", "Types, comma-separated"), ("_since", "Instant"), ("_count", "Resources per page")]
        }
        Role::Operation { name: "export", .. } => {
            &[("_type", "Types, comma-separated"), ("_since", "Instant"), ("_outputFormat", "application/fhir+ndjson")]
        }
        Role::System("history-system") | Role::Type("history-type" | "history-instance") => {
            &[("_count", "Versions per page"), ("_since", "Instant")]
        }
        _ => &[],
    }
}
