//! A disease name as the masters know it: a base and modifiers, all as codes.
use crate::parts::clean_line;
use karute_japan::{Date, search_key};
use karute_terminology::{CodeSystem, Masters};

/// Longest name kept, in characters.
const LONGEST: usize = 120;
/// Modifiers of one name at most (the receipt takes 21).
const MOST_MODIFIERS: usize = 21;
/// の疑い
const SUSPECTED: &str = "8002";

/// A modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modifier {
    /// 修飾語コード of 4 digits (receipt).
    pub code: String,
    /// 修飾語管理番号 of 8 digits; empty where no master tells.
    pub key_number: String,
    /// As written: 右, の疑い.
    pub name: String,
    /// Stands after the base (codes 8000 to 8999).
    pub is_suffix: bool,
}

impl Modifier {
    /// Whether it says 疑い.
    pub fn is_suspicion(&self) -> bool {
        self.code == SUSPECTED || self.name.contains("疑い")
    }

    fn suspicion(masters: &Masters, day: Date) -> Modifier {
        modifier(masters, SUSPECTED, day).unwrap_or(Modifier {
            code: SUSPECTED.to_owned(),
            key_number: String::new(),
            name: "の疑い".to_owned(),
            is_suffix: true,
        })
    }
}

/// A name to put on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// 傷病名コード of 7 digits (receipt); `0000999` when the name has no code.
    pub receipt_code: String,
    /// 病名管理番号 of 8 digits; `99999999` when the name has no code.
    pub key_number: String,
    /// 病名交換用コード; may be empty.
    pub exchange_code: String,
    /// ICD-10 without its point; may be empty.
    pub icd10: String,
    /// The base, without modifiers.
    pub base: String,
    /// Modifiers in the order in which they are written.
    pub modifiers: Vec<Modifier>,
}

impl Named {
    /// A name the masters know, from its codes. `code` is a 病名管理番号 or, under the receipt's system, a 傷病名コード;
    /// modifiers are 修飾語コード of 4 digits. `None`: some code is unknown, or the base may not be used on that day.
    pub fn of(masters: &Masters, system: &str, code: &str, modifiers: &[&str], day: Date) -> Option<Named> {
        if modifiers.len() > MOST_MODIFIERS {
            return None;
        }
        let receipt = CodeSystem::ReceiptDisease;
        let system = if system == receipt.url() { receipt } else { CodeSystem::DiseaseKey };
        let found = masters.mapping().concept(system, code, day).filter(|found| found.active)?;
        // Diseases, not modifiers, which share the numbering of the same files.
        let property = |names: &[&str]| {
            let of = |name: &&str| found.properties.iter().find(|(n, value)| n == name && !value.is_empty());
            names.iter().find_map(|name| of(name).map(|(_, value)| (*value).to_owned())).unwrap_or_default()
        };
        let key_number = property(&["key-number"]);
        let named = Named {
            receipt_code: if system == receipt { found.code.clone() } else { receipt_code(masters, &found, day) },
            key_number: if system == receipt { key_number } else { found.code.clone() },
            exchange_code: property(&["exchange-code"]),
            icd10: property(&["icd10"]),
            base: found.display.clone(),
            modifiers: modifiers.iter().map(|code| modifier(masters, code, day)).collect::<Option<_>>()?,
        };
        Some(named)
    }

    /// The whole name: prefixes, base, suffixes.
    pub fn text(&self) -> String {
        let part = |suffix| self.modifiers.iter().filter(move |m| m.is_suffix == suffix).map(|m| m.name.as_str());
        part(false).chain([self.base.as_str()]).chain(part(true)).collect()
    }

    /// Whether it has no code (未コード化).
    pub fn is_uncoded(&self) -> bool {
        self.receipt_code == super::resource::UNCODED_RECEIPT
    }

    /// Whether it is only suspected.
    pub fn is_suspected(&self) -> bool {
        self.modifiers.iter().any(Modifier::is_suspicion)
    }

    /// The same name, suspected or not.
    #[must_use]
    pub fn suspected(mut self, masters: &Masters, suspected: bool, day: Date) -> Named {
        if suspected && !self.is_suspected() {
            self.modifiers.push(Modifier::suspicion(masters, day));
        } else if !suspected {
            self.modifiers.retain(|m| !m.is_suspicion());
        }
        self
    }
}

/// A name without code, as typed: by visible choice only (SRCH-21). `None`: nothing was typed.
pub fn uncoded(text: &str) -> Option<Named> {
    Some(Named {
        receipt_code: super::resource::UNCODED_RECEIPT.to_owned(),
        key_number: super::resource::UNCODED_KEY.to_owned(),
        exchange_code: String::new(),
        icd10: String::new(),
        base: clean_line(text, LONGEST)?,
        modifiers: Vec::new(),
    })
}

/// Whether two names mean the same disease at the same place: same base, same modifiers; whether it is suspected
/// makes no difference (SRCH-22). Names without code are compared by their folded words.
pub fn same(a: &Named, b: &Named) -> bool {
    let places = |named: &Named| {
        let mut places: Vec<String> =
            named.modifiers.iter().filter(|m| !m.is_suspicion()).map(|m| m.code.clone()).collect();
        places.sort();
        places
    };
    if a.is_uncoded() || b.is_uncoded() {
        let key = |named: &Named| search_key(named.text().trim_end_matches("の疑い"));
        return key(a) == key(b);
    }
    let equal = |x: &str, y: &str| !x.is_empty() && x == y;
    (equal(&a.key_number, &b.key_number) || equal(&a.receipt_code, &b.receipt_code)) && places(a) == places(b)
}

fn receipt_code(masters: &Masters, found: &karute_terminology::mapping::Concept<'_>, day: Date) -> String {
    use karute_terminology::Kind;
    if let (Kind::MedisDisease, Some((_, code))) =
        (found.kind, found.properties.iter().find(|(name, _)| name == "receipt-code"))
    {
        return (*code).to_owned();
    }
    // The receipt's own file is keyed by it.
    let Some(table) = masters.table(Kind::SskDisease) else { return String::new() };
    let is_it = |record: &karute_terminology::Record<'_>| {
        record.get(karute_terminology::column::ssk_disease::KEY_NUMBER) == found.code && record.is_usable(day)
    };
    table.records().find(|(_, record)| is_it(record)).map_or_else(String::new, |(_, record)| record.key().to_owned())
}

fn modifier(masters: &Masters, code: &str, day: Date) -> Option<Modifier> {
    let found = masters.mapping().concept(CodeSystem::ReceiptModifier, code, day)?;
    let key_number =
        found.properties.iter().find(|(name, _)| name == "key-number").map(|(_, value)| (*value).to_owned());
    Some(Modifier {
        is_suffix: found.code.starts_with('8'),
        key_number: key_number.unwrap_or_default(),
        name: found.display,
        code: found.code,
    })
}
