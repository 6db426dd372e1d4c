//! Diseases: names of the master, and names composed with modifiers in one line (SRCH-20).
use super::answer::ModifierPart;
use super::compose::{Plan, plans};
use super::fold::places;
use super::habit::{Known, by_code};
use super::index::number;
use super::order::{Placed, best, one_per_code};
use super::query::{Found, Hit, INSIDE, Word, run, words};
use super::{Answer, DiseaseParts, Extra, Group, Item, Question};
use crate::column::{self, medis_disease as m, ssk_disease as s};
use crate::{Catalogue, CodeSystem, Kind, Record};

/// Bases tried for each way to compose.
const BASES: usize = 4;
/// Characters of a receipt name (SY record, 傷病名略称).
const RECEIPT_NAME: usize = 20;

pub(super) fn search(catalogue: &Catalogue, question: &Question<'_>) -> Answer {
    let index = &catalogue.diseases.index;
    let texts = words(question.text, false);
    if texts.is_empty() || question.limit == 0 {
        return Answer::default();
    }
    let known = Known::resolve(&question.habits, |code| by_code(index, code));
    let read: Vec<Word> = texts.iter().map(|word| Word::read_disease(word)).collect();
    let Found { hits, total } = find(catalogue, question, &known, &read);
    let placed = place(catalogue, &known, &hits, question.limit);
    // One word with which a name begins is on its way to that name; everything else may be composed.
    let begins = placed.first().is_some_and(|first| first.hit.rank < INSIDE);
    let mut composed = Vec::new();
    if !begins || (placed.len() < question.limit && texts.len() > 1) {
        composed = compose(catalogue, question, &known, &texts);
    }
    let total = total + composed.len();
    let plain = placed.iter().map(|placed| item(catalogue, question, &read, placed, &[]));
    // Names that only hold the words somewhere inside come after those composed of them.
    let plain_first = begins || placed.first().is_some_and(|first| first.group < Group::Other);
    let mut items: Vec<Item> =
        if plain_first { plain.chain(composed).collect() } else { composed.into_iter().chain(plain).collect() };
    items.truncate(question.limit);
    for item in items.iter_mut().skip(1) {
        item.selectable_by_enter = false;
    }
    Answer { items, total: u32::try_from(total).unwrap_or(u32::MAX) }
}

/// Hits of the words as they are.
fn find(catalogue: &Catalogue, question: &Question<'_>, known: &Known, words: &[Word]) -> Found {
    let (index, day) = (&catalogue.diseases.index, number(question.day));
    let found = run(index, words, known, question.limit, |entry| question.include_ended || index.is_live(entry, day));
    if question.include_ended {
        let hits = one_per_code(index, found.hits, |entry| {
            let (receipt, medis) = records(catalogue, entry);
            receipt.or(medis).map_or("", |record| record.key())
        });
        return Found { total: hits.len(), hits };
    }
    found
}

fn place(catalogue: &Catalogue, known: &Known, hits: &[Hit], limit: usize) -> Vec<Placed> {
    let placed = hits.iter().map(|hit| {
        let (group, frequency) = known.of(hit.entry);
        Placed::new(&catalogue.diseases.index, *hit, group, frequency)
    });
    best(placed.collect(), limit)
}

/// Names made of modifiers and a base: the fewest modifiers that explain what was typed.
fn compose(catalogue: &Catalogue, question: &Question<'_>, known: &Known, texts: &[String]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut fewest = None;
    for Plan { prefixes, base, suffixes, cost } in plans(&catalogue.diseases, texts, number(question.day)) {
        if fewest.is_some_and(|fewest| cost > fewest) || items.len() >= question.limit {
            break;
        }
        let read: Vec<Word> = base.iter().map(|word| Word::read_disease(word)).collect();
        let mut hits = find(catalogue, question, known, &read).hits;
        hits.retain(|hit| hit.rank < super::query::RELAXED);
        let placed = place(catalogue, known, &hits, BASES.max(question.limit / 2));
        let modifiers: Vec<u32> = prefixes.iter().chain(&suffixes).copied().collect();
        for placed in placed {
            let item = item(catalogue, question, &read, &placed, &modifiers);
            if items.iter().all(|other| other.display != item.display) && !says_twice(&item) {
                items.push(item);
                fewest = Some(cost);
            }
        }
    }
    items.truncate(question.limit);
    items
}

/// Whether a modifier is in the base already: 急性 before 急性胃炎.
fn says_twice(item: &Item) -> bool {
    let Extra::Disease(parts) = &item.extra else { return false };
    parts.modifiers.iter().any(|m| parts.base_name.contains(m.name.trim_start_matches('の')))
}

fn records(catalogue: &Catalogue, entry: u32) -> (Option<Record<'_>>, Option<Record<'_>>) {
    let Some(entry) = catalogue.diseases.entries.get(entry as usize) else { return (None, None) };
    let receipt = entry.receipt.and_then(|number| catalogue.table(Kind::SskDisease).record(number));
    (receipt, entry.medis.and_then(|number| catalogue.table(Kind::MedisDisease).record(number)))
}

