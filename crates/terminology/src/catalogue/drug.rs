//! Drugs: 医薬品マスター and 薬価基準 joined by the code of 12 characters.
use super::look_alike::{Families, Named, head_of};
use super::spans::spans;
use super::{DrugClass, Tables};
use crate::search::index::{Builder, Face, Index, Life};
use crate::{Kind, Record, Table, column};
use std::collections::HashMap;

/// A line of drugs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrugEntry {
    /// Record of 医薬品マスター.
    pub(crate) receipt: Option<u32>,
    /// Record of 薬価基準.
    pub(crate) price: Option<u32>,
    /// Number of the head of its name with its class.
    pub(crate) family: u32,
}

/// All drugs.
#[derive(Debug)]
pub(crate) struct Drugs {
    pub(crate) index: Index,
    pub(crate) entries: Box<[DrugEntry]>,
    pub(crate) families: Families,
    /// Entries of each 薬価基準 code, in the order of entries.
    pub(crate) by_nhi: HashMap<Box<str>, Box<[u32]>>,
    /// Record of the HOT master for each 薬価基準 code and receipt code.
    pub(crate) hot: HashMap<Box<str>, u32>,
}

/// What both masters say of a drug.
struct Joined<'t> {
    receipt: Option<Record<'t>>,
    price: Option<Record<'t>>,
}

impl<'t> Joined<'t> {
    fn name(&self) -> &'t str {
        let full = self.receipt.map_or("", |r| r.get(column::ssk_drug::FULL_NAME));
        let short = self.receipt.map_or("", |r| r.get(column::ssk_drug::NAME));
        let price = self.price.map_or("", |p| p.get(column::nhi_price::NAME));
        [short, full, price].into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    fn nhi_code(&self) -> &'t str {
        let receipt = self.receipt.map_or("", |r| r.get(column::ssk_drug::NHI_CODE));
        if receipt.is_empty() { self.price.map_or("", |p| p.get(column::nhi_price::CODE)) } else { receipt }
    }

    fn price(&self, column: crate::kind::Column) -> &'t str {
        self.price.map_or("", |p| p.get(column))
    }

    fn receipt(&self, column: crate::kind::Column) -> &'t str {
        self.receipt.map_or("", |r| r.get(column))
    }

    /// 内用 first, then 外用, 注射, 歯科; 先発 before 後発.
    fn hint(&self) -> u8 {
        let form = match (self.receipt(column::ssk_drug::FORM), self.price(column::nhi_price::CLASS)) {
            ("1", _) | ("", "内用薬") => 0,
            ("6", _) | ("", "外用薬") => 1,
            ("4", _) | ("", "注射薬") => 2,
            ("8", _) | ("", "歯科用薬剤") => 4,
            _ => 3,
        };
        let generic = self.receipt(column::ssk_drug::GENERIC) == "1"
            || matches!(self.price(column::nhi_price::GENERIC), "後発品" | "★");
        let brand = !self.price(column::nhi_price::BRAND).is_empty();
        form * 3
            + if brand {
                0
            } else if generic {
                2
            } else {
                1
            }
    }
}

impl Drugs {
    pub(crate) fn build(tables: &Tables<'_>) -> Drugs {
        let (receipts, prices, hots) = (tables.get(Kind::SskDrug), tables.get(Kind::NhiPrice), tables.get(Kind::Hot));
        let mut priced: HashMap<&str, Vec<u32>> = HashMap::new();
        for (number, record) in prices.records() {
            priced.entry(record.get(column::nhi_price::CODE)).or_default().push(number);
        }
        let hot = hot_codes(hots);
        let mut set =
            Building { builder: Builder::skeletal(), entries: Vec::new(), names: Vec::new(), codes: Vec::new() };
        let words = [
            column::ssk_drug::NAME,
            column::ssk_drug::FULL_NAME,
            column::ssk_drug::KANA,
            column::ssk_drug::NHI_CODE,
            column::ssk_drug::GENERIC_NAME,
        ];
        let mut named: HashMap<&str, Vec<Life>> = HashMap::new();
        for span in spans(receipts, &words) {
            let code = span.record.get(column::ssk_drug::NHI_CODE);
            let life = span.life.within(Life::new(None, usable_until(span.record.get(column::ssk_drug::USABLE_UNTIL))));
            named.entry(code).or_default().push(life);
            let candidates = priced.get(code).filter(|_| !code.is_empty());
            let price = candidates.and_then(|all| best_price(prices, all, &span.record));
            let joined = Joined { receipt: Some(span.record), price: price.and_then(|number| prices.record(number)) };
            let entry = DrugEntry { receipt: Some(span.number), price, family: 0 };
            set.add(&joined, entry, life, hot_record(hots, &hot, joined.nhi_code()), span.record.key());
        }
        for span in
            spans(prices, &[column::nhi_price::NAME, column::nhi_price::INGREDIENT, column::nhi_price::STRENGTH])
        {
            let code = span.record.get(column::nhi_price::CODE);
            if named.contains_key(code) {
                continue;
            }
            let joined = Joined { receipt: None, price: Some(span.record) };
            let entry = DrugEntry { receipt: None, price: Some(span.number), family: 0 };
            set.add(&joined, entry, span.life, hot_record(hots, &hot, code), "");
        }
        let mut families = Families::build(&set.names);
        let mut entries = set.entries;
        for (entry, family) in entries.iter_mut().zip(families.take_members()) {
            entry.family = family;
        }
        let mut by_nhi: HashMap<Box<str>, Vec<u32>> = HashMap::new();
        for (number, code) in (0..).zip(set.codes) {
            by_nhi.entry(code).or_default().push(number);
        }
        let by_nhi = by_nhi.into_iter().map(|(code, numbers)| (code, numbers.into())).collect();
        Drugs { index: set.builder.build(), entries: entries.into(), families, by_nhi, hot }
    }

