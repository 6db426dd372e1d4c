//! Keys and where they come from.
use crate::{Entropy, Sealer, Signer};
use std::path::Path;

/// The installation's master key (32 random bytes in a file of mode 0600, outside the database). Every other key
/// is derived from it by HKDF-SHA-256 with a purpose and, where it belongs to one, a tenant. Zeroed on drop.
#[derive(Clone)]
pub struct MasterKey(());

/// A key file could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(pub String);

impl MasterKey {
    /// From raw bytes (tests).
    pub fn from_bytes(bytes: [u8; 32]) -> MasterKey {
        let _ = bytes;
        todo!()
    }
    /// Reads the key file (64 hex characters); creates it when it does not exist.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<MasterKey, KeyError> {
        let _ = (path, entropy);
        todo!()
    }
    /// Reads the key file; an error when it does not exist or others may read it.
    pub fn load(path: &Path) -> Result<MasterKey, KeyError> {
        let _ = path;
        todo!()
    }
    /// 32 bytes for a purpose, bound to a tenant when given.
    pub fn derive(&self, purpose: &str, tenant: Option<u32>) -> [u8; 32] {
        let _ = (purpose, tenant);
        todo!()
    }
    /// An AEAD for a purpose and tenant.
    pub fn sealer(&self, purpose: &str, tenant: u32) -> Sealer {
        let _ = (purpose, tenant);
        todo!()
    }
    /// The Ed25519 key that signs a tenant's chain heads and checkpoints.
    pub fn signer(&self, tenant: u32) -> Signer {
        let _ = tenant;
        todo!()
    }
}