fn modifier(catalogue: &Catalogue, at: u32) -> Option<ModifierPart> {
    let entry = catalogue.diseases.modifiers.get(at as usize)?;
    let receipt = entry.receipt.and_then(|number| catalogue.table(Kind::SskModifier).record(number));
    let medis = entry.medis.and_then(|number| catalogue.table(Kind::MedisDisease).record(number));
    let first = |values: [&str; 2]| values.into_iter().find(|v| !v.is_empty()).unwrap_or_default().to_owned();
    let of_receipt = |column| receipt.map_or("", |r| r.get(column));
    let of_medis = |column| medis.map_or("", |m| m.get(column));
    Some(ModifierPart {
        code: first([receipt.map_or("", |r| r.key()), of_medis(column::medis_disease::RECEIPT_CODE)]),
        key_number: first([of_receipt(column::ssk_modifier::KEY_NUMBER), of_medis(column::medis_disease::KEY_NUMBER)]),
        exchange_code: first([
            of_receipt(column::ssk_modifier::EXCHANGE_CODE),
            of_medis(column::medis_disease::EXCHANGE_CODE),
        ]),
        name: first([of_receipt(column::ssk_modifier::NAME), of_medis(column::medis_disease::NAME)]),
        is_suffix: entry.is_suffix,
    })
}

fn item(catalogue: &Catalogue, question: &Question<'_>, words: &[Word], placed: &Placed, modifiers: &[u32]) -> Item {
    let (receipt, medis) = records(catalogue, placed.hit.entry);
    let value = |of_receipt, of_medis| {
        let receipt = receipt.map_or("", |r| r.get(of_receipt));
        if receipt.is_empty() { medis.map_or("", |m| m.get(of_medis)) } else { receipt }
    };
    let base_name = value(s::NAME, m::NAME);
    let short = receipt.map(|r| r.get(s::SHORT_NAME)).filter(|name| !name.is_empty()).unwrap_or(base_name);
    let kana = value(s::KANA, m::KANA).to_owned();
    let modifiers: Vec<ModifierPart> = modifiers.iter().filter_map(|at| modifier(catalogue, *at)).collect();
    let around = |name: &str| {
        let part = |suffix| modifiers.iter().filter(move |m| m.is_suffix == suffix).map(|m| m.name.as_str());
        part(false).chain([name]).chain(part(true)).collect::<String>()
    };
    let display = around(base_name);
    let receipt_length = around(short).chars().count();
    let (key_number, icd10) = (value(s::KEY_NUMBER, m::KEY_NUMBER), value(s::ICD10, m::ICD10));
    let receipt_code = receipt.map_or_else(|| medis.map_or("", |m| m.get(m::RECEIPT_CODE)), |r| r.key());
    let says_more = modifiers.iter().any(|m| m.code != SUSPECTED);
    let lacks_modifier = value(s::NEEDS_MODIFIER, m::NEEDS_MODIFIER) == "01" && !says_more;
    let is_not_claimable = value(s::NOT_CLAIMABLE, m::NOT_CLAIMABLE) == "1";
    let (system, code) = if key_number.is_empty() {
        (CodeSystem::ReceiptDisease.url(), receipt_code)
    } else {
        (CodeSystem::DiseaseKey.url(), key_number)
    };
    let notes = [
        (lacks_modifier, "部位などの修飾語が必要"),
        (is_not_claimable, "保険請求外"),
        (receipt_length > RECEIPT_NAME, "レセプト名称が20文字を超える"),
    ];
    let detail = std::iter::once(icd10).chain(notes.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note));
    let needles = || words.iter().flat_map(|word| word.readings.iter().map(|reading| reading.relaxed.as_str()));
    let mut matched = places(&display, needles());
    matched.extend(modifiers.iter().filter_map(|m| display.find(&m.name).map(|at| at..at + m.name.len())));
    matched.sort_by_key(|range| range.start);
    Item {
        system,
        code: code.to_owned(),
        matched,
        kana_matched: places(&kana, needles()),
        detail: detail.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("　"),
        group: if modifiers.is_empty() { placed.group } else { Group::Other },
        high_risk: false,
        class_tag: String::new(),
        selectable_by_enter: placed.hit.is_prefix && !lacks_modifier,
        is_ended: !catalogue.diseases.index.is_live(placed.hit.entry, number(question.day)),
        extra: Extra::Disease(Box::new(DiseaseParts {
            receipt_code: receipt_code.to_owned(),
            key_number: key_number.to_owned(),
            exchange_code: value(s::EXCHANGE_CODE, m::EXCHANGE_CODE).to_owned(),
            icd10: icd10.to_owned(),
            icd10_second: value(s::ICD10_SECOND, m::ICD10_SECOND).to_owned(),
            base_name: base_name.to_owned(),
            modifiers,
            lacks_modifier,
            is_not_claimable,
            receipt_length,
            exceeds_receipt_name: receipt_length > RECEIPT_NAME,
        })),
        display,
        kana,
    }
}

/// の疑い: says nothing about where.
const SUSPECTED: &str = "8002";
