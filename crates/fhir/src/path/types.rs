//! What FHIRPath has to know about types: which type a name or the key of a choice element tells, and which type is a
//! kind of which.
use crate::ResourceType;
use crate::generated::TYPES;
use crate::model::{TypeId, TypeKind};
use karute_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Data types by name, and by name with a capital letter as keys of choice elements and System types have it.
static DATA_TYPES: LazyLock<HashMap<String, TypeId>> = LazyLock::new(|| {
    let mut types = HashMap::new();
    for index in 0..u16::try_from(TYPES.len()).unwrap_or(u16::MAX) {
        let id = TypeId::new(index);
        let definition = id.definition();
        if matches!(definition.kind, TypeKind::Primitive | TypeKind::Complex) {
            types.insert(suffix_of(definition.name), id);
            types.insert(definition.name.to_owned(), id);
        }
    }
    types
});

/// A data type or resource type by its name; the System types (`String`, `DateTime`) are taken for their FHIR
/// namesakes, as the definitions of R4 write both.
pub(crate) fn of_name(name: &str) -> Option<TypeId> {
    DATA_TYPES.get(name).copied().or_else(|| ResourceType::parse(name).map(ResourceType::type_id))
}

/// The data type that the rest of a choice element's key tells: `DateTime` of `effectiveDateTime`.
pub(crate) fn of_suffix(suffix: &str) -> Option<TypeId> {
    if suffix.starts_with(|c: char| c.is_ascii_uppercase()) { DATA_TYPES.get(suffix).copied() } else { None }
}

/// The name of a type as it stands in the key of a choice element.
fn suffix_of(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// The type of a resource by its `resourceType`.
pub(crate) fn of_resource(value: &Value<'_>) -> Option<TypeId> {
    let name = value.get("resourceType")?.as_str()?;
    ResourceType::parse(&name).map(ResourceType::type_id)
}

/// The type a data type derives from.
fn base(name: &str) -> Option<&'static str> {
    Some(match name {
        "code" | "id" | "markdown" => "string",
        "canonical" | "oid" | "url" | "uuid" => "uri",
        "positiveInt" | "unsignedInt" => "integer",
        "Age" | "Count" | "Distance" | "Duration" => "Quantity",
        _ => return None,
    })
}

/// Whether a type is the one called `wanted` or derived from it.
pub(crate) fn is_a(actual: TypeId, wanted: &str) -> bool {
    let definition = actual.definition();
    if definition.name == wanted {
        return true;
    }
    match definition.kind {
        TypeKind::DomainResource => matches!(wanted, "Resource" | "DomainResource"),
        TypeKind::Resource | TypeKind::AnyResource => wanted == "Resource",
        TypeKind::Backbone => matches!(wanted, "BackboneElement" | "Element"),
        TypeKind::Primitive | TypeKind::Complex => {
            let wanted_type = of_name(wanted).map(|id| id.definition().name);
            wanted == "Element"
                || wanted_type.is_some_and(|wanted| wanted == definition.name || base(definition.name) == Some(wanted))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn suffixes_of_choices_lead_to_types() {
        for (suffix, name) in [("DateTime", "dateTime"), ("Quantity", "Quantity"), ("Base64Binary", "base64Binary")] {
            assert_eq!(of_suffix(suffix).unwrap().definition().name, name);
        }
        for no_type in ["Set", "quantity", "", "Patient", "Observation.component"] {
            assert_eq!(of_suffix(no_type), None, "{no_type}");
        }
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
            assert_eq!(is_a(of_name(actual).unwrap(), wanted), expected, "{actual} is {wanted}");
        }
    }
}
