//! Profiles as running code: what JP Core and JP-CLINS (5情報, 診療情報提供書, 退院時サマリー, 健診結果報告書, 患者サマリー) ask of
//! a resource beyond FHIR R4, and the rules that the sharing service publishes by number (R0211 … R9019O).
//!
//! A [`ProfileSet`] holds compiled profiles. It comes from the product's own compact rules ([`ProfileSet::own`], the
//! files in `data/`), which need nothing else, or from the official packages an operator loads ([`Package`]). Both
//! become the same tables and are walked by the same code; the numbered rules are Rust functions and apply with either.
//!
//! What is not judged: `mustSupport`, extensible and weaker bindings, value sets whose content is not at hand, and
//! profiles that no one named and the resource does not declare.

mod build;
mod definition;
mod document;
mod findings;
mod items;
mod level;
mod matching;
mod model;
mod names;
mod own;
mod package;
mod read;
mod rules;
mod set;
mod slices;
mod walk;
mod words;

pub use crate::validate::Severity;
pub use level::Level;
pub use package::{Package, PackageError};
pub use set::ProfileSet;

use karute_json::Value;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule: a number of the service (`R9011`), `Profile#element:kind` of a profile's rule
    /// (`JP_Condition_eCS#code.text:min`), or `R4:` and the issue type of the base definitions.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// FHIRPath of the place. A missing element is named itself.
    pub location: String,
    /// What is wrong, in Japanese. Contains no value of the record.
    pub message: String,
    /// How to mend it, in Japanese.
    pub remedy: String,
}

/// Most findings of one validation.
pub const MAX_FINDINGS: usize = 200;

/// Judges a resource, or a Bundle with all its entries, by FHIR R4, by the profiles that it and its parts declare in
/// `meta.profile` (with or without `|version`) as far as `set` knows them, by those that these demand in turn, and by
/// the numbered rules. Errors come first; at most [`MAX_FINDINGS`] are returned. An empty list means: nothing wrong.
///
/// Bounded work: a resource that needs more steps than any real one gives a finding that says so.
pub fn validate(resource: &Value<'_>, set: &ProfileSet) -> Vec<Finding> {
    validate_as(resource, set, &[])
}

/// Like [`validate`]; the resource is also judged by the profiles named (canonical URLs, with or without `|version`).
/// One that `set` does not know is a finding.
pub fn validate_as(resource: &Value<'_>, set: &ProfileSet, profiles: &[&str]) -> Vec<Finding> {
    walk::run(resource, set, profiles)
}

/// Whether nothing worse than a warning was found.
pub fn passes(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}
