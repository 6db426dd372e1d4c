//! What a reference string points to (R4 references §2.3.0).
use crate::{Id, ResourceType};

/// A `Reference.reference` taken apart. Borrows from the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// A resource of this server: `Patient/1`, `Patient/1/_history/2`, or the same below the server's own base.
    Local {
        /// Type.
        resource_type: ResourceType,
        /// Logical id.
        id: Id,
        /// Version when the reference names one.
        version: Option<&'a str>,
    },
    /// `#id`: contained in the same resource. Empty: the containing resource itself.
    Contained(&'a str),
    /// `urn:uuid:…` or `urn:oid:…`: another entry of the same Bundle, or a thing with that identity anywhere.
    Urn(&'a str),
    /// An absolute address that is not below the server's base.
    Absolute(&'a str),
    /// `Patient?identifier=…`: to be searched for while a transaction is carried out.
    Conditional {
        /// Type searched.
        resource_type: ResourceType,
        /// What follows the `?`, still percent-encoded.
        query: &'a str,
    },
}

/// Neither an address nor `Type/id` with a known type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a FHIR reference")]
pub struct ReferenceError;

impl<'a> Reference<'a> {
    /// Takes a reference apart. `base` is the server's own FHIR address (`https://host/fhir`, with or without a
    /// slash at the end); empty when there is none.
    pub fn parse(text: &'a str, base: &str) -> Result<Reference<'a>, ReferenceError> {
        if let Some(id) = text.strip_prefix('#') {
            return if id.is_empty() || Id::new(id).is_ok() {
                Ok(Reference::Contained(id))
            } else {
                Err(ReferenceError)
            };
        }
        if text.is_empty() || text.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
            return Err(ReferenceError);
        }
        if text.starts_with("urn:") {
            return Ok(Reference::Urn(text));
        }
        let base = base.trim_end_matches('/');
        let below = if base.is_empty() { None } else { text.strip_prefix(base) };
        let below = below.and_then(|rest| rest.strip_prefix('/'));
        match below.map(parse_relative) {
            Some(Ok(local)) => Ok(local),
            _ if has_scheme(text) => Ok(Reference::Absolute(text)),
            _ => parse_relative(text),
        }
    }
}

/// `Type/id`, `Type/id/_history/version` or `Type?query`.
fn parse_relative(text: &str) -> Result<Reference<'_>, ReferenceError> {
    let known = |name: &str| ResourceType::parse(name).ok_or(ReferenceError);
    if let Some((name, query)) = text.split_once('?') {
        return Ok(Reference::Conditional { resource_type: known(name)?, query });
    }
    let mut segments = text.split('/');
    let resource_type = known(segments.next().unwrap_or_default())?;
    let id = Id::new(segments.next().unwrap_or_default()).map_err(|_| ReferenceError)?;
    let version = match (segments.next(), segments.next(), segments.next()) {
        (None, _, _) => None,
        (Some("_history"), Some(version), None) if Id::new(version).is_ok() => Some(version),
        _ => return Err(ReferenceError),
    };
    Ok(Reference::Local { resource_type, id, version })
}

/// Whether the text starts with a URI scheme (RFC 3986 §3.1).
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const BASE: &str = "https://karute.example/fhir";

    fn local(name: &str, id: &str, version: Option<&'static str>) -> Reference<'static> {
        Reference::Local { resource_type: ResourceType::parse(name).unwrap(), id: Id::new(id).unwrap(), version }
    }

    #[test]
    fn references_are_told_apart() {
        let patient = ResourceType::parse("Patient").unwrap();
        let cases = [
            ("Patient/a-1.b", Ok(local("Patient", "a-1.b", None))),
            ("Patient/1/_history/2", Ok(local("Patient", "1", Some("2")))),
            ("https://karute.example/fhir/Patient/1", Ok(local("Patient", "1", None))),
            ("https://karute.example/fhir/Patient/1/_history/7", Ok(local("Patient", "1", Some("7")))),
            (
                "https://karute.example/fhir2/Patient/1",
                Ok(Reference::Absolute("https://karute.example/fhir2/Patient/1")),
            ),
            ("https://elsewhere.example/Patient/1", Ok(Reference::Absolute("https://elsewhere.example/Patient/1"))),
            ("https://karute.example/fhir/Nothing/1", Ok(Reference::Absolute("https://karute.example/fhir/Nothing/1"))),
            ("urn:uuid:0b1f", Ok(Reference::Urn("urn:uuid:0b1f"))),
            ("urn:oid:1.2.3", Ok(Reference::Urn("urn:oid:1.2.3"))),
            ("#med", Ok(Reference::Contained("med"))),
            ("#", Ok(Reference::Contained(""))),
            (
                "Patient?identifier=urn:a|1",
                Ok(Reference::Conditional { resource_type: patient, query: "identifier=urn:a|1" }),
            ),
            ("", Err(ReferenceError)),
            ("Patient", Err(ReferenceError)),
            ("Patient/", Err(ReferenceError)),
            ("patient/1", Err(ReferenceError)),
            ("Nothing/1", Err(ReferenceError)),
            ("Patient/1/2", Err(ReferenceError)),
            ("Patient/1/_history", Err(ReferenceError)),
            ("Patient/1/_history/2/3", Err(ReferenceError)),
            ("Patient/a b", Err(ReferenceError)),
            ("/Patient/1", Err(ReferenceError)),
            ("#a b", Err(ReferenceError)),
        ];
        for (text, expected) in cases {
            assert_eq!(Reference::parse(text, BASE), expected, "{text}");
        }
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_changes_nothing_and_no_base_makes_nothing_local_but_relative_ones() {
        let text = "https://karute.example/fhir/Patient/1";
        assert_eq!(Reference::parse(text, "https://karute.example/fhir/"), Ok(local("Patient", "1", None)));
        assert_eq!(Reference::parse(text, ""), Ok(Reference::Absolute(text)));
        assert_eq!(Reference::parse("Patient/1", ""), Ok(local("Patient", "1", None)));
    }
}
