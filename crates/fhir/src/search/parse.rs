//! From request parameters to a query.
use crate::{ResourceType, search::Query};

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

/// Parses decoded name/value pairs. Unknown parameters and modifiers are errors (strict handling); `_format` and
/// `_pretty` are passed over. `base` is the server's own address, so that absolute references to it are local.
pub fn parse(target: ResourceType, pairs: &[(String, String)], base: &str) -> Result<Query, SearchError> {
    let _ = (target, pairs, base);
    todo!()
}
