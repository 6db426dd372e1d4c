//! A service over the Web API (its binding is assumed, transport digest section 4), and its switches for testers.
use super::{Delivery, National, ServiceFaults};
use crate::Sandbox;
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

/// Which service.
type Pick = fn(&Sandbox) -> &dyn National;

/// Login and calls below the service's name, its switches below `/sim`.
pub(crate) fn routes(name: &'static str, pick: Pick) -> Router<Sandbox> {
    let sign_in =
        move |State(sandbox): State<Sandbox>, Json(given): Json<Login>| async move { login(pick(&sandbox), given) };
    let ask = move |State(sandbox): State<Sandbox>, Path(api): Path<String>, headers: HeaderMap, body: Bytes| async move {
        call(&sandbox, pick(&sandbox), &api, &headers, &body).await
    };
    let shown = move |State(sandbox): State<Sandbox>| async move { Json(faults(pick(&sandbox))) };
    let set = move |State(sandbox): State<Sandbox>, Json(wanted): Json<ServiceFaults>| async move {
        Json(set_faults(pick(&sandbox), wanted))
    };
    Router::new()
        .route(&format!("/{name}/auth/login"), post(sign_in))
        .route(&format!("/{name}/api/{{api}}"), post(ask))
        .route(&format!("/sim/{name}/faults"), get(shown).put(set))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Login {
    medical_institution_code: String,
    user_id: String,
    password: String,
}

/// Any institution signs in with the password `sandbox`.
fn login(service: &dyn National, login: Login) -> Response {
    let code = login.medical_institution_code;
    let known = code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit()) && !login.user_id.is_empty();
    if !known || login.password != "sandbox" {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "status": "9", "msg": "認証に失敗しました。" })))
            .into_response();
    }
    let token = karute_crypto::token(service.entropy());
    service.door().open(token.clone(), code);
    Json(json!({
        "status": "1", "msg": "",
        "result": { "accessToken": token, "refreshToken": "", "idToken": token, "linkSysCharCd": "0" },
    }))
    .into_response()
}

async fn call(sandbox: &Sandbox, service: &dyn National, api: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let institution = bearer.and_then(|token| service.door().institution(token));
    let Some(institution) = institution else { return StatusCode::UNAUTHORIZED.into_response() };
    if !service.knows(api) {
        return StatusCode::NOT_FOUND.into_response();
    }
    slowly(service).await;
    let now = sandbox.now();
    let delivery = service.take(api, body, Some(&institution), now);
    let key = headers.get("x-arbitrary-file-identifier").and_then(|value| value.to_str().ok()).unwrap_or_default();
    sandbox.inner.journal.write(now, service.name(), &format!("{api} {key}"), body.len(), delivery.outcome());
    match delivery {
        // A doubled answer cannot be seen over one HTTP exchange.
        Delivery::Answer(bytes) | Delivery::Twice(bytes) | Delivery::Garbage(bytes) => xml(bytes),
        Delivery::Lost(_) | Delivery::Late(..) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Delivery::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "600")]).into_response(),
        Delivery::Failed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

pub(super) fn xml(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/xml; charset=utf-8")], bytes).into_response()
}

/// Waits as long as the service is slow.
pub(super) async fn slowly(service: &dyn National) {
    let ms = faults(service).slow_ms;
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

fn faults(service: &dyn National) -> ServiceFaults {
    let mut now = ServiceFaults::default();
    service.weather(&mut |weather| {
        now = weather.faults.clone();
        true
    });
    now
}

fn set_faults(service: &dyn National, mut wanted: ServiceFaults) -> ServiceFaults {
    wanted.slow_ms = wanted.slow_ms.min(60_000);
    service.weather(&mut |weather| {
        weather.faults = wanted.clone();
        true
    });
    wanted
}
