//! The invariants of the definitions, evaluated as FHIRPath on every object of their type.
use super::container::Container;
use super::location::Location;
use super::walk::Walk;
use super::{Severity, rule_text};
use crate::generated::INVARIANTS;
use crate::model::{Invariant, TypeDef, TypeId};
use crate::path::{Expression, Node, Scope};
use karute_json::{Object, Value};
use std::sync::LazyLock;

/// Every invariant, parsed once, in the order of the table. A test sees to it that none is `None`.
static RULES: LazyLock<Vec<Option<Expression>>> =
    LazyLock::new(|| INVARIANTS.iter().map(|i| Expression::parse(i.expression).ok()).collect());

/// Comparisons of values that may be partly known (`2026` and `2026-11-22`; different units): where they cannot be
/// decided, nothing is wrong. Any other rule must come out true.
const MAY_BE_UNDECIDED: &[&str] = &["per-1", "rng-2", "mdd-1", "inv-1"];

impl Walk {
    /// Checks the rules of an object's type.
    pub(super) fn rules(
        &mut self,
        value: &Value<'_>,
        object: &Object<'_>,
        type_id: TypeId,
        at: &Location<'_>,
        container: &Container<'_>,
    ) {
        let definition = type_id.definition();
        let (Some(root), Some(resource)) = (container.root, container.resource()) else { return };
        for (offset, rule) in definition.invariants().iter().enumerate() {
            let Some(Some(expression)) = RULES.get(definition.first_invariant() + offset) else { continue };
            let scope = |context| Scope { root: Node::new(root), resource: Node::new(resource), context };
            if rule.element.is_empty() {
                let context = Node::element(Some(value), None, Some(type_id));
                self.rule(rule, expression, &scope(context), definition, at);
                continue;
            }
            for element in definition.elements().iter().filter(|e| e.path_name() == rule.element) {
                let Some(member) = object.get(element.name()) else { continue };
                let here = at.member(element.path_name());
                let context = |item| scope(Node::element(Some(item), None, Some(element.type_id())));
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
            // Too large to be decided within the budget.
            Err(_) => true,
        };
        if !holds {
            let severity = if rule.error { Severity::Error } else { Severity::Warning };
            let text = rule_text::of(definition.name, rule.key).unwrap_or("FHIR R4 の規則を満たしていません。");
            self.add(severity, "invariant", at, &format!("{text}規則 {} に従って直してください。", rule.key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invariant_can_be_parsed() {
        for (invariant, rule) in INVARIANTS.iter().zip(RULES.iter()) {
            assert!(rule.is_some(), "{} {}", invariant.key, invariant.expression);
        }
        assert!(INVARIANTS.len() > 200);
    }
}
