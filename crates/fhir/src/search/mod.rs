//! Search: what a query asks (`Query`), what a resource offers to it (`IndexEntry`), and the definitions both are
//! driven by. Turning a query into SQL is the ledger's work.

mod bounds;
mod definition;
mod extract;
mod index;
mod matches;
mod number;
mod parse;
mod plan;
mod query;
#[cfg(test)]
mod tests;
mod values;

pub use definition::{ParamKey, ParamType, SearchParam, param_of, params_of};
pub use extract::{extract, extract_at};
pub use index::{IndexEntry, IndexValue};
pub use matches::matches;
pub use parse::{ParseContext, SearchError, parse};
pub use query::{Filter, Include, Match, Prefix, Query, Sort, SortBy, Summary, SystemMatch, TextMode, Total, UriMode};
