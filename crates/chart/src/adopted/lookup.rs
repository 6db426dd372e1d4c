//! What the masters say of adopted drugs.
use karute_japan::Date;
use karute_terminology::{Kind, Masters, Record, column};
use std::collections::HashMap;

/// What the masters of now say of a 薬価基準収載医薬品コード.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrugFact {
    /// Name with strength; where several products share a code, of the first.
    pub name: String,
    /// Whether it can be prescribed on the day asked for.
    pub usable: bool,
}

/// What the masters say of these codes on a day. Codes that no master knows are left out.
pub fn facts<'c>(masters: &Masters, codes: impl Iterator<Item = &'c str>, day: Date) -> HashMap<String, DrugFact> {
    let mut found = HashMap::new();
    let mut others: HashMap<&str, Option<DrugFact>> = HashMap::new();
    let prices = masters.table(Kind::NhiPrice);
    for code in codes {
        match prices.and_then(|table| table.at(code, day)) {
            Some(record) => {
                found.insert(code.to_owned(), fact(record.get(column::nhi_price::NAME), &record, day));
            }
            None => {
                others.insert(code, None);
            }
        }
    }
    // The claims master is keyed by its own codes, so what is left is looked for in one pass over it.
    if let (Some(table), false) = (masters.table(Kind::SskDrug), others.is_empty()) {
        for (_, record) in table.records() {
            let Some(known) = others.get_mut(record.get(column::ssk_drug::NHI_CODE)) else { continue };
            let long = record.get(column::ssk_drug::FULL_NAME);
            let name = if long.is_empty() { record.get(column::ssk_drug::NAME) } else { long };
            let next = fact(name, &record, day);
            if known.as_ref().is_none_or(|k| !k.usable && next.usable) {
                *known = Some(next);
            }
        }
    }
    found.extend(others.into_iter().filter_map(|(code, fact)| Some((code.to_owned(), fact?))));
    found
}

fn fact(name: &str, record: &Record<'_>, day: Date) -> DrugFact {
    DrugFact { name: name.to_owned(), usable: record.is_usable(day) }
}
