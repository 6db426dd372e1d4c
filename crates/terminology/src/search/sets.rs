//! Sets of laboratory items: a clinic's own, which come with the question, and the panels every clinic knows. They are
//! few, so each is judged by the same rules as a line of the masters and none is indexed.
use super::fold::{fold, places};
use super::index::{Builder, Index, Life};
use super::order::Placed;
use super::query::{Word, judge};
use super::{Extra, Face, Group, Item};
use crate::{CodeSystem, Kind, Table, column};
use std::sync::LazyLock;

/// Address under which a clinic's own set is named by its id. Ours: sets stay within the institution.
pub const OWN_SET: &str = "urn:karute:order-set";
/// Address under which a panel is named by its code.
pub const PANEL: &str = "urn:karute:lab-panel";

/// Written by us; see the head of the files for their form.
const PANELS: &str = include_str!("../../data/lab_panels.tsv");
const WORDS: &str = include_str!("../../data/set_words.tsv");
/// Sets taken of an institution, and items of one, at most.
const MOST_SETS: usize = 1_000;
const MOST_ITEMS: usize = 200;
/// Items named in a line.
const NAMED: usize = 6;

/// Words of titles and their readings, longest first.
static READINGS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    let mut words: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('\t')).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
});

/// One thing that is ordered with a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPart {
    /// FHIR system of the code; empty where the set names none.
    pub system: String,
    /// Code.
    pub code: String,
    /// Name as it stands in the set.
    pub display: String,
}

/// A set of an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabSet {
    /// Id by which it is ordered.
    pub id: String,
    /// What the clinic calls it.
    pub title: String,
    /// Reading and other names, separated by spaces or commas; empty for none.
    pub reading: String,
    /// In the clinic's order.
    pub parts: Vec<SetPart>,
}

/// The sets of one institution, folded once for all questions.
#[derive(Debug, Default)]
pub struct LabSets {
    system: &'static str,
    index: Index,
    sets: Box<[LabSet]>,
}

