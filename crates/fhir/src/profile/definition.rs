//! A profile as it is written down, element by element; what the own rules and the official packages are read into.
use super::model::Wanted;

/// No upper bound.
pub(super) const MANY: u32 = u32::MAX;

/// A profile.
#[derive(Debug)]
pub(super) struct Definition {
    /// Canonical URL.
    pub(super) url: String,
    /// Short name, the last part of the URL.
    pub(super) name: String,
    /// The type it constrains.
    pub(super) type_name: String,
    /// Canonical URL of what it derives from.
    pub(super) base: Option<String>,
    /// Whether `elements` holds everything inherited too.
    pub(super) complete: bool,
    /// Its elements, parents before children.
    pub(super) elements: Vec<ElementDef>,
}

/// What it says of an element.
#[derive(Debug)]
pub(super) struct ElementDef {
    /// Below the type, with slices: `code.coding:icd10.display`; choices as `value[x]`; empty for the type itself.
    pub(super) id: String,
    /// Fewest occurrences asked for beyond R4.
    pub(super) min: u32,
    /// Most occurrences, where fewer than R4 allows; otherwise [`MANY`].
    pub(super) max: u32,
    /// Types it may have; empty: as in R4.
    pub(super) types: Vec<TypeUse>,
    /// The value it must have.
    pub(super) wanted: Option<Wanted>,
    /// Value set of a required binding.
    pub(super) value_set: Option<String>,
    /// How its repetitions are divided.
    pub(super) slicing: Option<SlicingDef>,
    /// Invariants.
    pub(super) constraints: Vec<ConstraintDef>,
}

impl ElementDef {
    /// Asks for nothing.
    pub(super) fn new(id: impl Into<String>) -> ElementDef {
        ElementDef {
            id: id.into(),
            min: 0,
            max: MANY,
            types: Vec::new(),
            wanted: None,
            value_set: None,
            slicing: None,
            constraints: Vec::new(),
        }
    }
}

/// A type an element may have.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeUse {
    /// `Reference`, `CodeableConcept`, `Patient`.
    pub(super) code: String,
    /// Profiles it must fit, any of them.
    pub(super) profiles: Vec<String>,
    /// Profiles that the target of a reference must fit, any of them.
    pub(super) targets: Vec<String>,
}

/// How repetitions are divided into slices.
#[derive(Clone, Debug)]
pub(super) struct SlicingDef {
    /// Whether nothing but the slices may occur.
    pub(super) closed: bool,
    /// What tells the slices apart.
    pub(super) discriminators: Vec<(Discriminator, String)>,
}

/// What a discriminator looks at (`value` and `pattern` come to the same).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Discriminator {
    /// A value.
    Value,
    /// Whether something is there.
    Exists,
    /// The type.
    Type,
    /// A profile that it fits.
    Profile,
}

impl Discriminator {
    /// By the word of the definitions.
    pub(super) fn parse(word: &str) -> Option<Discriminator> {
        Some(match word {
            "value" | "pattern" => Discriminator::Value,
            "exists" => Discriminator::Exists,
            "type" => Discriminator::Type,
            "profile" => Discriminator::Profile,
            _ => return None,
        })
    }
}

/// An invariant.
#[derive(Clone, Debug)]
pub(super) struct ConstraintDef {
    /// Its key.
    pub(super) key: String,
    /// Whether breaking it is an error.
    pub(super) error: bool,
    /// What it demands, for people.
    pub(super) human: String,
    /// FHIRPath.
    pub(super) expression: String,
}
