//! Diseases and their modifiers: 傷病名マスター and 標準病名マスター joined by 病名管理番号, with the index of synonyms.
use super::Tables;
use super::spans::spans;
use crate::search::fold::fold;
use crate::search::index::{Builder, Face, Index, Life};
use crate::{Kind, Record, column};
use std::collections::{HashMap, HashSet};

/// A disease: its records in 傷病名マスター and 標準病名マスター.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiseaseEntry {
    pub(crate) receipt: Option<u32>,
    pub(crate) medis: Option<u32>,
}

/// A modifier: its records in 修飾語マスター and 標準病名マスター.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModifierEntry {
    pub(crate) receipt: Option<u32>,
    pub(crate) medis: Option<u32>,
    pub(crate) is_suffix: bool,
    pub(crate) life: Life,
}

/// All diseases and modifiers.
#[derive(Debug)]
pub(crate) struct Diseases {
    pub(crate) index: Index,
    pub(crate) entries: Box<[DiseaseEntry]>,
    pub(crate) modifiers: Box<[ModifierEntry]>,
    /// Folded names and readings of modifiers with their number, sorted.
    words: Box<[(Box<str>, u32)]>,
}

impl Diseases {
    pub(crate) fn build(tables: &Tables<'_>) -> Diseases {
        let (receipt, medis) = (tables.get(Kind::SskDisease), tables.get(Kind::MedisDisease));
        let mut by_key: HashMap<&str, u32> = HashMap::new();
        let mut synonyms: HashMap<&str, Vec<&str>> = HashMap::new();
        for (number, record) in medis.records() {
            if let Some(key) = record.key().strip_prefix('D') {
                by_key.insert(key, number);
            } else if record.key().starts_with('X') {
                let exchange = record.get(column::medis_disease::EXCHANGE_CODE);
                synonyms.entry(exchange).or_default().push(record.get(column::medis_disease::NAME));
            }
        }
        let mut builder = Builder::default();
        let mut entries = Vec::new();
        let mut joined: HashSet<&str> = HashSet::new();
        let words = [
            column::ssk_disease::NAME,
            column::ssk_disease::SHORT_NAME,
            column::ssk_disease::KANA,
            column::ssk_disease::ICD10,
            column::ssk_disease::NEEDS_MODIFIER,
            column::ssk_disease::NOT_CLAIMABLE,
        ];
        for span in spans(receipt, &words) {
            let of = |column| span.record.get(column);
            if span.record.key() == UNCODED || of(column::ssk_disease::NAME).is_empty() {
                continue;
            }
            let key = of(column::ssk_disease::KEY_NUMBER);
            joined.insert(key);
            let faces = [
                (Face::Name, of(column::ssk_disease::NAME)),
                (Face::Kana, of(column::ssk_disease::KANA)),
                (Face::Alias, of(column::ssk_disease::SHORT_NAME)),
                (Face::Code, span.record.key()),
                (Face::Code, key),
                (Face::Code, of(column::ssk_disease::ICD10)),
                (Face::Code, of(column::ssk_disease::ICD10_SECOND)),
            ];
            let others = synonyms.get(of(column::ssk_disease::EXCHANGE_CODE)).into_iter().flatten();
            let faces = faces.into_iter().chain(others.map(|name| (Face::Alias, *name)));
            let hint = disease_hint(of(column::ssk_disease::NEEDS_MODIFIER), of(column::ssk_disease::NOT_CLAIMABLE));
            builder.add(span.life, hint, faces);
            entries.push(DiseaseEntry { receipt: Some(span.number), medis: by_key.get(key).copied() });
        }
        for (number, record) in medis.records() {
            let Some(key) = record.key().strip_prefix('D').filter(|key| !joined.contains(key)) else { continue };
            let of = |column| record.get(column);
            let faces = [
                (Face::Name, of(column::medis_disease::NAME)),
                (Face::Kana, of(column::medis_disease::KANA)),
                (Face::Code, key),
                (Face::Code, of(column::medis_disease::RECEIPT_CODE)),
                (Face::Code, of(column::medis_disease::ICD10)),
                (Face::Code, of(column::medis_disease::ICD10_SECOND)),
            ];
            let others = synonyms.get(of(column::medis_disease::EXCHANGE_CODE)).into_iter().flatten();
            let faces = faces.into_iter().chain(others.map(|name| (Face::Alias, *name)));
            let hint =
                disease_hint(of(column::medis_disease::NEEDS_MODIFIER), of(column::medis_disease::NOT_CLAIMABLE));
            builder.add(Life::new(record.from(), record.until()), hint, faces);
            entries.push(DiseaseEntry { receipt: None, medis: Some(number) });
        }
        let (modifiers, words) = modifiers(tables);
        Diseases { index: builder.build(), entries: entries.into(), modifiers: modifiers.into(), words: words.into() }
    }

