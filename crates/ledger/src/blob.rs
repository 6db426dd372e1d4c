//! Attachments by content hash, in chunks, streamed.
use crate::LedgerError;
use bytes::Bytes;
use karute_crypto::Digest;

/// A stored attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobInfo {
    /// SHA-256 of the content.
    pub hash: Digest,
    /// Size in bytes.
    pub size: u64,
}

/// Takes an attachment piece by piece; memory use is bounded by one chunk. Unfinished attachments are swept.
pub struct BlobWriter {
    pub(crate) inner: (),
}

impl BlobWriter {
    /// Adds bytes; `LedgerError::Limit` beyond the size limit.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), LedgerError> {
        let _ = (bytes, &self.inner);
        todo!()
    }
    /// Completes it; the content is durable when this returns.
    pub async fn finish(self) -> Result<BlobInfo, LedgerError> {
        todo!()
    }
}
