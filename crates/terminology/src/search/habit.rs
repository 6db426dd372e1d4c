//! The habits of the one who asks, by entry.
use super::index::Index;
use super::{Group, Habits};
use crate::search::fold::fold;
use std::collections::HashMap;

/// Group and frequency of every entry that is no stranger.
pub(crate) type Known = HashMap<u32, (Group, u32)>;

/// Resolves the codes; `entries_of` gives the entries of a code.
pub(crate) fn resolve(habits: &Habits<'_>, entries_of: impl Fn(&str) -> Vec<u32>) -> Known {
    let mut known = Known::new();
    for code in habits.codes() {
        let (group, frequency) = habits.group(code);
        for entry in entries_of(code) {
            let slot = known.entry(entry).or_insert((group, frequency));
            *slot = match slot.0.cmp(&group) {
                std::cmp::Ordering::Less => *slot,
                std::cmp::Ordering::Equal => (group, slot.1.max(frequency)),
                std::cmp::Ordering::Greater => (group, frequency),
            };
        }
    }
    known
}

/// Entries that have exactly this code.
pub(crate) fn by_code(index: &Index, code: &str) -> Vec<u32> {
    index.by_whole_code(&fold(code))
}
