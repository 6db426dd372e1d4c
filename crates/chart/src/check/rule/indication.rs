//! Whether an active 病名 explains a drug (used at 診察を終える and by SRCH-13).
//!
//! Source: 添付文書 効能・効果, in `indications.tsv`.
use super::Checked;
use crate::check::finding::{Exit, Finding};
use crate::check::known::Known;
use crate::check::table::{lines, text};
use crate::check::{Diagnosis, DrugCode, Facts, RuleId};

/// Whether one of the 病名 explains the drug; `None` for a drug of which the table says nothing.
pub fn explained(code: &DrugCode, problems: &[Diagnosis]) -> Option<bool> {
    of(&Known::of(code), problems).map(|(explained, _)| explained)
}

/// The same with what the drug is for.
fn of(known: &Known, problems: &[Diagnosis]) -> Option<(bool, &'static str)> {
    let mut purpose = None;
    for row in lines(text("indications")).filter(|f| known.is(f.text(0))) {
        if problems.iter().any(|p| p.matches(&row.list(1), &row.list(2))) {
            return Some((true, row.text(3)));
        }
        purpose = purpose.or(Some(row.text(3)));
    }
    purpose.map(|purpose| (false, purpose))
}

/// The finding that no 病名 explains the line.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Option<Finding> {
    let (explained, purpose) = of(&one.known, &facts.problems)?;
    if explained {
        return None;
    }
    let words = format!("この薬に合う病名がありません（例 {purpose}）");
    let mut finding = Finding::new(RuleId::ProblemMissing, one.line, words);
    finding.exits.insert(0, Exit::AddProblem);
    Some(finding.sourced("添付文書 効能・効果"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::problem;
    use super::explained;
    use crate::check::DrugCode;

    #[test]
    fn srch_13_a_drug_is_explained_by_a_disease_name() {
        let cases: [(&str, &str, &str, Option<bool>); 10] = [
            ("2171022F2025", "高血圧症", "I10", Some(true)),
            ("2171022F2025", "本態性高血圧", "", Some(true)),
            ("2171022F2025", "2型糖尿病", "E11", Some(false)),
            ("3962002F3023", "2型糖尿病", "E119", Some(true)),
            ("2189017F1022", "脂質異常症", "E785", Some(true)),
            ("6131001F2026", "急性咽頭炎", "J029", Some(true)),
            ("6131001F2026", "高血圧症", "I10", Some(false)),
            ("1149019F1560", "腰痛症", "M5456", Some(true)),
            ("5200013D1123", "感冒", "J00", None),
            ("9999999F1020", "感冒", "J00", None),
        ];
        for (code, name, icd10, expected) in cases {
            let found = explained(&DrugCode::parse(code).unwrap(), &[problem(name, icd10)]);
            assert_eq!(found, expected, "{code} {name}");
        }
        assert_eq!(explained(&DrugCode::parse("2171022F2025").unwrap(), &[]), Some(false));
    }
}
