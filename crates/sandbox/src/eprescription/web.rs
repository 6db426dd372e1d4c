//! What testers use over HTTP.
use super::Order;
use super::held::PastDrug;
use crate::{Sandbox, lock};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

/// Most past drugs and unknown persons kept.
const MAX_TOLD: usize = 10_000;

/// The tester's doors below `/sim`.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sim/eprescription/past", post(past))
        .route("/sim/eprescription/unknown", post(unknown))
        .route("/sim/eprescription/prescriptions", get(prescriptions))
        .route("/sim/pharmacy", post(pharmacy))
}

/// A drug that another institution prescribed before.
async fn past(State(sandbox): State<Sandbox>, Json(past): Json<PastDrug>) -> StatusCode {
    let mut world = lock(&sandbox.eprescription().world);
    if world.past.len() >= MAX_TOLD || past.date.parse::<karute_japan::Date>().is_err() {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    world.past.push(past);
    StatusCode::CREATED
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unknown {
    insurer: String,
    #[serde(default)]
    symbol: String,
    number: String,
    #[serde(default)]
    branch: String,
}

/// An insured person the service shall not know.
async fn unknown(State(sandbox): State<Sandbox>, Json(person): Json<Unknown>) -> StatusCode {
    let mut world = lock(&sandbox.eprescription().world);
    if world.unknown.len() >= MAX_TOLD {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let Unknown { insurer, symbol, number, branch } = person;
    world.unknown.push(karute_eprescription::wire::message::Insured { insurer, symbol, number, branch });
    StatusCode::CREATED
}

/// What stands at the service, for testers and the demo's robot: states and numbers, no content.
async fn prescriptions(State(sandbox): State<Sandbox>) -> Json<serde_json::Value> {
    let world = lock(&sandbox.eprescription().world);
    let all = world.held.values().map(|held| {
        let insured = held.insured();
        json!({
            "id": held.id, "access_code": held.access_code, "institution": held.institution,
            "status": super::answer::shown(held).text(), "electronic": held.electronic,
            "created": held.created.to_fhir(), "issued": held.what.issued.to_string(),
            "last_day": held.what.last_day().to_string(),
            "replaces": held.replaces, "replaced_by": held.replaced_by,
            "insurer": insured.insurer, "symbol": insured.symbol, "number": insured.number, "branch": insured.branch,
            "dispensings": held.dispensed.iter().map(|result| &result.id).collect::<Vec<_>>(),
            "next_refill": held.next_refill.map(|day| day.to_string()),
        })
    });
    Json(all.collect())
}

async fn pharmacy(State(sandbox): State<Sandbox>, Json(order): Json<Order>) -> Response {
    match sandbox.eprescription().robot(&order, sandbox.now()) {
        Ok(handed) => Json(handed).into_response(),
        Err(error) => (StatusCode::CONFLICT, Json(json!({ "error": error.to_string() }))).into_response(),
    }
}
