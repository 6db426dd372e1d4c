//! Attachments: all that the chain speaks of are there, and all that are there have their hash.
use super::{Stop, VerifyReport, bad};
use crate::core::Core;
use crate::sql::Val;
use crate::{TenantId, blob};
use futures_util::TryStreamExt as _;
use karute_crypto::Digest;
use std::sync::Arc;

/// How an audit event begins to speak of an attachment. Inside a JSON string the quotes would be escaped.
const MARK: &str = ",\"blob\":{\"hash\":\"";

/// The attachment an audit event tells of must be there.
pub(super) async fn mentioned(core: &Arc<Core>, tenant: TenantId, seq: u64, body: &[u8]) -> Result<(), Stop> {
    let Some(hash) = std::str::from_utf8(body).ok().and_then(|text| text.split_once(MARK)).map(|(_, rest)| rest) else {
        return Ok(());
    };
    let Some(hash) = hash.get(..64).and_then(Digest::from_hex) else { return Ok(()) };
    let sql = "SELECT 1 FROM blob WHERE {t} hash = $1";
    let rows = core.store.point(tenant, sql, &[Val::Bytes(hash.0.to_vec())]).await?;
    if rows.is_empty() {
        return bad(seq, format!("attachment {hash}"), "保存されたはずの添付ファイルがありません。");
    }
    Ok(())
}

/// Hashes everything anew.
pub(super) async fn all(core: &Arc<Core>, tenant: TenantId, report: &mut VerifyReport) -> Result<(), Stop> {
    let mut last = Vec::new();
    loop {
        let sql = "SELECT hash FROM blob WHERE {t} hash > $1 ORDER BY hash LIMIT 100";
        let rows = core.store.point(tenant, sql, &[Val::Bytes(last.clone())]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            last = row.bytes(0)?.to_vec();
            let altered = "添付ファイルの内容がハッシュ値と一致しません。書き換えられています。";
            let Ok(hash) = <[u8; 32]>::try_from(&last[..]).map(Digest) else {
                return bad(0, "attachment", altered);
            };
            if !unaltered(core, tenant, hash).await? {
                return bad(0, format!("attachment {hash}"), altered);
            }
            report.attachments += 1;
        }
    }
}

async fn unaltered(core: &Arc<Core>, tenant: TenantId, hash: Digest) -> Result<bool, Stop> {
    let Some((_, mut content)) = blob::open(core, tenant, hash).await? else { return Ok(false) };
    loop {
        match content.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(true),
            Err(crate::LedgerError::Integrity(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}
