//! Which representation the caller wants, and in which one it sent its own.
use crate::http::etag::text;
use crate::outcome::Failure;
use http::{HeaderMap, StatusCode, header};

/// `application/fhir+json`, as it stands in every FHIR answer.
pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";
/// Plain JSON.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// The representation of a FHIR answer. The bytes are the same; only the label differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/fhir+json`
    Fhir,
    /// `application/json`, only when asked for by name.
    Plain,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Format::Fhir => FHIR_JSON,
            Format::Plain => JSON,
        }
    }
}

/// From `_format` (which wins) or `Accept`. JSON is the only representation: anything else is 406.
pub(crate) fn format(headers: &HeaderMap, format: Option<&str>) -> Result<Format, Failure> {
    if let Some(wanted) = format {
        // A literal `+` in a query string decodes to a space.
        return media(&wanted.replace(' ', "+")).ok_or_else(not_acceptable);
    }
    let Some(accept) = text(headers, &header::ACCEPT)? else { return Ok(Format::Fhir) };
    let mut best: Option<(u16, Format)> = None;
    for part in accept.split(',') {
        let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
        let Some(found) = media(name) else { continue };
        if !version_fits(parameters) {
            continue;
        }
        let quality = quality(parameters);
        if quality > 0 && best.is_none_or(|(q, _)| quality > q) {
            best = Some((quality, found));
        }
    }
    best.map(|(_, format)| format).ok_or_else(not_acceptable)
}

fn media(name: &str) -> Option<Format> {
    let name = name.split(';').next().unwrap_or_default().trim();
    match name.to_ascii_lowercase().as_str() {
        "*/*" | "application/*" | "application/fhir+json" | "application/json+fhir" => Some(Format::Fhir),
        "json" | "application/json" | "text/json" => Some(Format::Plain),
        _ => None,
    }
}

fn parameter<'p>(parameters: &'p str, name: &str) -> Option<&'p str> {
    parameters.split(';').find_map(|p| {
        let (n, v) = p.split_once('=')?;
        n.trim().eq_ignore_ascii_case(name).then(|| v.trim().trim_matches('"'))
    })
}

/// Thousandths; 1,000 when absent or unreadable.
fn quality(parameters: &str) -> u16 {
    parameter(parameters, "q").and_then(|q| q.parse::<f32>().ok()).map_or(1000, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16)
}

fn version_fits(parameters: &str) -> bool {
    parameter(parameters, "fhirVersion").is_none_or(|v| matches!(v, "4.0" | "4.0.1"))
}

fn not_acceptable() -> Failure {
    let text = "返せる形式は JSON (application/fhir+json) だけです。Accept または _format を直してください。";
    Failure::new(StatusCode::NOT_ACCEPTABLE, "not-supported", text)
}

/// The bare media type of the request body, lower-case; `None` when there is none.
pub(crate) fn content_type(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    Ok(text(headers, &header::CONTENT_TYPE)?
        .map(|v| v.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()))
}

/// Refuses a body that is not one of `allowed`, not UTF-8 or of another FHIR version.
pub(crate) fn require_content_type(headers: &HeaderMap, allowed: &[&str]) -> Result<(), Failure> {
    let unsupported = || {
        let text = format!("本文の種類 (Content-Type) は {} にしてください。", allowed.join(" または "));
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", text)
    };
    let name = content_type(headers)?.ok_or_else(unsupported)?;
    if !allowed.contains(&name.as_str()) {
        return Err(unsupported());
    }
    let full = text(headers, &header::CONTENT_TYPE)?.unwrap_or_default();
    let parameters = full.split_once(';').map_or("", |(_, p)| p);
    let utf8 = parameter(parameters, "charset").is_none_or(|c| c.eq_ignore_ascii_case("utf-8"));
    if utf8 && version_fits(parameters) { Ok(()) } else { Err(unsupported()) }
}

/// What JSON resources may be sent as.
pub(crate) const RESOURCE_TYPES: &[&str] = &["application/fhir+json", "application/json", "application/json+fhir"];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::HeaderValue;

    fn accept(value: &'static str) -> Result<Format, StatusCode> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        format(&headers, None).map_err(|f| f.status)
    }

    #[test]
    fn json_is_given_whenever_the_caller_can_take_it() {
        assert_eq!(accept("application/fhir+json"), Ok(Format::Fhir));
        assert_eq!(accept("application/json"), Ok(Format::Plain));
        assert_eq!(accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Ok(Format::Fhir));
        assert_eq!(accept("application/fhir+xml, application/json;q=0.5"), Ok(Format::Plain));
        assert_eq!(accept("application/fhir+json; fhirVersion=4.0"), Ok(Format::Fhir));
        assert_eq!(format(&HeaderMap::new(), Some("application/fhir json")).unwrap(), Format::Fhir);
    }

    #[test]
    fn anything_else_is_not_acceptable() {
        for bad in [
            "application/fhir+xml",
            "text/turtle",
            "application/json;q=0",
            "application/fhir+json; fhirVersion=3.0",
            "",
        ] {
            assert_eq!(accept(bad), Err(StatusCode::NOT_ACCEPTABLE), "{bad}");
        }
        assert!(format(&HeaderMap::new(), Some("xml")).is_err());
    }

    #[test]
    fn bodies_of_other_kinds_are_refused() {
        let check = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            require_content_type(&headers, RESOURCE_TYPES).is_ok()
        };
        assert!(check("application/fhir+json; charset=UTF-8; fhirVersion=4.0"));
        assert!(check("Application/JSON"));
        for bad in [
            "text/plain",
            "application/fhir+xml",
            "application/json; charset=shift_jis",
            "application/json; fhirVersion=5.0",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }
}