    pub(crate) fn bytes(&self) -> usize {
        let codes = self.by_nhi.len() * 60 + self.hot.len() * 48;
        self.index.bytes() + self.entries.len() * size_of::<DrugEntry>() + codes + self.families.bytes()
    }
}

struct Building<'t> {
    builder: Builder,
    entries: Vec<DrugEntry>,
    names: Vec<Named<'t>>,
    codes: Vec<Box<str>>,
}

impl<'t> Building<'t> {
    fn add(&mut self, joined: &Joined<'t>, entry: DrugEntry, life: Life, hot: Option<Record<'_>>, receipt_code: &str) {
        let general = joined.receipt(column::ssk_drug::GENERIC_NAME).trim_start_matches("【般】");
        let faces = [
            (Face::Name, joined.name()),
            (Face::Name, joined.receipt(column::ssk_drug::FULL_NAME)),
            (Face::Kana, joined.receipt(column::ssk_drug::KANA)),
            (Face::General, joined.price(column::nhi_price::INGREDIENT)),
            (Face::General, general),
            (Face::Detail, joined.price(column::nhi_price::STRENGTH)),
            (Face::Detail, joined.price(column::nhi_price::MAKER)),
            (Face::Code, joined.nhi_code()),
            (Face::Code, receipt_code),
            (Face::Code, hot.map_or("", |h| h.key())),
            (Face::Code, hot.map_or("", |h| h.get(column::hot::YJ))),
        ];
        self.builder.add(life, joined.hint(), faces.into_iter());
        let unknown = DrugClass { label: "", is_high_risk: false };
        self.names.push(Named {
            head: head_of(joined.name()),
            class: DrugClass::of(joined.nhi_code()).unwrap_or(unknown),
            ingredient: head_of(joined.price(column::nhi_price::INGREDIENT)),
        });
        self.codes.push(joined.nhi_code().into());
        self.entries.push(entry);
    }
}

/// The price line of a receipt record: by name where several share the code, else the newest.
fn best_price(prices: &Table, all: &[u32], receipt: &Record<'_>) -> Option<u32> {
    let names = [receipt.get(column::ssk_drug::FULL_NAME), receipt.get(column::ssk_drug::NAME)];
    let named =
        |number: &&u32| prices.record(**number).is_some_and(|r| names.contains(&r.get(column::nhi_price::NAME)));
    all.iter().rev().find(named).or(all.last()).copied()
}

/// YYYYMMDD, where it is a day.
fn usable_until(text: &str) -> Option<karute_japan::Date> {
    let year = text.get(..4)?.parse().ok()?;
    let (month, day) = (text.get(4..6)?.parse().ok()?, text.get(6..8)?.parse().ok()?);
    karute_japan::Date::new(year, month, day).ok().filter(|_| text != "99999999")
}

fn hot_codes(hots: &Table) -> HashMap<Box<str>, u32> {
    let mut codes = HashMap::new();
    for (number, record) in hots.records() {
        for code in [record.get(column::hot::NHI_CODE), record.get(column::hot::RECEIPT_CODE)] {
            if !code.is_empty() {
                codes.insert(code.into(), number);
            }
        }
    }
    codes
}

fn hot_record<'t>(hots: &'t Table, codes: &HashMap<Box<str>, u32>, code: &str) -> Option<Record<'t>> {
    codes.get(code).and_then(|number| hots.record(*number))
}