impl LabSets {
    /// Of these sets; those without any laboratory item are left out, for they are nothing to look for among items.
    pub fn new(sets: impl IntoIterator<Item = LabSet>) -> LabSets {
        LabSets::build(OWN_SET, sets.into_iter().filter(|set| set.parts.iter().any(is_laboratory)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The set of an id.
    pub fn get(&self, id: &str) -> Option<&LabSet> {
        self.sets.iter().find(|set| set.id == id)
    }

    /// The product's own panels, as far as the items of the sharing service are loaded.
    pub(crate) fn panels(items: &Table) -> LabSets {
        let mut known: std::collections::HashMap<&str, SetPart> = std::collections::HashMap::new();
        for (_, record) in items.records() {
            known.insert(record.key(), part(&record));
        }
        let sets = PANELS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut fields = line.split('\t');
            let (id, title, names, keys) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            let parts: Vec<SetPart> = keys.split(' ').filter_map(|key| known.get(key).cloned()).collect();
            let (id, title, reading) = (id.to_owned(), title.to_owned(), names.replace('|', " "));
            (!parts.is_empty()).then_some(LabSet { id, title, reading, parts })
        });
        LabSets::build(PANEL, sets)
    }

    fn build(system: &'static str, sets: impl Iterator<Item = LabSet>) -> LabSets {
        let mut builder = Builder::judged_only();
        let mut kept = Vec::new();
        for mut set in sets.take(MOST_SETS) {
            set.parts.truncate(MOST_ITEMS);
            let read = reading_of(&set.title);
            let names = set.reading.split([' ', '　', '、', ',', '，', '・']).map(|name| (Face::Alias, name));
            let parts = set.parts.iter().map(|part| (Face::Detail, part.display.as_str()));
            let faces = [(Face::Name, set.title.as_str()), (Face::Kana, read.as_str())];
            builder.add(Life::new(None, None), u8::from(system == PANEL), faces.into_iter().chain(names).chain(parts));
            kept.push(set);
        }
        LabSets { system, index: builder.build(), sets: kept.into() }
    }

    /// Bytes held by the folded names.
    pub(crate) fn bytes(&self) -> usize {
        self.index.bytes()
    }

    /// The sets that match, in no order.
    pub(super) fn find(&self, words: &[Word]) -> Vec<Placed> {
        if words.is_empty() {
            return Vec::new();
        }
        let hits = (0..).take(self.sets.len()).filter_map(|entry| judge(&self.index, words, entry));
        hits.map(|hit| Placed::new(&self.index, hit, Group::Other, 0)).collect()
    }

    /// The line of a set that matches.
    pub(super) fn item(&self, placed: &Placed, words: &[Word]) -> Option<Item> {
        let set = self.sets.get(placed.hit.entry as usize)?;
        let named: Vec<&str> = set.parts.iter().take(NAMED).map(|part| part.display.as_str()).collect();
        let more = if set.parts.len() > NAMED { "ほか" } else { "" };
        Some(Item {
            system: self.system,
            code: set.id.clone(),
            matched: places(&set.title, words.iter().flat_map(Word::needles)),
            display: set.title.clone(),
            kana: String::new(),
            detail: format!("{}{more}（{}項目）", named.join("、"), set.parts.len()),
            group: Group::Other,
            high_risk: false,
            class_tag: "セット".to_owned(),
            selectable_by_enter: false,
            kana_matched: Vec::new(),
            is_ended: false,
            extra: Extra::Set { parts: set.parts.clone() },
        })
    }
}

/// Whether a part is a laboratory item: by the code systems of the masters. What a clinic's own laboratory calls by codes
/// of its own has no system that the masters know, and counts as well unless the masters say it is something else.
fn is_laboratory(part: &SetPart) -> bool {
    use CodeSystem as S;
    match CodeSystem::of_url(&part.system) {
        Some(system) => matches!(
            system,
            S::Jlac10
                | S::Jlac11
                | S::ClinsItem
                | S::ClinsCore10
                | S::ClinsCore11
                | S::ClinsInfection10
                | S::ClinsInfection11
        ),
        None => true,
    }
}

/// An item of the sharing service as searches answer it.
fn part(record: &crate::Record<'_>) -> SetPart {
    let is_infection = record.get(column::clins_lab::GROUP) == "infection";
    let system = if is_infection { CodeSystem::ClinsInfection10 } else { CodeSystem::ClinsCore10 };
    let codes = [column::clins_lab::JLAC10, column::clins_lab::JLAC11];
    let code = codes.into_iter().find_map(|column| record.get(column).split(' ').find(|code| !code.is_empty()));
    SetPart {
        system: system.url().to_owned(),
        code: code.unwrap_or_default().to_owned(),
        display: record.get(column::clins_lab::DISPLAY).to_owned(),
    }
}

/// A title in kana as far as its words are known: kana and letters stay, other characters are left out.
fn reading_of(title: &str) -> String {
    let mut read = String::new();
    let mut rest = title;
    while let Some(first) = rest.chars().next() {
        let known = READINGS.iter().find(|(word, _)| rest.starts_with(word));
        let used = known.map_or(first.len_utf8(), |(word, _)| word.len());
        match known {
            Some((_, kana)) => read.push_str(kana),
            None => read.push(first),
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    fold(&read)
}

/// The table panels are made of.
pub(crate) const PANEL_TABLE: Kind = Kind::ClinsLab;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::starter;
    use std::collections::HashSet;

    #[test]
    fn every_item_of_every_panel_is_one_of_the_sharing_service() {
        let tables = starter::tables();
        let items = tables.iter().find(|table| table.kind() == PANEL_TABLE).unwrap();
        let keys: HashSet<&str> = items.records().map(|(_, record)| record.key()).collect();
        let mut codes = HashSet::new();
        let lines: Vec<&str> = PANELS.lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let fields: Vec<&str> = line.split('\t').collect();
            let [code, title, names, items] = fields.as_slice() else { panic!("malformed: {line}") };
            assert!(codes.insert(*code) && !title.is_empty() && !names.is_empty(), "{line}");
            for key in items.split(' ') {
                assert!(keys.contains(key), "{code}: {key}");
            }
        }
        let panels = LabSets::panels(items);
        assert_eq!(panels.len(), lines.len());
        assert!(panels.sets.iter().flat_map(|set| &set.parts).all(|p| p.code.len() == 17 && !p.display.is_empty()));
        assert!(LabSets::panels(&Table::empty(PANEL_TABLE)).is_empty(), "nothing to order, nothing to offer");
    }

    #[test]
    fn titles_are_read_as_far_as_their_words_are_known() {
        for (title, read) in [
            ("糖尿病の検査", "とうにょうびょうのけんさ"),
            ("HbA1c セット", "hba1cせっと"),
            ("甲状腺・貧血", "こうじょうせんひんけつ"),
            ("髙橋式", "高橋式"),
            ("", ""),
        ] {
            assert_eq!(reading_of(title), read, "{title}");
        }
    }
}
