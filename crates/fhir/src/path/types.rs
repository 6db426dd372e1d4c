//! What FHIRPath has to know about types: which words after a choice element name a type, and which type is a kind
//! of which.
use crate::ResourceType;

/// Data types that can stand in a choice element (`value[x]`), with their key suffix, name and base.
/// R4 datatypes §2.24, "open type" list and the further choices of the resources.
const DATA_TYPES: &[(&str, &str, &str)] = &[
    ("Address", "Address", ""),
    ("Age", "Age", "Quantity"),
    ("Annotation", "Annotation", ""),
    ("Attachment", "Attachment", ""),
    ("Base64Binary", "base64Binary", ""),
    ("Boolean", "boolean", ""),
    ("Canonical", "canonical", "uri"),
    ("Code", "code", "string"),
    ("CodeableConcept", "CodeableConcept", ""),
    ("Coding", "Coding", ""),
    ("ContactDetail", "ContactDetail", ""),
    ("ContactPoint", "ContactPoint", ""),
    ("Contributor", "Contributor", ""),
    ("Count", "Count", "Quantity"),
    ("DataRequirement", "DataRequirement", ""),
    ("Date", "date", ""),
    ("DateTime", "dateTime", ""),
    ("Decimal", "decimal", ""),
    ("Distance", "Distance", "Quantity"),
    ("Dosage", "Dosage", ""),
    ("Duration", "Duration", "Quantity"),
    ("Expression", "Expression", ""),
    ("HumanName", "HumanName", ""),
    ("Id", "id", "string"),
    ("Identifier", "Identifier", ""),
    ("Instant", "instant", ""),
    ("Integer", "integer", ""),
    ("Markdown", "markdown", "string"),
    ("Meta", "Meta", ""),
    ("Money", "Money", ""),
    ("Oid", "oid", "uri"),
    ("ParameterDefinition", "ParameterDefinition", ""),
    ("Period", "Period", ""),
    ("PositiveInt", "positiveInt", "integer"),
    ("Quantity", "Quantity", ""),
    ("Range", "Range", ""),
    ("Ratio", "Ratio", ""),
    ("Reference", "Reference", ""),
    ("RelatedArtifact", "RelatedArtifact", ""),
    ("SampledData", "SampledData", ""),
    ("Signature", "Signature", ""),
    ("String", "string", ""),
    ("Time", "time", ""),
    ("Timing", "Timing", ""),
    ("TriggerDefinition", "TriggerDefinition", ""),
    ("UnsignedInt", "unsignedInt", "integer"),
    ("Uri", "uri", ""),
    ("Url", "url", "uri"),
    ("UsageContext", "UsageContext", ""),
    ("Uuid", "uuid", "uri"),
];

/// Resource types that are no DomainResource.
const PLAIN_RESOURCES: [&str; 3] = ["Binary", "Bundle", "Parameters"];

/// The type that a key suffix names: `DateTime` of `effectiveDateTime` is `dateTime`.
pub(crate) fn of_suffix(suffix: &str) -> Option<&'static str> {
    DATA_TYPES
        .binary_search_by_key(&suffix, |(suffix, _, _)| suffix)
        .ok()
        .and_then(|i| DATA_TYPES.get(i))
        .map(|(_, name, _)| *name)
}

/// The key suffix of a type: `dateTime` gives `DateTime`. System types (`DateTime`, `Boolean`) are taken too.
pub(crate) fn suffix_of(name: &str) -> Option<&'static str> {
    entry(name).map(|(suffix, _, _)| *suffix)
}

fn entry(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    // The suffix differs from the name in the case of the first letter only, and so do `System.String` and `string`.
    DATA_TYPES
        .iter()
        .find(|(suffix, own, _)| name == *own || (name == *suffix && own.starts_with(|c: char| c.is_ascii_lowercase())))
}

/// Whether a value of type `actual` is one of type `wanted` (or of a type derived from it). The System types are
/// taken for their FHIR namesakes, as invariants of R4 write both.
pub(crate) fn is_a(actual: &str, wanted: &str) -> bool {
    if actual == wanted {
        return true;
    }
    if ResourceType::parse(actual).is_some() {
        return wanted == "Resource" || (wanted == "DomainResource" && !PLAIN_RESOURCES.contains(&actual));
    }
    let canonical = |name| entry(name).map(|(_, own, base)| (*own, *base));
    match (canonical(actual), canonical(wanted)) {
        (Some((actual, base)), Some((wanted, _))) => actual == wanted || base == wanted,
        (Some(_), None) => wanted == "Element",
        _ => false,
    }
}

/// Whether a type is one of the dates that name a span of time.
pub(crate) fn is_temporal(name: &str) -> bool {
    matches!(name, "date" | "dateTime" | "instant")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_list_is_sorted_and_suffixes_lead_to_types_and_back() {
        assert!(DATA_TYPES.is_sorted_by_key(|(suffix, _, _)| *suffix));
        for (suffix, name, base) in DATA_TYPES {
            assert_eq!(of_suffix(suffix), Some(*name));
            assert_eq!(suffix_of(name), Some(*suffix));
            assert!(base.is_empty() || entry(base).is_some(), "{base}");
        }
        assert_eq!(of_suffix("Set"), None);
        assert_eq!(suffix_of("DateTime"), Some("DateTime"));
        assert_eq!(suffix_of("quantity"), None);
    }

    #[test]
    fn a_type_is_also_what_it_derives_from() {
        for (actual, wanted, expected) in [
            ("code", "string", true),
            ("string", "code", false),
            ("canonical", "uri", true),
            ("Age", "Quantity", true),
            ("Quantity", "Age", false),
            ("boolean", "Boolean", true),
            ("dateTime", "DateTime", true),
            ("dateTime", "date", false),
            ("positiveInt", "integer", true),
            ("Patient", "Resource", true),
            ("Patient", "DomainResource", true),
            ("Bundle", "DomainResource", false),
            ("Patient", "Observation", false),
            ("Period", "Element", true),
            ("Patient", "Element", false),
        ] {
            assert_eq!(is_a(actual, wanted), expected, "{actual} is {wanted}");
        }
    }
}
