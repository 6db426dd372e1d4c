//! The simulated service for cardless signing (digest `e-prescription` section 7.4): a tiny OpenID Connect provider that
//! asks nobody for anything, and a key service that signs with the key of whoever signed in. What it speaks is assumed
//! (E-9), as the profile of `signing` has it.
use crate::{Sandbox, lock};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use karute_crypto::{SeededEntropy, sha256, token};
use karute_eprescription::{LAYOUT, signature};
use karute_japan::Timestamp;
use karute_signing::signer::local::LocalKey;
use karute_signing::{KeySigner, Refusal};
use karute_transport::xml::escaped;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// People, codes and tokens kept at most, each.
const MAX_KEPT: usize = 1_000;
/// How long a code can be redeemed, in milliseconds.
const CODE_MS: i64 = 60_000;
/// How long one sign-in serves, in seconds: until the evening.
const SESSION_S: i64 = 9 * 3_600;

/// The container of a signature.
const BEGIN: &str = "<PrescriptionSign>";
const END: &str = "</PrescriptionSign>";

/// Somebody whose key the service holds.
struct Enrolled {
    name: String,
    signer: KeySigner<LocalKey>,
}

/// A code that was given to a browser.
struct Code {
    person: usize,
    client: String,
    redirect: String,
    nonce: String,
    challenge: String,
    until: Timestamp,
}

#[derive(Default)]
struct World {
    people: Vec<Enrolled>,
    codes: BTreeMap<String, Code>,
    /// Who a token belongs to, and until when.
    tokens: BTreeMap<String, (usize, Timestamp)>,
    silent: bool,
}

/// The service.
pub struct KeyService {
    entropy: SeededEntropy,
    world: Mutex<World>,
}

impl KeyService {
    pub(crate) fn new(seed: u64) -> KeyService {
        KeyService { entropy: SeededEntropy::new(seed), world: Mutex::default() }
    }

    /// Takes a person's key.
    ///
    /// # Errors
    /// When its certificate is no doctor's.
    pub fn enroll(&self, name: &str, key: LocalKey) -> Result<(), Refusal> {
        let signer = KeySigner::new(key, signature::rules())?;
        lock(&self.world).people.push(Enrolled { name: name.to_owned(), signer });
        Ok(())
    }

    /// Every session ends, as in the middle of a day.
    pub fn end_sessions(&self) {
        lock(&self.world).tokens.clear();
    }

    /// Answers nothing but errors until switched off.
    pub fn set_silent(&self, silent: bool) {
        lock(&self.world).silent = silent;
    }

    /// The profile by which a product reaches this service at `base`; browsers come back to `back`.
    pub fn profile(base: &str, back: &str) -> String {
        let quoted = |text: String| format!("{text:?}");
        let at = |path: &str| quoted(format!("{base}/sim/hpki/{path}"));
        format!(
            "assumed = [\"login.redirect_url\"]\n[login]\nauthorize_url = {}\ntoken_url = {}\nissuer = {}\nredirect_url = {}\n\
             scope = \"openid\"\nprompt = \"login\"\n[login.client_ids]\nfido = \"FIDO\"\njpki = \"JPKI\"\nhpki = \"HPKI\"\n\
             [sign]\nurl = {}\ndigest_field = \"documentDigest\"\nalgorithm_field = \"digestAlgorithm\"\n\
             document_field = \"document\"\nsignature_field = \"signature\"\n[session]\nlongest_hours = 12\n",
            at("authorize"),
            at("token"),
            at("issuer"),
            quoted(back.to_owned()),
            at("sign"),
        )
    }
}

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sim/hpki/authorize", get(authorize))
        .route("/sim/hpki/choose", get(choose))
        .route("/sim/hpki/token", post(redeem))
        .route("/sim/hpki/sign", post(sign))
}

/// What a browser brings from the product.
#[derive(Deserialize)]
struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    person: Option<usize>,
}

impl Asked {
    fn fits(&self) -> bool {
        self.response_type == "code"
            && self.code_challenge_method == "S256"
            && ["FIDO", "JPKI", "HPKI"].contains(&self.client_id.as_str())
            && [&self.state, &self.nonce, &self.code_challenge].iter().all(|text| !text.is_empty() && text.len() < 200)
    }
}

