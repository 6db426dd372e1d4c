//! Reading text.
use crate::{Number, Object, Text, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// Bounds on what is accepted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the whole text.
    pub max_bytes: usize,
    /// Nesting of arrays and objects. Values above [`Limits::DEEPEST`] count as that.
    pub max_depth: usize,
    /// Length of one number lexeme in bytes.
    pub max_number_bytes: usize,
    /// Largest absolute exponent of a number.
    pub max_exponent: u32,
}

impl Limits {
    /// What the FHIR faces accept: 32 MiB, 64 levels, 64-byte numbers, exponents to ±400.
    pub const FHIR: Limits = Limits { max_bytes: 32 << 20, max_depth: 64, max_number_bytes: 64, max_exponent: 400 };
    /// Nesting is followed by recursion, so whatever the caller asks for, no text may go deeper than this.
    pub const DEEPEST: usize = 512;
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

impl std::fmt::Display for ParseError {
    /// For the person or program that sent the text, in Japanese. Quotes nothing of the text but a single
    /// unexpected character or the name of a repeated key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}行{}文字目: ", self.line, self.column)?;
        match &self.kind {
            ErrorKind::Encoding => f.write_str("UTF-8（BOMなし）ではありません。UTF-8で送ってください。"),
            ErrorKind::UnexpectedCharacter(c) => {
                write!(f, "ここに「{}」は書けません。JSONの構文を確かめてください。", c.escape_debug())
            }
            ErrorKind::UnexpectedEnd => f.write_str("途中で終わっています。JSON全体を送ってください。"),
            ErrorKind::TrailingCharacters => f.write_str("JSONの値の後に余分な文字があります。取り除いてください。"),
            ErrorKind::DuplicateKey(key) => {
                let shown: String = key.chars().take(64).flat_map(char::escape_debug).collect();
                write!(f, "同じ項目名「{shown}」が2回あります。1つにしてください。")
            }
            ErrorKind::LoneSurrogate => {
                f.write_str("サロゲートペアの片方だけが書かれています。文字を正しくエスケープしてください。")
            }
            ErrorKind::InvalidEscape => f.write_str("「\\」で始まるエスケープが正しくありません。"),
            ErrorKind::ControlCharacter => {
                f.write_str("文字列の中に制御文字があります。\\n や \\t のようにエスケープしてください。")
            }
            ErrorKind::InvalidNumber => f.write_str("数値の書き方が正しくありません。"),
            ErrorKind::NumberOutOfBounds => f.write_str("数値の桁数または指数が大きすぎます。"),
            ErrorKind::TooDeep => f.write_str("入れ子が深すぎます。"),
            ErrorKind::TooLarge => f.write_str("データが大きすぎます。分けて送ってください。"),
        }
    }
}

impl std::error::Error for ParseError {}

/// Parses one JSON text.
///
/// Every lexeme is kept as it was written; text that needs no copy is borrowed from `text`.
/// The cost is linear in the length of `text`, whatever stands in it.
pub fn parse<'a>(text: &'a [u8], limits: &Limits) -> Result<Value<'a>, ParseError> {
    if text.len() > limits.max_bytes {
        return Err(ParseError { kind: ErrorKind::TooLarge, line: 1, column: 1 });
    }
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let good = text.get(..error.valid_up_to()).unwrap_or_default();
            return Err(place(std::str::from_utf8(good).unwrap_or_default(), ErrorKind::Encoding));
        }
    };
    if text.starts_with('\u{FEFF}') {
        return Err(ParseError { kind: ErrorKind::Encoding, line: 1, column: 1 });
    }
    let mut parser =
        Parser { text, bytes: text.as_bytes(), at: 0, depth_left: limits.max_depth.min(Limits::DEEPEST), limits };
    parser.document().map_err(|refusal| place(text.get(..refusal.at).unwrap_or(text), refusal.kind))
}

/// Line and column of the end of `before`.
fn place(before: &str, kind: ErrorKind) -> ParseError {
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let last_line = before.rsplit('\n').next().unwrap_or_default();
    ParseError { kind, line, column: last_line.chars().count() + 1 }
}

/// A refusal at a byte offset; line and column are counted only when there is one. Boxed, so that the way of the
/// good texts carries nothing but values.
struct Refusal {
    kind: ErrorKind,
    at: usize,
}

impl Refusal {
    #[expect(clippy::unnecessary_box_returns, reason = "every caller wants it boxed")]
    fn at(kind: ErrorKind, at: usize) -> Box<Refusal> {
        Box::new(Refusal { kind, at })
    }
}

struct Parser<'a, 'l> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth_left: usize,
    limits: &'l Limits,
}

/// Objects with more members than this are checked for repeated keys by hashing.
const LINEAR_KEYS: usize = 16;

