//! Work in progress.
pub fn romaji_to_hiragana(_t: &str) -> Option<String> {
    None
}
