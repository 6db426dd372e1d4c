//! Reading text.
use crate::Value;

/// Bounds on what is accepted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the whole text.
    pub max_bytes: usize,
    /// Nesting of arrays and objects.
    pub max_depth: usize,
    /// Length of one number lexeme in bytes.
    pub max_number_bytes: usize,
    /// Largest absolute exponent of a number.
    pub max_exponent: u32,
}

impl Limits {
    /// What the FHIR faces accept: 32 MiB, 64 levels, 64-byte numbers, exponents to ±400.
    pub const FHIR: Limits =
        Limits { max_bytes: 32 << 20, max_depth: 64, max_number_bytes: 64, max_exponent: 400 };
}

/// What was wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not UTF-8, or a byte order mark.
    Encoding,
    /// A character that does not belong there.
    UnexpectedCharacter(char),
    /// The text stops too early.
    UnexpectedEnd,
    /// Something follows the value.
    TrailingCharacters,
    /// The same key twice in one object.
    DuplicateKey(String),
    /// Half of a surrogate pair.
    LoneSurrogate,
    /// A `\` sequence JSON does not know.
    InvalidEscape,
    /// A raw control character in a string.
    ControlCharacter,
    /// Not a JSON number.
    InvalidNumber,
    /// A number longer or with a larger exponent than allowed.
    NumberOutOfBounds,
    /// Nested deeper than allowed.
    TooDeep,
    /// Larger than allowed.
    TooLarge,
}

/// A refusal, with its place. Lines and columns count from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What was wrong.
    pub kind: ErrorKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Parses one JSON text.
pub fn parse<'a>(text: &'a [u8], limits: &Limits) -> Result<Value<'a>, ParseError> {
    let _ = (text, limits);
    todo!()
}
