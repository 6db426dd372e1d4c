//! Drugs and usages the service knows: the masters of the product, and the few invented ones of the specification's
//! examples.
use karute_eprescription::wire::prescription::CodeKind;
use karute_eprescription::wire::rules::{DUMMY_USAGE, DrugBook, DrugFacts};
use karute_japan::Date;
use karute_terminology::{Kind, Masters, column};
use std::sync::Arc;

/// Where drugs and usages come from.
#[derive(Clone)]
pub struct Book {
    masters: Arc<Masters>,
}

/// Invented for the examples (digest section 12): code, code of its ingredient, name.
const INVENTED: [(CodeKind, &str, &str, &str); 4] = [
    (CodeKind::Yj, "1234567F1234", "1234567", "架空錠１０ｍｇ「試験」"),
    (CodeKind::Receipt, "620000001", "2171022", "アムロジピン錠５ｍｇ「試験」"),
    (CodeKind::Receipt, "620000002", "1234567", "架空錠５ｍｇ「試験」"),
    (CodeKind::Receipt, "662640683", "2646711", "アルメタ軟膏　０．１％"),
];

/// Usages of the specification (digest 5.5) beside those of the master.
const USAGES: [&str; 11] = [
    "1011000090000000",
    "1011000100000000",
    "1011000400000000",
    "1011004000000000",
    "1011040000000000",
    "1011100000000000",
    "1012040400000000",
    "1013044400000000",
    "1050110000000000",
    "1050W20000000000",
    DUMMY_USAGE,
];

/// A drug as the book knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Name, full width.
    pub(crate) name: String,
    /// The first seven characters of its YJ code: route and ingredient.
    pub(crate) ingredient: String,
    pub(crate) facts: DrugFacts,
}

/// A product that can be handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    /// レセプト電算処理コード
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) generic: bool,
}

impl Book {
    /// The product's own small set.
    pub fn starter() -> Book {
        Book::new(Arc::new(Masters::starter()))
    }

    /// These masters.
    pub fn new(masters: Arc<Masters>) -> Book {
        Book { masters }
    }

    pub(crate) fn usage(&self, code: &str, on: Date) -> bool {
        let listed = self.masters.table(Kind::Usage).is_some_and(|table| table.at(code, on).is_some());
        listed || USAGES.contains(&code)
    }

    pub(crate) fn drug(&self, kind: CodeKind, code: &str, on: Date) -> Option<Known> {
        let invented = INVENTED.iter().find(|(known, number, ..)| *known == kind && *number == code);
        if let Some((_, _, ingredient, name)) = invented {
            let facts = DrugFacts::default();
            return Some(Known { name: (*name).to_owned(), ingredient: (*ingredient).to_owned(), facts });
        }
        match kind {
            CodeKind::Receipt => self.by_receipt(code, on),
            CodeKind::Yj => self.by_yj(code, on),
            CodeKind::General => {
                let record = self.masters.table(Kind::GenericName)?.at(code, on)?;
                let name = record.get(column::generic_name::NAME).to_owned();
                Some(Known { facts: facts(code, &name, ""), ingredient: code.get(..7)?.to_owned(), name })
            }
        }
    }

    fn by_receipt(&self, code: &str, on: Date) -> Option<Known> {
        if let Some(record) = self.masters.table(Kind::SskDrug).and_then(|table| table.at(code, on)) {
            let (name, nhi) = (record.get(column::ssk_drug::NAME), record.get(column::ssk_drug::NHI_CODE));
            let facts = facts(nhi, name, record.get(column::ssk_drug::CONTROLLED));
            let ingredient = nhi.get(..7).unwrap_or(code).to_owned();
            return Some(Known { name: name.to_owned(), ingredient, facts });
        }
        let record = self.masters.table(Kind::SskMaterial)?.at(code, on)?;
        let name = record.get(column::ssk_material::NAME).to_owned();
        Some(Known { name, ingredient: code.to_owned(), facts: DrugFacts::default() })
    }

    fn by_yj(&self, code: &str, on: Date) -> Option<Known> {
        let listed = self.masters.table(Kind::NhiPrice).and_then(|table| {
            table
                .records()
                .map(|(_, record)| record)
                .find(|record| record.get(column::nhi_price::CODE) == code && record.is_usable(on))
        });
        if let Some(record) = listed {
            let name = record.get(column::nhi_price::NAME).to_owned();
            let controlled = if record.get(column::nhi_price::NARCOTIC).is_empty() { "" } else { "1" };
            return Some(Known { facts: facts(code, &name, controlled), ingredient: code.get(..7)?.to_owned(), name });
        }
        let (_, record) = self
            .masters
            .table(Kind::SskDrug)?
            .records()
            .find(|(_, record)| record.get(column::ssk_drug::NHI_CODE) == code && record.is_usable(on))?;
        self.by_receipt(record.key(), on)
    }

    /// A product of the same ingredient, form and strength; a generic one where one is asked for.
    pub(crate) fn product(&self, kind: CodeKind, code: &str, on: Date, generic: bool) -> Option<Product> {
        let invented = |code: &str, name: &str| Product { code: code.to_owned(), name: name.to_owned(), generic: true };
        let nine = match kind {
            CodeKind::Receipt => {
                let record = self.masters.table(Kind::SskDrug)?.at(code, on)?;
                record.get(column::ssk_drug::NHI_CODE).get(..9)?.to_owned()
            }
            CodeKind::Yj | CodeKind::General => code.get(..9)?.to_owned(),
        };
        if nine == "2171022F2" && generic {
            return Some(invented("620000001", "アムロジピン錠５ｍｇ「試験」"));
        }
        let products = || {
            self.masters.table(Kind::SskDrug).into_iter().flat_map(|table| table.records()).filter_map(|(_, record)| {
                let same = record.get(column::ssk_drug::NHI_CODE).get(..9) == Some(nine.as_str());
                (same && record.is_usable(on)).then(|| Product {
                    code: record.key().to_owned(),
                    name: record.get(column::ssk_drug::NAME).to_owned(),
                    generic: record.get(column::ssk_drug::GENERIC) == "1",
                })
            })
        };
        products().find(|product| product.generic == generic).or_else(|| products().next())
    }
}

/// What is known by the beginning of its code and by its name; only what the sandbox needs to refuse.
fn facts(nhi: &str, name: &str, controlled: &str) -> DrugFacts {
    let narcotic = controlled == "1" || nhi.starts_with("811") || nhi.starts_with("821");
    let patch = ["テープ", "パップ", "貼付", "パッチ"].iter().any(|word| name.contains(word));
    // Psychotropics have an upper limit of days.
    DrugFacts { narcotic, limited_days: narcotic || controlled == "5" || nhi.starts_with("1124"), patch }
}

impl DrugBook for Book {
    fn facts(&self, kind: CodeKind, code: &str, on: Date) -> Option<DrugFacts> {
        self.drug(kind, code, on).map(|known| known.facts)
    }
}
