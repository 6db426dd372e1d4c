//! Doses: the most of a take and of a day, twice as much, and far from the usual.
//!
//! Source: 添付文書 用法・用量, in `doses.tsv`; ux SAFE-10 (three times the usual is challenged, 10 for 100).
use super::Checked;
use crate::check::finding::{Finding, Side};
use crate::check::line::shown;
use crate::check::strength::active;
use crate::check::table::{lines, text};
use crate::check::{Facts, Line, RuleId};
use rust_decimal::Decimal;
use std::sync::LazyLock;

struct Limit {
    code: &'static str,
    unit: &'static str,
    take: Option<Decimal>,
    day: Option<Decimal>,
    usual: (Option<Decimal>, Option<Decimal>),
    takes_a_week: Option<Decimal>,
    per_kg: (Option<Decimal>, Option<Decimal>),
}

static LIMITS: LazyLock<Vec<Limit>> = LazyLock::new(|| {
    let row = |f: crate::check::table::Fields| Limit {
        code: f.text(0),
        unit: f.text(1),
        take: f.number(2),
        day: f.number(3),
        usual: (f.number(4), f.number(5)),
        takes_a_week: f.number(6),
        per_kg: (f.number(7), f.number(8)),
    };
    lines(text("doses")).map(row).collect()
});

/// Age from which the doses of adults hold.
const ADULT_YEARS: u16 = 15;
/// How old a weight may be to reckon a child's dose by it, in days.
const WEIGHT_DAYS: i64 = 180;

/// The limits of a drug: those of its longest code.
fn limits(line: &Line) -> Option<&'static Limit> {
    let code = line.code.as_ref()?;
    LIMITS.iter().filter(|l| code.is(l.code)).max_by_key(|l| l.code.len())
}

/// A dose in milligrams (or the unit of the table) beside its limit.
struct Measure {
    per: &'static str,
    amount: Decimal,
    most: Decimal,
}

/// Findings of doses. Lines of one ingredient are one dose: they are added up.
pub(in crate::check) fn find(facts: &Facts, checked: &[Checked<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, one) in checked.iter().enumerate() {
        let Some(limit) = limits(one.line) else { continue };
        let same = |c: &&Checked<'_>| c.line.identity() == one.line.identity();
        // Told at the last line of the ingredient, for the sum.
        if checked.iter().skip(at + 1).any(|c| same(&c)) {
            continue;
        }
        let regular = checked.iter().take(at + 1).filter(same).filter(|c| !c.line.as_needed);
        let day: Option<Decimal> = regular
            .map(|c| per_day(c.line, limit.unit))
            .try_fold(Decimal::ZERO, |sum, next| next.and_then(|n| sum.checked_add(n)));
        let day = day.filter(|d| !d.is_zero());
        let take = one.line.per_take.as_ref().and_then(|a| active(a, one.line.strength.as_ref(), limit.unit));
        found.extend(one_drug(facts, one.line, limit, take, day));
    }
    found
}

fn per_day(line: &Line, unit: &str) -> Option<Decimal> {
    active(line.per_day.as_ref()?, line.strength.as_ref(), unit)
}

fn one_drug(facts: &Facts, line: &Line, limit: &Limit, take: Option<Decimal>, day: Option<Decimal>) -> Option<Finding> {
    weekly(line, limit).or_else(|| {
        let worst = measures(facts, limit, take, day).into_iter().max_by_key(|m| ratio(m.amount, m.most))?;
        if worst.amount > worst.most { Some(above(line, limit, &worst)) } else { unusual(facts, line, limit, day) }
    })
}

/// How many times the limit, in thousandths; limits are positive.
fn ratio(amount: Decimal, most: Decimal) -> Decimal {
    amount.checked_div(most).unwrap_or(Decimal::MAX)
}

/// Every limit that holds for this patient.
fn measures(facts: &Facts, limit: &Limit, take: Option<Decimal>, day: Option<Decimal>) -> Vec<Measure> {
    let mut found = Vec::new();
    let mut hold = |per, amount: Option<Decimal>, most: Option<Decimal>| {
        if let (Some(amount), Some(most)) = (amount, most) {
            found.push(Measure { per, amount, most });
        }
    };
    hold("1回", take, limit.take);
    hold("1日", day, limit.day);
    if let Some(weight) = child_weight(facts) {
        let of = |per_kg: Option<Decimal>| per_kg.and_then(|p| p.checked_mul(weight));
        hold("1回", take, of(limit.per_kg.0));
        hold("1日", day, of(limit.per_kg.1));
    }
    found
}

