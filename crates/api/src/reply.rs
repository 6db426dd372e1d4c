//! Answers.
use crate::http::etag::{etag, http_date, value};
use crate::http::negotiate::Format;
use crate::http::prefer::Return;
use crate::outcome::{Failure, Issue, outcome};
use crate::request::Base;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use karute_ledger::Version;
use std::sync::Arc;

/// Shared text as a response body, without a copy.
struct Shared(Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The stored bytes of a version.
pub(crate) fn stored(body: &Arc<str>) -> Body {
    Body::from(Bytes::from_owner(Shared(Arc::clone(body))))
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, format: Format, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    response
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The refusal as an answer.
pub(crate) fn failure(failure: &Failure, format: Format) -> Response {
    let mut response = json(failure.status, format, failure.body());
    for (name, value) in &failure.headers {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    response
}

/// `ETag` and `Last-Modified` of a version.
pub(crate) fn version_headers(response: &mut Response, version: &Version) {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(&etag(version.version)));
    headers.insert(header::LAST_MODIFIED, value(&http_date(version.updated)));
}

/// `https://host/fhir/Patient/1/_history/3`
pub(crate) fn version_url(base: &Base, version: &Version) -> String {
    format!("{}/{}/{}/_history/{}", base.fhir(), version.resource_type, version.id, version.version)
}

/// The answer to a write that made (or found) `version`.
pub(crate) fn written(
    base: &Base,
    format: Format,
    status: StatusCode,
    version: &Version,
    returns: Option<Return>,
) -> Response {
    let mut response = match returns.unwrap_or_default() {
        Return::Minimal => empty(status),
        Return::Representation => json(status, format, stored(&version.body)),
        Return::OperationOutcome => json(status, format, outcome(&[Issue::information("保存しました。")]).to_json()),
    };
    version_headers(&mut response, version);
    let location = value(&version_url(base, version));
    if returns.unwrap_or_default() == Return::Representation {
        response.headers_mut().insert(header::CONTENT_LOCATION, location.clone());
    }
    response.headers_mut().insert(header::LOCATION, location);
    response
}
