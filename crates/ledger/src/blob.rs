//! Attachments by content hash, in chunks, streamed.
//!
//! The chunks of an upload lie under a random number. Finishing writes the row that binds hash and upload, and an
//! audit event that names the hash: so the chain itself says which attachments there must be.
use crate::audit_event::Event;
use crate::core::Core;
use crate::sql::{Tx, Val};
use crate::{Access, Action, LedgerError, Outcome, TenantId};
use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};
use karute_crypto::{Digest, Hasher};
use std::sync::Arc;

/// A stored attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobInfo {
    /// SHA-256 of the content.
    pub hash: Digest,
    /// Size in bytes.
    pub size: u64,
}

/// An attachment that is read: what it is, and its content as it comes.
pub type BlobRead = (BlobInfo, BoxStream<'static, Result<Bytes, LedgerError>>);

/// Bytes of a chunk.
const CHUNK: usize = 256 << 10;

/// Takes an attachment piece by piece; memory use is bounded by one chunk. Unfinished attachments are swept.
pub struct BlobWriter {
    access: Access,
    upload: i64,
    hasher: Hasher,
    size: u64,
    buffer: BytesMut,
    chunks: i64,
}

impl BlobWriter {
    pub(crate) fn new(access: Access) -> BlobWriter {
        let mut number = [0u8; 8];
        access.core().config.entropy.fill(&mut number);
        let upload = i64::from_be_bytes(number) & i64::MAX;
        BlobWriter { access, upload, hasher: Hasher::new(), size: 0, buffer: BytesMut::new(), chunks: 0 }
    }

    /// Adds bytes; `LedgerError::Limit` beyond the size limit.
    pub fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            self.size = self.size.saturating_add(bytes.len() as u64);
            if self.size > self.access.core().config.max_blob_bytes {
                return Err(LedgerError::Limit("attachment"));
            }
            self.hasher.update(&bytes);
            let mut rest = bytes;
            while !rest.is_empty() {
                let piece = rest.split_to(rest.len().min(CHUNK - self.buffer.len()));
                self.buffer.extend_from_slice(&piece);
                if self.buffer.len() == CHUNK {
                    self.flush().await?;
                }
            }
            Ok(())
        })
    }

    async fn flush(&mut self) -> Result<(), LedgerError> {
        let (upload, n) = (self.upload, self.chunks);
        let data = self.buffer.split().to_vec();
        let now = self.access.now().as_micros();
        self.chunks += 1;
        let core = self.access.core().clone();
        let tenant = self.access.tenant();
        // In a task of its own: a caller that goes away must not tear a transaction apart.
        let work = async move {
            core.store.write(tenant, move |tx| Box::pin(async move { add_chunk(tx, upload, n, data, now).await })).await
        };
        tokio::spawn(work).await.map_err(|_| LedgerError::Storage("an attachment's writer stopped".into()))?
    }

    /// Completes it; the content is durable when this returns.
    pub fn finish(mut self) -> BoxFuture<'static, Result<BlobInfo, LedgerError>> {
        Box::pin(async move {
            if !self.buffer.is_empty() || self.chunks == 0 {
                self.flush().await?;
            }
            let info = BlobInfo { hash: self.hasher.finish(), size: self.size };
            let (upload, now) = (self.upload, self.access.now().as_micros());
            let core = self.access.core().clone();
            let tenant = self.access.tenant();
            let work = async move {
                core.store.write(tenant, move |tx| Box::pin(async move { bind(tx, upload, info, now).await })).await
            };
            tokio::spawn(work).await.map_err(|_| LedgerError::Storage("an attachment's writer stopped".into()))??;
            let mut event = Event::new(self.access.actor(), Action::Create, Outcome::Success);
            event.blob = Some((info.hash.to_hex(), info.size));
            self.access.write_event(event, Vec::new()).await?;
            Ok(info)
        })
    }
}

