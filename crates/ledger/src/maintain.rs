//! Keeping a tenant's data in order.
use crate::core::{Core, VERSION, version};
use crate::sql::{Tx, Val};
use crate::{LedgerError, TenantId, blob, index, jobs};
use karute_fhir::search::extract;
use karute_japan::Timestamp;
use karute_json::Limits;
use std::sync::Arc;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Resources indexed at a time.
const BATCH: i64 = 500;

pub(crate) async fn sweep(core: &Arc<Core>, tenant: TenantId) -> Result<(), LedgerError> {
    let now = core.now();
    let inner = core.clone();
    let work = async move { inner.store.write(tenant, move |tx| Box::pin(tidy(tx, now))).await };
    tokio::spawn(work).await.map_err(|_| LedgerError::Storage("the sweep stopped unexpectedly".into()))?
}

async fn tidy(tx: &mut Tx, now: Timestamp) -> Result<(), LedgerError> {
    let sql = "DELETE FROM doc WHERE {t} expires IS NOT NULL AND expires <= $1";
    tx.exec(sql, &[Val::Int(now.as_micros())]).await?;
    blob::sweep(tx, now.plus_ms(-DAY_MS).as_micros()).await?;
    jobs::sweep(tx, now.plus_ms(-30 * DAY_MS)).await
}

/// In one transaction, so that no search ever sees half an index.
pub(crate) async fn reindex(core: &Arc<Core>, tenant: TenantId) -> Result<u64, LedgerError> {
    let inner = core.clone();
    let work = async move { inner.store.write(tenant, |tx| Box::pin(rebuild(tx))).await };
    tokio::spawn(work).await.map_err(|_| LedgerError::Storage("the reindexing stopped unexpectedly".into()))?
}

async fn rebuild(tx: &mut Tx) -> Result<u64, LedgerError> {
    tx.unhurried().await?;
    crate::writer::lock_chain(tx).await?;
    index::clear(tx).await?;
    let sql = format!(
        "SELECT {VERSION} FROM version v JOIN head h ON {{t:h}} h.type = v.type AND h.id = v.id AND h.seq = v.seq
         WHERE {{t:v}} v.seq > $1 AND v.op <> 2 ORDER BY v.seq LIMIT $2"
    );
    let (mut last, mut done) = (0, 0);
    loop {
        let rows = tx.rows(&sql, &[Val::Int(last), Val::Int(BATCH)]).await?;
        if rows.is_empty() {
            return Ok(done);
        }
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let version = version(row)?;
            last = i64::try_from(version.seq).unwrap_or(i64::MAX);
            let resource = karute_json::parse(version.body.as_bytes(), &Limits::FHIR)
                .map_err(|_| LedgerError::Integrity("a stored text is no JSON".into()))?;
            entries.push((version.seq, extract(&resource)));
        }
        done += entries.len() as u64;
        index::write(tx, &entries).await?;
    }
}
