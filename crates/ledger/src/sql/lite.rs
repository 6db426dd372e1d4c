//! SQLite: connections and transactions. Everything here blocks and runs in blocking threads, except
//! [`LiteConn::rows`] for single point reads.
use super::{Dialect, Row, Table, Val, dialect};
use crate::{LedgerError, TenantId};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Prepared statements kept per connection; searches make many shapes.
const STATEMENTS: usize = 96;

/// A connection with the texts it has already translated.
pub(crate) struct LiteConn {
    conn: Connection,
    texts: HashMap<Box<str>, Arc<str>>,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read only.
    Read,
    /// The one writer of this process.
    Write,
    /// The writer of a file that may not exist yet.
    Create,
}

/// The text for operators: the message of SQLite names tables and columns, never values.
pub(super) fn storage(error: &rusqlite::Error) -> LedgerError {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => LedgerError::Storage(format!(
            "sqlite {}: {}",
            code.extended_code,
            message.as_deref().unwrap_or("no message")
        )),
        rusqlite::Error::SqlInputError { error, msg, .. } => {
            LedgerError::Storage(format!("sqlite {}: {msg}", error.extended_code))
        }
        other => LedgerError::Storage(format!("sqlite: {other}")),
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        fn json(list: &impl serde::Serialize) -> rusqlite::Result<ToSqlOutput<'static>> {
            let text = serde_json::to_string(list).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
            Ok(ToSqlOutput::Owned(Value::Text(text)))
        }
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Int(v) => ValueRef::Integer(*v),
            Val::Real(v) => ValueRef::Real(*v),
            Val::Text(v) => ValueRef::Text(v.as_bytes()),
            Val::Str(v) => ValueRef::Text(v.as_bytes()),
            Val::Bytes(v) => ValueRef::Blob(v),
            Val::NullInt | Val::NullReal | Val::NullText | Val::NullBytes => ValueRef::Null,
            Val::IntList(v) => return json(v),
            Val::OptIntList(v) => return json(v),
            Val::RealList(v) => return json(v),
            Val::TextList(v) => return json(v),
            Val::StrList(v) => return json(&v.iter().map(AsRef::as_ref).collect::<Vec<&str>>()),
            Val::OptTextList(v) => return json(v),
            Val::BytesList(_) => {
                return Err(rusqlite::Error::ToSqlConversionFailure("lists of bytes only in bulk inserts".into()));
            }
        }))
    }
}

/// Element `i` of a list.
fn element(list: &Val, i: usize) -> ValueRef<'_> {
    match list {
        Val::IntList(l) => l.get(i).map_or(ValueRef::Null, |v| ValueRef::Integer(*v)),
        Val::OptIntList(l) => l.get(i).copied().flatten().map_or(ValueRef::Null, ValueRef::Integer),
        Val::RealList(l) => l.get(i).map_or(ValueRef::Null, |v| ValueRef::Real(*v)),
        Val::BytesList(l) => l.get(i).map_or(ValueRef::Null, |v| ValueRef::Blob(v)),
        Val::TextList(l) => l.get(i).map_or(ValueRef::Null, |v| ValueRef::Text(v.as_bytes())),
        Val::StrList(l) => l.get(i).map_or(ValueRef::Null, |v| ValueRef::Text(v.as_bytes())),
        Val::OptTextList(l) => {
            l.get(i).and_then(Option::as_deref).map_or(ValueRef::Null, |v| ValueRef::Text(v.as_bytes()))
        }
        _ => ValueRef::Null,
    }
}

impl LiteConn {
    /// Opens a file. Durability: WAL with `synchronous = FULL`, so a commit that returned survives power loss.
    pub(crate) fn open(path: &Path, mode: Mode) -> Result<LiteConn, LedgerError> {
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
            | match mode {
                Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
                Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
                Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            };
        let open = || -> rusqlite::Result<Connection> {
            let conn = Connection::open_with_flags(path, flags)?;
            conn.busy_timeout(std::time::Duration::from_secs(10))?;
            conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")?;
            // Page caches grow as they are used; `soft_heap_limit` bounds all of them together.
            conn.pragma_update(None, "soft_heap_limit", 48 << 20)?;
            if mode == Mode::Read {
                // Readers map the file, as much of it as this SQLite can: its pages are the kernel's, shared by all of them
                // and copied by none. Beyond it every page is a system call and a copy. Their own
                // caches hold only pages that still stand in the log.
                conn.execute_batch("PRAGMA mmap_size = 1099511627776; PRAGMA cache_size = -2048;")?;
            } else {
                conn.execute_batch("PRAGMA cache_size = -8192;")?;
                conn.pragma_update(None, "journal_mode", "WAL")?;
                conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;")?;
            }
            // Without this SQLite looks at the values bound (a LIMIT, a key) and plans the statement anew for each; our
            // texts name their indexes, so a plan never depends on values.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            conn.set_prepared_statement_cache_capacity(STATEMENTS);
            Ok(conn)
        };
        Ok(LiteConn { conn: open().map_err(|e| storage(&e))?, texts: HashMap::new() })
    }

