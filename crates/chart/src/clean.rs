//! What people type or paste, made fit for a record: one rule for every field of the desk.

/// One line of text: control characters, invisible marks of direction and byte-order marks are dropped, blanks of any
/// kind (full width too) become one space, the ends are trimmed. Everything else stays as it was typed: 外字, variation
/// selectors, emoji.
pub(crate) fn line(text: &str) -> String {
    let kept: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What changes how the rest of a screen is laid out without being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_letters_and_drops_what_is_not_seen() {
        for (typed, kept) in [
            ("  渡邊　真弓 ", "渡邊 真弓"),
            ("葛\u{E0100}飾", "葛\u{E0100}飾"),
            ("a\u{202E}b\u{0}c\r\nd", "abc d"),
            ("\u{FEFF}🙂", "🙂"),
            ("", ""),
        ] {
            assert_eq!(line(typed), kept, "{typed:?}");
        }
    }
}
