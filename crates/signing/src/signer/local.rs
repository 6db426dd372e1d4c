//! A key in memory, from a PKCS#12 file.
use super::{SignError, SignerKind, SigningKey, pkcs12};
use crate::certificate::Certificate;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

/// An RSA key of at least 2,048 bits with its certificate. The provider keeps the key and wipes it when it is dropped.
pub struct LocalKey {
    key: KeyPair,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl std::fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LocalKey({:?}, …)", self.certificate)
    }
}

impl LocalKey {
    /// Opens a PKCS#12 file.
    ///
    /// # Errors
    /// When the file or the password is wrong, or the key is not RSA.
    pub fn from_pkcs12(file: &[u8], password: &str) -> Result<LocalKey, SignError> {
        let contents = pkcs12::open(file, password)?;
        LocalKey::from_pkcs8(&contents.key, contents.certificates)
    }
    /// From `PrivateKeyInfo` (RFC 5958) and certificates, among them the key's own.
    ///
    /// # Errors
    /// When the key is not RSA of 2,048 to 8,192 bits, or none of the certificates is the key's.
    pub fn from_pkcs8(key: &[u8], certificates: Vec<Certificate>) -> Result<LocalKey, SignError> {
        use aws_lc_rs::signature::KeyPair as _;
        let key = KeyPair::from_pkcs8(key)
            .map_err(|_| SignError::KeyFile { what: "RSA 2048ビット以上の鍵ではありません" })?;
        let public = key.public_key().as_ref();
        let (mut own, chain): (Vec<_>, Vec<_>) =
            certificates.into_iter().partition(|certificate| certificate.public_key() == public);
        let certificate = own.pop().ok_or(SignError::KeyMismatch)?;
        Ok(LocalKey { key, certificate, chain })
    }
    /// The other certificates of the file, for the chain.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }
}

impl SigningKey for LocalKey {
    fn kind(&self) -> SignerKind {
        SignerKind::LocalKey
    }
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        // The randomness only blinds the computation; the signature of RSASSA-PKCS1-v1_5 is the same every time.
        let signed = self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map_err(|_| SignError::KeyFile { what: "この鍵では署名できません" })?;
        Ok(signature)
    }
}
