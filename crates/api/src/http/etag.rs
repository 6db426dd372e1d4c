//! Entity tags and HTTP dates.
use crate::outcome::Failure;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use karute_japan::Timestamp;
use karute_ledger::Expect;

/// `W/"3"`
pub(crate) fn etag(version: u32) -> String {
    format!("W/\"{version}\"")
}

/// `Sun, 22 Nov 2026 10:25:00 GMT`
pub(crate) fn http_date(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros())
        .ok()
        .and_then(|t| DateTimePrinter::new().timestamp_to_rfc9110_string(&t).ok())
        .unwrap_or_default()
}

/// The version number in an entity tag, weak or strong.
pub(crate) fn parse_etag(tag: &str) -> Option<u32> {
    let tag = tag.trim();
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let digits = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// What `If-Match` / `If-None-Match: *` ask of a write.
pub(crate) fn write_condition(headers: &HeaderMap) -> Result<Expect, Failure> {
    if let Some(value) = text(headers, &header::IF_MATCH)? {
        return if_match(value);
    }
    if let Some(value) = text(headers, &header::IF_NONE_MATCH)? {
        if value.trim() == "*" {
            return Ok(Expect::Absent);
        }
        return Err(Failure::invalid("書き込みの If-None-Match には * だけを使えます。"));
    }
    Ok(Expect::Any)
}

/// The precondition of one `If-Match` value.
pub(crate) fn if_match(value: &str) -> Result<Expect, Failure> {
    if value.trim() == "*" {
        return Ok(Expect::Present);
    }
    parse_etag(value)
        .map(Expect::Version)
        .ok_or_else(|| Failure::invalid("If-Match は W/\"版番号\" の形で一つだけ書いてください (例: W/\"3\")。"))
}

/// Whether a conditional read may be answered with 304: `If-None-Match` first, else `If-Modified-Since` (RFC 9110 §13.2.2).
pub(crate) fn not_modified(headers: &HeaderMap, version: u32, updated: Timestamp) -> bool {
    if let Ok(Some(tags)) = text(headers, &header::IF_NONE_MATCH) {
        return tags.trim() == "*" || tags.split(',').any(|tag| parse_etag(tag) == Some(version));
    }
    if let Ok(Some(date)) = text(headers, &header::IF_MODIFIED_SINCE)
        && let Ok(since) = DateTimeParser::new().parse_timestamp(date)
    {
        return updated.as_micros().div_euclid(1_000_000) <= since.as_second();
    }
    false
}

/// The text of a header; one that is not ASCII text is refused.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Failure> {
    match headers.get(name) {
        None => Ok(None),
        Some(value) => value
            .to_str()
            .map(Some)
            .map_err(|_| Failure::invalid(format!("ヘッダー {name} に使えない文字があります。"))),
    }
}

/// A header value from text we made ourselves (ids, numbers, our own address).
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entity_tags_are_read_weak_and_strong_and_nothing_else() {
        assert_eq!(parse_etag("W/\"3\""), Some(3));
        assert_eq!(parse_etag(" \"12\" "), Some(12));
        for bad in ["3", "W/3", "\"\"", "\"x\"", "\"-1\"", "\"99999999999\"", "\"1", "W/\"1\", W/\"2\""] {
            assert_eq!(parse_etag(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_are_written_as_http_wants_them() {
        let at = Timestamp::from_micros(1_795_343_128_123_456);
        assert_eq!(http_date(at), "Sun, 22 Nov 2026 10:25:28 GMT");
    }

    #[test]
    fn a_read_is_not_modified_when_the_tag_or_the_date_says_so() {
        let at = Timestamp::from_micros(1_795_343_128_123_456);
        let with = |name: HeaderName, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            not_modified(&headers, 3, at)
        };
        assert!(with(header::IF_NONE_MATCH, "W/\"3\""));
        assert!(with(header::IF_NONE_MATCH, "W/\"1\", W/\"3\""));
        assert!(!with(header::IF_NONE_MATCH, "W/\"2\""));
        assert!(with(header::IF_MODIFIED_SINCE, "Sun, 22 Nov 2026 10:25:28 GMT"));
        assert!(!with(header::IF_MODIFIED_SINCE, "Sun, 22 Nov 2026 10:25:27 GMT"));
        assert!(!with(header::IF_MODIFIED_SINCE, "yesterday"));
    }
}