fn is_child(facts: &Facts) -> bool {
    facts.years().is_some_and(|years| years < ADULT_YEARS)
}

fn child_weight(facts: &Facts) -> Option<Decimal> {
    let weight = facts.weight.as_ref().filter(|_| is_child(facts))?;
    facts.is_recent(weight.day, WEIGHT_DAYS).then_some(weight.value)
}

fn above(line: &Line, limit: &Limit, worst: &Measure) -> Finding {
    let excessive = worst.amount > worst.most * Decimal::TWO;
    let rule = if excessive { RuleId::DoseExcessive } else { RuleId::DoseMaximum };
    let words = format!(
        "{}{}{}は上限（{}{}）{}",
        worst.per,
        shown(worst.amount),
        limit.unit,
        shown(worst.most),
        limit.unit,
        if excessive { "の2倍を超えています" } else { "を超えています" },
    );
    let side = Side {
        label: "上限".to_owned(),
        what: format!("{}{}{}", worst.per, shown(worst.most), limit.unit),
        detail: format!("今回 {}{}", shown(worst.amount), limit.unit),
    };
    // A larger dose than the one that was answered is asked again.
    Finding::new(rule, line, words).against(&format!("{}{}", worst.per, shown(worst.amount)), side)
}

/// Drugs of one take a week (methotrexate, weekly bisphosphonates) written for more.
fn weekly(line: &Line, limit: &Limit) -> Option<Finding> {
    let most = limit.takes_a_week?;
    let (take, day) = (line.per_take.as_ref()?, line.per_day.as_ref()?);
    let takes = day.value.checked_mul(Decimal::from(7))?.checked_div(take.value)?;
    // 28 days of which 4 are taken come out a little uneven when the supply is 30 days.
    if takes <= most + Decimal::new(5, 1) {
        return None;
    }
    let words = format!("週{}回までの薬です。毎日飲む書き方になっていないか確かめてください", shown(most));
    let side = Side { label: "用法".to_owned(), what: format!("週{}回まで", shown(most)), detail: String::new() };
    Some(Finding::new(RuleId::DoseExcessive, line, words).against("weekly", side))
}

