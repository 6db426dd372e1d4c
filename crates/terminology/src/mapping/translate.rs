//! Translating one code.
use super::index::Index;
use super::translation::{Equivalence, Match, NoMapping, Step, Translation};
use super::{Mapping, drug};
use crate::system::facet::{Facet, Place};
use crate::{CodeSystem, Kind, column};
use karute_japan::Date;

/// A code of the clinic's laboratory and the standard code the clinic says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPair {
    /// The laboratory's own code.
    pub local: String,
    /// [`CodeSystem::Jlac10`] or [`CodeSystem::Jlac11`].
    pub system: CodeSystem,
    /// The standard code.
    pub code: String,
    /// The laboratory's own name of it.
    pub display: String,
}

/// What is to be translated.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// System of the code.
    pub from: CodeSystem,
    /// The code as its system writes it.
    pub code: &'a str,
    /// Wanted system.
    pub to: CodeSystem,
    /// The day whose masters hold.
    pub day: Date,
    /// Pairs of the clinic, for [`CodeSystem::LocalLab`].
    pub local: &'a [LocalPair],
}

/// A code on the way; inner spelling.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) code: String,
    pub(super) active: bool,
    pub(super) steps: Vec<Step>,
    /// Set where the rule itself says how they relate.
    pub(super) equivalence: Option<Equivalence>,
}

/// Most codes of an answer; a classification code stands for hundreds of diseases.
const MAX_MATCHES: usize = 500;
/// Longest chain of successors that is followed.
const MAX_SUCCESSORS: usize = 8;

impl Mapping {
    /// The codes of the wanted system for a code.
    pub fn translate(&self, ask: &Ask<'_>) -> Translation {
        let Ask { from, to, day, .. } = *ask;
        let unknown = || Translation::NoMapping(NoMapping::UnknownCode(from));
        let Some(code) = from.inner(ask.code) else { return unknown() };
        if from != CodeSystem::LocalLab && to != CodeSystem::LocalLab && !related(from, to) {
            return Translation::NoMapping(NoMapping::Unrelated(from, to));
        }
        let found = self.found(ask, &code);
        if found.is_empty() {
            return Translation::NoMapping(self.diagnose(ask, &code));
        }
        let several = found.len() > 1;
        let matches = found.into_iter().take(MAX_MATCHES).map(|f| {
            let equivalence = f.equivalence.unwrap_or_else(|| self.equivalence(ask, &code, &f.code, several));
            let outer = to.outer(&f.code);
            let local = |p: &&LocalPair| to == CodeSystem::LocalLab && p.local == outer;
            let display = match ask.local.iter().find(local) {
                Some(pair) => pair.display.clone(),
                None => self.concept(to, &outer, day).map_or_else(String::new, |c| c.display),
            };
            Match { system: to, code: outer, display, equivalence, active: f.active, provenance: f.steps }
        });
        Translation::Matches(matches.collect())
    }

    pub(super) fn found(&self, ask: &Ask<'_>, code: &str) -> Vec<Found> {
        let Ask { from, to, day, .. } = *ask;
        if from == CodeSystem::LocalLab || to == CodeSystem::LocalLab {
            return self.local(ask, code);
        }
        if from == to {
            return self.identity(from, code, day);
        }
        let found = self.find(from, to, code, day);
        if found.is_empty() { self.successor(from, to, code, day) } else { found }
    }

    /// Codes by the masters, without the clinic's own pairs.
    pub(super) fn find(&self, from: CodeSystem, to: CodeSystem, code: &str, day: Date) -> Vec<Found> {
        if to == CodeSystem::GenericName {
            return drug::to_generic(self, from, code, day);
        }
        if from == CodeSystem::GenericName {
            return drug::of_generic(self, to, code, day);
        }
        let direct = self.direct(from, to, code, day);
        if !direct.is_empty() {
            return direct;
        }
        for between in drug::between(from, to) {
            let mut found = Vec::new();
            for first in self.direct(from, *between, code, day) {
                found.extend(self.direct(*between, to, &first.code, day).into_iter().map(|f| first.clone().then(f)));
            }
            if !found.is_empty() {
                return tidy(found);
            }
        }
        Vec::new()
    }