impl<'a> Parser<'a, '_> {
    fn document(&mut self) -> Result<Value<'a>, Box<Refusal>> {
        self.skip_space();
        let value = self.value()?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(self.refuse(ErrorKind::TrailingCharacters));
        }
        Ok(value)
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "every caller wants it boxed")]
    fn refuse(&self, kind: ErrorKind) -> Box<Refusal> {
        Refusal::at(kind, self.at)
    }

    /// What stands here does not belong here.
    #[cold]
    #[expect(clippy::unnecessary_box_returns, reason = "every caller wants it boxed")]
    fn unexpected(&self) -> Box<Refusal> {
        let kind = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(c) => ErrorKind::UnexpectedCharacter(c),
            None => ErrorKind::UnexpectedEnd,
        };
        self.refuse(kind)
    }

    fn value(&mut self) -> Result<Value<'a>, Box<Refusal>> {
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true", Value::Bool(true)),
            Some(b'f') => self.literal(b"false", Value::Bool(false)),
            Some(b'n') => self.literal(b"null", Value::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn literal(&mut self, word: &[u8], value: Value<'a>) -> Result<Value<'a>, Box<Refusal>> {
        for expected in word {
            if self.peek() != Some(*expected) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(value)
    }

    /// Enters an array or object, whose bracket stands here.
    fn descend(&mut self) -> Result<(), Box<Refusal>> {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => return Err(self.refuse(ErrorKind::TooDeep)),
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn array(&mut self) -> Result<Value<'a>, Box<Refusal>> {
        self.descend()?;
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                items.push(self.value()?);
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                    }
                    Some(b']') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.unexpected()),
                }
            }
        }
        self.depth_left += 1;
        Ok(Value::Array(items))
    }

    fn object(&mut self) -> Result<Value<'a>, Box<Refusal>> {
        self.descend()?;
        let mut members: Vec<(Text<'a>, Value<'a>)> = Vec::new();
        let mut seen: Option<HashSet<Cow<'a, str>>> = None;
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                let key_at = self.at;
                if self.peek() != Some(b'"') {
                    return Err(self.unexpected());
                }
                let key = self.string()?;
                let repeated = if members.len() < LINEAR_KEYS {
                    members.iter().any(|(earlier, _)| *earlier == key)
                } else {
                    let seen =
                        seen.get_or_insert_with(|| members.iter().map(|(earlier, _)| decoded(earlier)).collect());
                    !seen.insert(decoded(&key))
                };
                if repeated {
                    let kind = ErrorKind::DuplicateKey(key.decode().into_owned());
                    return Err(Refusal::at(kind, key_at));
                }
                self.skip_space();
                if self.peek() != Some(b':') {
                    return Err(self.unexpected());
                }
                self.at += 1;
                self.skip_space();
                let value = self.value()?;
                members.push((key, value));
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                    }
                    Some(b'}') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.unexpected()),
                }
            }
        }
        self.depth_left += 1;
        Ok(Value::Object(Object { members }))
    }

    /// A string whose opening quote stands here.
    fn string(&mut self) -> Result<Text<'a>, Box<Refusal>> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_run(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    let raw = self.text.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(Text { raw: Cow::Borrowed(raw), escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.refuse(ErrorKind::ControlCharacter)),
                None => return Err(self.refuse(ErrorKind::UnexpectedEnd)),
            }
        }
    }

    /// Steps over an escape sequence whose backslash stands here.
    fn escape(&mut self) -> Result<(), Box<Refusal>> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let unit = self.code_unit(self.at)?;
                match unit {
                    0xD800..=0xDBFF => {
                        let low_follows = self.bytes.get(self.at + 6..self.at + 8) == Some(b"\\u");
                        if !low_follows || !(0xDC00..=0xDFFF).contains(&self.code_unit(self.at + 6)?) {
                            return Err(self.refuse(ErrorKind::LoneSurrogate));
                        }
                        self.at += 12;
                    }
                    0xDC00..=0xDFFF => return Err(self.refuse(ErrorKind::LoneSurrogate)),
                    _ => self.at += 6,
                }
                Ok(())
            }
            Some(_) => Err(self.refuse(ErrorKind::InvalidEscape)),
            None => {
                self.at = self.bytes.len();
                Err(self.refuse(ErrorKind::UnexpectedEnd))
            }
        }
    }

    /// The code unit of a `\uXXXX` that starts at `at`.
    fn code_unit(&self, at: usize) -> Result<u32, Box<Refusal>> {
        let mut unit = 0;
        for offset in 2..6 {
            let Some(byte) = self.bytes.get(at + offset) else {
                return Err(Refusal::at(ErrorKind::UnexpectedEnd, self.bytes.len()));
            };
            let Some(digit) = char::from(*byte).to_digit(16) else {
                return Err(Refusal::at(ErrorKind::InvalidEscape, at));
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value<'a>, Box<Refusal>> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let scan = crate::number::scan(rest.as_bytes());
        if scan.length > self.limits.max_number_bytes || scan.exponent > u64::from(self.limits.max_exponent) {
            return Err(self.refuse(ErrorKind::NumberOutOfBounds));
        }
        if !scan.complete {
            self.at += scan.length;
            let ended = self.at >= self.bytes.len();
            return Err(self.refuse(if ended { ErrorKind::UnexpectedEnd } else { ErrorKind::InvalidNumber }));
        }
        self.at += scan.length;
        Ok(Value::Number(Number(Cow::Borrowed(rest.get(..scan.length).unwrap_or_default()))))
    }
}

/// Length of the run of bytes that are neither a quote, a backslash nor a control character.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Lowest flagged byte is exact; higher ones may be wrong by a borrow, and only the lowest is used.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut run = 0;
    let (words, tail) = bytes.as_chunks::<8>();
    for chunk in words {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let hit = zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5C)) | control;
        if hit != 0 {
            return run + (hit.trailing_zeros() / 8) as usize;
        }
        run += 8;
    }
    run + tail.iter().take_while(|b| **b >= 0x20 && **b != b'"' && **b != b'\\').count()
}

/// The decoded text of a key, independent of the key's own borrow.
fn decoded<'a>(text: &Text<'a>) -> Cow<'a, str> {
    match (&text.raw, text.escaped) {
        (Cow::Borrowed(raw), false) => Cow::Borrowed(raw),
        _ => Cow::Owned(text.decode().into_owned()),
    }
}
