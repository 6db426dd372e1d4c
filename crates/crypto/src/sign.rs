//! Ed25519 signatures for chain heads and checkpoints.

/// A signing key.
#[derive(Clone)]
pub struct Signer(());

/// The public half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(pub [u8; 32]);

impl Signer {
    /// Signs `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let _ = message;
        todo!()
    }
    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        todo!()
    }
}

impl VerifyingKey {
    /// Whether `signature` is this key's over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let _ = (message, signature);
        todo!()
    }
}
