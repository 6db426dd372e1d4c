//! Rules that hold whenever some member is there, or is not: most objects need no evaluation at all.
use crate::model::{Invariant, TypeDef};

/// Slots that decide a rule. `start.empty() or …` holds where `start` is absent, `name.exists() or …` where `name` is
/// present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shortcut {
    holds_if_absent: u128,
    holds_if_present: u128,
}

impl Shortcut {
    /// Reads it off the text of the rule.
    pub(super) fn of(invariant: &Invariant, definition: &TypeDef) -> Shortcut {
        let mut shortcut = Shortcut::default();
        let slot = |name: &str| {
            let element = definition.elements().iter().find(|e| e.path_name() == name);
            element.map_or(0, |e| 1_u128 << e.slot)
        };
        // A rule about each item of a member sees other members than the type has.
        if !invariant.element.is_empty() {
            return shortcut;
        }
        if let Some((premise, conclusion)) = invariant.expression.split_once(" implies ") {
            // `implies` binds weakest, so the whole premise stands before the only one.
            if let Some(name) = premise.strip_suffix(".exists()").filter(|_| !conclusion.contains(" implies ")) {
                shortcut.holds_if_absent |= slot(name);
            }
            return shortcut;
        }
        for alternative in alternatives(invariant.expression) {
            if let Some(name) =
                alternative.strip_suffix(".empty()").or_else(|| alternative.strip_suffix(".hasValue().not()"))
            {
                shortcut.holds_if_absent |= slot(name);
            } else if let Some(name) = alternative.strip_suffix(".exists()") {
                shortcut.holds_if_present |= slot(name);
            }
        }
        shortcut
    }

    /// Whether the rule certainly holds for an object with these slots filled.
    pub(super) fn decides(self, filled: u128) -> bool {
        self.holds_if_absent & !filled != 0 || self.holds_if_present & filled != 0
    }
}

/// The operands of the outermost `or`s; none when another operator of the same rank is there.
fn alternatives(expression: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut quoted, mut start) = (Vec::new(), 0_u32, false, 0);
    for (at, c) in expression.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && expression[at..].starts_with(" xor ") => return Vec::new(),
            ' ' if depth == 0 && expression[at..].starts_with(" or ") => {
                parts.push(&expression[start..at]);
                start = at + " or ".len();
            }
            _ => {}
        }
    }
    parts.push(&expression[start..]);
    parts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ResourceType;
    use crate::model::Element;

    /// Which of the named members decide the rule, and whether by absence.
    fn shortcut(expression: &'static str) -> (Vec<&'static str>, Vec<&'static str>) {
        let definition = ResourceType::parse("Observation").unwrap().type_id().definition();
        let invariant = crate::model::invariant("x", true, "", expression);
        let Shortcut { holds_if_absent, holds_if_present } = Shortcut::of(&invariant, definition);
        let names = |mask: u128| {
            let mut names: Vec<&str> =
                definition.elements().iter().filter(|e| mask >> e.slot & 1 == 1).map(Element::path_name).collect();
            names.dedup();
            names
        };
        (names(holds_if_absent), names(holds_if_present))
    }

    #[test]
    fn only_whole_alternatives_decide() {
        let none = (vec![], vec![]);
        for (expression, expected) in [
            ("value.empty() or status.exists()", (vec!["value"], vec!["status"])),
            ("issued.hasValue().not() or (issued > 1)", (vec!["issued"], vec![])),
            ("note.exists() implies (method.exists() or device.exists())", (vec!["note"], vec![])),
            ("note.exists() or method.exists() implies device.exists()", none.clone()),
            ("note.exists() implies method.exists() implies device.exists()", none.clone()),
            ("note.empty() and method.empty()", none.clone()),
            ("note.empty() or method.empty() and device.empty()", (vec!["note"], vec![])),
            ("note.empty() or method.empty() xor device.empty()", none.clone()),
            ("(note.empty() or method.empty()).not()", none.clone()),
            ("note.text.empty() or code.coding.exists()", none.clone()),
            ("method = 'a or note.empty() or ' ", none.clone()),
            ("elsewhere.empty()", none),
        ] {
            assert_eq!(shortcut(expression), expected, "{expression}");
        }
    }
}
