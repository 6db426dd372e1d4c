//! Drugs: the patient's, the clinic's, the look-alikes held apart, the rest.
use super::fold::places;
use super::habit::{Known, by_code};
use super::index::number;
use super::order::{Placed, best, one_per_code};
use super::query::{Found, Hit, Word, judge, run, words};
use super::{Answer, Domain, DrugFacts, Extra, Group, Item, Question};
use crate::catalogue::{DrugEntry, Drugs};
use crate::{Catalogue, CodeSystem, Kind, Record, column};
use std::borrow::Cow;
use std::collections::HashSet;

/// Characters from which the whole list is searched (SRCH-10); below, only what patient and clinic use.
const WHOLE_FROM: usize = 3;

pub(super) fn search(catalogue: &Catalogue, question: &Question<'_>) -> Answer {
    let drugs = &catalogue.drugs;
    let (index, day) = (&drugs.index, number(question.day));
    let words: Vec<Word> =
        words(question.text, true).iter().map(|word| Word::read(word, Domain::Drug).with_skeleton(index)).collect();
    if words.is_empty() {
        return Answer::default();
    }
    let known = Known::resolve(&question.habits, |code| entries_of(drugs, code));
    let alive = |entry: u32| question.include_ended || index.is_live(entry, day);
    // A kanji says as much as two kana.
    let typed: usize = words.iter().map(|word| word.length() + word.kanji()).sum();
    let Found { mut hits, mut total } = if typed < WHOLE_FROM {
        let used = known.entries().filter(|entry| alive(*entry));
        let hits: Vec<Hit> = used.filter_map(|entry| judge(index, &words, entry)).collect();
        Found { total: hits.len(), hits }
    } else {
        run(index, &words, &known, question.limit, alive)
    };
    if question.include_ended {
        hits = one_per_code(index, hits, |entry| identity(catalogue, entry));
        total = hits.len();
    }
    let matching: HashSet<u32> = hits.iter().filter_map(|hit| family(drugs, hit.entry)).collect();
    let placed = hits.iter().map(|hit| {
        let (group, frequency) = known.of(hit.entry);
        let alike = || {
            let family = family(drugs, hit.entry)?;
            drugs.families.neighbours(family).iter().any(|other| matching.contains(other)).then_some(())
        };
        let group = if group == Group::Other && alike().is_some() { Group::LookAlike } else { group };
        Placed::new(index, *hit, group, frequency)
    });
    let placed = best(placed.collect(), question.limit);
    let items = placed.iter().enumerate().map(|(place, placed)| item(catalogue, question, &words, placed, place == 0));
    Answer { items: items.collect(), total: u32::try_from(total).unwrap_or(u32::MAX) }
}

/// Entries of a code of 薬価基準; of a 一般名コード (ending in ZZZ) all of that ingredient, form and strength; else of any
/// other code they have.
fn entries_of<'d>(drugs: &'d Drugs, code: &str) -> Cow<'d, [u32]> {
    match (drugs.by_nhi.get(code), code.strip_suffix("ZZZ")) {
        (Some(entries), _) => Cow::Borrowed(entries),
        (None, Some(general)) => drugs.index.by_code(&general.to_ascii_lowercase(), 200).into(),
        (None, None) => by_code(&drugs.index, code).into(),
    }
}

fn family(drugs: &Drugs, entry: u32) -> Option<u32> {
    drugs.entries.get(entry as usize).map(|entry| entry.family)
}

/// What tells a drug from others over its revisions.
fn identity(catalogue: &Catalogue, entry: u32) -> &str {
    let Some(entry) = catalogue.drugs.entries.get(entry as usize) else { return "" };
    let receipt = entry.receipt.and_then(|number| catalogue.table(Kind::SskDrug).record(number));
    let price = || entry.price.and_then(|number| catalogue.table(Kind::NhiPrice).record(number));
    receipt.or_else(price).map_or("", |record| record.key())
}

fn item(catalogue: &Catalogue, question: &Question<'_>, words: &[Word], placed: &Placed, is_first: bool) -> Item {
    let drugs = &catalogue.drugs;
    let entry = drugs.entries.get(placed.hit.entry as usize).copied();
    let entry = entry.unwrap_or(DrugEntry { receipt: None, price: None, family: u32::MAX });
    let receipt = entry.receipt.and_then(|number| catalogue.table(Kind::SskDrug).record(number));
    let price = entry.price.and_then(|number| catalogue.table(Kind::NhiPrice).record(number));
    let name = [
        receipt.map_or("", |r| r.get(column::ssk_drug::NAME)),
        receipt.map_or("", |r| r.get(column::ssk_drug::FULL_NAME)),
        price.map_or("", |p| p.get(column::nhi_price::NAME)),
    ];
    let display = name.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
    let kana = receipt.map_or("", |r| r.get(column::ssk_drug::KANA)).to_owned();
    let class = drugs.families.class(entry.family);
    let neighbours = drugs.families.neighbours(entry.family);
    let facts = facts(catalogue, question, receipt, price, neighbours);
    let detail = [facts.ingredient.as_str(), &facts.strength].into_iter().filter(|part| !part.is_empty());
    let (system, code) = coding(&facts, receipt.map_or("", |r| r.key()));
    let needles = || words.iter().flat_map(|word| word.readings.iter().map(|reading| reading.relaxed.as_str()));
    Item {
        system,
        code,
        matched: places(&display, needles()),
        kana_matched: places(&kana, needles()),
        detail: detail.collect::<Vec<_>>().join("　"),
        group: placed.group,
        high_risk: class.is_high_risk,
        class_tag: class.label.to_owned(),
        selectable_by_enter: is_first && placed.hit.is_prefix && (!class.is_high_risk || neighbours.is_empty()),
        is_ended: !drugs.index.is_live(placed.hit.entry, number(question.day)),
        display,
        kana,
        extra: Extra::Drug(Box::new(facts)),
    }
}

