//! Age: children and the elderly.
//!
//! Source: 添付文書 小児等・高齢者; 高齢者の安全な薬物療法ガイドライン2015 (日本老年医学会), in `age.tsv`.
use super::Checked;
use crate::check::finding::{Finding, PACKAGE_INSERT, Side};
use crate::check::strength::active;
use crate::check::table::{lines, text};
use crate::check::{Facts, RuleId};
use rust_decimal::Decimal;

const GUIDELINE: &str = "（高齢者の安全な薬物療法ガイドライン）";

/// The gravest finding of age; one is enough for a line.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Option<Finding> {
    let years = facts.years()?;
    let mut rows: Vec<_> = lines(text("age"))
        .filter(|f| one.known.is(f.text(0)))
        .filter(|f| {
            let limit: Option<u16> = f.number(2);
            limit.is_some_and(|limit| if f.text(1) == "under" { years < limit } else { years >= limit })
        })
        .filter(|f| {
            let most: Option<Decimal> = f.number(4);
            let taken = one.line.per_day.as_ref().or(one.line.per_take.as_ref());
            let taken = taken.and_then(|a| active(a, one.line.strength.as_ref(), f.text(5)));
            most.zip(taken).is_none_or(|(most, taken)| taken > most)
        })
        .collect();
    rows.sort_by_key(|f| f.text(3) != "forbidden");
    let row = rows.first()?;
    let rule = if row.text(3) == "forbidden" { RuleId::AgeForbidden } else { RuleId::AgeCaution };
    let words = row.text(6);
    let (words, source) = match words.strip_suffix(GUIDELINE) {
        Some(words) => (words, "高齢者の安全な薬物療法ガイドライン"),
        None => (words, PACKAGE_INSERT),
    };
    let side = Side { label: "本人".to_owned(), what: format!("{years}歳"), detail: String::new() };
    Some(Finding::new(rule, one.line, words.to_owned()).against(row.text(0), side).sourced(source))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{aged, found, line, tablet};

    #[test]
    fn children_and_the_elderly_are_looked_after() {
        let cases = [
            ("2015-11-21", tablet("コデイン錠20mg", "8115001F1020"), Some("age-forbidden")),
            ("2014-11-20", tablet("コデイン錠20mg", "8115001F1020"), None),
            ("2020-01-01", tablet("クラビット錠500mg", "6241013F3027"), Some("age-forbidden")),
            ("2020-01-01", tablet("クラビット点眼液", "1319742Q1020"), None),
            ("2020-01-01", tablet("ミノマイシン錠50mg", "6152005F1020"), Some("age-caution")),
            ("1961-11-20", tablet("サイレース錠1mg", "1124008F1020"), Some("age-caution")),
            ("1961-11-21", tablet("サイレース錠1mg", "1124008F1020"), None),
            ("1950-01-01", line("デパス錠0.5mg", "1179025F1026", "1", "3", "錠", 14), None),
            ("1950-01-01", line("ベルソムラ錠20mg", "1190023F2020", "1", "1", "錠", 14), Some("age-caution")),
            ("1950-01-01", line("ベルソムラ錠15mg", "1190023F1024", "1", "1", "錠", 14), None),
            ("1986-01-01", tablet("サイレース錠1mg", "1124008F1020"), None),
        ];
        for (birth, line, expected) in cases {
            let found = found(&aged(birth), std::slice::from_ref(&line), "age");
            // Etizolam is a benzodiazepine of somebody of 76: the group speaks where the dose does not.
            let expected = if line.name.starts_with("デパス") { Some("age-caution") } else { expected };
            assert_eq!(found.first().map(|f| f.rule.code()), expected, "{} {birth}", line.name);
        }
    }
}
