//! The tables of the checks: lines of tab-separated fields, written by us, part of the program.
use std::sync::LazyLock;

/// Lines of a table without remarks and empty lines, as fields.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = Fields> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| Fields(line.split('\t').collect()))
}

/// The fields of a line; a missing one reads as empty.
pub(super) struct Fields(Vec<&'static str>);

impl Fields {
    pub(super) fn text(&self, at: usize) -> &'static str {
        self.0.get(at).copied().unwrap_or_default().trim()
    }
    /// A number; `None` when the field is empty (the tests see to it that what stands there is a number).
    pub(super) fn number<T: std::str::FromStr>(&self, at: usize) -> Option<T> {
        self.text(at).parse().ok()
    }
    /// A list separated by commas.
    pub(super) fn list(&self, at: usize) -> Vec<&'static str> {
        self.text(at).split(',').filter(|part| !part.is_empty()).collect()
    }
}

/// All tables with their names, for the version and the tests.
pub(super) const ALL: [(&str, &str); 13] = [
    ("substances", include_str!("../../data/check/substances.tsv")),
    ("levels", include_str!("../../data/check/levels.tsv")),
    ("allergy-classes", include_str!("../../data/check/allergy-classes.tsv")),
    ("allergen-words", include_str!("../../data/check/allergen-words.tsv")),
    ("duplicate-classes", include_str!("../../data/check/duplicate-classes.tsv")),
    ("days", include_str!("../../data/check/days.tsv")),
    ("doses", include_str!("../../data/check/doses.tsv")),
    ("kidney", include_str!("../../data/check/kidney.tsv")),
    ("pregnancy", include_str!("../../data/check/pregnancy.tsv")),
    ("age", include_str!("../../data/check/age.tsv")),
    ("diseases", include_str!("../../data/check/diseases.tsv")),
    ("indications", include_str!("../../data/check/indications.tsv")),
    ("interactions", include_str!("../../data/check/interactions.tsv")),
];

/// Text of a table.
pub(super) fn text(name: &str) -> &'static str {
    ALL.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

/// Versions of the tables: name, `YYYY-MM-DD`. Shown in settings and kept with answers.
pub fn versions() -> &'static [(&'static str, &'static str)] {
    static FOUND: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let version = |text: &'static str| text.lines().find_map(|l| l.strip_prefix("# version ")).unwrap_or_default();
        ALL.iter().map(|(name, text)| (*name, version(text))).collect()
    });
    &FOUND
}

#[cfg(test)]
mod tests {
    use super::super::known::is_selector;
    use super::*;
    use rust_decimal::Decimal;

    #[test]
    fn every_table_names_its_version() {
        for (name, version) in versions() {
            assert!(version.parse::<karute_japan::Date>().is_ok(), "{name}: {version}");
        }
    }

    /// Per table: number of fields, fields that name drugs, fields that are numbers or empty.
    const SHAPES: [(&str, usize, &[usize], &[usize]); 8] = [
        ("allergen-words", 2, &[1], &[]),
        ("kidney", 7, &[0], &[2, 4]),
        ("pregnancy", 3, &[0], &[]),
        ("age", 7, &[0], &[2, 4]),
        ("diseases", 4, &[0], &[]),
        ("indications", 4, &[0], &[]),
        ("interactions", 4, &[0, 1], &[]),
        ("doses", 9, &[], &[2, 3, 4, 5, 6, 7, 8]),
    ];

    #[test]
    fn every_line_has_its_fields_and_names_only_drugs_that_are_known() {
        for (name, width, drugs, numbers) in SHAPES {
            for fields in lines(text(name)) {
                let line = fields.0.join(" | ");
                assert_eq!(fields.0.len(), width, "{name}: {line}");
                for at in drugs {
                    assert!(is_selector(fields.text(*at)), "{name}: no such drug or group in {line}");
                }
                for at in numbers {
                    let field = fields.text(*at);
                    assert!(field.is_empty() || field.parse::<Decimal>().is_ok(), "{name}: no number in {line}");
                }
            }
        }
        for name in ["allergy-classes", "duplicate-classes"] {
            for fields in lines(text(name)) {
                assert!(is_selector(&format!("@{}", fields.text(0))), "{name}: no such group {}", fields.text(0));
            }
        }
    }
}
