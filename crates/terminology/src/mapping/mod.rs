//! From a code of one system to codes of another: 個別医薬品コード, HOT, レセ電, 一般名, 薬価基準; 病名管理番号, 交換用コード, ICD-10,
//! レセ電傷病名; JLAC10, JLAC11, items of the sharing service, the laboratory's own codes.
//!
//! Two codes belong together because a master names both in one record, or by one of a few rules with a source, which
//! the answer names ([`Step`]). Nothing is guessed: no mapping is an answer, with its reason ([`NoMapping`]).

mod concept;
mod coverage;
mod drug;
mod index;
mod listing;
mod translate;
mod translation;

pub use concept::Concept;
pub use coverage::Coverage;
pub use listing::Listed;
pub use translate::{Ask, LocalPair};
pub use translation::{Equivalence, Match, NoMapping, Step, Translation};

use crate::Table;
use index::Index;
use listing::Listings;
use std::sync::Arc;

/// The mappings of one set of tables: immutable, holds the tables, copies none of their text.
#[derive(Debug, Default)]
pub struct Mapping {
    index: Index,
    listings: Listings,
}

impl Mapping {
    /// Of these tables, one a kind; empty tables count as not loaded.
    pub fn build<'t>(tables: impl IntoIterator<Item = &'t Arc<Table>>) -> Mapping {
        Mapping { index: Index::build(tables), listings: Listings::default() }
    }

    /// Bytes held besides the tables.
    pub fn bytes(&self) -> usize {
        self.index.bytes() + self.listings.bytes()
    }
}
