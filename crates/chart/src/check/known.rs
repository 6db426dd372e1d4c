//! What a drug contains and to which groups it belongs, by its code.
use super::code::{DrugCode, Route};
use super::table::{lines, text};
use std::collections::HashMap;
use std::sync::LazyLock;

struct Entry {
    substance: &'static str,
    groups: Vec<&'static str>,
}

static BY_CODE: LazyLock<HashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Vec<Entry>> = HashMap::new();
    for fields in lines(text("substances")) {
        let entry = Entry { substance: fields.text(1), groups: fields.list(2) };
        found.entry(fields.text(0)).or_default().push(entry);
    }
    found
});

/// What a drug is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Ingredients by the names of the table; the seven digits of the code where the table does not have it.
    pub(super) substances: Vec<&'static str>,
    /// Groups.
    pub(super) groups: Vec<&'static str>,
    /// It acts where it is applied (eye drops, ointment, plaster): what is said of the body does not hold.
    pub(super) topical: bool,
}

impl Known {
    /// Of a code; empty for a drug that the tables do not have.
    pub(super) fn of(code: &DrugCode) -> Known {
        let mut known = Known { topical: is_topical(code), ..Known::default() };
        for entry in BY_CODE.get(code.ingredient()).into_iter().flatten() {
            known.substances.push(entry.substance);
            known.groups.extend(entry.groups.iter().copied().filter(|g| !g.is_empty()));
        }
        known
    }
    /// Whether a selector of the tables (`ロキソプロフェン`, `@NSAIDs`) means it, as far as the body is concerned.
    pub(super) fn is(&self, selector: &str) -> bool {
        match selector.strip_prefix('@') {
            Some(group) => self.groups.contains(&group),
            None => !self.topical && self.substances.contains(&selector),
        }
    }
    /// Whether it belongs to a group, applied locally or not: an allergy does not care.
    pub(super) fn belongs(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g.strip_suffix("外用").unwrap_or(g) == group)
    }
}

/// Eye and ear drops, skin, teeth, urogenital: 薬効分類 12, 13, 25, 26, 27 with a route from outside.
fn is_topical(code: &DrugCode) -> bool {
    code.route() == Route::External && ["12", "13", "25", "26", "27"].iter().any(|class| code.is(class))
}

#[cfg(test)]
/// Whether the table of substances has this ingredient or group.
pub(super) fn is_selector(selector: &str) -> bool {
    let mut entries = BY_CODE.values().flatten();
    match selector.strip_prefix('@') {
        Some(group) => entries.any(|e| e.groups.contains(&group)),
        None => entries.any(|e| e.substance == selector),
    }
}

/// Ingredients whose name stands in a text that a person wrote.
pub(super) fn substances_in(words: &str) -> Vec<&'static str> {
    let mut found: Vec<&str> = BY_CODE
        .values()
        .flatten()
        .map(|e| e.substance)
        .filter(|s| s.chars().count() > 2 && words.contains(s))
        .collect();
    found.sort_unstable();
    found.dedup();
    // 「デスロラタジン」 holds 「ロラタジン」: the longer name is meant.
    let all = found.clone();
    found.retain(|s| !all.iter().any(|other| other != s && other.contains(s)));
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn known(code: &str) -> Known {
        Known::of(&DrugCode::parse(code).unwrap())
    }

    #[test]
    fn drugs_are_known_by_their_ingredients_and_groups() {
        for (code, selector, expected) in [
            ("2171022F2025", "アムロジピン", true),
            ("2149114F1020", "@ARB", true),
            ("2149114F1020", "@Ca拮抗薬", true),
            ("1149019F1560", "@NSAIDs", true),
            ("2649735S3020", "@NSAIDs", false),
            ("2649735S3020", "@NSAIDs外用", true),
            ("2649735S3020", "ロキソプロフェン", false),
            ("1147700J2061", "@NSAIDs", true),
            ("1319742Q1020", "@フルオロキノロン系", false),
            ("2190041F2023", "@ARB", false),
            ("3969102F1020", "ボグリボース", true),
            ("9999999F1020", "@ARB", false),
        ] {
            assert_eq!(known(code).is(selector), expected, "{code} {selector}");
        }
        assert!(known("2649735S3020").belongs("NSAIDs"));
    }

    #[test]
    fn names_are_found_in_words() {
        for (words, expected) in [
            ("デスロラタジンで発疹", vec!["デスロラタジン"]),
            ("アモキシシリン・クラリスロマイシン", vec!["アモキシシリン", "クラリスロマイシン"]),
            ("そば", vec![]),
        ] {
            assert_eq!(substances_in(words), expected);
        }
    }
}
