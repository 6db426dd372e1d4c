//! How values become column contents: bounded in length, free of what PostgreSQL cannot store, and the same for
//! what is written and what is searched.
use karute_crypto::sha256;
use karute_fhir::{ResourceType, search::ParamKey};
use std::borrow::Cow;

/// Longest key in bytes; a B-tree entry of PostgreSQL holds 2,704.
const LONGEST: usize = 200;
/// So much of a longer one stays readable at its front, for prefix searches.
pub(crate) const HEAD: usize = 160;
/// Starts what does not belong to the text itself: no cleaned text contains it followed by `h` or `n`.
const MARK: char = '\u{1}';

/// The text without U+0000 (which PostgreSQL refuses) and so that [`MARK`] stays free. Different texts stay
/// different.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| b <= 1) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            '\0' => out.push_str("\u{1}0"),
            MARK => out.push_str("\u{1}1"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The longest front of `text` of at most `bytes` bytes.
pub(crate) fn front(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A cleaned text as a key: itself, or when it is long its front and a 128-bit digest of the whole.
pub(crate) fn bounded(text: Cow<'_, str>) -> String {
    if text.len() <= LONGEST {
        return text.into_owned();
    }
    let digest = sha256(text.as_bytes()).to_hex();
    format!("{}{MARK}h{}", front(&text, HEAD), front(&digest, 32))
}

/// A code, identifier value or uri as a key: equal exactly when the values are.
pub(crate) fn equality(text: &str) -> String {
    bounded(clean(text))
}

/// A key that the same resource has already: the `n`th of its kind. Sorts right behind the first.
pub(crate) fn again(key: &str, n: usize) -> String {
    format!("{key}{MARK}n{n}")
}

/// The least text that is greater than every text beginning with `prefix`; `None` when there is none.
pub(crate) fn after(prefix: &str) -> Option<String> {
    let mut out = prefix.to_owned();
    while let Some(last) = out.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            c => char::from_u32(c as u32 + 1),
        };
        if let Some(next) = next {
            out.push(next);
            return Some(out);
        }
    }
    None
}

/// A code system as a number: 64 bits of its digest, 0 for none. Finding a second system for a given number takes
/// 2^64 digests.
pub(crate) fn system(system: Option<&str>) -> i64 {
    let Some(system) = system else { return 0 };
    let digest = sha256(system.as_bytes()).0;
    let mut first = [0; 8];
    first.copy_from_slice(digest.first_chunk::<8>().unwrap_or(&[0; 8]));
    match i64::from_be_bytes(first) {
        0 => 1,
        n => n,
    }
}

/// A parameter as it stands in the tables.
pub(crate) fn param(key: ParamKey) -> i64 {
    i64::from(key.0.cast_signed())
}

/// A resource type as it stands beside a reference: FNV-1a 32 of its name (a test proves that no two are equal).
pub(crate) fn type_number(resource_type: ResourceType) -> i64 {
    param(ParamKey::of(resource_type.name()))
}

/// A number as an integer in the same order.
pub(crate) fn ordered(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_postgres_refuses_is_replaced_without_mixing_texts_up() {
        assert_eq!(clean("山田"), "山田");
        assert_eq!(clean("a\0b"), "a\u{1}0b");
        assert_eq!(clean("a\u{1}0b"), "a\u{1}10b");
    }

    #[test]
    fn long_values_become_short_keys_that_differ_when_the_values_do() {
        let long = "山".repeat(100);
        let longer = "山".repeat(101);
        assert!(equality(&long).len() <= LONGEST);
        assert_ne!(equality(&long), equality(&longer));
        assert!(equality(&long).starts_with(front(&long, HEAD)));
        assert_eq!(equality(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
    }

    #[test]
    fn the_end_of_a_prefix_range_is_the_next_text() {
        assert_eq!(after("ab").unwrap(), "ac");
        assert_eq!(after("a\u{10FFFF}").unwrap(), "b");
        assert_eq!(after("\u{D7FF}").unwrap(), "\u{E000}");
        assert_eq!(after("\u{10FFFF}"), None);
        assert_eq!(after(""), None);
    }

    #[test]
    fn ordered_integers_keep_the_order_of_numbers() {
        let numbers = [f64::MIN, -7.25, -1e-9, 0.0, 1e-9, 3.0, 7.25, f64::MAX];
        let integers: Vec<i64> = numbers.iter().map(|n| ordered(*n)).collect();
        assert!(integers.is_sorted());
        assert_eq!(ordered(-0.0), ordered(0.0));
    }

    #[test]
    fn type_numbers_differ() {
        let numbers: std::collections::BTreeSet<i64> = ResourceType::all().map(type_number).collect();
        assert_eq!(numbers.len(), ResourceType::all().count());
    }
}
