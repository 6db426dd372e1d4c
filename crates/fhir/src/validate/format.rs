//! The forms of primitive values (R4 datatypes §2.24.0.1), checked by hand: a regular expression engine would cost
//! more than the rest of the walk.
use crate::Id;
use crate::model::Primitive;

/// Longest string in characters.
const MAX_STRING: usize = 1 << 20;

/// Whether the text of a JSON string has the form of the type. Booleans and numbers are no strings; narrative is
/// checked elsewhere.
pub(super) fn is_well_formed(primitive: Primitive, text: &str) -> bool {
    match primitive {
        Primitive::String | Primitive::Markdown => is_string(text),
        Primitive::Code => is_string(text) && is_code(text),
        Primitive::Id => Id::new(text).is_ok(),
        Primitive::Uri | Primitive::Url | Primitive::Canonical => is_uri(text),
        Primitive::Date => is_date(text),
        Primitive::DateTime => is_date(text) || is_instant(text),
        Primitive::Instant => is_instant(text),
        Primitive::Time => is_time(text.as_bytes()),
        Primitive::Base64Binary => is_base64(text.as_bytes()),
        Primitive::Oid => text.strip_prefix("urn:oid:").is_some_and(is_oid),
        Primitive::Uuid => text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
        Primitive::Xhtml => true,
        Primitive::Boolean
        | Primitive::Decimal
        | Primitive::Integer
        | Primitive::PositiveInt
        | Primitive::UnsignedInt => false,
    }
}

/// Whether a JSON number has the form of the type; `None` when the type is no number.
pub(super) fn is_number(primitive: Primitive, lexeme: &str) -> Option<bool> {
    let min = match primitive {
        Primitive::Decimal => return Some(true),
        Primitive::Integer => i32::MIN,
        Primitive::UnsignedInt => 0,
        Primitive::PositiveInt => 1,
        _ => return None,
    };
    Some(lexeme != "-0" && lexeme.parse::<i32>().is_ok_and(|value| value >= min))
}

fn is_string(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r'))
        && (text.len() <= MAX_STRING || text.chars().count() <= MAX_STRING)
}

/// No white space at the ends, and only single ones inside.
/// White space as R4's regular expression means it (`\s` of ASCII): published v2 tables have codes that end in U+00A0.
fn is_code(text: &str) -> bool {
    let mut after_space = true;
    for c in text.bytes() {
        let space = c.is_ascii_whitespace() || c == 0x0b;
        if space && after_space {
            return false;
        }
        after_space = space;
    }
    !after_space
}

fn is_uri(text: &str) -> bool {
    is_string(text) && !text.contains(char::is_whitespace)
}

/// `2026`, `2026-11` or `2026-11-22`; the day must exist.
fn is_date(text: &str) -> bool {
    let is_year = |year: &[u8]| digits(year).is_some_and(|y| y > 0);
    match *text.as_bytes() {
        [y1, y2, y3, y4] => is_year(&[y1, y2, y3, y4]),
        [y1, y2, y3, y4, b'-', m1, m2] => {
            is_year(&[y1, y2, y3, y4]) && digits(&[m1, m2]).is_some_and(|m| (1..=12).contains(&m))
        }
        _ => is_day(text.as_bytes()),
    }
}

/// `2026-11-22`
fn is_day(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return false };
    let (Some(year), Some(month), Some(day)) =
        (digits(&[*y1, *y2, *y3, *y4]), digits(&[*m1, *m2]), digits(&[*d1, *d2]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

/// `2026-11-22T10:25:00+09:00`, seconds and zone always, fractions of any length.
fn is_instant(text: &str) -> bool {
    let Some((day, rest)) = text.split_once('T') else { return false };
    let Some(zone_at) = rest.find(['Z', '+', '-']) else { return false };
    let (time, zone) = rest.split_at(zone_at);
    is_day(day.as_bytes()) && is_time(time.as_bytes()) && is_zone(zone.as_bytes())
}

/// `10:25:00` or `10:25:00.123`; 60 is a leap second.
fn is_time(text: &[u8]) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2, fraction @ ..] = text else { return false };
    digits(&[*h1, *h2]).is_some_and(|h| h < 24)
        && digits(&[*m1, *m2]).is_some_and(|m| m < 60)
        && digits(&[*s1, *s2]).is_some_and(|s| s <= 60)
        && match fraction {
            [] => true,
            [b'.', more @ ..] => !more.is_empty() && more.iter().all(u8::is_ascii_digit),
            _ => false,
        }
}

/// `Z`, or an offset of at most 14 hours.
fn is_zone(text: &[u8]) -> bool {
    match text {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => match (digits(&[*h1, *h2]), digits(&[*m1, *m2])) {
            (Some(h), Some(m)) => h < 14 && m < 60 || h == 14 && m == 0,
            _ => false,
        },
        _ => false,
    }
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// Groups of four with padding at the end only; white space anywhere.
fn is_base64(text: &[u8]) -> bool {
    let (mut count, mut padding) = (0_usize, 0_usize);
    for b in text {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => count += 1,
            _ => return false,
        }
    }
    count > 0 && padding <= 2 && (count + padding).is_multiple_of(4)
}

