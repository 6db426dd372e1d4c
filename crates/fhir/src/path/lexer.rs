//! Text to tokens (FHIRPath N1, grammar).
use super::PathError;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or keyword.
    Name(String),
    /// A name in backquotes: never a keyword.
    Quoted(String),
    /// `'text'`
    Text(String),
    /// Digits, perhaps with a fraction.
    Number(String),
    /// What follows an `@`.
    Temporal(String),
    /// What follows a `%`.
    Variable(String),
    /// What follows a `$`.
    Special(String),
    /// Punctuation and operators.
    Symbol(&'static str),
}

/// Two-character symbols stand before their first characters.
const SYMBOLS: [&str; 22] =
    ["!=", "!~", "<=", ">=", ".", ",", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "|", "&", "=", "~", "<", ">"];

/// Splits `text`; every token with its byte offset.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, PathError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let taken = rest[..rest.find(|c| !accept(c)).unwrap_or(rest.len())].to_owned();
        self.at += taken.len();
        taken
    }

    fn skip_blank(&mut self) -> Result<(), PathError> {
        loop {
            self.take_while(|c| c.is_ascii_whitespace() || c == '\u{b}');
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n' && c != '\r');
            } else if self.rest().starts_with("/*") {
                match self.rest().find("*/") {
                    Some(end) => self.at += end + 2,
                    None => return Err(PathError::at(self.at, "the comment does not end")),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Option<(usize, Token)>, PathError> {
        self.skip_blank()?;
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let token = match first {
            'A'..='Z' | 'a'..='z' | '_' => Token::Name(self.take_while(is_name)),
            '0'..='9' => {
                let mut number = self.take_while(|c| c.is_ascii_digit());
                let mut ahead = self.rest().chars();
                if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                    number.push('.');
                    number.push_str(&self.take_while(|c| c.is_ascii_digit()));
                }
                Token::Number(number)
            }
            '\'' => Token::Text(self.quoted('\'')?),
            '`' => Token::Quoted(self.quoted('`')?),
            '@' => {
                self.at += 1;
                let mut value = self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | 'T' | ':' | 'Z' | '+'));
                let mut ahead = self.rest().chars();
                if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                    value.push('.');
                    value.push_str(&self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | 'Z' | '+')));
                }
                Token::Temporal(value)
            }
            '%' => {
                self.at += 1;
                Token::Variable(match self.rest().chars().next() {
                    Some(quote @ ('`' | '\'')) => self.quoted(quote)?,
                    // The R4 definitions also write %"vs-name".
                    Some('"') => self.quoted('"')?,
                    _ => {
                        let mut name = self.take_while(is_name);
                        // The one kind of variable whose names have hyphens: %vs-name, %ext-name.
                        if matches!(name.as_str(), "vs" | "cs" | "ext") {
                            name.push_str(&self.take_while(|c| is_name(c) || c == '-'));
                        }
                        name
                    }
                })
            }
            '$' => {
                self.at += 1;
                Token::Special(self.take_while(is_name))
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| self.rest().starts_with(**symbol));
                let symbol = symbol.ok_or_else(|| PathError::at(start, "a character that has no meaning here"))?;
                self.at += symbol.len();
                Token::Symbol(symbol)
            }
        };
        Ok(Some((start, token)))
    }

    fn quoted(&mut self, quote: char) -> Result<String, PathError> {
        let start = self.at;
        self.at += quote.len_utf8();
        let mut out = String::new();
        let mut chars = self.text.get(self.at..).unwrap_or_default().char_indices();
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                self.at += offset + quote.len_utf8();
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            let bad = || PathError::at(start + quote.len_utf8() + offset, "an escape that has no meaning");
            let escape = chars.next().map(|(_, c)| c);
            out.push(match escape.ok_or_else(bad)? {
                c @ ('\'' | '"' | '`' | '\\' | '/') => c,
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'f' => '\u{c}',
                'u' => {
                    let mut code = 0;
                    for _ in 0..4 {
                        let digit = chars.next().and_then(|(_, c)| c.to_digit(16)).ok_or_else(bad)?;
                        code = code * 16 + digit;
                    }
                    char::from_u32(code).ok_or_else(bad)?
                }
                _ => return Err(bad()),
            });
        }
        Err(PathError::at(start, "the text does not end"))
    }
}
