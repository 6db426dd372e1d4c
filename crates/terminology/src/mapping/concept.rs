//! What a code means: names, dates, what else its record says.
use super::Mapping;
use super::index::{Hit, Index};
use crate::{CodeSystem, Edition, Kind};
use karute_japan::Date;

/// A code of a master as it stood on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concept<'m> {
    /// Its system.
    pub system: CodeSystem,
    /// The code as its system writes it.
    pub code: String,
    /// Its name; the code itself where the masters have no name for it (ICD-10).
    pub display: String,
    /// Kana, empty where the source has none.
    pub kana: &'m str,
    /// Further names.
    pub names: Vec<&'m str>,
    /// Whether it can be used for something new on that day.
    pub active: bool,
    /// First day of these words; `None`: as far back as anybody asks.
    pub from: Option<Date>,
    /// Last day; `None`: still open.
    pub until: Option<Date>,
    /// The master it comes from.
    pub kind: Kind,
    /// Edition that held on that day.
    pub edition: Option<&'m Edition>,
    /// All filled columns of the record: name as in [`column`](crate::column) in small letters with hyphens, value.
    pub properties: Vec<(String, &'m str)>,
}

impl Mapping {
    /// A code of a system on a day, also one that has ended; `None`: no loaded master has it.
    pub fn concept(&self, system: CodeSystem, code: &str, day: Date) -> Option<Concept<'_>> {
        let Some(inner) = system.inner(code) else { return placeholder(system, code) };
        let mut ended = None;
        for (number, _) in Index::facets(system).filter(|(_, facet)| facet.defines) {
            match self.best(number, &inner, day) {
                Some(hit) if hit.record.is_usable(day) => return Some(concept(&hit, &inner, day)),
                hit => ended = ended.or(hit),
            }
        }
        ended.map(|hit| concept(&hit, &inner, day)).or_else(|| placeholder(system, code))
    }

    /// Whether a loaded master defines codes of the system.
    pub fn defines(&self, system: CodeSystem) -> bool {
        Index::facets(system).any(|(number, facet)| facet.defines && self.index.len(number) > 0)
    }

    /// The masters whose files define the codes of a system, best first.
    pub fn sources(system: CodeSystem) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for (_, facet) in Index::facets(system).filter(|(_, facet)| facet.defines) {
            if !kinds.contains(&facet.kind) {
                kinds.push(facet.kind);
            }
        }
        kinds
    }

    /// The record by which a code is shown: usable on that day, else the newest.
    pub(super) fn best(&self, facet: usize, code: &str, day: Date) -> Option<Hit<'_>> {
        let current = self.index.hits(facet, code).filter(|hit| hit.is_current(day));
        current
            .max_by_key(|hit| (hit.record.is_usable(day), hit.record.until().is_none(), hit.record.from()))
            // A column may have named the code in earlier revisions only.
            .or_else(|| self.index.hits(facet, code).max_by_key(|hit| hit.record.from()))
    }

    pub(super) fn edition(&self, kind: Kind, day: Date) -> Option<&Edition> {
        let editions = self.index.table(kind)?.editions();
        editions.iter().rev().find(|e| e.date <= day).or_else(|| editions.first())
    }
}

/// A code that stands for "no code" in documents of the sharing service and is in no master
/// (JP-CLINS, dummy codes).
fn placeholder<'m>(system: CodeSystem, code: &str) -> Option<Concept<'m>> {
    let (kind, display) = match (system, code) {
        (CodeSystem::DiseaseKey, "99999999") => (Kind::MedisDisease, "未コード化傷病名"),
        (CodeSystem::DrugAllergen, "D9M000000000") => (Kind::Allergen, "コード指定不可"),
        _ => return None,
    };
    Some(Concept {
        system,
        code: code.to_owned(),
        display: display.to_owned(),
        kana: "",
        names: Vec::new(),
        active: true,
        from: None,
        until: None,
        kind,
        edition: None,
        properties: vec![("placeholder".to_owned(), "true")],
    })
}

fn concept<'m>(hit: &Hit<'m>, code: &str, day: Date) -> Concept<'m> {
    let (facet, record) = (hit.facet, hit.record);
    let words: Vec<&str> = facet.display.iter().map(|c| record.get(*c)).filter(|w| !w.is_empty()).collect();
    let code = facet.system.outer(code);
    let display = if words.is_empty() { code.clone() } else { words.join(" ") };
    let named = |(name, value): (&&str, &'m str)| (name.to_ascii_lowercase().replace('_', "-"), value);
    let filled = facet.kind.columns().iter().zip(record.values()).filter(|(_, value)| !value.is_empty());
    let editions = hit.table.editions();
    Concept {
        system: facet.system,
        names: facet.names.iter().map(|c| record.get(*c)).filter(|n| !n.is_empty() && *n != display).collect(),
        code,
        display,
        kana: facet.kana.map_or("", |kana| record.get(kana)),
        active: record.is_usable(day),
        from: record.from(),
        until: record.until(),
        kind: facet.kind,
        edition: editions.iter().rev().find(|e| e.date <= day).or_else(|| editions.first()),
        // A classification has many records; the columns of one of them would be taken for its own.
        properties: if facet.display.is_empty() { Vec::new() } else { filled.map(named).collect() },
    }
}
