//! Answers, and what is accepted as one: pure.
use super::definition::{Kind, NONE, Question};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest text of an answer, in characters.
pub const LONGEST_ANSWER: usize = 500;

/// The answer to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Chosen codes, in the order of the question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Own words, cleaned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Answer {
    /// Whether anything was answered.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.text.is_none()
    }
    /// Whether a code was chosen.
    pub fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|c| c == code)
    }
}

/// Answers by question id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// The answer to a question.
    pub fn get(&self, id: &str) -> Option<&Answer> {
        self.0.get(id)
    }
    /// Whether a question was answered.
    pub fn has(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|a| !a.is_empty())
    }
    /// Whether a code was chosen for a question.
    pub fn chose(&self, id: &str, code: &str) -> bool {
        self.0.get(id).is_some_and(|a| a.has(code))
    }
    /// Keeps an answer; an empty one takes the old away.
    pub fn set(&mut self, question: &Question, answer: Answer) {
        if answer.is_empty() {
            self.0.remove(question.id);
        } else {
            self.0.insert(question.id.to_owned(), answer);
        }
    }
}

/// Why an answer is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was answered.
    Missing,
    /// Too long.
    TooLong,
    /// Not one of the codes offered.
    NotOffered,
    /// `none` together with others.
    NoneAndOthers,
    /// No weight.
    NotANumber,
}

impl Fault {
    /// Key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Fault::Missing => "fault_missing",
            Fault::TooLong => "fault_long",
            Fault::NotOffered => "fault_offered",
            Fault::NoneAndOthers => "fault_none",
            Fault::NotANumber => "fault_number",
        }
    }
}

/// Makes an answer of what was chosen and typed.
pub fn check(question: &Question, chosen: &[String], typed: &str) -> Result<Answer, Fault> {
    let text = clean(typed);
    if text.chars().count() > LONGEST_ANSWER {
        return Err(Fault::TooLong);
    }
    let text = (!text.is_empty()).then_some(text);
    let options = question.options();
    if chosen.iter().any(|c| !options.contains(&c.as_str())) {
        return Err(Fault::NotOffered);
    }
    let codes: Vec<String> =
        options.iter().filter(|o| chosen.iter().any(|c| c == *o)).map(|o| (*o).to_owned()).collect();
    let answer = match question.kind {
        Kind::Text => Answer { codes: Vec::new(), text },
        Kind::One { details, .. } => {
            if codes.len() > 1 {
                return Err(Fault::NotOffered);
            }
            if codes.is_empty() && question.required {
                return Err(Fault::Missing);
            }
            Answer { codes, text: text.filter(|_| details) }
        }
        Kind::Many { .. } => {
            if codes.iter().any(|c| c == NONE) && (codes.len() > 1 || text.is_some()) {
                return Err(Fault::NoneAndOthers);
            }
            Answer { codes, text }
        }
        Kind::Weight => Answer { codes: Vec::new(), text: text.map(|t| weight(&t)).transpose()? },
    };
    if answer.is_empty() && question.required { Err(Fault::Missing) } else { Ok(answer) }
}

/// Kilograms between 0.5 and 300 with at most two decimals, in half-width digits.
fn weight(typed: &str) -> Result<String, Fault> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '．' | ',' | '，' | '、' | '。' => '.',
            other => other,
        })
        .collect();
    let lower = plain.to_lowercase();
    let number = lower.trim_end_matches("kg").trim_end_matches('㎏');
    let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 3) || !digits(rest, 2) {
        return Err(Fault::NotANumber);
    }
    let value: f64 = number.parse().map_err(|_| Fault::NotANumber)?;
    if (0.5..=300.0).contains(&value) { Ok(number.to_owned()) } else { Err(Fault::NotANumber) }
}

/// The rule for what people type or paste: line breaks stay (at most ten), every other control character becomes a blank;
/// marks that turn the direction of writing and invisible ones are taken out, except the joiners and variation selectors
/// that belong to emoji and to 異体字; the rest, 外字 and emoji too, stays as it is.
pub(super) fn clean(typed: &str) -> String {
    let mut lines = 0;
    let kept: String = typed
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' | '\r' => {
                lines += 1;
                Some(if lines > 10 { ' ' } else { '\n' })
            }
            c if c.is_control() => Some(' '),
            '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{061C}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' => None,
            c => Some(c),
        })
        .collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Question, chosen, typed, what becomes of it.
    type Case<'c> = (&'c str, &'c [&'c str], &'c str, Result<&'c str, Fault>);

    fn answered(id: &str, chosen: &[&str], typed: &str) -> Result<String, Fault> {
        let chosen: Vec<String> = chosen.iter().map(|c| (*c).to_owned()).collect();
        let answer = check(Question::by_id(id).unwrap(), &chosen, typed)?;
        Ok(format!("{}|{}", answer.codes.join("+"), answer.text.unwrap_or_default()))
    }

    #[test]
    fn answers_are_taken_or_refused_as_the_table_says() {
        let long = "あ".repeat(LONGEST_ANSWER);
        let too_long = "あ".repeat(LONGEST_ANSWER + 1);
        let table: [Case<'_>; 21] = [
            ("complaint", &[], "せきが出る", Ok("|せきが出る")),
            ("complaint", &[], " 　\n ", Err(Fault::Missing)),
            ("complaint", &["cough"], "x", Err(Fault::NotOffered)),
            ("complaint", &[], &too_long, Err(Fault::TooLong)),
            ("since", &["weeks"], "", Ok("weeks|")),
            ("since", &["weeks"], "not asked for", Ok("weeks|")),
            ("since", &[], "", Err(Fault::Missing)),
            ("since", &["weeks", "days"], "", Err(Fault::NotOffered)),
            ("since", &["WEEKS"], "", Err(Fault::NotOffered)),
            ("symptoms", &["palpitations", "cough", "cough"], "", Ok("cough+palpitations|")),
            ("symptoms", &["none", "cough"], "", Err(Fault::NoneAndOthers)),
            ("symptoms", &["none"], "but", Err(Fault::NoneAndOthers)),
            ("symptoms", &[], "耳鳴り", Ok("|耳鳴り")),
            ("allergies", &["yes"], "えび", Ok("yes|えび")),
            ("allergies", &[], "えび", Err(Fault::Missing)),
            ("weight", &[], "１８．５ kg", Ok("|18.5")),
            ("weight", &[], "", Ok("|")),
            ("weight", &[], "1e2", Err(Fault::NotANumber)),
            ("weight", &[], "0.2", Err(Fault::NotANumber)),
            ("weight", &[], "-5", Err(Fault::NotANumber)),
            ("message", &[], "", Ok("|")),
        ];
        for (id, chosen, typed, expected) in table {
            assert_eq!(answered(id, chosen, typed), expected.map(str::to_owned), "{id} {chosen:?} {typed}");
        }
        assert!(answered("complaint", &[], &long).is_ok());
    }

    #[test]
    fn what_is_pasted_cannot_break_a_line_or_turn_the_writing() {
        for (typed, kept) in [
            ("a\u{0}b\u{7}c", "a b c"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("\u{202E}gnp.exe\u{202C}", "gnp.exe"),
            ("a\u{200B}\u{FEFF}b\u{2066}", "ab"),
            ("髙橋 𠮷田 葛\u{E0100}", "髙橋 𠮷田 葛\u{E0100}"),
            ("👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}", "👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}"),
            ("<script>&amp;'\"", "<script>&amp;'\""),
        ] {
            assert_eq!(clean(typed), kept);
        }
        assert_eq!(clean(&"a\n".repeat(30)).matches('\n').count(), 10);
    }
}
