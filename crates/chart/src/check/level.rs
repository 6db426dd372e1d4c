//! The level of each rule, from the versioned table (ux §9: level is set by content experts).
use super::table::{lines, text};
use super::{Level, RuleId};
use std::collections::HashMap;
use std::sync::LazyLock;

static LEVELS: LazyLock<HashMap<RuleId, Level>> = LazyLock::new(|| {
    let row = |f: super::table::Fields| Some((RuleId::parse(f.text(0))?, f.number(1).and_then(Level::from_number)?));
    lines(text("levels")).filter_map(row).collect()
});

/// The level of a rule. The table names every rule (a test sees to it); were one missing, it would need a decision.
pub(super) fn of(rule: RuleId) -> Level {
    LEVELS.get(&rule).copied().unwrap_or(Level::Decide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_sets_a_level_for_every_rule_and_for_nothing_else() {
        assert_eq!(LEVELS.len(), RuleId::ALL.len());
        assert_eq!(lines(text("levels")).count(), RuleId::ALL.len());
        for rule in RuleId::ALL {
            assert!(LEVELS.contains_key(&rule), "{rule:?}");
            assert_eq!(RuleId::parse(rule.code()), Some(rule));
        }
    }

    #[test]
    fn the_stops_are_those_of_the_design() {
        for rule in
            [RuleId::AllergyIngredient, RuleId::InteractionForbidden, RuleId::PregnancyForbidden, RuleId::DoseExcessive]
        {
            assert_eq!(of(rule), Level::Stop, "{rule:?}");
        }
    }
}
