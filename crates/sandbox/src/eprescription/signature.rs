//! How the service verifies signatures.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_eprescription::wire::envelope::{Canonical, Opened, UnsignedEnvelope};
use karute_eprescription::{LAYOUT, signature};
use karute_japan::Timestamp;
use karute_signing::{Refusal, Trust, verify};

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// It does not belong to the document, or its value is wrong.
    Invalid,
    /// The certificate's time is over, or it was revoked.
    Expired,
    /// The signer is no doctor or dentist (hcRole).
    Role,
}

/// Verifies the signature of an envelope.
pub trait Signatures: Send + Sync + 'static {
    /// `opened` is what the envelope holds; its structure was checked before.
    ///
    /// # Errors
    /// What is wrong.
    fn verify(&self, envelope: &[u8], opened: &Opened, now: Timestamp) -> Result<(), SignatureFault>;
}

/// Checks that the signature covers this document: the digest of `PrescriptionDocument`, exclusive or inclusive
/// (digest 7.1), stands in it, and certificate and value are there. It does not compute the signature value: a verifier
/// with certificates takes its place where one is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct DocumentDigest;

impl Signatures for DocumentDigest {
    fn verify(&self, envelope: &[u8], opened: &Opened, _now: Timestamp) -> Result<(), SignatureFault> {
        let signature = opened.signature.clone().and_then(|range| envelope.get(range));
        let signature = signature.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or(SignatureFault::Invalid)?;
        let covers = [Canonical::Exclusive, Canonical::Inclusive].into_iter().any(|form| {
            let digest = karute_crypto::sha256(&UnsignedEnvelope::canonical_document(&opened.csv, form));
            signature.contains(&format!(">{}<", STANDARD.encode(digest.0)))
        });
        let whole = ["URI=\"#PrescriptionDocument\"", "SignatureValue", "X509Certificate", "SigningTime"]
            .iter()
            .all(|part| signature.contains(part));
        if covers && whole { Ok(()) } else { Err(SignatureFault::Invalid) }
    }
}

/// Verifies signatures in earnest: references, value, certificate, `hcRole`, path to a root of the simulated HPKI and
/// its revocation lists (digest 7.2).
pub struct Hpki {
    trust: Trust,
}

impl Hpki {
    /// Trusts these authorities and no others.
    pub fn new(trust: Trust) -> Hpki {
        Hpki { trust }
    }
}

impl Signatures for Hpki {
    fn verify(&self, envelope: &[u8], opened: &Opened, now: Timestamp) -> Result<(), SignatureFault> {
        let verified =
            verify(envelope, &LAYOUT, &self.trust, &signature::rules(), now).map_err(|refusal| match refusal {
                Refusal::RoleMissing | Refusal::Role { .. } => SignatureFault::Role,
                Refusal::Expired { .. } | Refusal::NotYetValid { .. } | Refusal::Revoked { .. } => {
                    SignatureFault::Expired
                }
                _ => SignatureFault::Invalid,
            })?;
        // What was signed is what was read.
        let read = [Canonical::Exclusive, Canonical::Inclusive]
            .into_iter()
            .any(|form| UnsignedEnvelope::canonical_document(&opened.csv, form) == verified.octets);
        if read { Ok(()) } else { Err(SignatureFault::Invalid) }
    }
}