async fn add_chunk(tx: &mut Tx, upload: i64, n: i64, data: Vec<u8>, now: i64) -> Result<(), LedgerError> {
    if n == 0 {
        let sql = "INSERT INTO blob_upload ({tc}upload, created) VALUES ({tv}$1, $2)";
        tx.exec(sql, &[Val::Int(upload), Val::Int(now)]).await?;
    }
    let sql = "INSERT INTO blob_chunk ({tc}upload, n, data) VALUES ({tv}$1, $2, $3)";
    tx.exec(sql, &[Val::Int(upload), Val::Int(n), Val::Bytes(data)]).await?;
    Ok(())
}

/// Makes an upload the content of its hash, or drops it when the content is there already.
async fn bind(tx: &mut Tx, upload: i64, info: BlobInfo, now: i64) -> Result<(), LedgerError> {
    let sql = "INSERT INTO blob ({tc}hash, upload, size, created) VALUES ({tv}$1, $2, $3, $4)
               ON CONFLICT ({tc}hash) DO NOTHING";
    let args = [Val::Bytes(info.hash.0.to_vec()), Val::Int(upload), info.size.into(), Val::Int(now)];
    if tx.exec(sql, &args).await? == 0 {
        tx.exec("DELETE FROM blob_chunk WHERE {t} upload = $1", &[Val::Int(upload)]).await?;
    }
    // Swept meanwhile, in which case the content is gone.
    if tx.exec("DELETE FROM blob_upload WHERE {t} upload = $1", &[Val::Int(upload)]).await? == 0 {
        return Err(LedgerError::NotFound);
    }
    Ok(())
}

/// Removes uploads begun before `before` that were never finished.
pub(crate) async fn sweep(tx: &mut Tx, before: i64) -> Result<(), LedgerError> {
    let sql = "DELETE FROM blob_chunk WHERE {t} upload IN (SELECT upload FROM blob_upload WHERE {t} created < $1)";
    tx.exec(sql, &[Val::Int(before)]).await?;
    tx.exec("DELETE FROM blob_upload WHERE {t} created < $1", &[Val::Int(before)]).await.map(drop)
}

const CHUNK_OF: &str = "SELECT data FROM blob_chunk WHERE {t} upload = $1 AND n = $2";

struct Stream {
    core: Arc<Core>,
    tenant: TenantId,
    info: BlobInfo,
    upload: i64,
    n: i64,
    sent: u64,
    hasher: Hasher,
}

impl Stream {
    /// The next chunk. The last one leaves only when the whole content has the hash it is stored under.
    async fn next(mut self) -> Result<Option<(Bytes, Stream)>, LedgerError> {
        let altered = || LedgerError::Integrity("a stored attachment does not have its hash".into());
        if self.sent >= self.info.size {
            // The content was checked with its last chunk; an empty one has none.
            let whole = self.n > 0 || Hasher::new().finish() == self.info.hash;
            return if whole { Ok(None) } else { Err(altered()) };
        }
        let args = [Val::Int(self.upload), Val::Int(self.n)];
        let rows = self.core.store.point(self.tenant, CHUNK_OF, &args).await?;
        let chunk = Bytes::copy_from_slice(rows.first().ok_or_else(altered)?.bytes(0)?);
        self.hasher.update(&chunk);
        self.sent += chunk.len() as u64;
        self.n += 1;
        if chunk.is_empty() || self.sent >= self.info.size {
            let hash = std::mem::take(&mut self.hasher).finish();
            if self.sent != self.info.size || hash != self.info.hash {
                return Err(altered());
            }
        }
        Ok(Some((chunk, self)))
    }
}

/// An attachment's content.
pub(crate) async fn open(
    core: &Arc<Core>,
    tenant: TenantId,
    hash: Digest,
) -> Result<Option<(BlobInfo, BoxStream<'static, Result<Bytes, LedgerError>>)>, LedgerError> {
    let sql = "SELECT upload, size FROM blob WHERE {t} hash = $1";
    let rows = core.store.point(tenant, sql, &[Val::Bytes(hash.0.to_vec())]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let info = BlobInfo { hash, size: row.count(1)? };
    let stream = Stream { core: core.clone(), tenant, info, upload: row.int(0)?, n: 0, sent: 0, hasher: Hasher::new() };
    Ok(Some((info, try_unfold(stream, Stream::next).boxed())))
}
