//! Kidney function.
//!
//! Source: 添付文書 用法・用量に関連する注意, in `kidney.tsv`. CCr is reckoned by Cockcroft–Gault from age, weight and serum
//! creatinine; without a weight eGFR stands in, and the finding says so.
use super::Checked;
use crate::check::finding::{Finding, Side};
use crate::check::line::shown;
use crate::check::strength::active;
use crate::check::table::{lines, text};
use crate::check::{Facts, RuleId};
use crate::view::Sex;
use karute_japan::Date;
use rust_decimal::Decimal;

/// How old a value may be, in days; an older one counts as missing.
const RECENT_DAYS: i64 = 365;

struct Measure {
    name: &'static str,
    unit: &'static str,
    amount: Decimal,
    day: Date,
}

/// Findings of kidney function.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Option<Finding> {
    let mut missing = false;
    for row in lines(text("kidney")).filter(|f| one.known.is(f.text(0))) {
        let Some(value) = measured(facts, row.text(1)) else {
            missing = true;
            continue;
        };
        let limit: Decimal = row.number(2)?;
        let meets = if row.text(1) == "cr" { value.amount >= limit } else { value.amount < limit };
        if !meets {
            continue;
        }
        if row.text(3) == "forbidden" {
            return Some(finding(RuleId::KidneyForbidden, one, &value, row.text(6)));
        }
        let most: Option<Decimal> = row.number(4);
        let day = one.line.per_day.as_ref().or(one.line.per_take.as_ref());
        let taken = day.and_then(|a| active(a, one.line.strength.as_ref(), row.text(5)));
        // Within what is advised there is nothing to say; where nobody can tell, the advice is given.
        if most.zip(taken).is_some_and(|(most, taken)| taken <= most) {
            return None;
        }
        return Some(finding(RuleId::KidneyReduce, one, &value, row.text(6)));
    }
    // Healthy young people need no creatinine before a painkiller.
    let due = missing && facts.years().is_some_and(|y| y >= 65);
    due.then(|| {
        let words = "腎機能で量が変わる薬です。1年以内の腎機能の値がありません".to_owned();
        Finding::new(RuleId::KidneyUnknown, one.line, words)
    })
}

fn finding(rule: RuleId, one: &Checked<'_>, value: &Measure, words: &str) -> Finding {
    let side = Side {
        label: "検査".to_owned(),
        what: format!("{} {} {}", value.name, shown(value.amount), value.unit),
        detail: format!("{}/{}", value.day.month(), value.day.day()),
    };
    let message =
        format!("{} {}（{}/{}）: {words}", value.name, shown(value.amount), value.day.month(), value.day.day());
    Finding::new(rule, one.line, message).against(value.name, side)
}

fn measured(facts: &Facts, measure: &str) -> Option<Measure> {
    let recent = |m: &&crate::check::Measured| facts.is_recent(m.day, RECENT_DAYS);
    let egfr = || {
        let found = facts.egfr.as_ref().filter(recent)?;
        Some(Measure { name: "eGFR", unit: "mL/min/1.73m²", amount: found.value, day: found.day })
    };
    let creatinine = facts.creatinine.as_ref().filter(recent);
    match measure {
        "cr" => creatinine.map(|m| Measure { name: "Cr", unit: "mg/dL", amount: m.value, day: m.day }),
        "ccr" => creatinine
            .and_then(|m| {
                let weight = facts.weight.as_ref().filter(recent)?;
                let value = creatinine_clearance(facts.years()?, weight.value, m.value, facts.sex)?;
                Some(Measure { name: "CCr（推定）", unit: "mL/min", amount: value, day: m.day })
            })
            .or_else(egfr),
        _ => egfr(),
    }
}

