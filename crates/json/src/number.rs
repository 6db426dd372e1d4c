//! Number lexemes.
use std::borrow::Cow;

/// A JSON number exactly as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<'a>(pub(crate) Cow<'a, str>);

impl Number<'_> {
    /// The lexeme, for example `1.00E-2`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The value when it is an integer written without fraction or exponent and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
    /// From an integer.
    pub fn from_i64(value: i64) -> Number<'static> {
        Number(Cow::Owned(value.to_string()))
    }
    /// From a decimal lexeme; `None` when `lexeme` is not a JSON number.
    pub fn from_lexeme(lexeme: &str) -> Option<Number<'static>> {
        let _ = lexeme;
        todo!()
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Number<'static> {
        Number(Cow::Owned(self.0.into_owned()))
    }
}
