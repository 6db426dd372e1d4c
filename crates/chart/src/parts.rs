//! The small parts of resources that several rooms of the chart write.
use karute_fhir::Id;
use karute_json::{Object, Value};

/// `Coding`; a display that is empty is left out.
pub(crate) fn coding(system: &str, code: &str, display: &str) -> Value<'static> {
    let mut coding =
        Object::new().with("system", Value::string(system.to_owned())).with("code", Value::string(code.to_owned()));
    if !display.is_empty() {
        coding.insert("display", Value::string(display.to_owned()));
    }
    Value::Object(coding)
}

/// `CodeableConcept` of one coding.
pub(crate) fn concept(system: &str, code: &str, display: &str) -> Value<'static> {
    Value::object([("coding", Value::Array(vec![coding(system, code, display)]))])
}

/// `CodeableConcept` of words.
pub(crate) fn words(text: &str) -> Value<'static> {
    Value::object([("text", Value::string(text.to_owned()))])
}

/// `Reference`
pub(crate) fn reference(kind: &str, id: &Id) -> Value<'static> {
    Value::object([("reference", Value::string(format!("{kind}/{id}")))])
}

/// Text that people typed, as it is kept: without control characters other than line breaks, without marks that turn
/// the direction of writing, without space at its ends, at most `most` characters. `None`: nothing is left.
pub(crate) fn clean(text: &str, most: usize) -> Option<String> {
    let kept: String = text.replace("\r\n", "\n").chars().filter(|c| is_kept(*c)).collect();
    let cut: String = kept.trim().chars().take(most).collect();
    (!cut.is_empty()).then_some(cut)
}

/// The same in one line.
pub(crate) fn clean_line(text: &str, most: usize) -> Option<String> {
    clean(&text.replace(['\n', '\t'], " "), most)
}

fn is_kept(c: char) -> bool {
    // Bidirectional controls could make a name read as another (UAX #9).
    let turns = matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    (!c.is_control() || c == '\n') && !turns && c != '\u{FEFF}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_loses_what_would_break_a_line_and_keeps_the_rest() {
        for (typed, kept) in [
            (" 胃炎 ", Some("胃炎")),
            ("胃\u{0}炎\u{7}", Some("胃炎")),
            ("左\u{202E}右", Some("左右")),
            ("一行\r\n二行", Some("一行\n二行")),
            ("𠮷田😀", Some("𠮷田😀")),
            ("葛\u{E0100}", Some("葛\u{E0100}")),
            ("\u{200F}  \n", None),
        ] {
            assert_eq!(clean(typed, 20).as_deref(), kept, "{typed:?}");
        }
        assert_eq!(clean("あいう", 2).as_deref(), Some("あい"));
        assert_eq!(clean_line("一行\n二行", 20).as_deref(), Some("一行 二行"));
    }
}
