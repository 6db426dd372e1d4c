//! Which signatures are checked: RSA of at least 2,048 bits with SHA-2, and ECDSA on P-256 and P-384. SHA-1, shorter
//! keys and RSASSA-PSS (no Japanese health-care authority uses it) are refused.
use crate::Refusal;
use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use der::asn1::ObjectIdentifier;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_WITH_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
/// SHA-256 as an algorithm of its own (RFC 5754).
pub(crate) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A digest function by its identifier.
pub(crate) fn digest_function(oid: ObjectIdentifier) -> Result<&'static digest::Algorithm, Refusal> {
    match oid {
        SHA256 => Ok(&digest::SHA256),
        SHA384 => Ok(&digest::SHA384),
        SHA512 => Ok(&digest::SHA512),
        other => Err(Refusal::UnknownAlgorithm { what: "ハッシュ", uri: other.to_string() }),
    }
}

/// Whether `signature` is the key's over `message`. `digest` names the digest function where `algorithm` (as in CMS)
/// does not.
///
/// # Errors
/// When the algorithm is outside the profile.
pub(crate) fn verify(
    algorithm: ObjectIdentifier,
    digest: Option<ObjectIdentifier>,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<bool, Refusal> {
    let check: &'static dyn VerificationAlgorithm = match (algorithm, digest) {
        (RSA_WITH_SHA256, _) | (RSA, Some(SHA256)) => &RSA_PKCS1_2048_8192_SHA256,
        (RSA_WITH_SHA384, _) | (RSA, Some(SHA384)) => &RSA_PKCS1_2048_8192_SHA384,
        (RSA_WITH_SHA512, _) | (RSA, Some(SHA512)) => &RSA_PKCS1_2048_8192_SHA512,
        (ECDSA_WITH_SHA256, _) => &ECDSA_P256_SHA256_ASN1,
        (ECDSA_WITH_SHA384, _) => &ECDSA_P384_SHA384_ASN1,
        (other, _) => return Err(Refusal::UnknownAlgorithm { what: "署名", uri: other.to_string() }),
    };
    Ok(UnparsedPublicKey::new(check, key).verify(message, signature).is_ok())
}

/// RSASSA-PKCS1-v1_5 with SHA-256: the only algorithm of the profile's documents.
pub(crate) fn verify_document(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(message, signature).is_ok()
}
