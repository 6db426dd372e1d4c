//! The tables of a running process follow the database.
use super::MasterState;
use karute_ledger::{Ledger, LedgerError};
use karute_terminology::{Kind, Table};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Builds what searches and look-ups need from the tables and puts it in place. Runs in a blocking thread.
pub type Publish = Arc<dyn Fn(Vec<Arc<Table>>) + Send + Sync>;
/// The product's own small set, for kinds nothing was imported of.
pub type Starter = fn() -> Vec<Table>;

/// What is in place of each kind: number of the edition, `None` for the starter set.
type Tables = BTreeMap<Kind, (Option<u32>, Arc<Table>)>;

/// Keeps the tables of this process at the newest edition. One per process, whatever its roles.
///
/// Only kinds with a newer edition are read again. What cannot be read or built changes nothing: the tables in place
/// stay, [`MasterState`] says what is wrong, and it is tried again at the next look. A kind that never could be read in
/// this process is empty rather than filled from the starter set: old codes found in an official table must not turn
/// into other things.
pub struct MasterRefresh {
    ledger: Ledger,
    starter: Starter,
    publish: Publish,
    state: Arc<MasterState>,
    tables: Tables,
    /// Version of the database at the last look that succeeded entirely.
    seen: Option<u64>,
}

impl MasterRefresh {
    /// Nothing is read yet.
    pub fn new(ledger: Ledger, starter: Starter, publish: Publish) -> MasterRefresh {
        MasterRefresh { ledger, starter, publish, state: Arc::default(), tables: BTreeMap::new(), seen: None }
    }

    /// How it stands.
    pub fn state(&self) -> Arc<MasterState> {
        Arc::clone(&self.state)
    }

    /// Looks every `interval` until `stop` becomes true; the first time at once.
    pub async fn run(mut self, interval: Duration, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.once().await;
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Looks once; whether new tables were put in place.
    pub async fn once(&mut self) -> bool {
        match self.look().await {
            Ok(placed) => placed,
            Err(error) => {
                self.tell(format!("the database does not give the masters: {error}"));
                false
            }
        }
    }

    fn tell(&self, problem: String) {
        let shown = problem.clone();
        if self.state.failed(problem) {
            tracing::error!(problem = shown, "masters not refreshed; the tables in place stay");
        }
    }

    async fn look(&mut self) -> Result<bool, LedgerError> {
        let version = self.ledger.masters_version().await?;
        if self.seen == Some(version) {
            return Ok(false);
        }
        let began = Instant::now();
        let mut newest: BTreeMap<Kind, u32> = BTreeMap::new();
        for edition in self.ledger.master_editions().await? {
            // A kind of a later release is no concern of this one.
            if let Some(kind) = Kind::parse(&edition.kind) {
                newest.insert(kind, edition.number);
            }
        }
        let mut next = if self.tables.is_empty() { self.beginning().await } else { self.tables.clone() };
        let mut problems = Vec::new();
        for (kind, number) in newest {
            if next.get(&kind).is_some_and(|(placed, _)| *placed == Some(number)) {
                continue;
            }
            match self.read(kind).await {
                Ok(Some(table)) => {
                    next.insert(kind, table);
                }
                Ok(None) => problems.push(format!("{}: the edition is gone", kind.name())),
                Err(problem) => {
                    problems.push(problem);
                    if next.get(&kind).is_some_and(|(placed, table)| placed.is_none() && !table.is_empty()) {
                        next.insert(kind, (None, Arc::new(Table::empty(kind))));
                    }
                }
            }
        }
        let placed = self.place(next, version, began).await;
        if placed.is_none() {
            problems.push("building from the tables stopped unexpectedly".to_owned());
        }
        if problems.is_empty() {
            self.seen = Some(version);
            self.state.succeeded();
        } else {
            self.tell(problems.join("; "));
        }
        Ok(placed.unwrap_or(false))
    }

    /// The starter set, and empty tables for what is not in it.
    async fn beginning(&self) -> Tables {
        let starter = self.starter;
        let tables = tokio::task::spawn_blocking(starter).await.unwrap_or_default();
        let empty = Kind::ALL.into_iter().map(Table::empty);
        empty.chain(tables).map(|table| (table.kind(), (None, Arc::new(table)))).collect()
    }

    async fn read(&self, kind: Kind) -> Result<Option<(Option<u32>, Arc<Table>)>, String> {
        let problem = |why: String| format!("{}: {why}", kind.name());
        let found = self.ledger.read_master(kind.name()).await.map_err(|e| problem(e.to_string()))?;
        let Some(found) = found else { return Ok(None) };
        let number = found.edition.number;
        let decoded = tokio::task::spawn_blocking(move || Table::decode(kind, &found.content)).await;
        let table = decoded.map_err(|_| problem("decoding stopped unexpectedly".into()))?;
        Ok(Some((Some(number), Arc::new(table.map_err(|e| problem(e.to_string()))?))))
    }

    /// Builds and puts in place, unless nothing differs from what is there (editions of kinds this release does not know,
    /// or ones that cannot be read); whether it did. `None`: it could not.
    async fn place(&mut self, next: Tables, version: u64, began: Instant) -> Option<bool> {
        let same = |kind, table: &Arc<Table>| self.tables.get(kind).is_some_and(|(_, old)| Arc::ptr_eq(old, table));
        if self.state.is_ready() && next.iter().all(|(kind, (_, table))| same(kind, table)) {
            return Some(false);
        }
        let tables: Vec<Arc<Table>> = next.values().map(|(_, table)| Arc::clone(table)).collect();
        let publish = Arc::clone(&self.publish);
        if tokio::task::spawn_blocking(move || publish(tables)).await.is_err() {
            return None;
        }
        let rows: Vec<(&'static str, usize)> = next.values().map(|(_, t)| (t.kind().name(), t.len())).collect();
        self.tables = next;
        let took = began.elapsed();
        tracing::info!(version, took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "masters in place");
        self.state.in_place(version, took, rows);
        Some(true)
    }
}
