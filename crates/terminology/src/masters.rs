//! The tables of one moment, shared by everybody, and the place where the next moment's are put.
use crate::{Kind, Table};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All tables of one moment. Never changed; a newer moment is another value.
#[derive(Clone, Debug, Default)]
pub struct Masters {
    tables: BTreeMap<Kind, Arc<Table>>,
}

impl Masters {
    /// From tables, at most one of each kind (of several the last counts).
    pub fn new(tables: impl IntoIterator<Item = Arc<Table>>) -> Masters {
        Masters { tables: tables.into_iter().map(|table| (table.kind(), table)).collect() }
    }

    /// The table of a kind, when there is one.
    pub fn table(&self, kind: Kind) -> Option<&Arc<Table>> {
        self.tables.get(&kind)
    }

    /// All tables, in the order of their kinds.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }
}

/// Where a process keeps the tables of now. Readers never wait, and what they took stays whole while it is replaced.
#[derive(Debug)]
pub struct MastersHandle {
    current: ArcSwap<Masters>,
}

impl MastersHandle {
    /// Begins with these.
    pub fn new(masters: Masters) -> MastersHandle {
        MastersHandle { current: ArcSwap::from_pointee(masters) }
    }

    /// The tables of now.
    pub fn current(&self) -> Arc<Masters> {
        self.current.load_full()
    }

    /// Puts newer ones in their place.
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
        assert_eq!(now.tables().count(), 1);
    }
}
