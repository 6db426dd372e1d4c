//! The rules, one file each. Every rule is a pure function of the facts and the lines.

pub(super) mod age;
pub(super) mod allergy;
pub(super) mod days;
pub(super) mod disease;
pub(super) mod dose;
pub(super) mod duplicate;
pub(super) mod indication;
pub(super) mod interaction;
pub(super) mod kidney;
pub(super) mod pregnancy;

use super::finding::Finding;
use super::known::Known;
use super::{Line, RuleId};

/// A line with what it contains.
pub(super) struct Checked<'l> {
    pub(super) line: &'l Line,
    pub(super) known: Known,
}

impl<'l> Checked<'l> {
    pub(super) fn of(line: &'l Line) -> Checked<'l> {
        Checked { known: line.code.as_ref().map(Known::of).unwrap_or_default(), line }
    }
}

/// A drug without a readable code: nothing can be said of it, and that is said.
pub(super) fn not_checked(line: &Line) -> Option<Finding> {
    let words = "コードのない薬です。アレルギー・重複・用量を自動では確かめていません";
    line.code.is_none().then(|| Finding::new(RuleId::NotChecked, line, words.to_owned()).sourced("院内の決まり"))
}

#[cfg(test)]
pub(super) mod testing {
    #![allow(clippy::unwrap_used)]
    use crate::check::{Allergen, Amount, Diagnosis, Facts, Finding, Line, Measured, Pregnancy, findings};
    use crate::view::Sex;

    pub(crate) const TODAY: &str = "2026-11-20";

    /// A woman of 40 of whom nothing else is known.
    pub(crate) fn facts() -> Facts {
        Facts {
            day: TODAY.parse().unwrap(),
            birth: Some("1986-04-01".parse().unwrap()),
            sex: Sex::Female,
            weight: None,
            allergies: Vec::new(),
            running: Vec::new(),
            problems: Vec::new(),
            egfr: None,
            creatinine: None,
            pregnancy: Pregnancy::Unknown,
            breast_feeding: false,
            answers: Vec::new(),
        }
    }
    pub(crate) fn aged(birth: &str) -> Facts {
        Facts { birth: Some(birth.parse().unwrap()), ..facts() }
    }
    pub(crate) fn measured(value: &str) -> Measured {
        Measured { value: value.parse().unwrap(), day: "2026-11-01".parse().unwrap() }
    }
    pub(crate) fn problem(name: &str, icd10: &str) -> Diagnosis {
        let icd10 = (!icd10.is_empty()).then(|| icd10.to_owned());
        Diagnosis { name: name.to_owned(), icd10, suspected: false }
    }
    pub(crate) fn allergen(substance: &str, code: &str) -> Allergen {
        Allergen {
            substance: substance.to_owned(),
            reaction: Some("皮疹".to_owned()),
            code: crate::check::DrugCode::parse(code),
            may_be_drug: true,
        }
    }
    /// A line: name, code, 1回量 and 1日量 in a unit, days.
    pub(crate) fn line(name: &str, code: &str, take: &str, day: &str, unit: &str, days: u32) -> Line {
        let mut line = Line::new(name, name, Some(code));
        line.per_take = Amount::new(take, unit);
        line.per_day = Amount::new(day, unit);
        line.days = Some(days);
        line
    }
    /// One tablet a day for 14 days.
    pub(crate) fn tablet(name: &str, code: &str) -> Line {
        line(name, code, "1", "1", "錠", 14)
    }
    /// Codes of the rules that fire, of those whose code begins so.
    pub(crate) fn fired(facts: &Facts, lines: &[Line], begin: &str) -> Vec<&'static str> {
        found(facts, lines, begin).iter().map(|f| f.rule.code()).collect()
    }
    pub(crate) fn found(facts: &Facts, lines: &[Line], begin: &str) -> Vec<Finding> {
        findings(facts, lines).into_iter().filter(|f| f.rule.code().starts_with(begin)).collect()
    }
}
