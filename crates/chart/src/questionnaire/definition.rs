//! The questions.
use super::answers::Answers;
use crate::view::Sex;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In one's own words.
    Text,
    /// By one of these codes; with `details`, words may be added.
    One {
        /// Codes.
        options: &'static [&'static str],
        /// Whether words may be added.
        details: bool,
    },
    /// By any of these codes (`none` only alone), with words added.
    Many {
        /// Codes.
        options: &'static [&'static str],
    },
    /// A weight in kilograms.
    Weight,
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The same in every language; `QuestionnaireResponse.item.linkId`.
    pub id: &'static str,
    /// How it is answered.
    pub kind: Kind,
    /// Whether it must be answered.
    pub required: bool,
    /// Whom it concerns.
    whom: Whom,
}

/// Whom a question concerns, by age in years and sex. Who has neither recorded is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    Everybody,
    /// Below this age.
    Below(u16),
    /// From this age on.
    From(u16),
    /// Women between these ages, both included.
    Women(u16, u16),
}

/// Code of the answer that excludes all others.
pub(super) const NONE: &str = "none";

const YES_NO: &[&str] = &["no", "yes"];

const SYMPTOMS: &[&str] = &[
    "cough",
    "sore-throat",
    "runny-nose",
    "headache",
    "dizziness",
    "palpitations",
    "chest-pain",
    "short-breath",
    "stomach-ache",
    "nausea",
    "diarrhoea",
    "constipation",
    "rash",
    "joint-pain",
    "numbness",
    "fatigue",
    NONE,
];

const HISTORY: &[&str] = &[
    "hypertension",
    "diabetes",
    "lipids",
    "heart",
    "stroke",
    "asthma",
    "kidney",
    "liver",
    "ulcer",
    "cancer",
    "glaucoma",
    NONE,
];

const fn ask(id: &'static str, kind: Kind, required: bool, whom: Whom) -> Question {
    Question { id, kind, required, whom }
}

const fn one(options: &'static [&'static str]) -> Kind {
    Kind::One { options, details: false }
}

const fn one_or_more_words(options: &'static [&'static str]) -> Kind {
    Kind::One { options, details: true }
}

/// All questions, in the order asked. Weight below 15: doses of children go by it. Pregnancy and breast-feeding from 12
/// and 15 to 55; alcohol from 20, the age of the law.
pub const QUESTIONS: [Question; 13] = [
    ask("complaint", Kind::Text, true, Whom::Everybody),
    ask("since", one(&["today", "days", "week", "weeks", "longer"]), true, Whom::Everybody),
    ask("symptoms", Kind::Many { options: SYMPTOMS }, true, Whom::Everybody),
    ask("fever", one(&[NONE, "37", "38", "39", "unknown"]), true, Whom::Everybody),
    ask("weight", Kind::Weight, false, Whom::Below(15)),
    ask("drugs", one_or_more_words(YES_NO), true, Whom::Everybody),
    ask("allergies", one_or_more_words(&["no", "yes", "unknown"]), true, Whom::Everybody),
    ask("history", Kind::Many { options: HISTORY }, true, Whom::Everybody),
    ask("pregnancy", one(&["no", "maybe", "yes"]), true, Whom::Women(12, 55)),
    ask("breastfeeding", one(YES_NO), true, Whom::Women(15, 55)),
    ask("smoking", one(&["never", "past", "now"]), true, Whom::From(15)),
    ask("alcohol", one(&["never", "sometimes", "daily"]), true, Whom::From(20)),
    ask("message", Kind::Text, false, Whom::Everybody),
];

/// What decides which questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Age in years, when the birth date is known.
    pub age: Option<u16>,
    /// Sex as recorded.
    pub sex: Sex,
}

impl Question {
    /// Whether it is asked.
    pub fn concerns(&self, about: About) -> bool {
        match self.whom {
            Whom::Everybody => true,
            Whom::Below(age) => about.age.is_none_or(|a| a < age),
            Whom::From(age) => about.age.is_none_or(|a| a >= age),
            Whom::Women(from, until) => about.sex != Sex::Male && about.age.is_none_or(|a| (from..=until).contains(&a)),
        }
    }
    /// Codes that can be chosen.
    pub fn options(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::One { options, .. } | Kind::Many { options } => options,
            Kind::Text | Kind::Weight => &[],
        }
    }
    /// By its id.
    pub fn by_id(id: &str) -> Option<&'static Question> {
        QUESTIONS.iter().find(|q| q.id == id)
    }
}

/// The questions for somebody.
pub fn asked(about: About) -> Vec<&'static Question> {
    QUESTIONS.iter().filter(|q| q.concerns(about)).collect()
}

/// The first required question without an answer, as a position among those asked.
pub(super) fn first_open(about: About, answers: &Answers) -> Option<usize> {
    asked(about).iter().position(|q| q.required && !answers.has(q.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_and_sex_decide_what_is_asked() {
        let table = [
            (Some(3), Sex::Female, "weight"),
            (Some(13), Sex::Female, "weight pregnancy"),
            (Some(14), Sex::Male, "weight"),
            (Some(16), Sex::Female, "pregnancy breastfeeding smoking"),
            (Some(30), Sex::Female, "pregnancy breastfeeding smoking alcohol"),
            (Some(55), Sex::Female, "pregnancy breastfeeding smoking alcohol"),
            (Some(56), Sex::Female, "smoking alcohol"),
            (Some(30), Sex::Male, "smoking alcohol"),
            (Some(30), Sex::Unknown, "pregnancy breastfeeding smoking alcohol"),
            (None, Sex::Male, "weight smoking alcohol"),
        ];
        let always = ["complaint", "since", "symptoms", "fever", "drugs", "allergies", "history", "message"];
        for (age, sex, expected) in table {
            let ids: Vec<&str> = asked(About { age, sex }).iter().map(|q| q.id).collect();
            assert!(always.iter().all(|id| ids.contains(id)));
            let special: Vec<&str> = ids.into_iter().filter(|id| !always.contains(id)).collect();
            assert_eq!(special.join(" "), expected, "{age:?} {sex:?}");
        }
    }
}
