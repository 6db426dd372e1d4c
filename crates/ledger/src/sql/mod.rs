//! One SQL façade over SQLite and PostgreSQL.
//!
//! Every statement runs inside a [`Tx`], and a `Tx` exists only for one tenant: [`Store::read`] and [`Store::write`]
//! are the only ways to get one. The same SQL text serves both databases; see [`dialect`] for the few marks in
//! braces that differ:
//!
//! | written | PostgreSQL | SQLite |
//! | --- | --- | --- |
//! | `$1` … `$n` | `$1` … `$n` | `?1` … `?n` |
//! | `{t}` | `tenant = $T AND ` | *(nothing)* |
//! | `{t:h}` | `h.tenant = $T AND ` | *(nothing)* |
//! | `{tc}` (column list) | `tenant, ` | *(nothing)* |
//! | `{tv}` (value list) | `$T::integer, ` | *(nothing)* |
//! | `{in:3}` | `= ANY($3)` | `IN (SELECT value FROM json_each(?3))` |
//! | `{pg:…}` / `{lite:…}` | `…` / nothing | nothing / `…` |
//!
//! `$T` is one further parameter which the façade binds itself. So `… WHERE {t:h} h.type = $1` is complete for both:
//! the tenant stands in the SQL as well as in the row-level security policy, and in SQLite the file *is* the tenant.
//! `{pg:…}` and `{lite:…}` may contain the other marks' results but no braces.
//!
//! Rules for authors: instants are BIGINT microseconds; types, ids, codes are TEXT, hashes BYTEA/BLOB; no `now()`,
//! no `ILIKE`, no `RETURNING` order assumptions; cast a parameter that stands alone (`CAST($1 AS bigint)`); text
//! that may hold U+0000 must be cleaned before it gets here (PostgreSQL refuses it); every text column of PostgreSQL is
//! declared `COLLATE "C"`, so that order and prefix ranges are by bytes as in SQLite. Futures run inside
//! [`Store::read`]/[`Store::write`] may await nothing but façade calls: on SQLite the whole closure runs in one
//! blocking thread where every await is ready at once.
//!
//! Statements are prepared once per connection and kept. On PostgreSQL [`Tx::send`] and [`Tx::bulk_insert`] do not
//! wait: they are pipelined, and their errors come out of the next [`Tx::rows`], [`Tx::exec`] or the commit.
//!
//! What the other parts of the ledger plug in (the writer and the readers call exactly these):
//! * tables: a pair of files under `migrations/`, a line in [`crate::migrate::MIGRATIONS`], and in
//!   [`crate::migrate::TABLES`] the rights of PostgreSQL's login role (row-level security is applied to every table
//!   there, so each needs a column `tenant integer NOT NULL`, first in every key);
//! * `index::write(&mut Tx, &[(u64, Vec<IndexEntry>)])` and `index::remove(…)` with the same arguments: (seq, entries);
//! * `search::run(&mut Tx, &Query, Option<&str>) -> Page`, `search::matches(&mut Tx, &Query, limit: u32) -> Vec<Id>`
//!   (guards), `search::compartment(&mut Tx, &Id, &[ResourceType], since: Option<i64>, count: u32, Option<&str>) -> Page`;
//! * `jobs::insert(&mut Tx, &[NewJob], Timestamp)` and `jobs::finish(&mut Tx, &JobDone, Timestamp) -> bool` (`false`:
//!   the lease was lost; `JobDone` is theirs) called by the writer after every other condition of that commit held;
//! * all `async`, all `Result<_, LedgerError>`. Rows of versions: select [`crate::core::VERSION`] and read it with
//!   [`crate::core::version`].

pub(crate) mod dialect;
mod lite;
mod log;
mod pg;
mod pg_pool;
mod pg_tls;
mod row;
mod store;
mod table;
mod tx;
mod val;

pub(crate) use dialect::Dialect;
pub(crate) use lite::{LiteConn, Mode as LiteMode};
pub(crate) use pg::outcome_unknown;
pub(crate) use pg_pool::{connect as pg_connect, storage as pg_storage};
pub(crate) use pg_tls::Target as PgTarget;
pub(crate) use row::Row;
pub(crate) use store::{SYSTEM, Store, file_of};
pub(crate) use table::Table;
pub(crate) use tx::Tx;
pub(crate) use val::Val;
