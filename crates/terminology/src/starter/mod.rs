//! The product's own small starter set: enough for the demo and the tests, and no master to prescribe with.
//!
//! Facts (codes and names of single items) written down for this product in the plain form of
//! [`Table::decode`](crate::Table::decode), one file for each kind. [`import`](crate::import) puts an official file in
//! the place of the starter table of its kind.
use crate::{Damaged, Kind, Table};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// Name of the edition of the starter set.
pub const EDITION: &str = "starter";

/// The starter tables of all kinds, in the order of [`Kind::ALL`].
pub fn tables() -> Vec<Table> {
    // The files are part of the program and the tests read every one.
    Kind::ALL.into_iter().map(|kind| read(kind).unwrap_or_else(|_| Table::empty(kind))).collect()
}

/// Whether a table holds nothing but the starter set, so that a screen must say so.
pub fn is_starter(table: &Table) -> bool {
    matches!(table.editions(), [edition] if edition.file == EDITION)
}

fn read(kind: Kind) -> Result<Table, Damaged> {
    Table::decode(kind, text(kind).as_bytes())
}

fn text(kind: Kind) -> &'static str {
    match kind {
        Kind::NhiPrice => include_str!("../../starter/nhi-price.tsv"),
        Kind::NhiGeneric => include_str!("../../starter/nhi-generic.tsv"),
        Kind::SskDisease => include_str!("../../starter/ssk-disease.tsv"),
        Kind::SskModifier => include_str!("../../starter/ssk-modifier.tsv"),
        Kind::SskDrug => include_str!("../../starter/ssk-drug.tsv"),
        Kind::SskAct => include_str!("../../starter/ssk-act.tsv"),
        Kind::SskMaterial => include_str!("../../starter/ssk-material.tsv"),
        Kind::SskComment => include_str!("../../starter/ssk-comment.tsv"),
        Kind::MedisDisease => include_str!("../../starter/medis-disease.tsv"),
        Kind::Hot => include_str!("../../starter/hot.tsv"),
        Kind::GenericName => include_str!("../../starter/generic-name.tsv"),
        Kind::Jlac10 => include_str!("../../starter/jlac10.tsv"),
        Kind::Jlac11 => include_str!("../../starter/jlac11.tsv"),
        Kind::ClinsLab => include_str!("../../starter/clins-lab.tsv"),
        Kind::Usage => include_str!("../../starter/usage.tsv"),
        Kind::Allergen => include_str!("../../starter/allergen.tsv"),
        Kind::Postal => include_str!("../../starter/postal.tsv"),
    }
}
