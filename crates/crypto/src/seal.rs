//! Sealed (authenticated, encrypted) short values: paging cursors, TOTP secrets.
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// AES-256-GCM under a derived key, with a fresh random nonce for every value.
///
/// A 96-bit random nonce is good for 2³² values under one key (NIST SP 800-38D section 8.3).
#[derive(Clone)]
pub struct Sealer(Arc<RandomizedNonceKey>);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// The value was not sealed by this key for this context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed value refused")]
pub struct SealError;

/// Longest sealed text that is looked at.
const MAX_SEALED: usize = 1 << 20;

impl Sealer {
    /// # Panics
    /// Never: 32 bytes are always a key of AES-256.
    pub(crate) fn new(key: &[u8; 32]) -> Sealer {
        match RandomizedNonceKey::new(&AES_256_GCM, key) {
            Ok(key) => Sealer(Arc::new(key)),
            Err(_) => unreachable!("32 bytes are a key of AES-256"),
        }
    }
    /// Seals `plain`; `context` is authenticated, not contained. Result is URL-safe base64 without padding.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn seal(&self, plain: &[u8], context: &str) -> String {
        let mut body = plain.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut body);
        assert!(nonce.is_ok(), "the operating system gives no randomness");
        let mut out = nonce.map(|nonce| nonce.as_ref().to_vec()).unwrap_or_default();
        out.append(&mut body);
        URL_SAFE_NO_PAD.encode(out)
    }
    /// Opens what [`seal`](Self::seal) made.
    pub fn open(&self, sealed: &str, context: &str) -> Result<Vec<u8>, SealError> {
        if sealed.len() > MAX_SEALED {
            return Err(SealError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length =
            self.0.open_in_place(nonce, Aad::from(context.as_bytes()), &mut body).map_err(|_| SealError)?.len();
        body.truncate(length);
        Ok(body)
    }
}
