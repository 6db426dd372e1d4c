//! The words of the questionnaire in every language: data beside this file, one file a language, with the same ids.
use super::definition::Question;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A language the questionnaire is asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// 日本語
    Japanese,
    /// やさしい日本語
    EasyJapanese,
    /// English
    English,
    /// 简体中文
    Chinese,
    /// Tiếng Việt
    Vietnamese,
    /// Português
    Portuguese,
}

/// Words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// BCP 47, as stored.
    pub code: String,
    /// The language's own name.
    pub name: String,
    /// For the `lang` attribute.
    pub html: String,
    /// Words around the questions, by key.
    ui: BTreeMap<String, String>,
    questions: BTreeMap<String, Asked>,
}

/// A question in words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    ask: String,
    hint: Option<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

impl Words {
    /// Words around the questions.
    pub fn ui(&self, key: &str) -> &str {
        self.ui.get(key).map_or("", String::as_str)
    }
    /// What is asked.
    pub fn ask(&self, question: &Question) -> &str {
        self.questions.get(question.id).map_or("", |q| q.ask.as_str())
    }
    /// What helps to answer.
    pub fn hint(&self, question: &Question) -> Option<&str> {
        self.questions.get(question.id)?.hint.as_deref()
    }
    /// What a code of a question says.
    pub fn option(&self, question: &Question, code: &str) -> &str {
        self.questions.get(question.id).and_then(|q| q.options.get(code)).map_or("", String::as_str)
    }
}

const FILES: [(Language, &str); 6] = [
    (Language::Japanese, include_str!("data/ja.json")),
    (Language::EasyJapanese, include_str!("data/ja-x-easy.json")),
    (Language::English, include_str!("data/en.json")),
    (Language::Chinese, include_str!("data/zh-Hans.json")),
    (Language::Vietnamese, include_str!("data/vi.json")),
    (Language::Portuguese, include_str!("data/pt.json")),
];

/// Parsed once. A file that cannot be read leaves its language without words; a test reads them all.
static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let empty = |code: &str| Words {
        code: code.to_owned(),
        name: code.to_owned(),
        html: code.to_owned(),
        ui: BTreeMap::new(),
        questions: BTreeMap::new(),
    };
    FILES.iter().map(|(_, text)| serde_json::from_str(text).unwrap_or_else(|_| empty("und"))).collect()
});

impl Language {
    /// All, in the order offered.
    pub const ALL: [Language; 6] = [
        Language::Japanese,
        Language::EasyJapanese,
        Language::English,
        Language::Chinese,
        Language::Vietnamese,
        Language::Portuguese,
    ];
    /// Its words.
    pub fn words(self) -> &'static Words {
        let at = FILES.iter().position(|(language, _)| *language == self).unwrap_or(0);
        &ALL[at.min(ALL.len() - 1)]
    }
    /// BCP 47 code, as stored.
    pub fn code(self) -> &'static str {
        &self.words().code
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|l| l.code() == code)
    }
    /// Name in Japanese, for the staff.
    pub fn japanese_name(self) -> &'static str {
        match self {
            Language::Japanese => "日本語",
            Language::EasyJapanese => "やさしい日本語",
            Language::English => "英語",
            Language::Chinese => "中国語",
            Language::Vietnamese => "ベトナム語",
            Language::Portuguese => "ポルトガル語",
        }
    }
    /// Whether what is written in it can be read as Japanese.
    pub fn is_japanese(self) -> bool {
        matches!(self, Language::Japanese | Language::EasyJapanese)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::definition::QUESTIONS;
    use super::*;

    #[test]
    fn every_language_has_words_for_the_same_questions_options_and_buttons_and_for_nothing_else() {
        let of = |text: &str| -> Words { serde_json::from_str(text).unwrap() };
        let japanese = of(FILES[0].1);
        for (language, text) in FILES {
            let words = of(text);
            assert_eq!(Language::parse(&words.code), Some(language));
            let keys = |w: &Words| w.ui.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&words), keys(&japanese), "{language:?}");
            assert!(words.ui.values().all(|v| !v.trim().is_empty()), "{language:?}");
            assert!(words.ui("step").contains("{n}") && words.ui("step").contains("{all}"), "{language:?}");
            let ids: Vec<&str> = words.questions.keys().map(String::as_str).collect();
            let mut expected: Vec<&str> = QUESTIONS.iter().map(|q| q.id).collect();
            expected.sort_unstable();
            assert_eq!(ids, expected, "{language:?}");
            for question in &QUESTIONS {
                assert!(!words.ask(question).is_empty());
                assert_eq!(
                    words.hint(question).is_some(),
                    japanese.hint(question).is_some(),
                    "{language:?} {}",
                    question.id
                );
                let mut codes: Vec<&str> = question.options().to_vec();
                codes.sort_unstable();
                let there: Vec<&str> = words.questions[question.id].options.keys().map(String::as_str).collect();
                assert_eq!(there, codes, "{language:?} {}", question.id);
                assert!(codes.iter().all(|c| !words.option(question, c).is_empty()), "{language:?} {}", question.id);
            }
        }
        assert_eq!(Language::parse("xx"), None);
    }
}
