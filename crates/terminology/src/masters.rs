//! One set of masters that a whole process shares.
use crate::expansion::Links;
use crate::mapping::Coverage;
use crate::{Catalogue, Function, Kind, Mapping, Table, starter};
use arc_swap::ArcSwap;
use karute_japan::Date;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The tables of one moment and what is built from them. Immutable.
#[derive(Debug)]
pub struct Masters {
    tables: BTreeMap<Kind, Arc<Table>>,
    mapping: Mapping,
    catalogue: Catalogue,
    pub(crate) links: Links,
    coverage: Mutex<Option<(Date, Arc<[Coverage]>)>>,
}

impl Masters {
    /// The product's own small set, for a beginning without official files.
    pub fn starter() -> Masters {
        Masters::new(starter::tables().into_iter().map(Arc::new))
    }

    /// Of these tables, one a kind.
    pub fn new(tables: impl IntoIterator<Item = Arc<Table>>) -> Masters {
        let tables: BTreeMap<Kind, Arc<Table>> = tables.into_iter().map(|table| (table.kind(), table)).collect();
        let mapping = Mapping::build(tables.values());
        let catalogue = Catalogue::build(tables.values().cloned());
        Masters { tables, mapping, catalogue, links: Links::default(), coverage: Mutex::default() }
    }

    /// A table, where one of that kind is there.
    pub fn table(&self, kind: Kind) -> Option<&Arc<Table>> {
        self.tables.get(&kind)
    }

    /// The search over them.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What is loaded of each kind, in the order of [`Kind::ALL`].
    pub fn status(&self) -> Vec<Status<'_>> {
        let of = |kind| {
            let table = self.tables.get(&kind).filter(|table| !table.is_empty()).map(Arc::as_ref);
            let starter_only = table.is_some_and(starter::is_starter);
            Status { kind, table, starter_only }
        };
        Kind::ALL.into_iter().map(of).collect()
    }

    /// How much can be translated in every direction on a day. Counted once for a day and kept: the first call walks all
    /// codes, which takes seconds for full masters.
    pub fn coverage(&self, day: Date) -> Arc<[Coverage]> {
        // Held while counting, so that two who ask at once do not both count.
        let mut kept = self.coverage.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, counted)) if *of == day => Arc::clone(counted),
            _ => {
                let counted: Arc<[Coverage]> = self.mapping.coverage(day).into();
                *kept = Some((day, Arc::clone(&counted)));
                counted
            }
        }
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

/// What is loaded of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Status<'m> {
    /// The kind.
    pub kind: Kind,
    /// Its table; `None`: nothing is loaded.
    pub table: Option<&'m Table>,
    /// Only the product's own small set is there, which nobody can work with.
    pub starter_only: bool,
}

impl Status<'_> {
    /// Whether official files are loaded.
    pub fn is_official(&self) -> bool {
        self.table.is_some() && !self.starter_only
    }

    /// The functions that cannot do without this kind and therefore do not work.
    pub fn missing_for(&self) -> impl Iterator<Item = Function> {
        let (kind, missing) = (self.kind, !self.is_official());
        Function::ALL.into_iter().filter(move |function| missing && function.needs().contains(&kind))
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
