//! Safety checks of prescriptions (ux §9): pure rules over what is known of the patient and the lines being written.
//!
//! [`findings`] is the door. Each rule is a file with its source; what the rules know of drugs stands in tables of data
//! (`crates/chart/data/check/*.tsv`) with a version and the words of their source. The tables are this product's own
//! summary of 添付文書 and must be reviewed by a pharmacist before they are relied on.

mod code;
mod facts;
mod finding;
mod line;

pub use code::{DrugCode, Route};
pub use facts::{Allergen, Answer, Diagnosis, Facts, Measured, Pregnancy};
pub use finding::{Exit, Finding, Level, REASONS, RuleId, Side};
pub use line::{Amount, Line};

/// What the rules find about `lines`, gravest first, in the order of the lines within a level.
pub fn findings(facts: &Facts, lines: &[Line]) -> Vec<Finding> {
    let _ = (facts, lines);
    Vec::new()
}
