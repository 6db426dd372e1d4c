//! From request parameters to a query.
//!
//! Handling is strict: what is not understood is refused with the name of the parameter, never passed over, because a
//! condition that is passed over shows records nobody asked for.

mod alternative;
mod condition;
mod control;
mod split;

use crate::{ResourceType, search::Query};
use karute_japan::Timestamp;

/// Parameters of one search.
const MAX_PARAMETERS: usize = 64;
/// Alternatives (values separated by commas) of one parameter.
const MAX_ALTERNATIVES: usize = 200;
/// Characters of one value.
const MAX_VALUE: usize = 2_000;
/// Characters of one name.
const MAX_NAME: usize = 200;

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

/// What is wrong with the parameter in hand.
struct Problem {
    message: String,
    code: &'static str,
}

impl Problem {
    fn value(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), code: "value" }
    }
    fn invalid(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), code: "invalid" }
    }
    fn unsupported(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), code: "not-supported" }
    }
    fn of(self, name: &str) -> SearchError {
        let parameter = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        SearchError { parameter, message: self.message, code: self.code }
    }
}

/// Parses decoded name/value pairs. Unknown parameters and modifiers are errors (strict handling); `_format` and
/// `_pretty` are passed over. At most 64 parameters with 200 alternatives and 2,000 characters each.
pub fn parse(
    target: ResourceType,
    pairs: &[(String, String)],
    context: &ParseContext<'_>,
) -> Result<Query, SearchError> {
    if pairs.len() > MAX_PARAMETERS {
        let message = format!("検索条件が多すぎます。{MAX_PARAMETERS}個以内にしてください。");
        return Err(Problem::invalid(message).of(""));
    }
    let mut builder = control::Builder::new(target);
    for (name, value) in pairs {
        let parsed = check(name, value).and_then(|()| match builder.control(name, value)? {
            control::Taken::Yes => Ok(()),
            control::Taken::No => {
                let filter = condition::filter(target, name, value, context)?;
                builder.query.filters.push(filter);
                Ok(())
            }
        });
        parsed.map_err(|problem| problem.of(name))?;
    }
    Ok(builder.query)
}

/// Bounds on every parameter.
fn check(name: &str, value: &str) -> Result<(), Problem> {
    if name.len() > MAX_NAME || value.chars().count() > MAX_VALUE {
        let message = format!("検索条件が長すぎます。値は{MAX_VALUE}文字以内にしてください。");
        return Err(Problem::invalid(message));
    }
    if name.chars().chain(value.chars()).any(char::is_control) {
        return Err(Problem::invalid("制御文字(改行やタブなど)は検索条件に使えません。取り除いてください。"));
    }
    Ok(())
}
