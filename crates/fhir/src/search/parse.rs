//! From request parameters to a query.
use crate::{ResourceType, search::Query};
use karute_japan::Timestamp;

/// A search that cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchError {
    /// The parameter as it was written.
    pub parameter: String,
    /// What is wrong with it, in Japanese; never repeats the value.
    pub message: String,
    /// FHIR issue type: `not-supported`, `invalid`, `value`.
    pub code: &'static str,
}

/// What a search means beside its parameters.
#[derive(Clone, Copy, Debug)]
pub struct ParseContext<'a> {
    /// The server's own FHIR address (`https://example.jp/fhir`, with or without a final slash): absolute
    /// references to it are local. Empty = none.
    pub base: &'a str,
    /// The present, for the prefix `ap` on dates.
    pub now: Timestamp,
}

/// Parses decoded name/value pairs. Unknown parameters and modifiers are errors (strict handling); `_format` and
/// `_pretty` are passed over.
pub fn parse(
    target: ResourceType,
    pairs: &[(String, String)],
    context: &ParseContext<'_>,
) -> Result<Query, SearchError> {
    let _ = (target, pairs, context);
    todo!()
}