    /// Codes that stand in one record, by the first master that has any.
    pub(super) fn direct(&self, from: CodeSystem, to: CodeSystem, code: &str, day: Date) -> Vec<Found> {
        for kind in shared(from, to) {
            let found = self.by(kind, from, to, code, day);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Codes that stand in one record of a master.
    pub(super) fn by(&self, kind: Kind, from: CodeSystem, to: CodeSystem, code: &str, day: Date) -> Vec<Found> {
        let mut found = Vec::new();
        for (number, source) in Index::facets(from).filter(|(_, facet)| facet.kind == kind) {
            for hit in self.index.hits(number, code).filter(|hit| hit.is_current(day)) {
                for (_, target) in Index::facets(to).filter(|(_, facet)| facet.kind == kind) {
                    let rule = if target.rule.is_empty() { source.rule } else { target.rule };
                    let steps = || vec![Step::of(kind, self.edition(kind, day), rule)];
                    for (_, other) in target.codes(hit.record) {
                        if belongs(source, target, code, &other) {
                            let active = hit.record.is_usable(day);
                            found.push(Found { code: other.into_owned(), active, steps: steps(), equivalence: None });
                        }
                    }
                }
            }
        }
        tidy(found)
    }

    fn identity(&self, system: CodeSystem, code: &str, day: Date) -> Vec<Found> {
        let Some(concept) = self.concept(system, &system.outer(code), day) else { return Vec::new() };
        let steps = vec![Step::of(concept.kind, concept.edition, "")];
        vec![Found { code: code.to_owned(), active: concept.active, steps, equivalence: Some(Equivalence::Equal) }]
    }

    /// By the clinic's own pairs, and from there by the masters.
    fn local(&self, ask: &Ask<'_>, code: &str) -> Vec<Found> {
        let step = || vec![Step { kind: None, edition: None, rule: "" }];
        let own = |code: &str, steps| Found { code: code.to_owned(), active: true, steps, equivalence: None };
        if ask.from == ask.to {
            let known = ask.local.iter().any(|p| p.local == code);
            return if known { vec![own(code, step())] } else { Vec::new() };
        }
        let mut found = Vec::new();
        for pair in ask.local {
            let standard = |system, code: &str| if system == pair.system { pair.code == code } else { false };
            if ask.from == CodeSystem::LocalLab && pair.local == code {
                let first = own(&pair.code, step());
                if pair.system == ask.to {
                    found.push(first);
                } else {
                    let on = self.find(pair.system, ask.to, &pair.code, ask.day);
                    found.extend(on.into_iter().map(|f| first.clone().then(f)));
                }
            } else if ask.to == CodeSystem::LocalLab {
                if standard(ask.from, code) {
                    found.push(own(&pair.local, step()));
                } else if ask.from != pair.system {
                    let on = self.find(ask.from, pair.system, code, ask.day).into_iter();
                    found.extend(on.filter(|f| f.code == pair.code).map(|f| f.then(own(&pair.local, step()))));
                }
            }
        }
        tidy(found)
    }

    /// What an ended disease was replaced by (移行先コード).
    fn successor(&self, from: CodeSystem, to: CodeSystem, code: &str, day: Date) -> Vec<Found> {
        const RULE: &str = "廃止された病名の移行先コードによる";
        let (kind, next) = match from {
            CodeSystem::ReceiptDisease => (Kind::SskDisease, column::ssk_disease::SUCCESSOR),
            CodeSystem::DiseaseKey => (Kind::MedisDisease, column::medis_disease::SUCCESSOR),
            _ => return Vec::new(),
        };
        let Some((number, _)) = Index::facets(from).find(|(_, facet)| facet.kind == kind) else { return Vec::new() };
        let mut here = code.to_owned();
        for _ in 0..MAX_SUCCESSORS {
            let Some(hit) = self.best(number, &here, day) else { return Vec::new() };
            let there = hit.record.get(next);
            if there.is_empty() || there.bytes().all(|b| b == b'0') || there == here {
                return Vec::new();
            }
            there.clone_into(&mut here);
            let step = Step::of(kind, self.edition(kind, day), RULE);
            let first = Found { code: String::new(), active: true, steps: vec![step], equivalence: None };
            let mut found: Vec<Found> =
                self.find(from, to, &here, day).into_iter().map(|f| first.clone().then(f)).collect();
            if !found.is_empty() {
                for f in &mut found {
                    f.equivalence = Some(Equivalence::Inexact);
                }
                return found;
            }
        }
        Vec::new()
    }

    fn equivalence(&self, ask: &Ask<'_>, code: &str, target: &str, several: bool) -> Equivalence {
        let Ask { from, to, day, .. } = *ask;
        if let Some(fixed) = fixed(from, to) {
            return fixed;
        }
        let back = Ask { from: to, to: from, day, code: target, local: ask.local };
        let back = self.found(&back, target);
        let ours = back.iter().any(|f| f.code == code);
        let others = back.iter().any(|f| f.code != code);
        match (several, ours, others) {
            (false, true, false) if same_codes(from, to) && from.outer(code) == to.outer(target) => Equivalence::Equal,
            (false, true, false) => Equivalence::Equivalent,
            (true, true, false) => Equivalence::Narrower,
            (false, true, true) => Equivalence::Wider,
            _ => Equivalence::Inexact,
        }
    }

    fn diagnose(&self, ask: &Ask<'_>, code: &str) -> NoMapping {
        let Ask { from, to, .. } = *ask;
        let known = match from {
            CodeSystem::LocalLab => ask.local.iter().any(|p| p.local == code),
            _ => Index::facets(from).any(|(number, _)| self.index.hits(number, code).next().is_some()),
        };
        let missing = |system: CodeSystem| {
            let mut kinds = Mapping::sources(system);
            let none = !kinds.is_empty() && kinds.iter().all(|kind| self.index.table(*kind).is_none());
            if !none {
                kinds.clear();
            }
            kinds
        };
        if !known {
            let kinds = missing(from);
            return if kinds.is_empty() { NoMapping::UnknownCode(from) } else { NoMapping::NotLoaded(kinds) };
        }
        let mut kinds: Vec<Kind> = if to == CodeSystem::LocalLab { Vec::new() } else { missing(to) };
        if kinds.is_empty() {
            let mut bridges: Vec<Kind> = shared(from, to).collect();
            // Generic names are joined by rule, too.
            if from == CodeSystem::GenericName || to == CodeSystem::GenericName {
                bridges.push(Kind::GenericName);
            }
            if !bridges.is_empty() && bridges.iter().all(|kind| self.index.table(*kind).is_none()) {
                kinds = bridges;
            }
        }
        if kinds.is_empty() { NoMapping::NotListed(from, to) } else { NoMapping::NotLoaded(kinds) }
    }
}

impl Found {
    /// The way on from here.
    pub(super) fn then(self, next: Found) -> Found {
        let steps = self.steps.into_iter().chain(next.steps).collect();
        let equivalence = self.equivalence.or(next.equivalence);
        Found { code: next.code, active: self.active && next.active, steps, equivalence }
    }
}

/// Each code once; where some can be used, only those.
pub(super) fn tidy(mut found: Vec<Found>) -> Vec<Found> {
    if found.iter().any(|f| f.active) {
        found.retain(|f| f.active);
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|f| seen.insert(f.code.clone()));
    found
}

/// The masters whose records name codes of both, best first.
fn shared(from: CodeSystem, to: CodeSystem) -> impl Iterator<Item = Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for (_, facet) in Index::facets(from) {
        if !kinds.contains(&facet.kind) && Index::facets(to).any(|(_, f)| f.kind == facet.kind) {
            kinds.push(facet.kind);
        }
    }
    kinds.into_iter()
}

/// Whether two codes of one record belong together. The lists of an item of the sharing service stand beside each
/// other without being pairs: there, a code belongs to itself only.
fn belongs(source: &Facet, target: &Facet, code: &str, other: &str) -> bool {
    match (source.place, target.place) {
        (Place::List(a), Place::List(b)) if source.kind == Kind::ClinsLab => a == b && code == other,
        _ => true,
    }
}

/// Whether the masters can say anything about the two.
pub(super) fn related(from: CodeSystem, to: CodeSystem) -> bool {
    let drug = |system| drug::SYSTEMS.contains(&system);
    let usage = |system| matches!(system, CodeSystem::Usage | CodeSystem::EPrescriptionUsage);
    from == to
        || (drug(from) && drug(to))
        || (usage(from) && usage(to))
        || (shared(from, to).next().is_some() && !matches!(group(from).zip(group(to)), Some((a, b)) if a != b))
        || !drug::between(from, to).is_empty()
}

/// Diseases and modifiers stand in one table without meeting in a record.
fn group(system: CodeSystem) -> Option<u8> {
    use CodeSystem as S;
    match system {
        S::DiseaseKey | S::DiseaseExchange | S::ReceiptDisease | S::Icd10 | S::Icd10Who => Some(1),
        S::ModifierKey | S::ModifierExchange | S::ReceiptModifier => Some(2),
        S::FoodAllergen => Some(3),
        S::OtherAllergen => Some(4),
        S::UsageSupplement => Some(5),
        S::Usage | S::EPrescriptionUsage => Some(6),
        _ => None,
    }
}

/// Systems that share the codes themselves, so that one spelling means one thing.
fn same_codes(from: CodeSystem, to: CodeSystem) -> bool {
    use CodeSystem as S;
    let family = |system| match system {
        S::Yj | S::NhiDrug => Some(1),
        S::GenericName | S::Ingredient => Some(2),
        S::Jlac10 | S::ClinsCore10 | S::ClinsInfection10 => Some(3),
        S::Jlac11 | S::ClinsCore11 | S::ClinsInfection11 => Some(4),
        S::Usage | S::EPrescriptionUsage => Some(5),
        _ => None,
    };
    family(from).is_some_and(|one| family(to) == Some(one))
}

/// Systems that are coarser than others by their very nature.
fn fixed(from: CodeSystem, to: CodeSystem) -> Option<Equivalence> {
    use CodeSystem as S;
    let grain = |system| match system {
        S::Icd10 | S::Icd10Who | S::ClinsItem | S::Act => 0,
        S::Ingredient | S::GenericName | S::IngredientAllergen => 1,
        S::Hot13 => 3,
        _ => 2,
    };
    match (from, to) {
        (S::Icd10, S::Icd10Who) | (S::Icd10Who, S::Icd10) => Some(Equivalence::Equal),
        (S::Yj, S::DrugAllergen)
        | (S::DrugAllergen, S::Yj)
        | (S::Ingredient, S::IngredientAllergen)
        | (S::IngredientAllergen, S::Ingredient) => Some(Equivalence::Equivalent),
        (S::ClinsItem, S::Act) | (S::Act, S::ClinsItem) => Some(Equivalence::Inexact),
        (S::Hot7, S::Hot9 | S::Yj) => Some(Equivalence::Narrower),
        (S::Hot9 | S::Yj, S::Hot7) => Some(Equivalence::Wider),
        _ => match grain(from).cmp(&grain(to)) {
            std::cmp::Ordering::Greater => Some(Equivalence::Wider),
            std::cmp::Ordering::Less => Some(Equivalence::Narrower),
            std::cmp::Ordering::Equal => None,
        },
    }
}
