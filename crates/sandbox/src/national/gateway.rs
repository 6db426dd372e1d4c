//! The gateway of the link between clouds (digest `clins-service` 16.2, all of it assumed): tokens for an institution by
//! the vendor's assertion, calls with an idempotency key, answers that come later.
//!
//! TLS ends before it: whoever drives the gateway says with [`ClientCertificate`] which certificate was shown.
use super::Delivery;
use super::web::{slowly, xml};
use crate::{Sandbox, lock};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use karute_japan::Timestamp;
use karute_transport::{Assertion, CloudPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Most of anything that is kept; the first by name fall out.
const MOST: usize = 10_000;
/// Life of a token, in seconds.
const TOKEN_LIFE_S: i64 = 900;
/// How far the clocks of both sides may differ, in seconds.
const SKEW_S: i64 = 60;
/// The address that assertions must be for ends so.
const TOKEN_PATH: &str = "/oauth2/token";

/// SHA-256 of the client certificate that was shown where TLS ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientCertificate(pub [u8; 32]);

/// How the gateway itself misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayFaults {
    /// This many of the next calls are answered 202; their result is at the place that is named.
    pub later_next: u32,
}

#[derive(Default)]
struct Inner {
    /// Vendors by client id.
    clients: BTreeMap<String, CloudPublicKey>,
    /// Institutions' grants: number of the grant → client and 医療機関コード.
    grants: BTreeMap<String, (String, String)>,
    /// Assertions that were taken.
    seen: BTreeSet<String>,
    tokens: BTreeMap<String, Token>,
    /// Answers by institution and idempotency key, with the digest of what was asked.
    answered: BTreeMap<(String, String), ([u8; 32], Vec<u8>)>,
    /// Answers that wait at a place, with whose they are.
    waiting: BTreeMap<String, (String, Vec<u8>)>,
    numbers: u64,
    faults: GatewayFaults,
}

#[derive(Clone)]
struct Token {
    institution: String,
    certificate: Option<ClientCertificate>,
    until: Timestamp,
}

/// The gateway.
#[derive(Default)]
pub struct Gateway(Mutex<Inner>);

impl Gateway {
    /// A vendor with its public key.
    pub fn register(&self, client: &str, key: CloudPublicKey) {
        lock(&self.0).clients.insert(client.to_owned(), key);
    }

    /// An institution grants a vendor to act for it.
    pub fn grant(&self, grant: &str, client: &str, institution: &str) {
        lock(&self.0).grants.insert(grant.to_owned(), (client.to_owned(), institution.to_owned()));
    }

    /// An institution takes a grant back: no new tokens, and those that are out end.
    pub fn revoke(&self, grant: &str) {
        let mut inner = lock(&self.0);
        if let Some((_, institution)) = inner.grants.remove(grant) {
            inner.tokens.retain(|_, token| token.institution != institution);
        }
    }

    /// Changes the faults.
    pub fn set_faults(&self, faults: GatewayFaults) {
        lock(&self.0).faults = faults;
    }

    fn token(
        &self,
        assertion: &str,
        certificate: Option<ClientCertificate>,
        text: String,
        now: Timestamp,
    ) -> Option<String> {
        let mut inner = lock(&self.0);
        // The key is the client's that the assertion names; nothing of it is believed before.
        let taken = inner.clients.iter().find_map(|(client, key)| {
            Assertion::verified(assertion, key).ok().filter(|claims| claims.iss == *client && claims.sub == *client)
        })?;
        let seconds = now.as_millis() / 1000;
        let in_time = taken.iat <= seconds.saturating_add(SKEW_S)
            && seconds <= taken.exp.saturating_add(SKEW_S)
            && taken.exp.saturating_sub(taken.iat) <= 300;
        let granted = inner.grants.get(&taken.grant);
        let fits =
            granted.is_some_and(|(client, code)| *client == taken.iss && *code == taken.medical_institution_code);
        if !in_time || !fits || !taken.aud.ends_with(TOKEN_PATH) || !inner.seen.insert(taken.jti) {
            return None;
        }
        if inner.seen.len() > MOST {
            inner.seen.pop_first();
        }
        if inner.tokens.len() >= MOST {
            inner.tokens.pop_first();
        }
        let institution = taken.medical_institution_code;
        let until = now.plus_ms(TOKEN_LIFE_S * 1000);
        inner.tokens.insert(text, Token { institution: institution.clone(), certificate, until });
        Some(institution)
    }

