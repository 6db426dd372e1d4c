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
    /// Coded value. `system` is `None` when the element has none.
    Token {
        /// Code system or identifier system.
        system: Option<String>,
        /// Code or identifier value, as written; compared case-sensitively except where the definition says not
        /// (then already lower-cased).
        code: String,
    },
    /// Text.
    Text {
        /// `japan::search_key` of the text.
        key: String,
        /// The text as written, for `:exact`.
        exact: String,
    },
    /// Reference to a resource of this tenant.
    Local {
        /// Target type.
        target: ResourceType,
        /// Target id.
        id: Id,
    },
    /// Reference or canonical that is not local, or a `uri` parameter.
    Uri(String),
    /// Date or period as the closed interval of microseconds it can mean; open ends are `i64::MIN` / `i64::MAX`.
    Date {
        /// First instant.
        lo: i64,
        /// Last instant.
        hi: i64,
    },
    /// Number as the half-open interval implied by its precision.
    Number {
        /// The value itself.
        value: f64,
        /// Lower bound, inclusive.
        lo: f64,
        /// Upper bound, exclusive.
        hi: f64,
    },
    /// Quantity; both the coded unit and the printed unit are kept.
    Quantity {
        /// The value itself.
        value: f64,
        /// Lower bound, inclusive.
        lo: f64,
        /// Upper bound, exclusive.
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
