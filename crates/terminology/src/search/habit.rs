//! The habits of the one who asks, by entry.
use super::index::Index;
use super::{Group, Habits};

/// Group and frequency of every entry that is no stranger, sorted by entry.
#[derive(Debug, Default)]
pub(crate) struct Known(Vec<(u32, Group, u32)>);

impl Known {
    /// Resolves the codes; `entries_of` gives the entries of a code.
    pub(crate) fn resolve<E: AsRef<[u32]>>(habits: &Habits<'_>, entries_of: impl Fn(&str) -> E) -> Known {
        let mut known: Vec<(u32, Group, u32)> = Vec::new();
        let mut note = |code: &str, group: Group, count: u32| {
            known.extend(entries_of(code).as_ref().iter().map(|entry| (*entry, group, count)));
        };
        habits.used_by_patient.into_iter().flatten().for_each(|(code, count)| note(code, Group::Patient, *count));
        habits.adopted.into_iter().flatten().for_each(|code| note(code, Group::Adopted, 0));
        habits.used_by_doctor.into_iter().flatten().for_each(|(code, count)| note(code, Group::Frequent, *count));
        known.retain(|(_, group, count)| *group == Group::Adopted || *count > 0);
        known.sort_unstable_by_key(|(entry, group, count)| (*entry, *group, std::cmp::Reverse(*count)));
        // The first heading counts; an adopted item is as frequent as its doctor uses it.
        known.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same && kept.1 == Group::Adopted {
                kept.2 = kept.2.max(next.2);
            }
            same
        });
        Known(known)
    }

    /// Heading and frequency of an entry.
    pub(crate) fn of(&self, entry: u32) -> (Group, u32) {
        let at = self.0.binary_search_by_key(&entry, |(entry, ..)| *entry).ok();
        at.and_then(|at| self.0.get(at)).map_or((Group::Other, 0), |(_, group, count)| (*group, *count))
    }

    /// All entries, sorted.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|(entry, ..)| *entry)
    }
}

/// Entries that have exactly this code.
pub(crate) fn by_code(index: &Index, code: &str) -> Vec<u32> {
    index.by_whole_code(&code.to_ascii_lowercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn the_nearest_habit_counts() {
        let adopted = HashSet::from(["1".to_owned(), "2".to_owned(), "3".to_owned()]);
        let patient = HashMap::from([("1".to_owned(), 4), ("9".to_owned(), 0)]);
        let doctor = HashMap::from([("1".to_owned(), 50), ("2".to_owned(), 7), ("4".to_owned(), 2)]);
        let habits = Habits {
            adopted: Some(&adopted),
            used_by_patient: Some(&patient),
            used_by_doctor: Some(&doctor),
            lab_sets: None,
        };
        let known = Known::resolve(&habits, |code| [code.parse::<u32>().unwrap()]);
        for (entry, expected) in [
            (1, (Group::Patient, 4)),
            (2, (Group::Adopted, 7)),
            (3, (Group::Adopted, 0)),
            (4, (Group::Frequent, 2)),
            (9, (Group::Other, 0)),
        ] {
            assert_eq!(known.of(entry), expected, "{entry}");
        }
        assert_eq!(known.entries().collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
