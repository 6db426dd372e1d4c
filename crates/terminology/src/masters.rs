//! The tables of one moment, shared by everybody, and the place where the next moment's are put.
use crate::{Kind, Table};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables of one moment. Immutable.
#[derive(Debug, Default)]
pub struct Masters {
    tables: BTreeMap<Kind, Arc<Table>>,
}

impl Masters {
    /// Of these tables, one a kind.
    pub fn new(tables: impl IntoIterator<Item = Arc<Table>>) -> Masters {
        Masters { tables: tables.into_iter().map(|table| (table.kind(), table)).collect() }
    }

    /// A table, where one of that kind is there.
    pub fn table(&self, kind: Kind) -> Option<&Arc<Table>> {
        self.tables.get(&kind)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_took_the_tables_keeps_them_while_newer_ones_come() {
        let handle = MastersHandle::new(Masters::new([Arc::new(Table::empty(Kind::Hot))]));
        let taken = handle.current();
        handle.replace(Masters::new([Arc::new(Table::empty(Kind::Usage))]));
        assert!(taken.table(Kind::Hot).is_some() && taken.table(Kind::Usage).is_none());
        let now = handle.current();
        assert!(now.table(Kind::Hot).is_none() && now.table(Kind::Usage).is_some());
    }
}
