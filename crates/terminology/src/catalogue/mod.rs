//! All masters of one edition, ready to be asked.

mod class;
mod disease;
mod drug;
mod look_alike;
mod simple;
mod spans;
mod usage;

pub use class::DrugClass;
pub(crate) use disease::Diseases;
pub(crate) use drug::{DrugEntry, Drugs};
pub(crate) use simple::{Simple, SimpleEntry, Source};
pub(crate) use usage::Usages;

use crate::search::{LabSet, LabSets, PANEL_TABLE};
use crate::{Kind, Table};
use std::sync::Arc;

/// The tables with everything that is derived from them for searching. Immutable; one value serves all institutions of
/// a process, and a newer one takes its place while this one is still in use.
#[derive(Debug)]
pub struct Catalogue {
    /// In the order of [`Kind::ALL`].
    tables: Vec<Arc<Table>>,
    pub(crate) drugs: Drugs,
    pub(crate) diseases: Diseases,
    pub(crate) usages: Usages,
    pub(crate) labs: Simple,
    pub(crate) panels: LabSets,
    pub(crate) acts: Simple,
    pub(crate) allergens: Simple,
}

impl Catalogue {
    /// Builds the indexes. Of two tables of one kind the later counts; a missing one is empty.
    pub fn build(tables: impl IntoIterator<Item = Arc<Table>>) -> Catalogue {
        let mut all: Vec<Arc<Table>> = Kind::ALL.into_iter().map(|kind| Arc::new(Table::empty(kind))).collect();
        for table in tables {
            if let Some(slot) = all.iter_mut().find(|slot| slot.kind() == table.kind()) {
                *slot = table;
            }
        }
        let set = Tables(&all);
        Catalogue {
            drugs: Drugs::build(&set),
            diseases: Diseases::build(&set),
            usages: Usages::build(&set),
            labs: Simple::labs(&set),
            panels: LabSets::panels(set.get(PANEL_TABLE)),
            acts: Simple::acts(&set),
            allergens: Simple::allergens(&set),
            tables: all,
        }
    }

    /// The table of a kind; empty where nothing was imported.
    pub fn table(&self, kind: Kind) -> &Table {
        Tables(&self.tables).get(kind)
    }

    /// The panel of laboratory items of a code (of the system [`search::PANEL`](crate::search::PANEL)).
    pub fn panel(&self, code: &str) -> Option<&LabSet> {
        self.panels.get(code)
    }

    /// Bytes of the search indexes, without the tables.
    pub fn index_bytes(&self) -> usize {
        self.drugs.bytes()
            + self.diseases.bytes()
            + self.usages.index.bytes()
            + self.labs.index.bytes()
            + self.panels.bytes()
            + self.acts.index.bytes()
            + self.allergens.index.bytes()
    }
}

/// One table of each kind.
pub(crate) struct Tables<'t>(&'t [Arc<Table>]);

impl<'t> Tables<'t> {
    pub(crate) fn get(&self, kind: Kind) -> &'t Table {
        static EMPTY: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| Table::empty(Kind::NhiPrice));
        self.0.iter().find(|table| table.kind() == kind).map_or(&EMPTY, AsRef::as_ref)
    }
}