fn unusual(facts: &Facts, line: &Line, limit: &Limit, day: Option<Decimal>) -> Option<Finding> {
    let day = day?;
    let three = Decimal::from(3);
    let high = limit.usual.1.is_some_and(|usual| day > usual * three);
    // A child's dose is small of itself.
    let low = !is_child(facts) && limit.usual.0.is_some_and(|usual| day * three < usual);
    if !high && !low {
        return None;
    }
    let usual: Vec<String> = [limit.usual.0, limit.usual.1].into_iter().flatten().map(shown).collect();
    let usual = format!("1日{}{}", usual.join("〜"), limit.unit);
    let words =
        format!("1日{}{}は、ふだんの量（{usual}）と大きく違います。桁を確かめてください", shown(day), limit.unit);
    let side = Side { label: "ふだんの量".to_owned(), what: usual, detail: String::new() };
    Some(Finding::new(RuleId::DoseUnusual, line, words).against(&shown(day), side))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{TODAY, aged, facts, fired, found, line, tablet};
    use super::LIMITS;
    use crate::check::{Facts, Line, Measured};

    /// Name, code, 1回量, 1日量, unit, rules that fire.
    type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

    #[test]
    fn safe_10_doses_are_held_against_the_limits() {
        let cases: [Case; 17] = [
            ("アムロジピン錠5mg", "2171022F2025", "1", "1", "錠", &[]),
            ("アムロジピン錠5mg", "2171022F2025", "2", "2", "錠", &[]),
            ("アムロジピン錠5mg", "2171022F2025", "3", "3", "錠", &["dose-maximum"]),
            ("アムロジピン錠5mg", "2171022F2025", "4", "4", "錠", &["dose-maximum"]),
            ("アムロジピン錠5mg", "2171022F2025", "5", "5", "錠", &["dose-excessive"]),
            ("アムロジピン錠5mg", "2171022F2025", "25", "25", "mg", &["dose-excessive"]),
            ("ロキソニン錠60mg", "1149019F1560", "1", "3", "錠", &[]),
            ("ロキソニン錠60mg", "1149019F1560", "2", "6", "錠", &["dose-maximum"]),
            ("酸化マグネシウム", "2344002X1012", "0.5", "1.5", "g", &[]),
            ("酸化マグネシウム", "2344002X1012", "5", "15", "g", &["dose-excessive"]),
            ("チラーヂンS錠50µg", "2431004F1056", "1", "1", "錠", &[]),
            ("チラーヂンS錠50µg", "2431004F1056", "10", "10", "錠", &["dose-maximum"]),
            ("プラビックス錠75mg", "3399008F2021", "4", "4", "錠", &["dose-unusual"]),
            ("カルボシステイン錠250mg", "2233002F1174", "0.5", "0.5", "錠", &["dose-unusual"]),
            ("トラムセット配合錠", "1149117F1020", "2", "8", "錠", &[]),
            ("トラムセット配合錠", "1149117F1020", "3", "9", "錠", &["dose-maximum"]),
            ("知らない薬5mg", "9999001F1020", "100", "300", "錠", &[]),
        ];
        for (name, code, take, day, unit, expected) in cases {
            assert_eq!(
                fired(&facts(), &[line(name, code, take, day, unit, 14)], "dose"),
                expected,
                "{name} {day}{unit}"
            );
        }
    }

    #[test]
    fn two_strengths_of_one_drug_are_one_dose() {
        let lines = [
            line("リリカOD錠75mg", "1190017F2025", "4", "8", "錠", 14),
            Line { key: "b".to_owned(), ..line("リリカOD錠25mg", "1190017F1029", "1", "2", "錠", 14) },
        ];
        let found = found(&facts(), &lines, "dose");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule.code(), found[0].line.as_str()), ("dose-maximum", "b"));
        assert!(found[0].message.contains("650mg"), "{}", found[0].message);
    }

    #[test]
    fn a_weekly_drug_written_for_every_day_stops() {
        let cases = [
            ("リウマトレックスカプセル2mg", "3999016M1020", "1", "1", &["dose-excessive"][..]),
            ("リウマトレックスカプセル2mg", "3999016M1020", "3", "0.43", &[]),
            ("アレンドロン酸錠35mg", "3999018F2036", "1", "0.14", &[]),
            ("アレンドロン酸錠35mg", "3999018F2036", "1", "1", &["dose-excessive"]),
        ];
        for (name, code, take, day, expected) in cases {
            assert_eq!(fired(&facts(), &[line(name, code, take, day, "錠", 28)], "dose"), expected, "{name} {day}");
        }
    }

    #[test]
    fn a_childs_dose_goes_by_a_recent_weight() {
        let child = |weight: &str, day: &str| Facts {
            weight: Some(Measured { value: weight.parse().unwrap(), day: day.parse().unwrap() }),
            ..aged("2022-06-01")
        };
        let mut line = tablet("カロナール細粒20%", "1141007C1075");
        line.as_needed = true;
        line.per_day = None;
        for (weight, day, grams, expected) in [
            ("15", TODAY, "1", &[][..]),
            ("15", TODAY, "1.5", &["dose-maximum"]),
            ("15", TODAY, "3", &["dose-excessive"]),
            ("15", "2025-01-10", "1.5", &[]),
        ] {
            line.per_take = crate::check::Amount::new(grams, "g");
            let fired = fired(&child(weight, day), std::slice::from_ref(&line), "dose");
            assert_eq!(fired, expected, "{weight}kg {day} {grams}g");
        }
    }

    #[test]
    fn limits_are_positive_and_ordered() {
        for l in LIMITS.iter() {
            for value in
                [l.take, l.day, l.usual.0, l.usual.1, l.takes_a_week, l.per_kg.0, l.per_kg.1].into_iter().flatten()
            {
                assert!(!value.is_zero(), "{}", l.code);
            }
            assert!(["mg", "µg", "g", "錠"].contains(&l.unit), "{}", l.code);
            assert!(l.usual.0.zip(l.usual.1).is_none_or(|(a, b)| a <= b), "{}", l.code);
            assert!(l.usual.1.zip(l.day).is_none_or(|(usual, most)| usual <= most), "{}", l.code);
        }
    }
}
