//! Structural validation against the R4 definitions.
//!
//! One walk over the tree, driven by the element tables: unknown elements, cardinality, JSON types, forms of
//! primitive values, choices, siblings of primitives, required bindings, references, contained resources, narrative;
//! then the invariants of every object that is structurally sound. Stateless; the same tables for every tenant.

mod binding;
mod container;
#[cfg(test)]
mod every_type;
mod format;
mod location;
mod message;
mod primitive;
mod reference;
mod rule_text;
mod rules;
mod shortcut;
mod walk;
mod xhtml;

pub(crate) use location::Location;

use karute_json::Value;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The resource is refused.
    Error,
    /// Worth mending; the resource is accepted.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// FHIR issue type: `structure`, `required`, `value`, `invariant`, `code-invalid`, `invalid`.
    pub code: &'static str,
    /// FHIRPath of the place, for example `Patient.contact[0].name`. A missing element is named itself.
    pub expression: String,
    /// What is wrong and what to do, in Japanese. Contains no value of the record.
    pub message: String,
}

/// Most findings of one validation.
pub const MAX_FINDINGS: usize = 100;

/// Validates a resource (or a Bundle with all its entries). An empty list means valid.
/// At most [`MAX_FINDINGS`] findings are returned, errors before warnings.
pub fn validate(resource: &Value<'_>) -> Vec<Finding> {
    let mut walk = walk::Walk::default();
    walk.root(resource);
    walk.into_findings()
}
