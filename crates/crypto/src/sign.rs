//! Ed25519 signatures for chain heads and checkpoints.
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::sync::Arc;

/// A signing key.
#[derive(Clone)]
pub struct Signer(Arc<Ed25519KeyPair>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({:?}, …)", self.verifying_key())
    }
}

/// The public half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(pub [u8; 32]);

impl Signer {
    /// # Panics
    /// Never: any 32 bytes are a seed of Ed25519 (RFC 8032 section 5.1.5).
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Signer {
        match Ed25519KeyPair::from_seed_unchecked(seed) {
            Ok(pair) => Signer(Arc::new(pair)),
            Err(_) => unreachable!("any 32 bytes are a seed"),
        }
    }
    /// Signs `message`. The same message always gives the same signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut out = [0u8; 64];
        for (byte, signed) in out.iter_mut().zip(self.0.sign(message).as_ref()) {
            *byte = *signed;
        }
        out
    }
    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        let mut out = [0u8; 32];
        for (byte, public) in out.iter_mut().zip(self.0.public_key().as_ref()) {
            *byte = *public;
        }
        VerifyingKey(out)
    }
}

impl VerifyingKey {
    /// Whether `signature` is this key's over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}
