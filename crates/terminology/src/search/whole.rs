//! Everything that matches, best first, for value sets: the same words, readings and order as a search as typed, without
//! habits, without a limit and without the rule that few characters find little.
use super::Domain;
use super::Group;
use super::habit::Known;
use super::index::{Index, number};
use super::order::{Placed, best};
use super::query::{Word, run, words};
use crate::Catalogue;
use karute_japan::Date;

impl Catalogue {
    /// The index of a domain.
    pub(crate) fn index(&self, domain: Domain) -> &Index {
        match domain {
            Domain::Drug => &self.drugs.index,
            Domain::Disease => &self.diseases.index,
            Domain::Lab => &self.labs.index,
            Domain::Usage => &self.usages.index,
            Domain::Act => &self.acts.index,
            Domain::Allergen => &self.allergens.index,
        }
    }

    /// Entries of the index of a domain in which every word is found, best first; `None` where nothing was typed that
    /// can be looked for. `only_live`: those offered on that day.
    pub(crate) fn matching(&self, domain: Domain, text: &str, day: Date, only_live: bool) -> Option<Vec<u32>> {
        let (index, day) = (self.index(domain), number(day));
        let texts = words(text, domain == Domain::Drug);
        let read = |word: &String| match domain {
            Domain::Drug => Word::read(word, domain).with_skeleton(index),
            Domain::Disease => Word::read_disease(word),
            _ => Word::read(word, domain),
        };
        let words: Vec<Word> = texts.iter().map(read).collect();
        if words.is_empty() {
            return None;
        }
        let found = run(index, &words, &Known::default(), usize::MAX, |entry| !only_live || index.is_live(entry, day));
        let placed = found.hits.into_iter().map(|hit| Placed::new(index, hit, Group::Other, 0));
        Some(best(placed.collect(), usize::MAX).iter().map(|placed| placed.hit.entry).collect())
    }
}
