//! One set of masters that a whole process shares.
use crate::{Catalogue, Kind, Mapping, Table};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables of one moment and what is built from them. Immutable.
#[derive(Debug)]
pub struct Masters {
    tables: BTreeMap<Kind, Arc<Table>>,
    mapping: Mapping,
    catalogue: Catalogue,
}

impl Masters {
    /// Of these tables, one a kind.
    pub fn new(tables: impl IntoIterator<Item = Arc<Table>>) -> Masters {
        let tables: BTreeMap<Kind, Arc<Table>> = tables.into_iter().map(|table| (table.kind(), table)).collect();
        let mapping = Mapping::build(tables.values());
        let catalogue = Catalogue::build(tables.values().cloned());
        Masters { tables, mapping, catalogue }
    }

    /// A table, where one of that kind is there.
    pub fn table(&self, kind: Kind) -> Option<&Arc<Table>> {
        self.tables.get(&kind)
    }

    /// The search over them.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Look-ups and translations of codes.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

impl Default for Masters {
    /// Without any table.
    fn default() -> Masters {
        Masters::new([])
    }
}

/// Where a process holds its masters. Clones hold the same; who has taken [`MastersHandle::current`] keeps what it has
/// while others are put in its place.
#[derive(Clone, Debug, Default)]
pub struct MastersHandle {
    current: Arc<ArcSwap<Masters>>,
}

impl MastersHandle {
    /// Holding these.
    pub fn new(masters: Masters) -> MastersHandle {
        MastersHandle { current: Arc::new(ArcSwap::from_pointee(masters)) }
    }

    /// The masters of now.
    pub fn current(&self) -> Arc<Masters> {
        self.current.load_full()
    }

    /// Puts newer masters in their place, for all clones at once.
    pub fn replace(&self, masters: Masters) {
        self.current.store(Arc::new(masters));
    }
}