    /// Modifiers written or read exactly so, on a day.
    pub(crate) fn modifiers_of(&self, folded: &str, day: u32) -> impl Iterator<Item = u32> {
        self.modifier_words(folded).take_while(move |(word, _)| word.as_ref() == folded).filter_map(
            move |(_, number)| {
                let alive =
                    self.modifiers.get(*number as usize).is_some_and(|m| m.life.from <= day && m.life.until >= day);
                alive.then_some(*number)
            },
        )
    }

    /// Modifiers whose name or reading begins so, the shortest words first, at most `most`.
    pub(crate) fn modifiers_begun(&self, folded: &str, day: u32, most: usize) -> Vec<u32> {
        let begun = self.modifier_words(folded).take_while(|(word, _)| word.starts_with(folded));
        let mut found: Vec<(usize, u32)> = begun.take(200).map(|(word, number)| (word.len(), *number)).collect();
        found.sort_unstable();
        let mut numbers = Vec::new();
        for (_, number) in found {
            let alive = self.modifiers.get(number as usize).is_some_and(|m| m.life.from <= day && m.life.until >= day);
            if alive && !numbers.contains(&number) && numbers.len() < most {
                numbers.push(number);
            }
        }
        numbers
    }

    fn modifier_words<'a>(&'a self, folded: &str) -> impl Iterator<Item = &'a (Box<str>, u32)> + use<'a> {
        let first = self.words.partition_point(|(word, _)| word.as_ref() < folded);
        self.words.get(first..).unwrap_or_default().iter()
    }

    pub(crate) fn bytes(&self) -> usize {
        let words: usize = self.words.iter().map(|(word, _)| word.len() + 24).sum();
        self.index.bytes() + words + self.entries.len() * 16 + self.modifiers.len() * size_of::<ModifierEntry>()
    }
}

/// 未コード化傷病名: never offered as a term (SRCH-21).
const UNCODED: &str = "0000999";

/// What stands alone and can be claimed comes first.
fn disease_hint(needs_modifier: &str, not_claimable: &str) -> u8 {
    u8::from(needs_modifier == "01") + 2 * u8::from(not_claimable == "1")
}

fn modifiers(tables: &Tables<'_>) -> (Vec<ModifierEntry>, Vec<(Box<str>, u32)>) {
    let (receipt, medis) = (tables.get(Kind::SskModifier), tables.get(Kind::MedisDisease));
    let mut by_key: HashMap<&str, u32> = HashMap::new();
    for (number, record) in medis.records() {
        if let Some(key) = record.key().strip_prefix('M') {
            by_key.insert(key, number);
        }
    }
    let mut found = Vec::new();
    let mut words: Vec<(Box<str>, u32)> = Vec::new();
    let mut note = |entry: ModifierEntry, name: &str, kana: &str| {
        let number = u32::try_from(found.len()).unwrap_or(u32::MAX);
        for word in [fold(name), fold(kana)].into_iter().filter(|word| !word.is_empty()) {
            if let Some(bare) = word.strip_prefix('の').filter(|bare| entry.is_suffix && !bare.is_empty()) {
                words.push((bare.into(), number));
            }
            words.push((word.into(), number));
        }
        found.push(entry);
    };
    for span in spans(receipt, &[column::ssk_modifier::NAME, column::ssk_modifier::KANA]) {
        let key = span.record.get(column::ssk_modifier::KEY_NUMBER);
        let entry = ModifierEntry {
            receipt: Some(span.number),
            medis: by_key.remove(key),
            is_suffix: span.record.key().starts_with('8'),
            life: span.life,
        };
        note(entry, span.record.get(column::ssk_modifier::NAME), span.record.get(column::ssk_modifier::KANA));
    }
    let mut left: Vec<u32> = by_key.into_values().collect();
    left.sort_unstable();
    for number in left {
        let Some(record) = medis.record(number) else { continue };
        let entry = ModifierEntry {
            receipt: None,
            medis: Some(number),
            is_suffix: is_suffix(&record),
            life: Life::new(record.from(), record.until()),
        };
        note(entry, record.get(column::medis_disease::NAME), record.get(column::medis_disease::KANA));
    }
    words.sort_unstable();
    words.dedup();
    (found, words)
}

/// By レセ電算修飾語コード; else by the class, whose second character is 8 for what stands after (修飾語区分).
fn is_suffix(record: &Record<'_>) -> bool {
    let code = record.get(column::medis_disease::RECEIPT_CODE);
    let class = record.get(column::medis_disease::CLASS);
    code.starts_with('8') || (code.is_empty() && class.chars().nth(1) == Some('8'))
}
