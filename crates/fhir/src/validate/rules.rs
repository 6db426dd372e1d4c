//! The invariants of the definitions, evaluated as FHIRPath on every object of their type, unless a glance at which
//! members are there decides them.
use super::container::Container;
use super::location::Location;
use super::shortcut::Shortcut;
use super::walk::Walk;
use super::{Severity, rule_text};
use crate::generated::{INVARIANTS, TYPES};
use crate::model::{Invariant, TypeDef, TypeId};
use crate::path::{Expression, Node, Scope};
use karute_json::{Object, Value};
use std::sync::LazyLock;

/// A parsed invariant.
struct Rule {
    expression: Expression,
    shortcut: Shortcut,
}

/// Every invariant, parsed once, in the order of the table. A test sees to it that none is `None`.
static RULES: LazyLock<Vec<Option<Rule>>> = LazyLock::new(|| {
    let mut rules: Vec<Option<Rule>> = INVARIANTS.iter().map(|_| None).collect();
    for definition in &TYPES {
        for (invariant, place) in definition.invariants().iter().zip(definition.first_invariant()..) {
            let shortcut = Shortcut::of(invariant, definition);
            if let (Some(rule), Ok(expression)) = (rules.get_mut(place), Expression::parse(invariant.expression)) {
                *rule = Some(Rule { expression, shortcut });
            }
        }
    }
    rules
});

/// Comparisons of values that may be partly known (`2026` and `2026-11-22`; different units): where they cannot be
/// decided, nothing is wrong. Any other rule must come out true.
const MAY_BE_UNDECIDED: &[&str] = &["per-1", "rng-2", "mdd-1", "inv-1"];

/// Rules about how well a definition is written, not about a patient's record: published packages leave out the prose
/// these ask for, and refusing such a package would help nobody. They give warnings.
const AUTHORING_RULES: &[&str] = &["sdf-3"];

/// Rules one validation may fail to decide before it leaves the rest: each has cost as much as a hundred resources.
const MAX_UNDECIDED: u32 = 16;
const TOO_LARGE: &str = "大きすぎて規則を確かめきれませんでした。分けて送ってください";

impl Walk {
    /// Checks the rules of an object's type.
    pub(super) fn rules(
        &mut self,
        value: &Value<'_>,
        object: &Object<'_>,
        type_id: TypeId,
        filled: u128,
        at: &Location<'_>,
        container: &Container<'_>,
    ) {
        let definition = type_id.definition();
        for (offset, rule) in definition.invariants().iter().enumerate() {
            let Some(Some(Rule { expression, shortcut })) = RULES.get(definition.first_invariant() + offset) else {
                continue;
            };
            if shortcut.decides(filled) || self.undecided >= MAX_UNDECIDED {
                continue;
            }
            if rule.element.is_empty() {
                let context = Node::element(Some(value), None, Some(type_id));
                self.rule(rule, expression, &container.scope(context), definition, at);
                continue;
            }
            for element in definition.elements().iter().filter(|e| e.path_name() == rule.element) {
                let Some(member) = object.get(element.name()) else { continue };
                let here = at.member(element.path_name());
                let context = |item| container.scope(Node::element(Some(item), None, Some(element.type_id())));
                match member {
                    Value::Array(items) => {
                        for (index, item) in items.iter().enumerate() {
                            self.rule(rule, expression, &context(item), definition, &here.item(index));
                        }
                    }
                    item => self.rule(rule, expression, &context(item), definition, &here),
                }
            }
        }
    }

    fn rule<'v>(
        &mut self,
        rule: &Invariant,
        expression: &'v Expression,
        scope: &Scope<'v>,
        definition: &TypeDef,
        at: &Location<'_>,
    ) {
        let holds = match expression.test(scope) {
            Ok(Some(holds)) => holds,
            Ok(None) => MAY_BE_UNDECIDED.contains(&rule.key),
            Err(_) => {
                self.undecided += 1;
                // What would not be looked at any more is refused.
                let last = self.undecided >= MAX_UNDECIDED;
                let severity = if last { Severity::Error } else { Severity::Warning };
                return self.add(severity, "invariant", at, &format!("{TOO_LARGE} (規則 {})。", rule.key));
            }
        };
        if !holds {
            let refused = rule.error && !AUTHORING_RULES.contains(&rule.key);
            let severity = if refused { Severity::Error } else { Severity::Warning };
            let text = rule_text::of(definition.name, rule.key).unwrap_or("FHIR R4 の規則を満たしていません。");
            let text = text.trim_end_matches('。');
            self.add(severity, "invariant", at, &format!("{text} (規則 {})。", rule.key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invariant_can_be_parsed() {
        assert_eq!(RULES.len(), INVARIANTS.len());
        for (invariant, rule) in INVARIANTS.iter().zip(RULES.iter()) {
            assert!(rule.is_some(), "{} {}", invariant.key, invariant.expression);
        }
        assert!(INVARIANTS.len() > 200);
    }
}