    /// Whose call it is.
    fn caller(
        &self,
        headers: &HeaderMap,
        certificate: Option<ClientCertificate>,
        now: Timestamp,
    ) -> Result<String, StatusCode> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let inner = lock(&self.0);
        let token = bearer.and_then(|text| inner.tokens.get(text)).filter(|token| token.until > now);
        let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
        let told = headers.get("x-institution-code").and_then(|value| value.to_str().ok());
        if token.certificate != certificate || told != Some(token.institution.as_str()) {
            return Err(StatusCode::FORBIDDEN);
        }
        Ok(token.institution.clone())
    }
}

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/gateway/oauth2/token", post(token))
        .route("/gateway/v1/{api}", post(call))
        .route("/gateway/v1/answers/{number}", get(answer))
        .route("/sim/gateway/clients", post(client))
        .route("/sim/gateway/grants", post(grant))
        .route("/sim/gateway/faults", axum::routing::put(faults))
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_assertion_type: String,
    client_assertion: String,
}

async fn token(State(sandbox): State<Sandbox>, extensions: Extensions, Form(asked): Form<TokenRequest>) -> Response {
    let certificate = extensions.get::<ClientCertificate>().copied();
    let fits = asked.grant_type == "client_credentials"
        && asked.client_assertion_type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let text = karute_crypto::token(&sandbox.sharing().entropy);
    let given = fits
        .then(|| sandbox.gateway().token(&asked.client_assertion, certificate, text.clone(), sandbox.now()))
        .flatten();
    let Some(institution) = given else {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    };
    let mut told = json!({
        "access_token": text, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S,
        "medical_institution_code": institution,
    });
    if let Some(ClientCertificate(digest)) = certificate {
        told["cnf"] = json!({ "x5t#S256": URL_SAFE_NO_PAD.encode(digest) });
    }
    Json(told).into_response()
}

async fn call(
    State(sandbox): State<Sandbox>,
    Path(api): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = sandbox.now();
    let gateway = sandbox.gateway();
    let institution = match gateway.caller(&headers, extensions.get::<ClientCertificate>().copied(), now) {
        Ok(institution) => institution,
        Err(status) => return status.into_response(),
    };
    let Some(service) = sandbox.national(&api) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(key) = headers.get("idempotency-key").and_then(|value| value.to_str().ok()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let place = (institution.clone(), format!("{api} {key}"));
    let digest = karute_crypto::sha256(&body).0;
    let before = lock(&gateway.0).answered.get(&place).cloned();
    match before {
        Some((same, answer)) if same == digest => return xml(answer),
        // One key, two requests.
        Some(_) => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        None => {}
    }
    slowly(service).await;
    let delivery = service.take(&api, &body, Some(&institution), now);
    sandbox.inner.journal.write(now, service.name(), &format!("{api} {key}"), body.len(), delivery.outcome());
    let mut inner = lock(&gateway.0);
    let mut keep = |answer: &Vec<u8>| {
        if inner.answered.len() >= MOST {
            inner.answered.pop_first();
        }
        inner.answered.insert(place.clone(), (digest, answer.clone()));
    };
    match delivery {
        Delivery::Answer(bytes) | Delivery::Twice(bytes) => {
            keep(&bytes);
            if inner.faults.later_next == 0 {
                return xml(bytes);
            }
            inner.faults.later_next -= 1;
            inner.numbers += 1;
            let number = inner.numbers.to_string();
            inner.waiting.insert(number.clone(), (institution, bytes));
            (StatusCode::ACCEPTED, [(LOCATION, format!("/v1/answers/{number}"))]).into_response()
        }
        Delivery::Garbage(bytes) => xml(bytes),
        // The key brings back what was lost.
        Delivery::Lost(Some(bytes)) | Delivery::Late(_, bytes) => {
            keep(&bytes);
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Delivery::Lost(None) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Delivery::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "600")]).into_response(),
        Delivery::Failed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The answer that waits at a place; only for whose it is.
async fn answer(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let gateway = sandbox.gateway();
    match gateway.caller(&headers, extensions.get::<ClientCertificate>().copied(), sandbox.now()) {
        Ok(institution) => match lock(&gateway.0).waiting.get(&number) {
            Some((whose, bytes)) if *whose == institution => xml(bytes.clone()),
            _ => StatusCode::NOT_FOUND.into_response(),
        },
        Err(status) => status.into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClient {
    client: String,
    /// Uncompressed point, Base64.
    public_key: String,
}

async fn client(State(sandbox): State<Sandbox>, Json(new): Json<NewClient>) -> StatusCode {
    match STANDARD.decode(&new.public_key) {
        Ok(key) if lock(&sandbox.gateway().0).clients.len() < MOST => {
            sandbox.gateway().register(&new.client, CloudPublicKey(key));
            StatusCode::CREATED
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    grant: String,
    client: String,
    institution: String,
}

async fn grant(State(sandbox): State<Sandbox>, Json(new): Json<NewGrant>) -> StatusCode {
    if lock(&sandbox.gateway().0).grants.len() >= MOST {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    sandbox.gateway().grant(&new.grant, &new.client, &new.institution);
    StatusCode::CREATED
}

async fn faults(State(sandbox): State<Sandbox>, Json(wanted): Json<GatewayFaults>) -> Json<GatewayFaults> {
    sandbox.gateway().set_faults(wanted.clone());
    Json(wanted)
}
