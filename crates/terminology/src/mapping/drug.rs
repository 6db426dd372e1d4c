//! The rules between codes of drugs that no single record states, and the ways through a third system.
use super::Mapping;
use super::index::Index;
use super::translate::{Found, tidy};
use super::translation::Step;
use crate::{CodeSystem, Kind};
use karute_japan::Date;
use std::collections::BTreeSet;

/// The systems of drugs.
pub(super) const SYSTEMS: [CodeSystem; 10] = [
    CodeSystem::Yj,
    CodeSystem::Ingredient,
    CodeSystem::GenericName,
    CodeSystem::NhiDrug,
    CodeSystem::ReceiptDrug,
    CodeSystem::Hot7,
    CodeSystem::Hot9,
    CodeSystem::Hot13,
    CodeSystem::DrugAllergen,
    CodeSystem::IngredientAllergen,
];

/// 一般名コード by rule (masters-and-exchange.md 2.3, from the notes of 一般名処方マスタ).
const NINE: &str = "薬価基準収載医薬品コードの先頭9桁＋ZZZ";

/// Systems by way of which two others may be joined when no record names both.
pub(super) fn between(from: CodeSystem, to: CodeSystem) -> &'static [CodeSystem] {
    use CodeSystem as S;
    let drug = |system| SYSTEMS.contains(&system);
    match (from, to) {
        (S::NhiDrug | S::GenericName, S::ReceiptDrug) | (S::ReceiptDrug, S::NhiDrug) => &[],
        (S::NhiDrug, _) if drug(to) => &[S::Yj, S::ReceiptDrug],
        (_, S::NhiDrug) if drug(from) => &[S::Yj, S::ReceiptDrug],
        (S::ReceiptDrug, _) if drug(to) => &[S::NhiDrug],
        (_, S::ReceiptDrug) if drug(from) => &[S::NhiDrug],
        _ if drug(from) && drug(to) => &[S::Yj, S::NhiDrug],
        (S::Jlac11 | S::ClinsItem | S::ClinsCore10 | S::ClinsInfection10, S::Act)
        | (S::Act, S::Jlac11 | S::ClinsItem | S::ClinsCore10 | S::ClinsInfection10) => &[S::Jlac10],
        (S::ClinsCore10 | S::ClinsInfection10, S::Jlac11) | (S::Jlac11, S::ClinsCore10 | S::ClinsInfection10) => {
            &[S::Jlac10]
        }
        (S::ClinsCore11 | S::ClinsInfection11, S::Jlac10) | (S::Jlac10, S::ClinsCore11 | S::ClinsInfection11) => {
            &[S::Jlac11]
        }
        _ => &[],
    }
}

/// 一般名コード of a product: 例外コード品目対照表 first, then what 医薬品マスター says, then the first nine characters and
/// `ZZZ` where 一般名処方マスタ has that code.
pub(super) fn to_generic(mapping: &Mapping, from: CodeSystem, code: &str, day: Date) -> Vec<Found> {
    let generic = CodeSystem::GenericName;
    if matches!(from, CodeSystem::Ingredient | CodeSystem::IngredientAllergen) {
        return by_nine(mapping, code, day, None).into_iter().collect();
    }
    let mut products = if from == CodeSystem::NhiDrug {
        vec![(code.to_owned(), None)]
    } else {
        let listed = mapping.find(from, CodeSystem::NhiDrug, code, day);
        listed.into_iter().map(|f| (f.code.clone(), Some(f))).collect()
    };
    // A product that the price list does not know by name may still be a brand of a known ingredient.
    if products.is_empty() && from != CodeSystem::Yj {
        let own = mapping.find(from, CodeSystem::Yj, code, day);
        products.extend(own.into_iter().map(|f| (f.code.clone(), Some(f))));
    } else if products.is_empty() {
        products.push((code.to_owned(), None));
    }
    let mut found = Vec::new();
    for (product, way) in products {
        let mut here = mapping.by(Kind::GenericName, CodeSystem::NhiDrug, generic, &product, day);
        if here.is_empty() {
            here = mapping.by(Kind::SskDrug, CodeSystem::NhiDrug, generic, &product, day);
        }
        if here.is_empty() {
            here.extend(product.get(..9).and_then(|head| by_nine(mapping, head, day, Some(&product))));
        }
        found.extend(here.into_iter().map(|f| match &way {
            Some(way) => way.clone().then(f),
            None => f,
        }));
    }
    tidy(found)
}

/// The code of the first nine characters, where 一般名処方マスタ has it.
fn by_nine(mapping: &Mapping, head: &str, day: Date, product: Option<&str>) -> Option<Found> {
    // Only a product that some master has can be translated.
    let known = |code: &str| {
        [CodeSystem::NhiDrug, CodeSystem::Yj]
            .into_iter()
            .flat_map(Index::facets)
            .any(|(number, _)| mapping.index.hits(number, code).next().is_some())
    };
    if product.is_some_and(|product| !known(product)) {
        return None;
    }
    let code = format!("{head}ZZZ");
    let concept = mapping.concept(CodeSystem::GenericName, &code, day)?;
    let steps = vec![Step::of(concept.kind, concept.edition, NINE)];
    Some(Found { code, active: concept.active, steps, equivalence: None })
}

/// Products of a 一般名コード: all whose own 一般名コード it is.
pub(super) fn of_generic(mapping: &Mapping, to: CodeSystem, code: &str, day: Date) -> Vec<Found> {
    let generic = CodeSystem::GenericName;
    if matches!(to, CodeSystem::Ingredient | CodeSystem::IngredientAllergen) {
        let Some(head) = code.strip_suffix("ZZZ").filter(|head| head.len() == 9) else { return Vec::new() };
        let known = Index::facets(to).any(|(number, _)| mapping.index.hits(number, head).next().is_some());
        let Some(concept) = mapping.concept(generic, code, day).filter(|_| known) else { return Vec::new() };
        let steps = vec![Step::of(concept.kind, concept.edition, NINE)];
        return vec![Found { code: head.to_owned(), active: concept.active, steps, equivalence: None }];
    }
    let mut products = BTreeSet::new();
    for kind in [Kind::GenericName, Kind::SskDrug] {
        products.extend(mapping.by(kind, generic, CodeSystem::NhiDrug, code, day).into_iter().map(|f| f.code));
    }
    if let Some(head) = code.strip_suffix("ZZZ").filter(|head| head.len() == 9) {
        for (number, facet) in Index::facets(CodeSystem::NhiDrug) {
            if facet.kind != Kind::GenericName {
                products.extend(mapping.index.beginning(number, head).into_iter().map(std::borrow::Cow::into_owned));
            }
        }
    }
    let mut found = Vec::new();
    for product in products {
        // Forward and backward say the same: an exception has its own code, not that of its nine characters.
        let Some(mut way) =
            to_generic(mapping, CodeSystem::NhiDrug, &product, day).into_iter().find(|f| f.code == code)
        else {
            continue;
        };
        way.active = true;
        if to == CodeSystem::NhiDrug {
            let active = mapping.is_active(CodeSystem::NhiDrug, &product, day);
            found.push(Found { code: product, active, ..way });
            continue;
        }
        found.extend(mapping.find(CodeSystem::NhiDrug, to, &product, day).into_iter().map(|f| way.clone().then(f)));
    }
    tidy(found)
}
