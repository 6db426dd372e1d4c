//! Signed statements of how far a chain reached, kept outside the database too.
use crate::core::Core;
use crate::entry::statement;
use crate::sql::{Row, SYSTEM, Tx, Val};
use crate::{LedgerError, TenantId};
use karute_crypto::{Digest, Signer, VerifyingKey};
use karute_japan::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Tenant.
    pub tenant: TenantId,
    /// Last position covered.
    pub seq: u64,
    /// Link at that position.
    pub link: Digest,
    /// When it was made.
    pub at: Timestamp,
    /// Ed25519 over the above.
    pub signature: Vec<u8>,
}

/// A line of an export file.
#[derive(Serialize, Deserialize)]
struct Line {
    tenant: u32,
    seq: u64,
    link: String,
    /// Microseconds since 1970.
    at: i64,
    signature: String,
}

impl Checkpoint {
    /// Signs.
    pub fn sign(tenant: TenantId, seq: u64, link: Digest, at: Timestamp, signer: &Signer) -> Checkpoint {
        let signature = signer.sign(&statement("checkpoint", tenant, seq, &link, at)).to_vec();
        Checkpoint { tenant, seq, link, at, signature }
    }
    /// Whether the signature is right.
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        key.verify(&statement("checkpoint", self.tenant, self.seq, &self.link, self.at), &self.signature)
    }
    /// One line of JSON (hexadecimal digests), as exported, without the line break.
    pub fn to_line(&self) -> String {
        let mut signature = String::with_capacity(128);
        for byte in &self.signature {
            // Writing to a String cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        let line =
            Line { tenant: self.tenant.0, seq: self.seq, link: self.link.to_hex(), at: self.at.as_micros(), signature };
        serde_json::to_string(&line).unwrap_or_default()
    }
    /// Reads such a line.
    pub fn parse_line(line: &str) -> Result<Checkpoint, LedgerError> {
        let wrong = || LedgerError::Integrity("a line of a checkpoint file cannot be read".into());
        let line: Line = serde_json::from_str(line).map_err(|_| wrong())?;
        let digits = line.signature.as_bytes();
        let mut signature = Vec::with_capacity(64);
        for pair in digits.chunks(2) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            signature.push(u8::from_str_radix(pair, 16).map_err(|_| wrong())?);
        }
        Ok(Checkpoint {
            tenant: TenantId(line.tenant),
            seq: line.seq,
            link: Digest::from_hex(&line.link).ok_or_else(wrong)?,
            at: Timestamp::from_micros(line.at),
            signature,
        })
    }
}

/// The file a tenant's checkpoints are appended to; those of the master tables have one of their own.
pub(crate) fn file(dir: &Path, tenant: TenantId) -> PathBuf {
    if tenant == SYSTEM { dir.join("masters.jsonl") } else { dir.join(format!("{}.jsonl", tenant.0)) }
}

/// Keeps a checkpoint in the database.
pub(crate) async fn insert(tx: &mut Tx, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
    tx.send(
        "INSERT INTO checkpoint ({tc}seq, link, at, signature) VALUES ({tv}$1, $2, $3, $4)",
        vec![
            checkpoint.seq.into(),
            Val::Bytes(checkpoint.link.0.to_vec()),
            Val::Int(checkpoint.at.as_micros()),
            Val::Bytes(checkpoint.signature.clone()),
        ],
    )
    .await
}

/// The columns [`from_row`] reads.
pub(crate) const COLUMNS: &str = "seq, link, at, signature";

/// A checkpoint from a row of [`COLUMNS`].
pub(crate) fn from_row(tenant: TenantId, row: &Row) -> Result<Checkpoint, LedgerError> {
    Ok(Checkpoint {
        tenant,
        seq: row.count(0)?,
        link: row
            .bytes(1)?
            .try_into()
            .map(Digest)
            .map_err(|_| LedgerError::Integrity("a stored link is none".into()))?,
        at: Timestamp::from_micros(row.int(2)?),
        signature: row.bytes(3)?.to_vec(),
    })
}

/// Appends a checkpoint to the tenant's export file, durably.
pub(crate) async fn export(dir: Option<&Path>, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
    let Some(dir) = dir.map(Path::to_path_buf) else { return Ok(()) };
    let path = file(&dir, checkpoint.tenant);
    let line = format!("{}\n", checkpoint.to_line());
    let append = move || -> std::io::Result<()> {
        use std::io::Write as _;
        std::fs::create_dir_all(&dir)?;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(line.as_bytes())?;
        file.sync_data()
    };
    let failed = |text: String| LedgerError::Storage(format!("checkpoint file: {text}"));
    match tokio::task::spawn_blocking(append).await {
        Ok(done) => done.map_err(|e| failed(e.to_string())),
        Err(stopped) => Err(failed(stopped.to_string())),
    }
}

impl Core {
    /// Signs a checkpoint of how far the chain reached now, unless there is one already, and exports a new one.
    pub(crate) async fn checkpoint(&self, tenant: TenantId) -> Result<Checkpoint, LedgerError> {
        let signer = self.signer(tenant);
        let now = self.now();
        let (checkpoint, new) = self
            .store
            .write(tenant, move |tx| {
                Box::pin(async move {
                    let (seq, link, last_at) = crate::writer::lock_chain(tx).await?;
                    let sql = format!("SELECT {COLUMNS} FROM checkpoint WHERE {{t}} seq = $1");
                    if let Some(row) = tx.row(&sql, &[seq.into()]).await? {
                        return Ok((from_row(tenant, &row)?, false));
                    }
                    let checkpoint = Checkpoint::sign(tenant, seq, link, now.max(last_at), &signer);
                    insert(tx, &checkpoint).await?;
                    Ok((checkpoint, true))
                })
            })
            .await?;
        if new {
            export(self.config.checkpoint_dir.as_deref(), &checkpoint).await?;
        }
        crate::masters::head::export(self).await?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_crypto::MasterKey;

    #[test]
    fn a_checkpoint_comes_back_from_its_line_and_only_unaltered_verifies() {
        let signer = MasterKey::from_bytes([1; 32]).signer(7);
        let made = Checkpoint::sign(TenantId(7), 42, Digest([9; 32]), Timestamp::from_micros(1_000), &signer);
        let read = Checkpoint::parse_line(&made.to_line()).unwrap();
        assert_eq!(read, made);
        let key = signer.verifying_key();
        assert!(read.verify(&key));
        for altered in [
            Checkpoint { seq: 43, ..read.clone() },
            Checkpoint { tenant: TenantId(8), ..read.clone() },
            Checkpoint { link: Digest([8; 32]), ..read.clone() },
            Checkpoint { at: Timestamp::from_micros(2_000), ..read.clone() },
        ] {
            assert!(!altered.verify(&key));
        }
    }

    #[test]
    fn a_broken_line_is_an_error() {
        for line in ["", "{}", "x", r#"{"tenant":1,"seq":1,"link":"zz","at":1,"signature":"00"}"#] {
            assert!(Checkpoint::parse_line(line).is_err(), "{line}");
        }
    }
}
