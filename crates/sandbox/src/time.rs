//! Time travel.
use crate::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// The farthest journey at once, in milliseconds: ten years.
const MAX_JOURNEY_MS: i64 = 10 * 366 * 86_400_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journey {
    /// Forward, in milliseconds.
    advance_ms: i64,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Json<serde_json::Value> {
    Json(json!({ "now": sandbox.now().to_fhir() }))
}

/// Time only goes forward.
pub(crate) async fn travel(State(sandbox): State<Sandbox>, Json(journey): Json<Journey>) -> Json<serde_json::Value> {
    sandbox.travel_ms(journey.advance_ms.clamp(0, MAX_JOURNEY_MS));
    Json(json!({ "now": sandbox.now().to_fhir() }))
}
