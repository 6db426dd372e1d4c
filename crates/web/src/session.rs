//! Cookies: that of the session, and what a device remembers of itself.
use crate::WebState;
use axum::http::{HeaderMap, HeaderValue, header};

/// The value of the session cookie, if the browser sent one.
pub(crate) fn cookie<'h>(state: &WebState, headers: &'h HeaderMap) -> Option<&'h str> {
    named(headers, state.cookie_name())
}

/// Whether this device showed 経過 when its chart was last held upright (`sides.js`).
pub(crate) fn shows_past(headers: &HeaderMap) -> bool {
    named(headers, "karute-side") == Some("past")
}

fn named<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// `Set-Cookie` that begins a session in this browser. It ends with the browser, or earlier on our side.
pub(crate) fn begin(state: &WebState, value: &str) -> Option<HeaderValue> {
    set(state, value, "")
}

/// `Set-Cookie` that ends it.
pub(crate) fn end(state: &WebState) -> Option<HeaderValue> {
    set(state, "", "; Max-Age=0")
}

fn set(state: &WebState, value: &str, more: &str) -> Option<HeaderValue> {
    let secure = if state.secure() { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", state.cookie_name());
    HeaderValue::from_str(&text).ok()
}
