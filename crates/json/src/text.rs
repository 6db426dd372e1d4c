//! String lexemes.
use std::borrow::Cow;
use std::fmt::Write as _;

/// A JSON string that remembers how it was written (`\/`, `\u3042` and so on stay as they came).
/// Equality compares the decoded text.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// Between the quotes, still escaped.
    pub(crate) raw: Cow<'a, str>,
    /// Whether `raw` contains a backslash.
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// From plain (decoded) text.
    pub fn new(plain: impl Into<Cow<'a, str>>) -> Text<'a> {
        let plain = plain.into();
        let must_escape = |c: char| c < ' ' || c == '"' || c == '\\';
        if !plain.contains(must_escape) {
            return Text { raw: plain, escaped: false };
        }
        let mut raw = String::with_capacity(plain.len() + 16);
        for c in plain.chars() {
            match c {
                '"' => raw.push_str("\\\""),
                '\\' => raw.push_str("\\\\"),
                '\n' => raw.push_str("\\n"),
                '\r' => raw.push_str("\\r"),
                '\t' => raw.push_str("\\t"),
                c if c < ' ' => {
                    // Writing to a String cannot fail.
                    let _ = write!(raw, "\\u{:04x}", u32::from(c));
                }
                c => raw.push(c),
            }
        }
        Text { raw: Cow::Owned(raw), escaped: true }
    }
    /// The decoded text; borrows when the lexeme has no escapes.
    pub fn decode(&self) -> Cow<'_, str> {
        if self.escaped { Cow::Owned(unescape(&self.raw)) } else { Cow::Borrowed(&self.raw) }
    }
    /// The lexeme between the quotes, escapes as they were written.
    pub fn raw(&self) -> &str {
        &self.raw
    }
    /// Detached from the text it was parsed from.
    pub fn into_owned(self) -> Text<'static> {
        Text { raw: Cow::Owned(self.raw.into_owned()), escaped: self.escaped }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Text<'_>) -> bool {
        if self.escaped || other.escaped { self.decode() == other.decode() } else { self.raw == other.raw }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        if self.escaped { self.decode() == other } else { self.raw == other }
    }
}

/// Decodes a lexeme whose escapes have been checked when it was read.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = after.chars();
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (c, length) = code_point(after);
                out.push(c);
                rest = after.get(length..).unwrap_or_default();
                continue;
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The character of `uXXXX` or `uXXXX\uXXXX` and the length of that spelling.
fn code_point(after_backslash: &str) -> (char, usize) {
    let unit = |at: usize| {
        let hex = after_backslash.get(at..at + 4).unwrap_or_default();
        u32::from_str_radix(hex, 16).unwrap_or(0xFFFD)
    };
    let first = unit(1);
    if (0xD800..0xDC00).contains(&first) {
        let low = unit(7).wrapping_sub(0xDC00) & 0x3FF;
        let code = 0x1_0000 + ((first - 0xD800) << 10) + low;
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_escaped_only_where_json_demands_it() {
        let text = Text::new("山田\t\"太郎\"\\\u{1}/");
        assert_eq!(text.raw(), "山田\\t\\\"太郎\\\"\\\\\\u0001/");
        assert_eq!(text.decode(), "山田\t\"太郎\"\\\u{1}/");
        assert!(matches!(Text::new("髙橋").decode(), Cow::Borrowed("髙橋")));
    }

    #[test]
    fn every_escape_is_decoded() {
        let raw = r#"\"\\\/\b\f\n\r\t\u3042\uD842\uDFB7\ud83d\ude00x"#;
        let text = Text { raw: Cow::Borrowed(raw), escaped: true };
        assert_eq!(text.decode(), "\"\\/\u{8}\u{c}\n\r\tあ𠮷😀x");
        assert!(text == *"\"\\/\u{8}\u{c}\n\r\tあ𠮷😀x");
    }

    #[test]
    fn equality_compares_the_decoded_text() {
        let spelled = Text { raw: Cow::Borrowed("\\u3042"), escaped: true };
        assert_eq!(spelled, Text::new("あ"));
        assert_ne!(spelled, Text::new("い"));
    }
}