/// A page that asks who it is; nothing is proved.
async fn authorize(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    if !asked.fits() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let hidden = [
        ("response_type", &asked.response_type),
        ("client_id", &asked.client_id),
        ("redirect_uri", &asked.redirect_uri),
        ("state", &asked.state),
        ("nonce", &asked.nonce),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
    ]
    .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value)))
    .concat();
    let people: String = {
        let world = lock(&sandbox.hpki().world);
        let one = |(n, each): (usize, &Enrolled)| {
            format!("<p><button name=\"person\" value=\"{n}\">{} としてサインイン</button></p>", escaped(&each.name))
        };
        world.people.iter().enumerate().map(one).collect()
    };
    Html(format!(
        "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>模擬の署名サービス</title>\
         <h1>模擬の署名サービス</h1><p>本物では、ここでスマートフォンかカードで本人を確かめます。</p>\
         <form action=\"/sim/hpki/choose\">{hidden}{people}</form></html>"
    ))
    .into_response()
}

/// Sends the browser back with a code.
async fn choose(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let service = sandbox.hpki();
    let mut world = lock(&service.world);
    let Some(person) = asked.person.filter(|n| *n < world.people.len() && asked.fits()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let code = token(&service.entropy);
    if world.codes.len() >= MAX_KEPT {
        world.codes.pop_first();
    }
    let back = format!("{}?code={code}&state={}", asked.redirect_uri, asked.state);
    let until = sandbox.now().plus_ms(CODE_MS);
    let (client, nonce, challenge) = (asked.client_id, asked.nonce, asked.code_challenge);
    world.codes.insert(code, Code { person, client, redirect: asked.redirect_uri, nonce, challenge, until });
    Redirect::to(&back).into_response()
}

#[derive(Deserialize)]
struct Redeemed {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    code_verifier: String,
}

/// A code becomes a token, once.
async fn redeem(State(sandbox): State<Sandbox>, headers: HeaderMap, Form(given): Form<Redeemed>) -> Response {
    let (service, now) = (sandbox.hpki(), sandbox.now());
    let mut world = lock(&service.world);
    if world.silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let known = world.codes.remove(&given.code).filter(|code| {
        let proof = URL_SAFE_NO_PAD.encode(sha256(given.code_verifier.as_bytes()).0);
        now <= code.until
            && given.grant_type == "authorization_code"
            && given.client_id == code.client
            && given.redirect_uri == code.redirect
            && proof == code.challenge
    });
    let Some(known) = known else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    if world.tokens.len() >= MAX_KEPT {
        world.tokens.pop_first();
    }
    let access = token(&service.entropy);
    world.tokens.insert(access.clone(), (known.person, now.plus_ms(SESSION_S * 1_000)));
    // The issuer of the profile stands beside the address that was asked.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1:8081");
    let claims = json!({
        "iss": format!("http://{host}/sim/hpki/issuer"), "aud": known.client, "nonce": known.nonce,
        "exp": now.as_millis() / 1_000 + 300,
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let id_token = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims));
    Json(json!({ "access_token": access, "token_type": "Bearer", "expires_in": SESSION_S, "id_token": id_token }))
        .into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ToSign {
    document_digest: String,
    digest_algorithm: String,
    document: String,
}

/// The signature element with its container.
async fn sign(State(sandbox): State<Sandbox>, headers: HeaderMap, Json(asked): Json<ToSign>) -> Response {
    let (service, now) = (sandbox.hpki(), sandbox.now());
    let world = lock(&service.world);
    if world.silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let person = bearer.and_then(|bearer| world.tokens.get(bearer)).filter(|(_, until)| now < *until);
    let Some(person) = person.and_then(|(person, _)| world.people.get(*person)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let signed = STANDARD.decode(&asked.document).ok().filter(|_| asked.digest_algorithm.ends_with("#sha256"));
    let signed = signed.and_then(|document| person.signer.sign_now(&document, &LAYOUT, now).ok());
    let Some(signed) = signed.and_then(|signed| String::from_utf8(signed.document).ok()) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    // What was asked to be signed is what the digest names.
    if !signed.contains(&format!(">{}<", asked.document_digest)) {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let container = signed.find(BEGIN).zip(signed.find(END)).and_then(|(from, to)| signed.get(from..to + END.len()));
    let Some(container) = container else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    Json(json!({ "signature": STANDARD.encode(container) })).into_response()
}
