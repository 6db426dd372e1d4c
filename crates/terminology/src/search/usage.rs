//! Usages: what was written in shorthand first, then names of the lists.
use super::fold::places;
use super::habit::{Known, by_code};
use super::index::number;
use super::order::{Placed, best, one_per_code};
use super::query::{Found, Word, run, words};
use super::shorthand::{Sig, parse};
use super::{Answer, Domain, Extra, Group, Item, Question};
use crate::{Catalogue, CodeSystem, Kind, Record, column};

pub(super) fn search(catalogue: &Catalogue, question: &Question<'_>) -> Answer {
    let usages = &catalogue.usages;
    let (index, day) = (&usages.index, number(question.day));
    let record =
        |entry: u32| usages.entries.get(entry as usize).and_then(|number| catalogue.table(Kind::Usage).record(*number));
    let written = parse(question.text).filter(|_| question.limit > 0).map(|sig| written(catalogue, question, sig));
    let words: Vec<Word> = words(question.text, false).iter().map(|word| Word::read(word, Domain::Usage)).collect();
    let known = Known::resolve(&question.habits, |code| by_code(index, code));
    let Found { mut hits, mut total } =
        run(index, &words, &known, question.limit, |entry| question.include_ended || index.is_live(entry, day));
    if question.include_ended {
        hits = one_per_code(index, hits, |entry| record(entry).map_or("", |record| record.key()));
        total = hits.len();
    }
    let placed = hits.iter().map(|hit| {
        let (group, frequency) = known.of(hit.entry);
        Placed::new(index, *hit, group, frequency)
    });
    let placed = best(placed.collect(), question.limit);
    let total = total + usize::from(written.is_some());
    let mut items: Vec<Item> = written.into_iter().collect();
    for placed in &placed {
        let Some(record) = record(placed.hit.entry) else { continue };
        let display = record.get(column::usage::NAME).to_owned();
        let needles = || words.iter().flat_map(|word| word.readings.iter().map(|reading| reading.relaxed.as_str()));
        items.push(Item {
            system: system_of(&record),
            code: record.key().to_owned(),
            matched: places(&display, needles()),
            display,
            kana: String::new(),
            detail: note(&record),
            group: placed.group,
            high_risk: false,
            class_tag: String::new(),
            selectable_by_enter: items.is_empty() && placed.hit.is_prefix,
            kana_matched: Vec::new(),
            is_ended: !index.is_live(placed.hit.entry, day),
            extra: Extra::None,
        });
    }
    items.truncate(question.limit);
    Answer { items, total: u32::try_from(total).unwrap_or(u32::MAX) }
}

/// The line of what was written: with its code where a list carries it on that day.
fn written(catalogue: &Catalogue, question: &Question<'_>, sig: Sig) -> Item {
    let table = catalogue.table(Kind::Usage);
    let record = table.at(&sig.code, question.day).filter(|record| record.is_usable(question.day));
    let notes = [
        sig.amounts(),
        sig.doubt.unwrap_or_default().to_owned(),
        if record.is_none() { "用法コードなし".to_owned() } else { String::new() },
        record.map(|record| note(&record)).unwrap_or_default(),
    ];
    Item {
        system: record.map_or(CodeSystem::Usage.url(), |record| system_of(&record)),
        code: record.map_or("", |record| record.key()).to_owned(),
        display: sig.display(),
        kana: String::new(),
        detail: notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join("　"),
        group: Group::Other,
        high_risk: false,
        class_tag: String::new(),
        selectable_by_enter: sig.doubt.is_none(),
        matched: Vec::new(),
        kana_matched: Vec::new(),
        is_ended: false,
        extra: Extra::Usage(Box::new(sig)),
    }
}

/// The list of the code: that of the electronic prescription where it carries it.
fn system_of(record: &Record<'_>) -> &'static str {
    let lists = record.get(column::usage::LISTS);
    if lists.split(' ').any(|list| list == "eP") {
        CodeSystem::EPrescriptionUsage.url()
    } else {
        CodeSystem::Usage.url()
    }
}

/// What the list asks for besides.
fn note(record: &Record<'_>) -> String {
    let supplement = (record.get(column::usage::NEEDS_SUPPLEMENT) == "1").then_some("用法の補足が必要");
    let site = (record.get(column::usage::NEEDS_SITE) == "1").then_some("部位が必要");
    [supplement, site].into_iter().flatten().collect::<Vec<_>>().join("　")
}
