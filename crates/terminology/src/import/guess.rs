//! What a file looks like that was given as something else.
use super::header::{Columns, Heading};
use super::source::File;
use super::taking::{Fields, is_digits};
use super::{allergen, clins_lab, generic_name, hot, jlac, nhi, postal, ssk, usage};
use crate::Kind;
use csv::StringRecord;

/// The kind whose layout the first rows have.
pub(super) fn kind(file: &File<'_>) -> Option<Kind> {
    if let Some(text) = file.json() {
        let head = text.get(..4096).unwrap_or(text);
        return [("Jfagy", Kind::Allergen), ("/JLAC10/", Kind::Jlac10), ("/JLAC11/", Kind::Jlac11)]
            .into_iter()
            .find_map(|(word, kind)| (head.contains(word) || text.contains(word)).then_some(kind));
    }
    let first = file.first()?;
    let fields = Fields(&first);
    let letter = fields.code(2);
    let by_letter = ssk::LAYOUTS.iter().find(|layout| layout.letter == letter && layout.columns == first.len());
    if let Some(layout) = by_letter {
        return Some(layout.kind);
    }
    if first.len() == postal::COLUMNS && is_digits(&fields.code(1), 5) && is_digits(&fields.code(3), 7) {
        return Some(Kind::Postal);
    }
    if first.len() == hot::COLUMNS && (is_digits(&fields.code(1), 13) || is_digits(&fields.code(1), 9)) {
        return Some(Kind::Hot);
    }
    let has = |word: &str| first.iter().any(|field| field.contains(word));
    if has("病名管理番号") || has("修飾語管理番号") || has("索引用語") {
        return Some(Kind::MedisDisease);
    }
    let mut found = None;
    for sheet in 0..file.sheets().len() {
        let (mut rows, mut record) = (file.rows(sheet), StringRecord::new());
        for _ in 0..6 {
            let Ok(Some(_)) = rows.next(&file.name, &mut record) else { break };
            found = found.or_else(|| by_headings(&record));
        }
    }
    found
}

/// The kind all of whose headings stand in a row.
fn by_headings(row: &StringRecord) -> Option<Kind> {
    let all = |fits: bool, kind: Kind| fits.then_some(kind);
    all(fits(row, &nhi::PRICES), Kind::NhiPrice)
        .or_else(|| all(fits(row, &nhi::GENERICS), Kind::NhiGeneric))
        .or_else(|| all(fits(row, &generic_name::NAMES), Kind::GenericName))
        .or_else(|| all(fits(row, &clins_lab::ITEMS), Kind::ClinsLab))
        .or_else(|| all(fits(row, &jlac::LIST10), Kind::Jlac10))
        .or_else(|| all(fits(row, &jlac::LIST11), Kind::Jlac11))
        .or_else(|| all(fits(row, &usage::USAGES), Kind::Usage))
        .or_else(|| all(fits(row, &allergen::ALLERGENS), Kind::Allergen))
}

fn fits<const N: usize>(row: &StringRecord, headings: &[Heading; N]) -> bool {
    let at = Columns::of(row, headings, true).at();
    headings.iter().zip(at).all(|(heading, at)| !heading.required || at > 0)
}
