//! One transaction of one tenant.
use super::lite::LiteTx;
use super::pg::PgTx;
use super::{Dialect, Row, Table, Val};
use crate::{LedgerError, TenantId};

/// A transaction in hand. See the module's documentation for the rules of SQL texts.
pub(crate) enum Tx {
    Lite(LiteTx),
    Pg(PgTx),
}

#[allow(dead_code)]
impl Tx {
    /// Which database.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Tx::Lite(_) => Dialect::Sqlite,
            Tx::Pg(_) => Dialect::Postgres,
        }
    }

    /// Whose data.
    pub(crate) fn tenant(&self) -> TenantId {
        match self {
            Tx::Lite(tx) => tx.tenant(),
            Tx::Pg(tx) => tx.tenant(),
        }
    }

    /// Lifts the time limit on statements, for maintenance and verification.
    pub(crate) async fn unhurried(&mut self) -> Result<(), LedgerError> {
        if self.dialect() == Dialect::Postgres {
            self.rows("SELECT set_config('statement_timeout', '0', true)", &[]).await?;
        }
        Ok(())
    }

    /// All rows of a query.
    pub(crate) async fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        match self {
            Tx::Lite(tx) => tx.rows(sql, args),
            Tx::Pg(tx) => tx.rows(sql, args).await,
        }
    }

    /// The first row of a query, if there is one.
    pub(crate) async fn row(&mut self, sql: &str, args: &[Val]) -> Result<Option<Row>, LedgerError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs a statement; number of rows it touched.
    pub(crate) async fn exec(&mut self, sql: &str, args: &[Val]) -> Result<u64, LedgerError> {
        match self {
            Tx::Lite(tx) => tx.exec(sql, args),
            Tx::Pg(tx) => tx.exec(sql, args).await,
        }
    }

    /// Runs a statement whose count does not matter, without waiting for it where the database can pipeline.
    pub(crate) async fn send(&mut self, sql: &str, args: Vec<Val>) -> Result<(), LedgerError> {
        match self {
            Tx::Lite(tx) => tx.exec(sql, &args).map(drop),
            Tx::Pg(tx) => tx.send(sql, args).await,
        }
    }

    /// Inserts many rows, given as one list per column. Nothing happens when the lists are empty.
    pub(crate) async fn bulk_insert(&mut self, table: &'static Table, columns: Vec<Val>) -> Result<(), LedgerError> {
        let rows = columns.first().and_then(Val::len).unwrap_or(0);
        if columns.len() != table.columns.len() || columns.iter().any(|c| c.len() != Some(rows)) {
            return Err(LedgerError::Integrity(format!("uneven columns for {}", table.name)));
        }
        if rows == 0 {
            return Ok(());
        }
        match self {
            Tx::Lite(tx) => tx.bulk_insert(table, &columns, rows),
            Tx::Pg(tx) => tx.send_bulk(table, columns).await,
        }
    }
}
