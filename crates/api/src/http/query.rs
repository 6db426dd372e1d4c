//! Query strings and form bodies: strict percent-decoding, bounded.
use crate::outcome::Failure;
use http::StatusCode;

/// Longest query string or form body in bytes.
pub(crate) const MAX_QUERY_BYTES: usize = 64 << 10;
/// Most name/value pairs.
const MAX_PAIRS: usize = 256;

/// Decoded name/value pairs of `a=b&c=d`. Bad percent-encoding and bytes that are not UTF-8 are refused.
pub(crate) fn pairs(raw: &str) -> Result<Vec<(String, String)>, Failure> {
    if raw.len() > MAX_QUERY_BYTES {
        let text = "検索条件が長すぎます。POST [種類]/_search で短い条件に分けて送ってください。";
        return Err(Failure::new(StatusCode::URI_TOO_LONG, "too-long", text));
    }
    let mut pairs = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_PAIRS {
            return Err(Failure::invalid(format!("検索条件は {MAX_PAIRS} 個までです。")));
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push((decode(name)?, decode(value)?));
    }
    Ok(pairs)
}

fn decode(text: &str) -> Result<String, Failure> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Ok(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Failure::invalid("URL の % の書き方が正しくありません (%XX、X は 16 進数)。")),
            },
            other => other,
        });
    }
    let text = String::from_utf8(out).map_err(|_| Failure::invalid("URL の文字が UTF-8 ではありません。"))?;
    if text.contains('\0') {
        return Err(Failure::invalid("URL に使えない文字 (NUL) があります。"));
    }
    Ok(text)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// The first value of a parameter.
pub(crate) fn first<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// Percent-encodes a value for use in a link we write.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b',') {
            out.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let found = pairs("name=%E5%B1%B1%E7%94%B0&code=a%7Cb&x&y=1+2&&name=z").unwrap();
        let want = [("name", "山田"), ("code", "a|b"), ("x", ""), ("y", "1 2"), ("name", "z")];
        assert_eq!(found, want.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn bad_encodings_are_refused() {
        for bad in ["a=%", "a=%4", "a=%zz", "a=%ff%fe", "%C3=1", "a=%00"] {
            assert_eq!(pairs(bad).unwrap_err().status, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(pairs(&"a".repeat(MAX_QUERY_BYTES + 1)).unwrap_err().status, StatusCode::URI_TOO_LONG);
    }

    #[test]
    fn what_is_encoded_is_decoded_again() {
        let text = "山田 太郎&=+%|";
        assert_eq!(pairs(&format!("q={}", encode(text))).unwrap()[0].1, text);
    }
}
