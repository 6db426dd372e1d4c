//! What has been found: without repetition, errors before warnings, bounded.
use super::{Finding, MAX_FINDINGS, Severity};
use std::collections::HashSet;

/// The findings of one validation.
#[derive(Default)]
pub(super) struct Findings {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    seen: HashSet<(String, String)>,
}

impl Findings {
    /// Adds one unless the same rule was reported at the same place.
    pub(super) fn add(&mut self, finding: Finding) {
        let list = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < MAX_FINDINGS && self.seen.insert((finding.rule.clone(), finding.location.clone())) {
            list.push(finding);
        }
    }

    /// How many errors there are.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// Whether no more errors are taken.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MAX_FINDINGS
    }

    /// Everything.
    pub(super) fn into_vec(mut self) -> Vec<Finding> {
        self.errors.append(&mut self.warnings);
        self.errors.truncate(MAX_FINDINGS);
        self.errors
    }
}
