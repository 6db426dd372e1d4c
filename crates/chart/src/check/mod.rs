//! Safety checks of prescriptions (ux §9): pure rules over what is known of the patient and the lines being written.
//!
//! [`findings`] is the door. Each rule is a file with its source; what the rules know of drugs stands in tables of data
//! (`crates/chart/data/check/*.tsv`) with a version and the words of their source. The tables are this product's own
//! summary of 添付文書 and must be reviewed by a pharmacist before they are relied on.

mod answer;
mod code;
mod facts;
mod finding;
mod known;
mod level;
mod line;
mod read;
mod rule;
mod strength;
mod table;

pub use answer::{ANSWER_DAYS, ANSWER_SYSTEM, answered};
pub use code::{DrugCode, Route};
pub use facts::{Allergen, Answer, Diagnosis, Facts, Measured, Pregnancy};
pub use finding::{Exit, Finding, Level, REASONS, RuleId, Side};
pub use line::{Amount, Line};
pub use read::facts;
pub use rule::days::days_limit;
pub use rule::indication::explained;
pub use rule::kidney::creatinine_clearance;
pub use strength::strength;
pub use table::versions;

use rule::{
    Checked, age, allergy, days, disease, dose, duplicate, indication, interaction, kidney, not_checked, pregnancy,
};

/// What the rules find about `lines`: gravest first, in the order of the lines within a level. Findings that were
/// answered within [`ANSWER_DAYS`] carry their answer and are not open.
pub fn findings(facts: &Facts, lines: &[Line]) -> Vec<Finding> {
    let checked: Vec<Checked<'_>> = lines.iter().map(Checked::of).collect();
    let mut found = allergy::find(facts, &checked);
    found.extend(interaction::find(facts, &checked));
    found.extend(duplicate::find(facts, &checked));
    found.extend(dose::find(facts, &checked));
    for one in &checked {
        found.extend(not_checked(one.line));
        found.extend(days::find(facts, one));
        found.extend(kidney::find(facts, one));
        found.extend(pregnancy::find(facts, one));
        found.extend(age::find(facts, one));
        found.extend(disease::find(facts, one));
        found.extend(indication::find(facts, one));
    }
    let place = |finding: &Finding| lines.iter().position(|l| l.key == finding.line);
    found.sort_by_key(|f| (f.level, place(f)));
    for finding in &mut found {
        finding.answered = answered(&facts.answers, &finding.key, facts.day).cloned();
    }
    found
}
