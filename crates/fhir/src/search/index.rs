//! What a resource offers to searches.
use crate::{Id, ResourceType, search::ParamKey};

/// One value of one parameter of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexEntry {
    /// Which parameter.
    pub param: ParamKey,
    /// The value.
    pub value: IndexValue,
}

/// An indexed value.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexValue {
    /// Coded value. `system` is `None` when the element has none. An element that is there but offers no code (a
    /// CodeableConcept of text alone) has one entry with an empty code and no system: it makes `:missing` right
    /// and can be equal to no search value.
    Token {
        /// Code system or identifier system.
        system: Option<String>,
        /// Code or identifier value, as written; compared case-sensitively.
        code: String,
    },
    /// Text.
    Text {
        /// `japan::search_key` of the text, at most 200 characters.
        key: String,
        /// The text as written, for `:exact`; of more than 200 characters the beginning and a digest, as in the
        /// search.
        exact: String,
    },
    /// Reference to a resource of this tenant.
    Local {
        /// Target type.
        target: ResourceType,
        /// Target id.
        id: Id,
    },
    /// Reference or canonical that is not local, or a `uri` parameter. A reference without address (logical or
    /// display alone) has an empty one, for `:missing`.
    Uri(String),
    /// Date or period as the closed interval of microseconds it can mean; open ends are `i64::MIN` / `i64::MAX`.
    Date {
        /// First instant.
        lo: i64,
        /// Last instant.
        hi: i64,
    },
    /// Number. R4: only the precision of the *search* value matters, so a recorded number is the point
    /// `lo == value == hi`.
    Number {
        /// The value itself, for sorting.
        value: f64,
        /// Smallest number it can be, inclusive.
        lo: f64,
        /// Largest number it can be, inclusive.
        hi: f64,
    },
    /// Quantity; both the coded unit and the printed unit are kept. A plain quantity is the point
    /// `lo == value == hi`; one with a comparator (`< 5`) and a Range are intervals, open ends are `f64::MIN` /
    /// `f64::MAX`.
    Quantity {
        /// The value itself, for sorting.
        value: f64,
        /// Smallest number it can be, inclusive.
        lo: f64,
        /// Largest number it can be, inclusive.
        hi: f64,
        /// System of the unit.
        system: Option<String>,
        /// Code of the unit.
        code: Option<String>,
        /// Printed unit.
        unit: Option<String>,
    },
    /// Two (or three) values that belong together.
    Composite(Vec<IndexValue>),
}
