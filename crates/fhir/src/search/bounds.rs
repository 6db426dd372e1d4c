//! Bounds on what goes into an index, the same on both sides of a search.
use std::borrow::Cow;

/// Entries of one resource.
pub(super) const MAX_ENTRIES: usize = 5_000;
/// Values of one resource that are looked at, duplicates included.
pub(super) const MAX_VALUES: usize = 100_000;
/// Characters of a text key.
const MAX_KEY: usize = 200;
/// Characters of a text that its key is made from: folding drops some.
const MAX_FOLDED: usize = 2_000;
/// Characters of an exact text.
const MAX_EXACT: usize = 200;
/// Characters of a code, a uri or an identifier.
const MAX_CODE: usize = 500;

/// The folded text by which strings are searched: cut, so that a long text is found by its beginning.
pub(super) fn text_key(text: &str) -> String {
    let end = if text.len() > MAX_FOLDED { text.char_indices().nth(MAX_FOLDED).map(|(end, _)| end) } else { None };
    let mut key = karute_japan::search_key(end.and_then(|end| text.get(..end)).unwrap_or(text));
    if let Some((end, _)) = key.char_indices().nth(MAX_KEY) {
        key.truncate(end);
    }
    key
}

/// The text for `:exact`; what is too long keeps its beginning and the digest of the whole.
pub(super) fn exact_text(text: &str) -> Cow<'_, str> {
    digest_end(text, MAX_EXACT)
}

/// A code, system, uri or identifier; what is too long keeps its beginning and the digest of the whole.
pub(super) fn code_text(text: &str) -> Cow<'_, str> {
    digest_end(text, MAX_CODE)
}

fn digest_end(text: &str, max: usize) -> Cow<'_, str> {
    // Bytes are at least as many as characters: most texts need no count.
    if text.len() <= max || text.chars().count() <= max {
        return Cow::Borrowed(text);
    }
    let head: String = text.chars().take(max - 17).collect();
    Cow::Owned(format!("{head}#{:016x}", fnv64(text.as_bytes())))
}

/// FNV-1a 64.
fn fnv64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_codes_stay_apart_though_they_begin_alike() {
        let long = "あ".repeat(600);
        let other = format!("{long}b");
        assert_eq!(code_text(&long).chars().count(), MAX_CODE);
        assert_ne!(code_text(&long), code_text(&other));
        assert_eq!(code_text(&long), code_text(&long.clone()));
        assert_eq!(code_text("E11.9"), "E11.9");
        assert_eq!(exact_text(&"x".repeat(MAX_EXACT)), "x".repeat(MAX_EXACT));
        assert_ne!(exact_text(&"x".repeat(MAX_EXACT + 1)), exact_text(&"x".repeat(MAX_EXACT + 2)));
    }

    #[test]
    fn a_long_text_is_found_by_its_beginning() {
        let long = "山".repeat(1000);
        assert!(text_key(&long).chars().count() <= MAX_KEY);
        assert!(text_key(&long).starts_with(&text_key(&"山".repeat(50))));
    }
}
