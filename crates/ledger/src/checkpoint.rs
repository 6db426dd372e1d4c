//! Signed statements of how far a chain reached, kept outside the database too.
use crate::{LedgerError, TenantId};
use karute_crypto::{Digest, Signer, VerifyingKey};
use karute_japan::Timestamp;

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

impl Checkpoint {
    /// Signs.
    pub fn sign(tenant: TenantId, seq: u64, link: Digest, at: Timestamp, signer: &Signer) -> Checkpoint {
        let _ = (tenant, seq, link, at, signer);
        todo!()
    }
    /// Whether the signature is right.
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        let _ = key;
        todo!()
    }
    /// One line of JSON (hexadecimal digests), as exported.
    pub fn to_line(&self) -> String {
        todo!()
    }
    /// Reads such a line.
    pub fn parse_line(line: &str) -> Result<Checkpoint, LedgerError> {
        let _ = line;
        todo!()
    }
}
