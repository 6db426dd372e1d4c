//! What a search asks.
use crate::{Id, ResourceType, search::ParamKey};

/// A parsed search of one resource type.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The type searched.
    pub target: ResourceType,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Order; ties and the default are by chain position (oldest change first).
    pub sort: Vec<Sort>,
    /// Matches per page; 0 asks for the total alone.
    pub count: u32,
    /// `_total`
    pub total: Total,
    /// `_include` and `_revinclude`
    pub includes: Vec<Include>,
    /// `_summary`
    pub summary: Summary,
    /// `_elements`; empty = all.
    pub elements: Vec<String>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `_id`: any of these.
    Ids(Vec<Id>),
    /// `_lastUpdated`: any of these.
    LastUpdated(Vec<(Prefix, i64, i64)>),
    /// At least one index entry of the parameter matches at least one of the alternatives.
    Any {
        /// Parameter.
        param: ParamKey,
        /// Alternatives.
        any: Vec<Match>,
    },
    /// `:not`: no index entry of the parameter matches any of the alternatives (also when there is none).
    None {
        /// Parameter.
        param: ParamKey,
        /// Alternatives.
        any: Vec<Match>,
    },
    /// `:missing`
    Missing {
        /// Parameter.
        param: ParamKey,
        /// `true` = must have no value.
        missing: bool,
    },
    /// `subject:Patient.name=…`: the reference points to a resource for which one of the alternatives holds.
    Chain {
        /// The reference parameter.
        param: ParamKey,
        /// Target type and the condition on it.
        any: Vec<(ResourceType, Filter)>,
    },
    /// `_has:Observation:patient:code=…`: a resource of `source` points here and fulfils the condition.
    Has {
        /// Type that points here.
        source: ResourceType,
        /// Its reference parameter.
        param: ParamKey,
        /// The condition on it.
        filter: Box<Filter>,
    },
}

/// One alternative of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    /// Token; `code: None` means any code of the system.
    Token {
        /// System condition.
        system: SystemMatch,
        /// Code.
        code: Option<String>,
    },
    /// String; `value` is folded by `japan::search_key` except for `Exact`.
    Text {
        /// How to compare.
        mode: TextMode,
        /// With what.
        value: String,
    },
    /// A local reference; `target: None` means any type.
    Local {
        /// Target type.
        target: Option<ResourceType>,
        /// Target id.
        id: Id,
    },
    /// A uri, canonical or foreign reference.
    Uri {
        /// How to compare.
        mode: UriMode,
        /// With what.
        value: String,
    },
    /// Date with the closed interval the search value means.
    Date {
        /// Comparison.
        prefix: Prefix,
        /// First microsecond.
        lo: i64,
        /// Last microsecond.
        hi: i64,
    },
    /// Number with the half-open interval its precision implies.
    Number {
        /// Comparison.
        prefix: Prefix,
        /// The value.
        value: f64,
        /// Inclusive.
        lo: f64,
        /// Exclusive.
        hi: f64,
    },
    /// Quantity: number and unit. With [`SystemMatch::Is`] the unit is the code in that system; with
    /// [`SystemMatch::Any`] it matches code or printed unit.
    Quantity {
        /// Comparison.
        prefix: Prefix,
        /// The value.
        value: f64,
        /// Inclusive.
        lo: f64,
        /// Exclusive.
        hi: f64,
        /// System of the unit; never `Absent`.
        system: SystemMatch,
        /// Unit code or printed unit; `None` = any.
        unit: Option<String>,
    },
    /// Components of a composite, all must match within one index entry.
    Composite(Vec<Match>),
}

/// Condition on a code's system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemMatch {
    /// `code`
    Any,
    /// `|code`
    Absent,
    /// `system|code`
    Is(String),
}

/// String comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TextMode {
    StartsWith,
    Contains,
    Exact,
}

/// Uri comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriMode {
    /// The same uri.
    Exact,
    /// The same uri, or one that continues it after a slash.
    Below,
    /// The same uri, or one that it continues after a slash.
    Above,
}

/// Comparison prefixes (R4 search §3.1.1.4.5).
///
/// With the search value `q` and the indexed value `e` (`e.lo ..= e.hi`, see [`IndexValue`](super::IndexValue)):
///
/// | | date (`q.lo ..= q.hi`) | number, quantity (`q.lo .. q.hi` by the precision written, `q.value` exact) |
/// |---|---|---|
/// | `Eq` | `q.lo <= e.lo && e.hi <= q.hi` | `q.lo <= e.lo && e.hi < q.hi` |
/// | `Ne` | not `Eq` | not `Eq` |
/// | `Gt` | `e.hi > q.hi` | `e.hi > q.value` |
/// | `Lt` | `e.lo < q.lo` | `e.lo < q.value` |
/// | `Ge` | `e.hi >= q.lo` | `e.hi >= q.value` |
/// | `Le` | `e.lo <= q.hi` | `e.lo <= q.value` |
/// | `Sa` | `e.lo > q.hi` | `e.lo > q.value` |
/// | `Eb` | `e.hi < q.lo` | `e.hi < q.value` |
/// | `Ap` | `e.lo <= q.hi && e.hi >= q.lo` | `e.lo <= q.hi && e.hi >= q.lo` |
///
/// `Ap` arrives already widened (numbers by a tenth of the value, dates by a tenth of the distance to now), so that
/// nothing but the parser needs a clock. `Ge` and `Le` take every period that overlaps: a stay that ends within the searched
/// day is found by `ge` that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// One sort key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
}

/// What to sort by. Resources without a value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// `_id`
    Id,
    /// `_lastUpdated`
    LastUpdated,
    /// Smallest text key of the parameter.
    Text(ParamKey),
    /// Smallest code of the parameter.
    Token(ParamKey),
    /// Lower bound (ascending) or upper bound (descending) of the parameter.
    Date(ParamKey),
    /// Value of a number or quantity parameter.
    Number(ParamKey),
    /// Target id of a reference parameter.
    Reference(ParamKey),
    /// Uri.
    Uri(ParamKey),
}

/// `_include` / `_revinclude`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Include {
    /// `true` for `_revinclude`.
    pub reverse: bool,
    /// Type that holds the reference.
    pub source: ResourceType,
    /// Its reference parameter; `None` = every one (`*`).
    pub param: Option<ParamKey>,
    /// Only targets of this type.
    pub target: Option<ResourceType>,
    /// Also applied to what was included.
    pub iterate: bool,
}

/// `_total`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Total {
    None,
    /// What is said when nothing is asked: the total where the first page holds everything.
    IfKnown,
    Accurate,
}

/// `_summary`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Summary {
    None,
    True,
    Text,
    Data,
    Count,
}
