//! The same drug twice: among the lines, and against what still runs from earlier visits of this clinic.
//!
//! Source: 医療法施行規則・保険薬局の重複投薬の考え方; classes of which one is enough in `duplicate-classes.tsv`.
use super::Checked;
use crate::check::finding::Finding;
use crate::check::table::{lines, text};
use crate::check::{Facts, Line, RuleId};

/// Days by which a new supply may begin before the old one ends: people come a little early.
const EARLY_DAYS: i32 = 7;

/// Findings of duplicates.
pub(in crate::check) fn find(facts: &Facts, checked: &[Checked<'_>]) -> Vec<Finding> {
    let running: Vec<Checked<'_>> = facts.running.iter().filter(|l| still_runs(facts, l)).map(Checked::of).collect();
    let mut found = Vec::new();
    for (at, one) in checked.iter().enumerate() {
        for (before, other) in checked.iter().enumerate() {
            // A pair is told once, at the later line. The same drug in two lines is 不均等 or 頓用 beside regular: another
            // strength of it is normal, so only exactly the same ingredient with the same kind of taking counts.
            if before < at {
                found.extend(pair(one, other, "今回"));
            }
        }
        for other in &running {
            // What is prescribed again and replaces the running line is no duplicate of it.
            let replaced = |r: &Checked<'_>| checked.iter().any(|c| same_product(c.line, r.line));
            if !replaced(other) || (same_product(one.line, other.line) && overlaps(facts, other.line)) {
                found.extend(pair(one, other, "院内"));
            }
        }
    }
    found
}

/// Whether the supply of a line from before reaches into the day.
fn still_runs(facts: &Facts, line: &Line) -> bool {
    line.until.is_some_and(|until| until >= facts.day)
}

/// Whether so much is left that a new supply is early by more than a week.
fn overlaps(facts: &Facts, line: &Line) -> bool {
    line.until.and_then(|until| until.since(facts.day).ok()).is_some_and(|left| left.get_days() >= EARLY_DAYS)
}

/// The same ingredient, form and strength.
fn same_product(a: &Line, b: &Line) -> bool {
    match (&a.code, &b.code) {
        (Some(a), Some(b)) => a.as_str().get(..9).unwrap_or(a.as_str()) == b.as_str().get(..9).unwrap_or(b.as_str()),
        (None, None) => a.name == b.name,
        _ => false,
    }
}

fn pair(one: &Checked<'_>, other: &Checked<'_>, label: &str) -> Option<Finding> {
    // A plaster beside a tablet is not taken twice.
    if one.known.topical != other.known.topical {
        return None;
    }
    let same_code =
        one.line.code.as_ref().zip(other.line.code.as_ref()).is_some_and(|(a, b)| a.ingredient() == b.ingredient());
    let shared = one.known.substances.iter().find(|s| other.known.substances.contains(s));
    let same_visit = label == "今回";
    if same_code || shared.is_some() {
        // Two strengths of one drug, or 頓用 beside the regular dose, in one prescription make one dose together.
        if same_visit
            && same_code
            && (!same_product(one.line, other.line) || one.line.as_needed != other.line.as_needed)
        {
            return None;
        }
        let what = shared.copied().unwrap_or(other.line.name.as_str());
        let words = format!("{what}が重なっています");
        let finding = Finding::new(RuleId::DuplicateIngredient, one.line, words).sourced("院内の処方");
        return Some(finding.against(other.line.identity(), other.line.side(label)));
    }
    let class = lines(text("duplicate-classes"))
        .map(|f| f.text(0))
        .find(|class| one.known.groups.contains(class) && other.known.groups.contains(class))?;
    let words = format!("同じ薬効（{class}）の薬が重なっています");
    let finding = Finding::new(RuleId::DuplicateClass, one.line, words).sourced("院内の処方");
    Some(finding.against(other.line.identity(), other.line.side(label)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{facts, fired, tablet};
    use crate::check::{Facts, Line};

    type Drug = (&'static str, &'static str);

    const AMLODIPINE: Drug = ("アムロジピン錠5mg", "2171022F2025");
    const NIFEDIPINE: Drug = ("アダラートCR錠20mg", "2171014G4029");

    fn running(drug: Drug, until: &str) -> Line {
        let mut line = tablet(drug.0, drug.1);
        line.from = Some("2026-10-23".parse().unwrap());
        line.until = Some(until.parse().unwrap());
        line
    }

    #[test]
    fn the_same_ingredient_or_class_is_found_among_the_lines() {
        let cases: [(Drug, Drug, &[&str]); 8] = [
            (AMLODIPINE, AMLODIPINE, &["duplicate-ingredient"]),
            (AMLODIPINE, ("アムロジピン錠2.5mg", "2171022F1029"), &[]),
            (AMLODIPINE, NIFEDIPINE, &["duplicate-class"]),
            (AMLODIPINE, ("エックスフォージ配合錠", "2149114F1020"), &["duplicate-ingredient"]),
            (("PL配合顆粒", "1180107D1131"), ("カロナール錠200", "1141007F1063"), &["duplicate-ingredient"]),
            (("ロキソニン錠60mg", "1149019F1560"), ("ロキソニンテープ100mg", "2649735S3020"), &[]),
            (("ロキソニン錠60mg", "1149019F1560"), ("セレコックス錠100mg", "1149037F1020"), &["duplicate-class"]),
            (("タケキャブ錠10mg", "2329030F1020"), ("ガスターD錠20mg", "2325003F4031"), &["duplicate-class"]),
        ];
        for (a, b, expected) in cases {
            let lines = [tablet(a.0, a.1), Line { key: "2".to_owned(), ..tablet(b.0, b.1) }];
            assert_eq!(fired(&facts(), &lines, "duplicate"), expected, "{} {}", a.0, b.0);
        }
    }

    #[test]
    fn what_still_runs_counts_and_the_usual_repeat_does_not() {
        let cases: [(Drug, &str, &[&str]); 5] = [
            // Two days left: the patient came in time.
            (AMLODIPINE, "2026-11-22", &[]),
            // Twenty days left: why again?
            (AMLODIPINE, "2026-12-10", &["duplicate-ingredient"]),
            (NIFEDIPINE, "2026-12-10", &["duplicate-class"]),
            (NIFEDIPINE, "2026-11-19", &[]),
            (("カンデサルタン錠8mg", "2149040F3029"), "2026-12-10", &[]),
        ];
        for (drug, until, expected) in cases {
            let facts = Facts { running: vec![running(drug, until)], ..facts() };
            assert_eq!(
                fired(&facts, &[tablet(AMLODIPINE.0, AMLODIPINE.1)], "duplicate"),
                expected,
                "{} {until}",
                drug.0
            );
        }
    }
}