fn is_oid(text: &str) -> bool {
    let mut arcs = text.split('.');
    arcs.next().is_some_and(|first| matches!(first, "0" | "1" | "2"))
        && text.contains('.')
        && arcs.all(|arc| {
            !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
        })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Primitive::{Base64Binary, Canonical, Code, Date, DateTime, Id, Instant, Oid, String, Time, Uri, Uuid};

    #[test]
    fn well_formed_texts_pass_and_others_do_not() {
        let long = "x".repeat(MAX_STRING);
        let kanji = "漢".repeat(MAX_STRING);
        let cases: &[(Primitive, &[&str], &[&str])] = &[
            (
                String,
                &["a", " a\tb\r\n", "　", "患者", &long, &kanji],
                &["", "a\u{0}", "\u{1b}[0m", &format!("{long}x"), &format!("{kanji}漢")],
            ),
            (Code, &["a", "in progress", "a b c", "a\u{a0}"], &["", " a", "a ", "a  b", "a\t", " "]),
            (Id, &["a-1.B", &"x".repeat(64)], &["", "a_b", "a/b", &"x".repeat(65)]),
            (Uri, &["urn:oid:1.2", "x", "http://a/患者"], &["", "a b", "a\u{3000}b", "a\n"]),
            (Canonical, &["http://a/b|1.0#x"], &["http://a/ b"]),
            (
                Date,
                &["2026", "0001", "2026-12", "2024-02-29", "2000-02-29", "2026-11-30"],
                &[
                    "",
                    "0000",
                    "26",
                    "2026-13",
                    "2026-00",
                    "2026-1",
                    "2026-02-29",
                    "1900-02-29",
                    "2026-11-31",
                    "2026-11-00",
                    "2026/11/22",
                    "20261122",
                    "２０２６",
                    "2026-11-22T10:00:00Z",
                    "+026",
                ],
            ),
            (
                DateTime,
                &[
                    "2026",
                    "2026-11",
                    "2026-11-22",
                    "2026-11-22T10:25:00Z",
                    "2026-11-22T23:59:60+09:00",
                    "2026-11-22T10:25:00.123456789-14:00",
                ],
                &[
                    "2026-11-22T10:25:00",
                    "2026-11-22T10:25Z",
                    "2026-11-22T24:00:00Z",
                    "2026-11-22T10:60:00Z",
                    "2026-11-22T10:25:61Z",
                    "2026-11-22T10:25:00+15:00",
                    "2026-11-22T10:25:00+14:01",
                    "2026-11-22T10:25:00.Z",
                    "2026-11-22t10:25:00Z",
                    "2026-11-22 10:25:00Z",
                    "2026-02-30T10:25:00Z",
                    "2026-11T10:25:00Z",
                    "2026-11-22T10:25:00+0900",
                    "2026-11-22T10:25:00ZZ",
                ],
            ),
            (Instant, &["2026-11-22T10:25:00.1+09:00"], &["2026-11-22", "2026-11-22T10:25:00"]),
            (Time, &["00:00:00", "23:59:59.5"], &["24:00:00", "10:25", "10:25:00Z", "1:25:00", "10:25:00."]),
            (
                Base64Binary,
                &["AAAA", "AA==", "AAA=", "AA\nAA", "+/9="],
                &["", "A", "AA", "AAA", "A===", "AA=A", "AAAA====", "AA-_", "AAA!", "===="],
            ),
            (
                Oid,
                &["urn:oid:1.2.392.100495", "urn:oid:2.0"],
                &["1.2", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1..2"],
            ),
            (
                Uuid,
                &["urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"],
                &[
                    "53fefa32-fcbb-4ff8-8a92-55ee120877b7",
                    "urn:uuid:53FEFA32-fcbb-4ff8-8a92-55ee120877b7",
                    "urn:uuid:1",
                ],
            ),
        ];
        for (primitive, good, bad) in cases {
            for text in *good {
                assert!(is_well_formed(*primitive, text), "{primitive:?} {text:.80}");
            }
            for text in *bad {
                assert!(!is_well_formed(*primitive, text), "{primitive:?} {text:.80}");
            }
        }
    }

    #[test]
    fn whole_numbers_have_their_ranges_and_no_fraction() {
        let cases = [
            (Primitive::Integer, "-2147483648", Some(true)),
            (Primitive::Integer, "2147483648", Some(false)),
            (Primitive::Integer, "1.0", Some(false)),
            (Primitive::Integer, "1e2", Some(false)),
            (Primitive::Integer, "-0", Some(false)),
            (Primitive::UnsignedInt, "0", Some(true)),
            (Primitive::UnsignedInt, "-1", Some(false)),
            (Primitive::PositiveInt, "1", Some(true)),
            (Primitive::PositiveInt, "0", Some(false)),
            (Primitive::Decimal, "72.50", Some(true)),
            (Primitive::Decimal, "1.00E-2", Some(true)),
            (Primitive::String, "1", None),
        ];
        for (primitive, lexeme, expected) in cases {
            assert_eq!(is_number(primitive, lexeme), expected, "{primitive:?} {lexeme}");
        }
    }
}
