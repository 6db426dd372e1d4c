//! What was typed, read as a question.
use karute_japan::{Date, era, romaji_to_hiragana, search_key};

/// A question about patients. Every part must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Words of a name, folded as names are for searching.
    pub names: Vec<String>,
    /// Birth date.
    pub birth: Option<Date>,
    /// Digits that are a patient number, a telephone number, or the end of one.
    pub digits: Option<String>,
}

/// Longest question read, in characters.
const LONGEST: usize = 60;
/// Words read at most.
const WORDS: usize = 4;

impl Question {
    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.birth.is_none() && self.digits.is_none()
    }
}

/// Reads a question. Words are separated by spaces; `わたなべ S54.8.30` asks for both.
pub fn parse(text: &str) -> Question {
    let mut question = Question::default();
    let text: String = text.chars().take(LONGEST).collect();
    for word in text.split_whitespace().take(WORDS) {
        if let Ok(date) = era::parse(word)
            && question.birth.is_none()
        {
            question.birth = Some(date);
            // Seven and eight digits may be a number as well.
            if word.chars().any(|c| !c.is_numeric()) {
                continue;
            }
        }
        let digits = digits(word);
        if let Some(digits) = digits {
            question.digits = Some(digits);
            continue;
        }
        let key = latin(word).unwrap_or_else(|| search_key(word));
        if !key.is_empty() {
            question.names.push(key);
        }
    }
    question
}

/// ASCII digits of a word made of digits and telephone separators alone.
fn digits(word: &str) -> Option<String> {
    let mut out = String::new();
    for c in word.chars() {
        match c {
            '0'..='9' => out.push(c),
            '０'..='９' => out.push(char::from_digit(u32::from(c) - u32::from('０'), 10)?),
            '-' | '－' | 'ー' | '(' | ')' => {}
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

/// ローマ字 as hiragana. Names written in Latin letters are found by the word itself too, see the search.
fn latin(word: &str) -> Option<String> {
    if !word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'' || c == '-') {
        return None;
    }
    romaji_to_hiragana(word).map(|kana| search_key(&kana))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(names: &[&str], birth: Option<&str>, digits: Option<&str>) -> Question {
        Question {
            names: names.iter().map(|n| search_key(n)).collect(),
            birth: birth.map(|b| b.parse().unwrap()),
            digits: digits.map(str::to_owned),
        }
    }

    #[test]
    fn a_question_is_read_as_names_birth_date_or_digits() {
        let cases = [
            ("わたなべ", asked(&["わたなべ"], None, None)),
            ("ワタナベ　マユミ", asked(&["わたなべ", "まゆみ"], None, None)),
            ("ﾜﾀﾅﾍﾞ", asked(&["わたなべ"], None, None)),
            ("渡邊", asked(&["渡辺"], None, None)),
            ("watanabe", asked(&["わたなべ"], None, None)),
            ("S54.8.30", asked(&[], Some("1979-08-30"), None)),
            ("昭和54年8月30日", asked(&[], Some("1979-08-30"), None)),
            ("1979-08-30", asked(&[], Some("1979-08-30"), None)),
            ("わたなべ S54.8.30", asked(&["わたなべ"], Some("1979-08-30"), None)),
            ("4821", asked(&[], None, Some("4821"))),
            ("００４８２１", asked(&[], None, Some("004821"))),
            ("090-1234-5678", asked(&[], None, Some("09012345678"))),
            ("", asked(&[], None, None)),
            ("   ", asked(&[], None, None)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn digits_that_may_be_a_birth_date_are_both() {
        let question = parse("19790830");
        assert_eq!(question.birth, Some("1979-08-30".parse().unwrap()));
        assert_eq!(question.digits.as_deref(), Some("19790830"));
    }

    #[test]
    fn a_question_is_bounded() {
        let question = parse(&"あ い う え お か ".repeat(100));
        assert_eq!(question.names.len(), WORDS);
        assert!(parse(&"あ".repeat(10_000)).names[0].chars().count() <= LONGEST);
    }
}