/// YJ where it is known; it is the 薬価基準 code for what is listed by brand (its 銘柄 number, digits 10 and 11, is not 01).
fn coding(facts: &DrugFacts, receipt_code: &str) -> (&'static str, String) {
    if !facts.yj_code.is_empty() {
        (CodeSystem::Yj.url(), facts.yj_code.clone())
    } else if !facts.nhi_code.is_empty() {
        (CodeSystem::NhiDrug.url(), facts.nhi_code.clone())
    } else {
        (CodeSystem::ReceiptDrug.url(), receipt_code.to_owned())
    }
}

fn facts<'c>(
    catalogue: &'c Catalogue,
    question: &Question<'_>,
    receipt: Option<Record<'c>>,
    price: Option<Record<'c>>,
    neighbours: &[u32],
) -> DrugFacts {
    let of_price = |column| price.map_or("", |record: Record<'c>| record.get(column));
    let of_receipt = |column| receipt.map_or("", |record: Record<'c>| record.get(column));
    // The words are those of the entry, the price is that of the day.
    let priced = price.and_then(|p| catalogue.table(Kind::NhiPrice).at(p.key(), question.day));
    let charged = receipt.and_then(|r| catalogue.table(Kind::SskDrug).at(r.key(), question.day));
    let nhi_code = [of_receipt(column::ssk_drug::NHI_CODE), of_price(column::nhi_price::CODE)];
    let nhi_code = nhi_code.into_iter().find(|code| !code.is_empty()).unwrap_or_default();
    let receipt_code = receipt.map_or("", |r: Record<'c>| r.key());
    let hot = catalogue.drugs.hot.get(receipt_code).or_else(|| catalogue.drugs.hot.get(nhi_code));
    let hot = hot.and_then(|number| catalogue.table(Kind::Hot).record(*number));
    let listed_by_brand = nhi_code.len() == 12 && nhi_code.get(9..11).is_some_and(|brand| brand != "01");
    let yj = hot.map_or("", |h: Record<'c>| h.get(column::hot::YJ));
    let yj_code = if yj.is_empty() && listed_by_brand { nhi_code } else { yj };
    let (general_code, general_name) = general(catalogue, question, receipt, nhi_code);
    let narcotic = of_receipt(column::ssk_drug::CONTROLLED);
    DrugFacts {
        nhi_code: nhi_code.to_owned(),
        yj_code: yj_code.to_owned(),
        hot9: hot.map_or("", |h| h.key()).to_owned(),
        receipt_code: receipt_code.to_owned(),
        ingredient: of_price(column::nhi_price::INGREDIENT).to_owned(),
        strength: of_price(column::nhi_price::STRENGTH).to_owned(),
        form: match (of_receipt(column::ssk_drug::FORM), of_price(column::nhi_price::CLASS)) {
            ("1", _) | ("", "内用薬") => "内用",
            ("6", _) | ("", "外用薬") => "外用",
            ("4", _) | ("", "注射薬") => "注射",
            ("8", _) | ("", "歯科用薬剤") => "歯科",
            _ => "",
        },
        unit: of_receipt(column::ssk_drug::UNIT).to_owned(),
        price: charged
            .map(|r| r.get(column::ssk_drug::PRICE))
            .or(priced.map(|p| p.get(column::nhi_price::PRICE)))
            .unwrap_or_default()
            .to_owned(),
        maker: of_price(column::nhi_price::MAKER).to_owned(),
        general_code,
        general_name,
        is_generic: of_receipt(column::ssk_drug::GENERIC) == "1"
            || matches!(of_price(column::nhi_price::GENERIC), "後発品" | "★"),
        is_brand: !of_price(column::nhi_price::BRAND).is_empty(),
        is_narcotic: narcotic == "1" || !of_price(column::nhi_price::NARCOTIC).is_empty(),
        controlled: match narcotic {
            "1" => "麻",
            "2" => "毒",
            "3" => "覚原",
            "5" => "向",
            _ => "",
        },
        look_alikes: {
            let heads = neighbours.iter().map(|family| catalogue.drugs.families.head(*family).to_owned());
            let mut heads: Vec<String> = heads.collect();
            heads.sort_unstable();
            heads.dedup();
            heads
        },
    }
}

/// 一般名コード and 【般】 name: of the receipt master; else by the 例外コード品目対照表, else by the first nine characters
/// (一般名処方マスタについて).
fn general(
    catalogue: &Catalogue,
    question: &Question<'_>,
    receipt: Option<Record<'_>>,
    nhi_code: &str,
) -> (String, String) {
    let of = |column| receipt.map_or("", |record| record.get(column));
    if !of(column::ssk_drug::GENERIC_NAME).is_empty() {
        let (code, name) = (of(column::ssk_drug::GENERIC_CODE), of(column::ssk_drug::GENERIC_NAME));
        return (code.to_owned(), name.to_owned());
    }
    let table = catalogue.table(Kind::GenericName);
    let value = |key: &str, column| {
        let record = table.at(key, question.day).filter(|record| record.is_usable(question.day));
        record.map(|record| record.get(column).to_owned())
    };
    let exception = value(&format!("E{nhi_code}"), column::generic_name::CODE);
    let code = exception.or_else(|| nhi_code.get(..9).map(|begin| format!("{begin}ZZZ")));
    let named = code.and_then(|code| value(&code, column::generic_name::NAME).map(|name| (code, name)));
    named.unwrap_or_default()
}
