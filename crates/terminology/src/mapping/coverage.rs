//! How much of each system can be translated into each other.
use super::translate::related;
use super::{Ask, Mapping};
use crate::CodeSystem;
use karute_japan::Date;

/// One direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Source.
    pub from: CodeSystem,
    /// Target.
    pub to: CodeSystem,
    /// Codes usable on the day for which there is at least one code of the target.
    pub mapped: usize,
    /// Codes usable on the day for which there is none.
    pub unmapped: usize,
}

/// The directions that people ask about, each also backwards.
const PAIRS: [(CodeSystem, CodeSystem); 26] = {
    use CodeSystem as S;
    [
        (S::Yj, S::Hot9),
        (S::Yj, S::Hot13),
        (S::Yj, S::ReceiptDrug),
        (S::Yj, S::GenericName),
        (S::Yj, S::NhiDrug),
        (S::NhiDrug, S::ReceiptDrug),
        (S::NhiDrug, S::GenericName),
        (S::NhiDrug, S::Hot9),
        (S::ReceiptDrug, S::Hot9),
        (S::ReceiptDrug, S::GenericName),
        (S::Hot9, S::GenericName),
        (S::Hot9, S::Hot13),
        (S::Ingredient, S::GenericName),
        (S::DiseaseKey, S::DiseaseExchange),
        (S::DiseaseKey, S::Icd10),
        (S::DiseaseKey, S::ReceiptDisease),
        (S::DiseaseExchange, S::ReceiptDisease),
        (S::DiseaseExchange, S::Icd10),
        (S::ReceiptDisease, S::Icd10),
        (S::ModifierKey, S::ModifierExchange),
        (S::ModifierKey, S::ReceiptModifier),
        (S::ModifierExchange, S::ReceiptModifier),
        (S::Jlac10, S::Jlac11),
        (S::Jlac10, S::ClinsItem),
        (S::Jlac11, S::ClinsItem),
        (S::Jlac10, S::Act),
    ]
};

impl Mapping {
    /// Counts for every direction between systems of which codes are loaded. It walks all codes: seconds for full
    /// masters, for reports only.
    pub fn coverage(&self, day: Date) -> Vec<Coverage> {
        let both = PAIRS.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]);
        both.filter(|(from, to)| self.defines(*from) && related(*from, *to))
            .map(|(from, to)| self.covered(from, to, day))
            .collect()
    }

    /// Counts for one direction.
    pub fn covered(&self, from: CodeSystem, to: CodeSystem, day: Date) -> Coverage {
        let codes = self.active_codes(from, day);
        let reaches = |inner: &&String| {
            let ask = Ask { from, code: &from.outer(inner), to, day, local: &[] };
            !self.found(&ask, inner).is_empty()
        };
        let mapped = codes.iter().filter(reaches).count();
        Coverage { from, to, mapped, unmapped: codes.len() - mapped }
    }
}
