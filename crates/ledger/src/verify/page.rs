//! A stretch of the chain as it is stored.
use crate::checkpoint::{self, Checkpoint};
use crate::entry::{VersionEntry, audit_link};
use crate::sql::{Row, Tx, Val};
use crate::{LedgerError, TenantId};
use karute_crypto::Digest;
use karute_japan::Timestamp;

/// Entries looked at for their size.
const ENTRIES: i64 = 512;
/// Bytes of texts read at a time (one entry alone may be larger).
const BYTES: i64 = 4 << 20;

/// The signed head.
pub(super) struct Head {
    pub(super) seq: u64,
    pub(super) link: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) signature: Vec<u8>,
}

/// One stored entry. Texts are bytes: altered ones need not be UTF-8.
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) link: Vec<u8>,
    pub(super) content: Content,
}

pub(super) enum Content {
    Version { resource_type: Vec<u8>, id: Vec<u8>, version: i64, operation: i64, updated: i64, body: Vec<u8> },
    Audit { at: i64, body: Vec<u8> },
}

impl Entry {
    /// In words.
    pub(super) fn name(&self) -> String {
        match &self.content {
            Content::Version { resource_type, id, version, .. } => {
                format!("{}/{} version {version}", String::from_utf8_lossy(resource_type), String::from_utf8_lossy(id))
            }
            Content::Audit { .. } => "audit event".into(),
        }
    }

    /// The link it should have; `None` when its numbers are impossible.
    pub(super) fn expected(&self, previous: &Digest, tenant: TenantId) -> Option<Digest> {
        let seq = u64::try_from(self.seq).ok()?;
        Some(match &self.content {
            Content::Version { resource_type, id, version, operation, updated, body } => VersionEntry {
                resource_type,
                id,
                version: u32::try_from(*version).ok()?,
                operation: u8::try_from(*operation).ok()?,
                updated: Timestamp::from_micros(*updated),
                body,
            }
            .link(previous, tenant, seq),
            Content::Audit { at, body } => audit_link(previous, tenant, seq, Timestamp::from_micros(*at), body),
        })
    }
}

/// What one snapshot says about the chain after a position.
pub(super) struct Page {
    pub(super) head: Option<Head>,
    /// In order.
    pub(super) entries: Vec<Entry>,
    pub(super) checkpoints: Vec<Checkpoint>,
    /// Nothing is stored beyond these entries.
    pub(super) last: bool,
}

pub(super) async fn read(tx: &mut Tx, after: i64) -> Result<Page, LedgerError> {
    let head = tx.row("SELECT seq, link, last_at, signature FROM chain WHERE {t} one = 1", &[]).await?;
    let head = head.map(|row| head_of(&row)).transpose()?;
    let (end, last) = end_of(tx, after).await?;
    let range = [Val::Int(after), Val::Int(end)];
    let mut entries = Vec::new();
    let sql = "SELECT seq, link, {lite:CAST(type AS BLOB), CAST(id AS BLOB)}{pg:convert_to(type, 'UTF8'), convert_to(id, 'UTF8')},
                      version, op, updated, {lite:CAST(body AS BLOB)}{pg:convert_to(body, 'UTF8')}
               FROM version WHERE {t} seq > $1 AND seq <= $2";
    for row in tx.rows(sql, &range).await? {
        entries.push(Entry {
            seq: row.int(0)?,
            link: row.bytes(1)?.to_vec(),
            content: Content::Version {
                resource_type: row.bytes(2)?.to_vec(),
                id: row.bytes(3)?.to_vec(),
                version: row.int(4)?,
                operation: row.int(5)?,
                updated: row.int(6)?,
                body: row.bytes(7)?.to_vec(),
            },
        });
    }
    let sql = "SELECT seq, link, at, {lite:CAST(body AS BLOB)}{pg:convert_to(body, 'UTF8')}
               FROM audit WHERE {t} seq > $1 AND seq <= $2";
    for row in tx.rows(sql, &range).await? {
        entries.push(Entry {
            seq: row.int(0)?,
            link: row.bytes(1)?.to_vec(),
            content: Content::Audit { at: row.int(2)?, body: row.bytes(3)?.to_vec() },
        });
    }
    entries.sort_by_key(|entry| entry.seq);
    let columns = checkpoint::COLUMNS;
    let limit = if last { i64::MAX } else { end };
    let sql = format!("SELECT {columns} FROM checkpoint WHERE {{t}} seq > $1 AND seq <= $2 ORDER BY seq");
    let rows = tx.rows(&sql, &[Val::Int(after), Val::Int(limit)]).await?;
    let tenant = tx.tenant();
    let checkpoints = rows.iter().map(|row| checkpoint::from_row(tenant, row)).collect::<Result<_, _>>()?;
    Ok(Page { head, entries, checkpoints, last })
}

/// The last position of the next stretch, and whether nothing comes after it.
async fn end_of(tx: &mut Tx, after: i64) -> Result<(i64, bool), LedgerError> {
    // Each half is bounded by its own key, so that neither table is read to its end.
    let sql = "SELECT seq, n FROM (SELECT seq, octet_length(body) AS n FROM version WHERE {t} seq > $1
                                   ORDER BY seq LIMIT $2) AS versions
               UNION ALL
               SELECT seq, n FROM (SELECT seq, octet_length(body) AS n FROM audit WHERE {t} seq > $1
                                   ORDER BY seq LIMIT $2) AS audits
               ORDER BY 1";
    let rows = tx.rows(sql, &[Val::Int(after), Val::Int(ENTRIES)]).await?;
    let (mut end, mut bytes, mut taken) = (after, 0, 0);
    let wanted = rows.len().min(usize::try_from(ENTRIES).unwrap_or(usize::MAX));
    for row in rows.iter().take(wanted) {
        bytes += row.int(1)?;
        if taken > 0 && bytes > BYTES {
            break;
        }
        end = row.int(0)?;
        taken += 1;
    }
    Ok((end, taken == rows.len()))
}

fn head_of(row: &Row) -> Result<Head, LedgerError> {
    Ok(Head {
        seq: row.count(0)?,
        link: row.bytes(1)?.to_vec(),
        at: Timestamp::from_micros(row.int(2)?),
        signature: row.bytes(3)?.to_vec(),
    })
}
