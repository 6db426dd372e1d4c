//! All codes of a system in order, for value sets: counted, paged, filtered by words.
use super::index::Index;
use super::{Concept, Mapping};
use crate::CodeSystem;
use karute_japan::{Date, search_key};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The codes of each system, made when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Listings {
    made: Mutex<BTreeMap<CodeSystem, Arc<Listing>>>,
}

/// The codes of a system.
#[derive(Debug, Default)]
struct Listing {
    /// Facet and position of the first entry of each code, in the order of the codes.
    places: Vec<(u16, u32)>,
    /// What is searched of each code.
    keys: OnceLock<Vec<Box<str>>>,
}

/// A page of the codes of a system.
#[derive(Clone, Debug, Default)]
pub struct Listed<'m> {
    /// The page.
    pub concepts: Vec<Concept<'m>>,
    /// All that fit, on every page.
    pub total: usize,
}

impl Listings {
    fn of(&self, mapping: &Mapping, system: CodeSystem) -> Arc<Listing> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&system).cloned();
        made.unwrap_or_else(|| {
            let listing = Arc::new(Listing::of(mapping, system));
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(system).or_insert(listing))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = |l: &Listing| l.keys.get().map_or(0, |keys| keys.iter().map(|k| k.len() + 16).sum());
        made.values().map(|l| l.places.len() * size_of::<(u16, u32)>() + keys(l)).sum()
    }
}

impl Listing {
    fn of(mapping: &Mapping, system: CodeSystem) -> Listing {
        let mut codes = Vec::new();
        for (number, _) in Index::facets(system).filter(|(_, facet)| facet.defines) {
            for at in 0..mapping.index.len(number) {
                if let Some((code, _)) = mapping.index.entry(number, at) {
                    codes.push((
                        code,
                        (u16::try_from(number).unwrap_or(u16::MAX), u32::try_from(at).unwrap_or(u32::MAX)),
                    ));
                }
            }
        }
        codes.sort_unstable();
        codes.dedup_by(|later, first| later.0 == first.0);
        Listing { places: codes.into_iter().map(|(_, place)| place).collect(), keys: OnceLock::new() }
    }

    fn keys(&self, mapping: &Mapping, system: CodeSystem) -> &[Box<str>] {
        self.keys.get_or_init(|| {
            let key = |place: &(u16, u32)| {
                let first = mapping.index.entry(place.0.into(), place.1 as usize);
                let newest =
                    first.and_then(|(code, _)| Some((mapping.index.hits(place.0.into(), &code).last()?, code)));
                let Some((hit, code)) = newest else { return Box::from("") };
                let facet = hit.facet;
                let columns = facet.display.iter().chain(facet.kana.as_ref()).chain(facet.names);
                let words: Vec<String> = columns.map(|c| search_key(hit.record.get(*c))).collect();
                format!("{}\n{}", words.join("\n"), system.outer(&code).to_ascii_lowercase()).into()
            };
            self.places.iter().map(key).collect()
        })
    }
}

impl Mapping {
    /// The codes of a system in order, those of `offset` and after it, `count` at most. With `active_only`, only what
    /// can be used on that day. `filter` is words that must all stand in the names, the kana or the code, compared as
    /// searches are; codes that begin with the first word come first.
    pub fn list(
        &self,
        system: CodeSystem,
        day: Date,
        active_only: bool,
        filter: &str,
        offset: usize,
        count: usize,
    ) -> Listed<'_> {
        let length = self.listings.of(self, system).places.len();
        let all: Vec<u32> = (0..u32::try_from(length).unwrap_or(u32::MAX)).collect();
        self.page(system, day, active_only, &self.fitting(system, filter, &all), offset, count)
    }

    /// The codes of a system in order, as the system writes them.
    pub(crate) fn codes(&self, system: CodeSystem) -> Vec<String> {
        let listing = self.listings.of(self, system);
        let places = listing.places.iter();
        places.map(|place| self.code_at(*place).map_or_else(String::new, |code| system.outer(&code))).collect()
    }

    /// The inner codes of a system that can be used on a day.
    pub(super) fn active_codes(&self, system: CodeSystem, day: Date) -> Vec<String> {
        let listing = self.listings.of(self, system);
        let codes = listing.places.iter().filter_map(|place| self.code_at(*place));
        codes.filter(|code| self.is_active(system, code, day)).collect()
    }

    /// Those of the places in which all words of the filter stand; codes that begin with the first word come first.
    pub(crate) fn fitting(&self, system: CodeSystem, filter: &str, places: &[u32]) -> Vec<u32> {
        let words: Vec<String> = filter.split_whitespace().take(8).map(search_key).collect();
        let Some(head) = words.first() else { return places.to_vec() };
        let listing = self.listings.of(self, system);
        let keys = listing.keys(self, system);
        let mut found: Vec<(bool, u32)> = Vec::new();
        for (at, key) in places.iter().filter_map(|at| Some((*at, keys.get(*at as usize)?))) {
            if words.iter().all(|word| key.contains(word.as_str())) {
                found.push((!key.split('\n').any(|name| name.starts_with(head.as_str())), at));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// A page of the codes at these places; the total counts what can be used on that day where that is asked for.
    pub(crate) fn page(
        &self,
        system: CodeSystem,
        day: Date,
        active_only: bool,
        places: &[u32],
        offset: usize,
        count: usize,
    ) -> Listed<'_> {
        let listing = self.listings.of(self, system);
        let code = |at: u32| self.code_at(*listing.places.get(at as usize)?);
        let counts = |at: &u32| !active_only || code(*at).is_some_and(|code| self.is_active(system, &code, day));
        let found: Vec<u32> = places.iter().copied().filter(counts).collect();
        let page = found.iter().skip(offset).take(count).filter_map(|at| code(*at));
        let concepts = page.filter_map(|code| self.concept(system, &system.outer(&code), day)).collect();
        Listed { concepts, total: found.len() }
    }

    fn code_at(&self, place: (u16, u32)) -> Option<String> {
        self.index.entry(place.0.into(), place.1 as usize).map(|(code, _)| code.to_string())
    }

    /// Whether a code can be used for something new on that day. `code` is an inner one.
    pub(super) fn is_active(&self, system: CodeSystem, code: &str, day: Date) -> bool {
        Index::facets(system)
            .filter(|(_, facet)| facet.defines)
            .any(|(number, _)| self.index.hits(number, code).any(|hit| hit.record.is_usable(day)))
    }
}
