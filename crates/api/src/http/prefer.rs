//! The `Prefer` header (RFC 7240; FHIR R4 §3.1.0.1.9).
use http::HeaderMap;

/// What a write answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Return {
    /// Headers only.
    Minimal,
    /// The resource as stored.
    #[default]
    Representation,
    /// An OperationOutcome.
    OperationOutcome,
}

/// The preferences we know; others are passed over, as the RFC asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    pub(crate) returns: Option<Return>,
    pub(crate) lenient: bool,
    pub(crate) respond_async: bool,
}

impl Prefer {
    pub(crate) fn of(headers: &HeaderMap) -> Prefer {
        let mut prefer = Prefer::default();
        for value in headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()) {
            for part in value.split([',', ';']).map(str::trim) {
                match part {
                    "return=minimal" => prefer.returns = Some(Return::Minimal),
                    "return=representation" => prefer.returns = Some(Return::Representation),
                    "return=OperationOutcome" => prefer.returns = Some(Return::OperationOutcome),
                    "handling=lenient" => prefer.lenient = true,
                    "handling=strict" => prefer.lenient = false,
                    "respond-async" => prefer.respond_async = true,
                    _ => {}
                }
            }
        }
        prefer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn known_preferences_are_taken_and_others_passed_over() {
        let mut headers = HeaderMap::new();
        headers.append("prefer", HeaderValue::from_static("return=minimal, handling=lenient; wait=10"));
        headers.append("prefer", HeaderValue::from_static("respond-async"));
        let want = Prefer { returns: Some(Return::Minimal), lenient: true, respond_async: true };
        assert_eq!(Prefer::of(&headers), want);
        assert_eq!(Prefer::of(&HeaderMap::new()), Prefer::default());
    }
}
