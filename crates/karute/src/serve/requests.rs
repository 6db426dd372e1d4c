//! What every request has in common: its id, its line in the log, its count, the headers of its answer, and an answer
//! even when a handler panics. The log has no path, no query, no body: paths carry patients' ids.
use super::metrics::Metrics;
use super::proxies::{self, Range};
use super::stop;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use karute_crypto::Entropy;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tower_http::timeout::TimeoutBody;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest pause between two pieces of a request's body: a sender that dribbles may not hold a connection for ever.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Where a screen waits for news. These may not keep a stopping server alive: "nothing new" is always a true answer,
/// and the screen asks again.
const WAITING: [&str; 1] = ["/reception/changes"];

/// Shared by all requests.
pub(crate) struct Common {
    pub entropy: Arc<dyn Entropy>,
    pub metrics: Arc<Metrics>,
    pub stopped: watch::Receiver<bool>,
    /// Whether clients reach us by TLS (ours).
    pub tls: bool,
    /// Who may say where a request comes from.
    pub proxies: Vec<Range>,
}

impl Common {
    /// A random id; nothing from outside is taken, so that nobody can forge or link lines of the log.
    fn request_id(&self) -> Arc<str> {
        let mut random = [0_u8; 16];
        self.entropy.fill(&mut random);
        let mut id = String::with_capacity(32);
        for byte in random {
            id.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            id.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        id.into()
    }
}

/// The outermost layer of the product's router.
pub(crate) async fn layer(State(common): State<Arc<Common>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = common.request_id();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |m| m.as_str().to_owned());
    let tenant = claimed_tenant(&request);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|a| a.0);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    request.extensions_mut().insert(karute_api::RequestId(Arc::clone(&id)));
    if let Some(peer) = peer {
        let caller = proxies::caller(peer.ip(), request.headers(), &common.proxies);
        request.extensions_mut().insert(karute_api::ClientAddress(caller));
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, peer.port())));
    }
    if !request.body().is_end_stream() {
        request = request.map(|body| Body::new(TimeoutBody::new(BODY_PAUSE, body)));
    }
    let machine = route.starts_with("/fhir") || route.starts_with("/api");
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answered = if WAITING.contains(&route.as_str()) {
        tokio::select! {
            answered = answer => answered,
            () = stop::requested(common.stopped.clone()) => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    } else {
        answer.await
    };
    let mut response = answered.unwrap_or_else(|_| {
        common.metrics.panics.fetch_add(1, Ordering::Relaxed);
        tracing::error!(request = &*id, route, "handler panicked");
        broken(machine)
    });
    let status = response.status().as_u16();
    finish(&common, &id, response.headers_mut());
    let took = began.elapsed();
    common.metrics.request(&method, &route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = &*id, method = method.as_str(), route, status, micros, tenant, "request");
    response
}

/// The tenant number that the credentials name, proven or not: for the log only.
fn claimed_tenant(request: &Request) -> Option<u32> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if let Some(token) = bearer.and_then(|v| v.split_once(' ')).map(|(_, token)| token.trim()) {
        return karute_identity::tenant_of_token(token).map(|t| t.0);
    }
    let cookies = request.headers().get(header::COOKIE)?.to_str().ok()?;
    let value = cookies
        .split(';')
        .filter_map(|c| c.trim().split_once('='))
        .find(|(name, _)| matches!(*name, "__Host-karute" | "karute"))
        .map(|(_, value)| value)?;
    value.split_once('.')?.0.parse().ok()
}

/// Headers of every answer; what a handler said itself stays.
fn finish(common: &Common, id: &str, headers: &mut http::HeaderMap) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID.clone(), value);
    }
    let mut unless_said = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_said(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_said(header::X_FRAME_OPTIONS, "DENY");
    unless_said(header::REFERRER_POLICY, "no-referrer");
    unless_said(header::CACHE_CONTROL, "no-store");
    unless_said(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    unless_said(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    unless_said(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    unless_said(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
    if common.tls {
        unless_said(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The answer when a handler panicked: our fault, and no detail of it.
fn broken(machine: bool) -> Response {
    const WORDS: &str = "サーバー内部で問題が起きました。操作は完了していません。もう一度試し、続く場合は管理者に x-request-id を伝えてください。";
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    if machine {
        let outcome = serde_json::json!({
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "fatal", "code": "exception", "details": {"text": WORDS}}],
        });
        (status, [(header::CONTENT_TYPE, "application/fhir+json; charset=utf-8")], outcome.to_string()).into_response()
    } else {
        (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], WORDS).into_response()
    }
}
