//! Search parameter definitions, from the generated table.
use crate::{ResourceType, generated::SEARCH_PARAMS};

/// The stable key under which a parameter's values are indexed: FNV-1a 32 of `Type.code`
/// (`Patient.name`), or of a derived name (`Patient.identifier:of-type`, `Observation.subject:identifier`,
/// `compartment:Patient`). The generator proves that no two keys collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamKey(pub u32);

impl ParamKey {
    /// The compartment index: every resource has a reference entry for each patient it belongs to.
    pub const PATIENT_COMPARTMENT: ParamKey = ParamKey::of("compartment:Patient");

    /// FNV-1a 32 of a name.
    pub const fn of(name: &str) -> ParamKey {
        let bytes = name.as_bytes();
        let mut hash = 0x811c_9dc5_u32;
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
            i += 1;
        }
        ParamKey(hash)
    }
    /// The key of a parameter of a type, `_tag`, `_security`, `_profile` and `_source` included.
    pub fn of_param(resource_type: ResourceType, code: &str) -> ParamKey {
        ParamKey::of(&format!("{resource_type}.{code}"))
    }
    /// The derived key of `:identifier` or `:of-type`.
    pub fn of_modifier(resource_type: ResourceType, code: &str, modifier: &str) -> ParamKey {
        ParamKey::of(&format!("{resource_type}.{code}:{modifier}"))
    }
}

/// Type of a search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ParamType {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

/// A search parameter as it applies to one resource type.
#[derive(Clone, Copy, Debug)]
pub struct SearchParam {
    /// Key of its index entries.
    pub key: ParamKey,
    /// Code used in queries, for example `birthdate`.
    pub code: &'static str,
    /// Canonical URL of the definition.
    pub url: &'static str,
    /// Type.
    pub kind: ParamType,
    /// FHIRPath for this resource type only.
    pub expression: &'static str,
    /// Allowed targets of a reference parameter.
    pub targets: &'static [&'static str],
    /// For composites: (component code, component expression).
    pub components: &'static [(&'static str, &'static str)],
}

/// The parameters of a type that are really served, sorted by code (without the `_…` control parameters).
pub fn params_of(resource_type: ResourceType) -> &'static [SearchParam] {
    SEARCH_PARAMS.get(resource_type.index()).copied().unwrap_or_default()
}

/// The parameter `code` of a type.
pub fn param_of(resource_type: ResourceType, code: &str) -> Option<&'static SearchParam> {
    let params = params_of(resource_type);
    params.binary_search_by_key(&code, |param| param.code).ok().and_then(|index| params.get(index))
}
