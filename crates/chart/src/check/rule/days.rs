//! 投与日数の上限.
//!
//! Source: 療担規則 第二十条第二号, 掲示事項等告示 第十 (14, 30, 90 days of narcotics and psychotropics; 14 days of drugs listed
//! within a year), in `days.tsv`. 薬価基準 and the claims master carry no such column.
use super::Checked;
use crate::check::finding::{Exit, Finding, Side};
use crate::check::table::{lines, text};
use crate::check::{DrugCode, Facts, RuleId};
use karute_japan::Date;

/// The most days of a drug on a day, and why.
pub fn days_limit(code: &DrugCode, day: Date) -> Option<(u32, &'static str)> {
    lines(text("days"))
        .filter(|f| code.is(f.text(0)))
        .filter(|f| f.number::<Date>(3).is_none_or(|last| day <= last))
        .max_by_key(|f| f.text(0).len())
        .and_then(|f| Some((f.number(1)?, f.text(2))))
}

/// Findings of days.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Option<Finding> {
    let (limit, why) = days_limit(one.line.code.as_ref()?, facts.day)?;
    let days = one.line.days.filter(|days| *days > limit)?;
    let words = format!("{why}は1回{limit}日分までです（今回{days}日分）");
    let side = Side { label: "上限".to_owned(), what: format!("{limit}日分"), detail: why.to_owned() };
    let mut finding = Finding::new(RuleId::DaysLimit, one.line, words).against(&days.to_string(), side);
    finding.exits.insert(0, Exit::Days(limit));
    Some(finding.sourced("療担規則"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{facts, found, line};
    use super::days_limit;
    use crate::check::{DrugCode, Exit};

    #[test]
    fn days_are_limited_by_law() {
        let cases = [
            ("マイスリー錠5mg", "1129009F1025", 30, None),
            ("マイスリー錠5mg", "1129009F1025", 31, Some(30)),
            ("デパス錠0.5mg", "1179025F1026", 60, Some(30)),
            ("ジアゼパム錠2mg", "1124017F2020", 90, None),
            ("ジアゼパム錠2mg", "1124017F2020", 91, Some(90)),
            ("ペンタゾシン錠25mg", "1149034F1020", 15, Some(14)),
            ("アムロジピン錠5mg", "2171022F2025", 180, None),
        ];
        for (name, code, days, expected) in cases {
            let found = found(&facts(), &[line(name, code, "1", "1", "錠", days)], "days");
            let exit = found.first().and_then(|f| f.exits.first().cloned());
            assert_eq!(exit, expected.map(Exit::Days), "{name} {days}");
        }
    }

    #[test]
    fn a_new_drug_is_limited_for_its_first_year() {
        let code = DrugCode::parse("1190033F1020").unwrap();
        for (day, expected) in [("2025-11-30", Some((14, "新医薬品"))), ("2025-12-01", None)] {
            assert_eq!(days_limit(&code, day.parse().unwrap()), expected, "{day}");
        }
    }
}
