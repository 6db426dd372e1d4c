//! What is derived from the chain, and the file below it.
use super::{Stop, bad};
use crate::core::Core;
use crate::sql::{Dialect, Tx};
use crate::{LedgerError, TenantId};
use std::sync::Arc;

/// A difference between the table of current versions and the versions.
struct Difference {
    seq: u64,
    entry: String,
}

/// Every resource's head is its last version.
pub(super) async fn heads(core: &Arc<Core>, tenant: TenantId) -> Result<(), Stop> {
    let found = core.store.read(tenant, |tx| Box::pin(compare(tx))).await?;
    match found {
        None => Ok(()),
        Some(Difference { seq, entry }) => {
            bad(seq, entry, "現在の版を示す表(head)が記録と一致しません。表が書き換えられています。")
        }
    }
}

async fn compare(tx: &mut Tx) -> Result<Option<Difference>, LedgerError> {
    tx.unhurried().await?;
    if tx.dialect() == Dialect::Postgres {
        // Both comparisons read everything; without statistics (right after a load) the planner might loop instead.
        tx.rows("SELECT set_config('enable_nestloop', 'off', true)", &[]).await?;
    }
    let stray = "SELECT h.seq, h.type, h.id, h.version FROM head h
                 LEFT JOIN version v ON {t:v} v.seq = h.seq AND v.type = h.type AND v.id = h.id
                                        AND v.version = h.version AND v.op = h.op
                 WHERE {t:h} v.seq IS NULL ORDER BY h.seq LIMIT 1";
    let outdated = "SELECT v.seq, v.type, v.id, v.version FROM version v
                    LEFT JOIN head h ON {t:h} h.type = v.type AND h.id = v.id
                    WHERE {t:v} (h.seq IS NULL OR h.seq < v.seq) ORDER BY v.seq LIMIT 1";
    for sql in [stray, outdated] {
        if let Some(row) = tx.row(sql, &[]).await? {
            let entry = format!("{}/{} version {}", row.text(1)?, row.text(2)?, row.int(3)?);
            return Ok(Some(Difference { seq: row.count(0)?, entry }));
        }
    }
    Ok(None)
}

/// SQLite's own check of the file: pages, order of keys, indexes against tables.
pub(super) async fn structure(core: &Arc<Core>, tenant: TenantId) -> Result<(), Stop> {
    if core.store.dialect() == Dialect::Postgres {
        return Ok(());
    }
    let answer = core
        .store
        .read(tenant, |tx| {
            Box::pin(async move {
                let row = tx.row("PRAGMA integrity_check(1)", &[]).await?;
                row.map(|row| row.text(0).map(str::to_owned)).transpose()
            })
        })
        .await?;
    if answer.as_deref() == Some("ok") {
        return Ok(());
    }
    bad(
        0,
        "database file",
        "データベースファイルの内部構造(索引など)に食い違いがあります。`karute reindex` で直らなければバックアップから復元してください。",
    )
}