    /// Tells `grown` after each commit how many pages its log has, and leaves carrying them over to others.
    pub(super) fn watch(&mut self, grown: impl Fn(u32) + Send + 'static) -> Result<(), LedgerError> {
        let hook = move |_: &mut rusqlite::hooks::Wal, pages| {
            grown(u32::try_from(pages).unwrap_or(0));
            Ok(())
        };
        self.conn.wal_hook(Some(hook)).map_err(|e| storage(&e))
    }

    fn prepare(&mut self, sql: &str) -> Result<CachedStatement<'_>, LedgerError> {
        if self.texts.len() > 4 * STATEMENTS {
            self.texts.clear();
        }
        if !self.texts.contains_key(sql) {
            self.texts.insert(sql.into(), dialect::expand(Dialect::Sqlite, sql).into());
        }
        let text = self.texts.get(sql).map_or(sql, AsRef::as_ref);
        self.conn.prepare_cached(text).map_err(|e| storage(&e))
    }

    /// Runs several statements that take no parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), LedgerError> {
        self.conn.execute_batch(sql).map_err(|e| storage(&e))
    }

    /// All rows of a query.
    pub(crate) fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        let mut statement = self.prepare(sql)?;
        let run = |statement: &mut CachedStatement<'_>| -> rusqlite::Result<Vec<Row>> {
            bind(statement, args)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let mut values = Vec::with_capacity(columns);
                for i in 0..columns {
                    values.push(Value::try_from(row.get_ref(i)?)?);
                }
                out.push(Row::lite(values));
            }
            Ok(out)
        };
        run(&mut statement).map_err(|e| storage(&e))
    }

    /// Runs a statement; number of rows it touched.
    pub(crate) fn exec(&mut self, sql: &str, args: &[Val]) -> Result<u64, LedgerError> {
        let mut statement = self.prepare(sql)?;
        let run = |statement: &mut CachedStatement<'_>| -> rusqlite::Result<usize> {
            bind(statement, args)?;
            statement.raw_execute()
        };
        run(&mut statement).map(|n| n as u64).map_err(|e| storage(&e))
    }
}

fn bind(statement: &mut CachedStatement<'_>, args: &[Val]) -> rusqlite::Result<()> {
    // A text may leave out a parameter in one dialect; only what it mentions is bound.
    let wanted = statement.parameter_count();
    for (i, arg) in args.iter().take(wanted).enumerate() {
        statement.raw_bind_parameter(i + 1, arg)?;
    }
    Ok(())
}

/// A transaction of one tenant's file. Owns its connection until it ends.
pub(crate) struct LiteTx {
    conn: LiteConn,
    tenant: TenantId,
}

impl LiteTx {
    /// Begins; a connection that cannot is given up.
    pub(super) fn begin(mut conn: LiteConn, tenant: TenantId, mode: Mode) -> Result<LiteTx, LedgerError> {
        conn.exec(if mode == Mode::Read { "BEGIN" } else { "BEGIN IMMEDIATE" }, &[])?;
        Ok(LiteTx { conn, tenant })
    }

    /// Ends the transaction and hands the connection back when it can be used again.
    pub(super) fn end(mut self, commit: bool) -> (Option<LiteConn>, Result<(), LedgerError>) {
        let ended = self.conn.exec(if commit { "COMMIT" } else { "ROLLBACK" }, &[]);
        match ended {
            Ok(_) => (Some(self.conn), Ok(())),
            Err(error) => {
                // Whatever went wrong, a connection inside a transaction is never used again.
                let _ = self.conn.exec("ROLLBACK", &[]);
                (None, Err(error))
            }
        }
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }
    pub(super) fn rows(&mut self, sql: &str, args: &[Val]) -> Result<Vec<Row>, LedgerError> {
        self.conn.rows(sql, args)
    }
    pub(super) fn exec(&mut self, sql: &str, args: &[Val]) -> Result<u64, LedgerError> {
        self.conn.exec(sql, args)
    }
    pub(super) fn bulk_insert(&mut self, table: &Table, columns: &[Val], rows: usize) -> Result<(), LedgerError> {
        let mut statement = self.conn.prepare(&table.insert_row())?;
        let run = |statement: &mut CachedStatement<'_>| -> rusqlite::Result<()> {
            for row in 0..rows {
                for (i, column) in columns.iter().enumerate() {
                    statement.raw_bind_parameter(i + 1, ToSqlOutput::Borrowed(element(column, row)))?;
                }
                statement.raw_execute()?;
            }
            Ok(())
        };
        run(&mut statement).map_err(|e| storage(&e))
    }
}
