//! Laboratory items, acts, allergens.
use super::fold::places;
use super::habit::{Known, by_code};
use super::index::number;
use super::order::{Placed, best, one_per_code};
use super::query::{Found, Word, run, words};
use super::{Answer, Domain, Extra, Group, Item, Question};
use crate::catalogue::{Simple, SimpleEntry, Source};
use crate::{Catalogue, CodeSystem, Record, column};

pub(super) fn search(catalogue: &Catalogue, question: &Question<'_>) -> Answer {
    let simple = match question.domain {
        Domain::Lab => &catalogue.labs,
        Domain::Act => &catalogue.acts,
        _ => &catalogue.allergens,
    };
    let (index, day) = (&simple.index, number(question.day));
    let words: Vec<Word> = words(question.text, false).iter().map(|word| Word::read(word, question.domain)).collect();
    let known = Known::resolve(&question.habits, |code| by_code(index, code));
    let Found { mut hits, mut total } =
        run(index, &words, &known, question.limit, |entry| question.include_ended || index.is_live(entry, day));
    if question.include_ended {
        hits = one_per_code(index, hits, |entry| record(catalogue, simple, entry).map_or("", |(_, r)| r.key()));
        total = hits.len();
    }
    let placed = hits.iter().map(|hit| {
        let (group, frequency) = known.of(hit.entry);
        Placed::new(index, *hit, group, frequency)
    });
    let placed = best(placed.collect(), question.limit);
    let sets = if question.domain == Domain::Lab { sets(catalogue, question, &words) } else { Vec::new() };
    let total = total + sets.len();
    let mut sets = sets.into_iter().peekable();
    let mut items: Vec<Item> = Vec::with_capacity(placed.len());
    for placed in &placed {
        let Some((entry, record)) = record(catalogue, simple, placed.hit.entry) else { continue };
        while let Some((_, set)) = sets.next_if(|(set, _)| !placed.before(set)) {
            items.push(set);
        }
        let mut item = item(entry.source, &record);
        let needles = || words.iter().flat_map(|word| word.readings.iter().map(|reading| reading.relaxed.as_str()));
        item.matched = places(&item.display, needles());
        item.kana_matched = places(&item.kana, needles());
        item.group = placed.group;
        item.selectable_by_enter = items.is_empty() && placed.hit.is_prefix;
        item.is_ended = !index.is_live(placed.hit.entry, day);
        items.push(item);
    }
    items.extend(sets.map(|(_, set)| set));
    items.truncate(question.limit);
    Answer { items, total: u32::try_from(total).unwrap_or(u32::MAX) }
}

/// Sets that match, the clinic's own before panels among equals. Enter chooses none: one key must not order ten things.
fn sets(catalogue: &Catalogue, question: &Question<'_>, words: &[Word]) -> Vec<(Placed, Item)> {
    let all = question.habits.lab_sets.into_iter().chain([&catalogue.panels]);
    let found = all.flat_map(|sets| sets.find(words).into_iter().map(move |placed| (sets, placed)));
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(_, placed)| placed.rank());
    found.into_iter().filter_map(|(sets, placed)| Some((placed, sets.item(&placed, words)?))).collect()
}

fn record<'c>(catalogue: &'c Catalogue, simple: &Simple, entry: u32) -> Option<(SimpleEntry, Record<'c>)> {
    let entry = *simple.entries.get(entry as usize)?;
    Some((entry, catalogue.table(entry.source.kind()).record(entry.record)?))
}

