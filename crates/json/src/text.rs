//! String lexemes.
use std::borrow::Cow;

/// A JSON string that remembers how it was written (`\/`, `\u3042` and so on stay as they came).
/// Equality compares the decoded text.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// Between the quotes, still escaped.
    pub(crate) raw: Cow<'a, str>,
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// From plain (decoded) text.
    pub fn new(plain: impl Into<Cow<'a, str>>) -> Text<'a> {
        let _ = plain.into();
        todo!()
    }
    /// The decoded text; borrows when the lexeme has no escapes.
    pub fn decode(&self) -> Cow<'_, str> {
        todo!()
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Text<'static> {
        Text { raw: Cow::Owned(self.raw.into_owned()), escaped: self.escaped }
    }
}