/// CCr in mL/min by Cockcroft–Gault: (140 − age) × kg ÷ (72 × Cr), × 0.85 for women. Whole numbers.
///
/// Source: Cockcroft DW, Gault MH. Nephron 1976; 日本腎臓学会 CKD診療ガイド.
pub fn creatinine_clearance(years: u16, weight_kg: Decimal, creatinine_mg_dl: Decimal, sex: Sex) -> Option<Decimal> {
    let age = Decimal::from(140_u16.saturating_sub(years));
    let value = age.checked_mul(weight_kg)?.checked_div(Decimal::from(72).checked_mul(creatinine_mg_dl)?)?;
    let value = if sex == Sex::Female { value.checked_mul(Decimal::new(85, 2))? } else { value };
    Some(value.round())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{aged, found, line, measured};
    use super::creatinine_clearance;
    use crate::check::{Facts, Measured};
    use crate::view::Sex;

    #[test]
    fn clearance_is_reckoned_as_in_the_guide() {
        for (years, weight, creatinine, sex, expected) in [
            (80, "50", "1.0", Sex::Male, "42"),
            (80, "50", "1.0", Sex::Female, "35"),
            (40, "70", "0.8", Sex::Male, "122"),
        ] {
            let found = creatinine_clearance(years, weight.parse().unwrap(), creatinine.parse().unwrap(), sex);
            assert_eq!(found, Some(expected.parse().unwrap()), "{years} {weight} {creatinine}");
        }
        assert_eq!(creatinine_clearance(80, "50".parse().unwrap(), "0".parse().unwrap(), Sex::Male), None);
    }

    #[test]
    fn doses_follow_the_kidney() {
        let metformin = |tablets: &str| line("メトグルコ錠500mg", "3962002F3023", "1", tablets, "錠", 28);
        let edoxaban = line("リクシアナ錠60mg", "3339002F3022", "1", "1", "錠", 28);
        let small = line("リクシアナ錠30mg", "3339002F2026", "1", "1", "錠", 28);
        let facts = |egfr: Option<&str>| Facts { egfr: egfr.map(measured), ..aged("1950-01-01") };
        let cases = [
            (facts(Some("70")), metformin("4"), vec![]),
            (facts(Some("50")), metformin("4"), vec!["kidney-reduce"]),
            (facts(Some("50")), metformin("3"), vec![]),
            (facts(Some("40")), metformin("3"), vec!["kidney-reduce"]),
            (facts(Some("29")), metformin("1"), vec!["kidney-forbidden"]),
            (facts(None), metformin("1"), vec!["kidney-unknown"]),
            (facts(Some("40")), edoxaban.clone(), vec!["kidney-reduce"]),
            (facts(Some("40")), small, vec![]),
            (facts(Some("14")), edoxaban, vec!["kidney-forbidden"]),
            (facts(Some("25")), line("ロキソニン錠60mg", "1149019F1560", "1", "3", "錠", 5), vec!["kidney-forbidden"]),
            (facts(Some("50")), line("ロキソニン錠60mg", "1149019F1560", "1", "3", "錠", 5), vec!["kidney-reduce"]),
            (facts(Some("25")), line("ロキソニンテープ100mg", "2649735S3020", "1", "1", "枚", 5), vec![]),
            (facts(Some("25")), line("アムロジピン錠5mg", "2171022F2025", "1", "1", "錠", 5), vec![]),
        ];
        for (facts, line, expected) in cases {
            let codes: Vec<_> =
                found(&facts, std::slice::from_ref(&line), "kidney").iter().map(|f| f.rule.code()).collect();
            assert_eq!(codes, expected, "{} {:?}", line.name, facts.egfr);
        }
    }

    #[test]
    fn clearance_counts_where_a_weight_is_known_and_an_old_value_is_no_value() {
        let facts = Facts {
            egfr: Some(measured("55")),
            creatinine: Some(measured("1.0")),
            weight: Some(measured("40")),
            ..aged("1940-01-01")
        };
        let found_now = found(&facts, &[line("リクシアナ錠60mg", "3339002F3022", "1", "1", "錠", 28)], "kidney");
        assert!(found_now[0].message.starts_with("CCr（推定） 26"), "{}", found_now[0].message);
        let old = Measured { value: "20".parse().unwrap(), day: "2025-01-01".parse().unwrap() };
        let facts = Facts { egfr: Some(old), ..aged("1940-01-01") };
        let found = found(&facts, &[line("メトグルコ錠500mg", "3962002F3023", "1", "1", "錠", 28)], "kidney");
        assert_eq!(found[0].rule.code(), "kidney-unknown");
    }
}