fn item(source: Source, record: &Record<'_>) -> Item {
    let text = |column| record.get(column).to_owned();
    let list = |column| record.get(column).split(' ').filter(|code| !code.is_empty()).map(str::to_owned);
    let joined = |parts: &[&str]| {
        let parts = parts.iter().filter(|part| !part.is_empty());
        parts.copied().collect::<Vec<_>>().join("　")
    };
    let mut item = Item {
        system: CodeSystem::Act.url(),
        code: record.key().to_owned(),
        display: String::new(),
        kana: String::new(),
        detail: String::new(),
        group: Group::Other,
        high_risk: false,
        class_tag: String::new(),
        selectable_by_enter: false,
        matched: Vec::new(),
        kana_matched: Vec::new(),
        is_ended: false,
        extra: Extra::None,
    };
    match source {
        Source::Clins => {
            let is_infection = record.get(column::clins_lab::GROUP) == "infection";
            item.system = if is_infection { CodeSystem::ClinsInfection10.url() } else { CodeSystem::ClinsCore10.url() };
            let codes: Vec<String> = list(column::clins_lab::JLAC10).chain(list(column::clins_lab::JLAC11)).collect();
            item.code = codes.first().cloned().unwrap_or_default();
            item.display = text(column::clins_lab::DISPLAY);
            let unit = record.get(column::clins_lab::UNITS).split('|').next().unwrap_or_default().to_owned();
            item.detail = joined(&[record.get(column::clins_lab::NAME), &unit]);
            item.class_tag = "電子カルテ情報共有サービス".into();
            item.extra = Extra::Lab { unit, codes };
        }
        Source::Jlac10 => {
            item.system = CodeSystem::Jlac10.url();
            item.display = text(column::jlac10::NAME);
            let unit = text(column::jlac10::UNIT);
            let (specimen, method) = (record.get(column::jlac10::SPECIMEN), record.get(column::jlac10::METHOD));
            item.detail = joined(&[specimen, method, &unit]);
            item.class_tag = "JLAC10".into();
            let codes = std::iter::once(record.key().to_owned()).chain(list(column::jlac10::JLAC11));
            item.extra = Extra::Lab { unit, codes: codes.collect() };
        }
        Source::Jlac11 => {
            item.system = CodeSystem::Jlac11.url();
            item.display = text(column::jlac11::NAME);
            let unit = text(column::jlac11::UNIT);
            let (specimen, method) = (record.get(column::jlac11::SPECIMEN), record.get(column::jlac11::METHOD));
            item.detail = joined(&[specimen, method, &unit]);
            item.class_tag = "JLAC11".into();
            let codes = std::iter::once(record.key().to_owned()).chain(list(column::jlac11::JLAC10));
            item.extra = Extra::Lab { unit, codes: codes.collect() };
        }
        Source::Act => {
            item.display = text(column::ssk_act::NAME);
            item.kana = text(column::ssk_act::KANA);
            let (points, kind) = (record.get(column::ssk_act::POINTS), record.get(column::ssk_act::POINTS_KIND));
            let table_number = text(column::ssk_act::TABLE_NUMBER);
            let worth = match kind {
                "1" => format!("{}円", whole(points)),
                "3" => format!("{}点", whole(points)),
                "5" => format!("{}％加算", whole(points)),
                "6" => format!("{}％減算", whole(points)),
                "7" | "8" => format!("−{}点", whole(points)),
                _ => String::new(),
            };
            item.detail = joined(&[&table_number, &worth]);
            item.extra = Extra::Act { points: points.to_owned(), points_kind: kind.to_owned(), table_number };
        }
        Source::Allergen => {
            let (system, tag) = match record.get(column::allergen::CLASS) {
                "food" => (CodeSystem::FoodAllergen.url(), "食物"),
                "drug" => (CodeSystem::DrugAllergen.url(), "医薬品"),
                _ => (CodeSystem::OtherAllergen.url(), "その他"),
            };
            item.system = system;
            item.display = text(column::allergen::NAME);
            item.kana = text(column::allergen::KANA);
            item.detail = record.get(column::allergen::ALIASES).replace('|', "　");
            item.class_tag = tag.into();
        }
    }
    item
}

/// Points without the decimals that say nothing: `291.00` is 291 (SAFE-10).
fn whole(points: &str) -> &str {
    match points.split_once('.') {
        Some((_, decimals)) if !decimals.is_empty() => {
            let cut = points.trim_end_matches('0');
            cut.strip_suffix('.').unwrap_or(cut)
        }
        _ => points,
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn points_have_no_trailing_zeros() {
        for (given, shown) in [("291.00", "291"), ("10.50", "10.5"), ("100", "100"), ("0.00", "0"), ("", "")] {
            assert_eq!(whole(given), shown, "{given}");
        }
    }
}
