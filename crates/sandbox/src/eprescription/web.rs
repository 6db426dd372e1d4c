//! The service over HTTP: the Web API (its binding is assumed, transport digest section 4) and what testers use.
use super::held::PastDrug;
use super::{Delivery, EpsFaults, Order};
use crate::{Sandbox, lock};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Most tokens kept; the oldest fall out.
const MAX_TOKENS: usize = 1_000;
/// Most past drugs and unknown persons kept.
const MAX_TOLD: usize = 10_000;

/// Login and calls below `/eprescription`, the tester's doors below `/sim`.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/eprescription/auth/login", post(login))
        .route("/eprescription/api/{api}", post(call))
        .route("/sim/eprescription/faults", get(faults).put(set_faults))
        .route("/sim/eprescription/past", post(past))
        .route("/sim/eprescription/unknown", post(unknown))
        .route("/sim/eprescription/prescriptions", get(prescriptions))
        .route("/sim/pharmacy", post(pharmacy))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Login {
    medical_institution_code: String,
    user_id: String,
    password: String,
}

/// Any institution signs in with the password `sandbox`.
async fn login(State(sandbox): State<Sandbox>, Json(login): Json<Login>) -> Response {
    let code = login.medical_institution_code;
    let known = code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit()) && !login.user_id.is_empty();
    if !known || login.password != "sandbox" {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "status": "9", "msg": "認証に失敗しました。" })))
            .into_response();
    }
    let service = sandbox.eprescription();
    let token = karute_crypto::token(&service.entropy);
    let mut world = lock(&service.world);
    if world.tokens.len() >= MAX_TOKENS {
        world.tokens.pop_first();
    }
    world.tokens.insert(token.clone(), code);
    Json(json!({
        "status": "1", "msg": "",
        "result": { "accessToken": token, "refreshToken": "", "idToken": token, "linkSysCharCd": "0" },
    }))
    .into_response()
}

async fn call(State(sandbox): State<Sandbox>, Path(api): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let service = sandbox.eprescription();
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let (institution, slow_ms) = {
        let world = lock(&service.world);
        (bearer.and_then(|token| world.tokens.get(token).cloned()), world.faults.slow_ms)
    };
    let Some(institution) = institution else { return StatusCode::UNAUTHORIZED.into_response() };
    if service.function(&api).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if slow_ms > 0 {
        tokio::time::sleep(Duration::from_millis(slow_ms)).await;
    }
    let now = sandbox.now();
    let delivery = service.take(&api, &body, Some(&institution), now);
    let key = headers.get("x-arbitrary-file-identifier").and_then(|value| value.to_str().ok()).unwrap_or_default();
    sandbox.inner.journal.write(now, "eprescription", &format!("{api} {key}"), body.len(), delivery.outcome());
    let xml = |bytes: Vec<u8>| ([(CONTENT_TYPE, "application/xml; charset=utf-8")], bytes).into_response();
    match delivery {
        // A doubled answer cannot be seen over one HTTP exchange.
        Delivery::Answer(bytes) | Delivery::Twice(bytes) | Delivery::Garbage(bytes) => xml(bytes),
        Delivery::Lost | Delivery::Late(..) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Delivery::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "600")]).into_response(),
        Delivery::Failed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn faults(State(sandbox): State<Sandbox>) -> Json<EpsFaults> {
    Json(lock(&sandbox.eprescription().world).faults.clone())
}

async fn set_faults(State(sandbox): State<Sandbox>, Json(mut faults): Json<EpsFaults>) -> Json<EpsFaults> {
    faults.slow_ms = faults.slow_ms.min(60_000);
    sandbox.eprescription().set_faults(faults.clone());
    Json(faults)
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
