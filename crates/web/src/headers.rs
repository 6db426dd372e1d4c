//! Headers of every answer.
use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// Nothing from elsewhere, nothing inline, no frames.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `same-origin` and not `no-referrer`: under the latter browsers send `Origin: null` with our own forms, and the
/// guard could not tell them from foreign ones. Our addresses hold no personal data.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Adds them. Pages are never kept by a browser or a proxy; assets say otherwise themselves.
pub(crate) async fn add(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        // An answer may bring a policy of its own, which is stricter: attachments allow nothing at all.
        let stricter = name == header::CONTENT_SECURITY_POLICY && headers.contains_key(&name);
        if !stricter {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
