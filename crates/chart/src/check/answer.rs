//! Answers to findings, kept so that the same question is not asked again (SAFE-05).
use super::Answer;
use karute_japan::Date;

/// Days for which an answer holds.
pub const ANSWER_DAYS: i64 = 90;
/// System of the identifier by which a kept answer (`DetectedIssue.identifier`) names its finding
/// ([`Finding::key`](super::Finding::key)).
pub const ANSWER_SYSTEM: &str = "urn:karute:finding";

/// The newest answer to a finding that still holds on a day.
pub fn answered<'a>(answers: &'a [Answer], key: &str, day: Date) -> Option<&'a Answer> {
    let holds = |a: &&Answer| {
        let age = day.since(a.at.day_in_japan()).map_or(i64::MAX, |s| i64::from(s.get_days()));
        a.key == key && (0..=ANSWER_DAYS).contains(&age)
    };
    answers.iter().filter(holds).max_by_key(|a| a.at)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::rule::testing::{facts, found, line};
    use super::*;
    use crate::check::Facts;
    use karute_japan::Timestamp;

    #[test]
    fn safe_05_the_same_finding_is_not_asked_again_for_90_days() {
        let six = line("アムロジピン錠5mg", "2171022F2025", "3", "3", "錠", 14);
        let key = found(&facts(), std::slice::from_ref(&six), "dose")[0].key.clone();
        let facts = |day: &str, key: &str| {
            let at = Timestamp::in_japan(day.parse().unwrap(), 10, 0, 0);
            let answer = Answer { key: key.to_owned(), reason: "確認した".to_owned(), by: None, at };
            Facts { answers: vec![answer], ..facts() }
        };
        for (answered_on, given, open) in [
            ("2026-11-20", key.as_str(), false),
            ("2026-08-22", key.as_str(), false),
            ("2026-08-21", key.as_str(), true),
            ("2026-11-20", "dose-maximum:other", true),
            ("2026-11-21", key.as_str(), true),
        ] {
            let found = found(&facts(answered_on, given), std::slice::from_ref(&six), "dose");
            assert_eq!(found[0].is_open(), open, "{answered_on} {given}");
        }
        let more = line("アムロジピン錠5mg", "2171022F2025", "4", "4", "錠", 14);
        assert!(found(&facts("2026-11-20", &key), &[more], "dose")[0].is_open(), "a larger dose is asked again");
    }
}
