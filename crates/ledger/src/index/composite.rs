//! Composite parameters: one row per combination. The first component is a token or a reference by definition (a
//! test checks all of R4's) and leads the key; up to two more stand in slots that can hold any kind of value.
use super::key;
use karute_fhir::search::IndexValue;

/// The leading component.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lead {
    /// Code, or id of the target.
    pub(crate) code: String,
    /// System, or number of the target's type; [`NOT_LOCAL`] for a foreign reference.
    pub(crate) system: i64,
}

/// Stands for the type of a reference that is not local.
pub(crate) const NOT_LOCAL: i64 = -1;

/// Another component, in the columns `…_text`, `…_system`, `…_unit`, `…_lo`, `…_hi`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Slot {
    /// Code, folded text, target id, uri or code of the unit.
    pub(crate) text: Option<String>,
    /// System of the code or the unit, or number of the target's type.
    pub(crate) system: Option<i64>,
    /// Printed unit.
    pub(crate) unit: Option<String>,
    /// Lower bound: microseconds, or a number by [`key::ordered`].
    pub(crate) lo: Option<i64>,
    /// Upper bound, inclusive.
    pub(crate) hi: Option<i64>,
}

impl Lead {
    /// From the first component.
    pub(crate) fn of(value: &IndexValue) -> Lead {
        match value {
            IndexValue::Token { system, code } => {
                Lead { code: key::equality(code), system: key::system(system.as_deref()) }
            }
            IndexValue::Local { target, id } => {
                Lead { code: id.as_str().to_owned(), system: key::type_number(*target) }
            }
            IndexValue::Uri(uri) => Lead { code: key::equality(uri), system: NOT_LOCAL },
            _ => Lead::default(),
        }
    }
}

impl Slot {
    /// From a further component.
    pub(crate) fn of(value: &IndexValue) -> Slot {
        let text = |text: &str| Some(key::clean(text).into_owned());
        match value {
            IndexValue::Token { system, code } => {
                Slot { text: text(code), system: Some(key::system(system.as_deref())), ..Slot::default() }
            }
            IndexValue::Text { key, .. } => Slot { text: text(key), ..Slot::default() },
            IndexValue::Local { target, id } => {
                Slot { text: text(id.as_str()), system: Some(key::type_number(*target)), ..Slot::default() }
            }
            IndexValue::Uri(uri) => Slot { text: text(uri), system: Some(NOT_LOCAL), ..Slot::default() },
            IndexValue::Date { lo, hi } => Slot { lo: Some(*lo), hi: Some(*hi), ..Slot::default() },
            IndexValue::Number { lo, hi, .. } => {
                Slot { lo: Some(key::ordered(*lo)), hi: Some(key::ordered(*hi)), ..Slot::default() }
            }
            IndexValue::Quantity { lo, hi, system, code, unit, .. } => Slot {
                text: code.as_deref().and_then(text),
                system: Some(key::system(system.as_deref())),
                unit: unit.as_deref().and_then(text),
                lo: Some(key::ordered(*lo)),
                hi: Some(key::ordered(*hi)),
            },
            IndexValue::Composite(_) => Slot::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use karute_fhir::ResourceType;
    use karute_fhir::search::{ParamType, params_of};

    #[test]
    fn every_composite_of_r4_begins_with_a_token_or_a_reference_and_has_at_most_three_parts() {
        let mut seen = 0;
        for resource_type in ResourceType::all() {
            let params = params_of(resource_type);
            for composite in params.iter().filter(|p| p.kind == ParamType::Composite) {
                seen += 1;
                assert!((2..=3).contains(&composite.components.len()), "{}", composite.url);
                let first = composite.components.first().map(|c| c.0);
                let kind = params.iter().find(|p| Some(p.code) == first).map(|p| p.kind);
                assert!(matches!(kind, Some(ParamType::Token | ParamType::Reference)), "{}: {kind:?}", composite.url);
            }
        }
        assert!(seen > 0);
    }
}
