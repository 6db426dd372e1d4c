//! The codes of a system that match what was typed: found and ordered by the search, told apart and paged as codes.
use crate::mapping::Listed;
use crate::search::fold::fold;
use crate::{CodeSystem, Domain, Masters};
use karute_japan::Date;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Which codes of a system the entries of the search have; made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Links {
    made: Mutex<BTreeMap<CodeSystem, Arc<Link>>>,
}

#[derive(Debug, Default)]
struct Link {
    /// Entry of the index and place of the code in the order of the codes, sorted.
    of_entry: Vec<(u32, u32)>,
    /// Places of the codes that no entry has.
    outside: Vec<u32>,
}

impl Link {
    fn of(masters: &Masters, system: CodeSystem, domain: Domain) -> Link {
        let index = masters.catalogue().index(domain);
        let mut link = Link::default();
        for (at, code) in (0..).zip(masters.mapping().codes(system)) {
            let entries = index.by_whole_code(&fold(&code));
            if entries.is_empty() {
                link.outside.push(at);
            }
            link.of_entry.extend(entries.into_iter().map(|entry| (entry, at)));
        }
        link.of_entry.sort_unstable();
        link
    }

    fn codes_of(&self, entry: u32) -> impl Iterator<Item = u32> {
        let first = self.of_entry.partition_point(|(other, _)| *other < entry);
        let rest = self.of_entry.get(first..).unwrap_or_default();
        rest.iter().take_while(move |(other, _)| *other == entry).map(|(_, at)| *at)
    }
}

impl Masters {
    /// The codes of a system that match a filter, best first, those of `offset` and after it, `count` at most. The words
    /// mean what they mean to whoever types them: kana, ローマ字, abbreviations, numbers. The order depends on nothing but
    /// the masters, the filter and the day, so that pages fit each other, and the total is exact. Without a filter all
    /// codes in their order. Codes the search does not know (of systems nobody searches in) are matched by their words.
    pub fn expand(
        &self,
        system: CodeSystem,
        day: Date,
        active_only: bool,
        filter: &str,
        offset: usize,
        count: usize,
    ) -> Listed<'_> {
        let mapping = self.mapping();
        let found = domain_of(system)
            .and_then(|domain| Some((domain, self.catalogue().matching(domain, filter, day, active_only)?)));
        let Some((domain, entries)) = found else {
            return mapping.list(system, day, active_only, filter, offset, count);
        };
        let link = self.link(system, domain);
        let mut seen = HashSet::new();
        let mut places: Vec<u32> = Vec::new();
        for entry in entries {
            places.extend(link.codes_of(entry).filter(|at| seen.insert(*at)));
        }
        places.extend(mapping.fitting(system, filter, &link.outside));
        mapping.page(system, day, active_only, &places, offset, count)
    }

    fn link(&self, system: CodeSystem, domain: Domain) -> Arc<Link> {
        let made = self.links.made.lock().unwrap_or_else(PoisonError::into_inner).get(&system).cloned();
        made.unwrap_or_else(|| {
            let link = Arc::new(Link::of(self, system, domain));
            let mut made = self.links.made.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(system).or_insert(link))
        })
    }
}

/// Where people look for what the codes of a system mean.
fn domain_of(system: CodeSystem) -> Option<Domain> {
    use CodeSystem as S;
    match system {
        S::Yj | S::NhiDrug | S::ReceiptDrug | S::Hot9 => Some(Domain::Drug),
        S::DiseaseKey | S::ReceiptDisease => Some(Domain::Disease),
        S::Jlac10 | S::Jlac11 | S::ClinsItem | S::ClinsCore10 | S::ClinsInfection10 => Some(Domain::Lab),
        S::Usage | S::EPrescriptionUsage => Some(Domain::Usage),
        S::Act => Some(Domain::Act),
        S::FoodAllergen | S::OtherAllergen => Some(Domain::Allergen),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SYSTEMS: [CodeSystem; 12] = {
        use CodeSystem as S;
        [
            S::Yj,
            S::NhiDrug,
            S::ReceiptDrug,
            S::DiseaseKey,
            S::ReceiptDisease,
            S::Jlac10,
            S::Jlac11,
            S::ClinsCore10,
            S::Usage,
            S::Act,
            S::FoodAllergen,
            S::Icd10,
        ]
    };

    fn codes(masters: &Masters, system: CodeSystem, filter: &str, offset: usize, count: usize) -> (Vec<String>, usize) {
        let listed = masters.expand(system, "2026-11-20".parse().unwrap(), true, filter, offset, count);
        (listed.concepts.into_iter().map(|concept| concept.code).collect(), listed.total)
    }

    #[test]
    fn pages_fit_each_other_and_the_total_is_exact() {
        let masters = Masters::starter();
        for system in SYSTEMS {
            for filter in ["", " ", "a", "錠", "せい", "検査", "kou", "1", "・", "ない言葉", "高 血"] {
                let (all, total) = codes(&masters, system, filter, 0, usize::MAX);
                assert_eq!(all.len(), total, "{system:?} {filter}");
                assert_eq!(all.iter().collect::<HashSet<_>>().len(), total, "{system:?} {filter}: twice");
                let mut paged = Vec::new();
                while paged.len() < total {
                    let (page, same) = codes(&masters, system, filter, paged.len(), 7);
                    assert!(!page.is_empty() && same == total);
                    paged.extend(page);
                }
                assert_eq!(paged, all, "{system:?} {filter}");
                assert!(codes(&masters, system, filter, total, 7).0.is_empty());
            }
        }
    }

    #[test]
    fn words_mean_what_they_mean_when_typed() {
        let masters = Masters::starter();
        let display = |system, filter: &str| {
            let day = "2026-11-20".parse().unwrap();
            let listed = masters.expand(system, day, true, filter, 0, 1);
            listed.concepts.first().map(|concept| concept.display.clone()).unwrap_or_default()
        };
        for (system, filter, first) in [
            (CodeSystem::Yj, "norubasuku 5", "ノルバスク錠５ｍｇ"),
            (CodeSystem::NhiDrug, "のるばすく 2.5", "ノルバスク錠２．５ｍｇ"),
            (CodeSystem::ReceiptDisease, "DM", "糖尿病"),
            (CodeSystem::ReceiptDisease, "kouketuatu", "高血圧症"),
            (CodeSystem::ClinsCore10, "GOT", "AST"),
            (CodeSystem::FoodAllergen, "tamago", "鶏卵"),
        ] {
            let found = display(system, filter);
            assert!(found.contains(first), "{system:?} {filter}: {found}");
        }
    }
}
