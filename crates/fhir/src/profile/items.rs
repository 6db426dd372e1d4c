//! The FHIR識別名 of shared lab items (共有項目) and infections (感染症), release 1.10 to 1.12 of the guide.

/// Whether a name is one of them.
pub(super) fn is_item(name: &str, infection: bool) -> bool {
    let list = if infection { INFECTION } else { CORE };
    list.lines().any(|item| item == name)
}

const CORE: &str = include_str!("../../data/lab_core_items.txt");
const INFECTION: &str = include_str!("../../data/lab_infection_items.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_whole() {
        assert_eq!((CORE.lines().count(), INFECTION.lines().count()), (55, 38));
        assert!(is_item("HbA1c-NGSP", false) && !is_item("HbA1c-NGSP", true) && !is_item("", false));
    }
}
