//! What was typed, as words to find.
use karute_japan::search_key;

/// Words at most.
const MOST: usize = 8;
/// Longest text read, in characters.
const LONGEST: usize = 100;

/// Folded words, all of which must occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// From what was typed; `None` when there is nothing to look for.
    pub fn read(typed: &str) -> Option<Words> {
        let typed: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let words: Vec<String> = typed
            .split_whitespace()
            .map(search_key)
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(MOST)
            .collect();
        // One kana or letter alone occurs in everything.
        let telling = words.iter().any(|word| word.chars().count() > 1 || word.chars().any(is_kanji));
        (!words.is_empty() && telling).then_some(Words(words))
    }

    /// The folded words.
    pub fn all(&self) -> &[String] {
        &self.0
    }

    /// Whether all of them occur in a folded text.
    pub(crate) fn occur_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| memchr::memmem::find(folded.as_bytes(), word.as_bytes()).is_some())
    }
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3134F}' | '々')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_folded_words() {
        for (typed, expected) in [
            ("メトホルミン 増量", Some(&["めとほるみん", "増量"][..])),
            ("ＨｂＡ１ｃ", Some(&["hba1c"])),
            ("渡邊", Some(&["渡辺"])),
            ("咳", Some(&["咳"])),
            ("あ", None),
            ("  ", None),
            ("、。", None),
        ] {
            let found = Words::read(typed);
            let found = found.as_ref().map(|w| w.all().to_vec());
            assert_eq!(
                found.as_deref(),
                expected.map(|e| e.iter().map(ToString::to_string).collect::<Vec<_>>()).as_deref(),
                "{typed}"
            );
        }
    }
}
