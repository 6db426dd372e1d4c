//! Opening PKCS#12 files (RFC 7292) that are protected as RFC 8018 asks today: PBES2 with PBKDF2 and AES-CBC, a MAC of
//! SHA-1 or SHA-2 over all. That is what OpenSSL 3, Java 17 and Windows since 2019 write. Files of the older schemes
//! (RC2, Triple DES) are refused with a hint: our provider has none of these ciphers, on purpose.
use super::SignError;
use crate::asn1::{self, Item};
use crate::certificate::Certificate;
use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{digest, hmac, pbkdf2};
use der::Tag;
use der::asn1::ObjectIdentifier;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// Largest file in bytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// Most iterations of the key derivations, so that a file cannot keep us busy for minutes.
const MAX_ITERATIONS: u32 = 10_000_000;
/// How deep bags are nested in bags.
const MAX_NESTING: usize = 4;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SAFE_CONTENTS_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const HMAC_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.10");
const HMAC_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
const AES_128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// What a file holds.
pub struct Contents {
    /// `PrivateKeyInfo`; wiped when dropped.
    pub key: Zeroizing<Vec<u8>>,
    /// All certificates, in no particular order.
    pub certificates: Vec<Certificate>,
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").field("certificates", &self.certificates).finish_non_exhaustive()
    }
}

const BROKEN: SignError = SignError::KeyFile { what: "PKCS#12形式ではありません" };
const OLD: SignError = SignError::KeyFile {
    what: "古い暗号方式で保護されています。発行元のツールでAES方式のファイルを作り直してください",
};

fn broken<E>(_: E) -> SignError {
    BROKEN
}

/// Opens a file that holds exactly one private key.
///
/// # Errors
/// [`SignError::Password`] when the MAC does not fit; [`SignError::KeyFile`] for everything else.
pub fn open(file: &[u8], password: &str) -> Result<Contents, SignError> {
    if file.len() > MAX_FILE_BYTES {
        return Err(SignError::KeyFile { what: "大きすぎます" });
    }
    // PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
    let parts = asn1::single(file).and_then(|pfx| pfx.expect(Tag::Sequence)).map_err(broken)?;
    let [version, safe, mac] = parts.as_slice() else { return Err(BROKEN) };
    if version.value != [3] {
        return Err(BROKEN);
    }
    let safe = data(safe)?;
    check_mac(mac, safe, password)?;

    let mut found = Found { password, keys: Vec::new(), certificates: Vec::new() };
    for info in asn1::single(safe).and_then(|all| all.expect(Tag::Sequence)).map_err(broken)? {
        let parts = info.expect(Tag::Sequence).map_err(broken)?;
        match parts.first().ok_or(BROKEN)?.oid().map_err(broken)? {
            DATA => found.bags(data(&info)?, 0)?,
            ENCRYPTED_DATA => {
                let plain = encrypted_data(parts.get(1).ok_or(BROKEN)?, password)?;
                found.bags(&plain, 0)?;
            }
            _ => return Err(SignError::KeyFile { what: "公開鍵で保護されたファイルは使えません" }),
        }
    }
    let certificates = found.certificates;
    match <[Zeroizing<Vec<u8>>; 1]>::try_from(found.keys) {
        Ok([key]) => Ok(Contents { key, certificates }),
        Err(_) => {
            Err(SignError::KeyFile { what: "秘密鍵が一つだけ入ったファイルではありません" })
        }
    }
}

/// The octets in a `ContentInfo` of type data.
fn data<'a>(info: &Item<'a>) -> Result<&'a [u8], SignError> {
    let parts = info.expect(Tag::Sequence).map_err(broken)?;
    let [kind, content] = parts.as_slice() else { return Err(BROKEN) };
    if kind.oid().map_err(broken)? != DATA || content.context() != Some(0) {
        return Err(BROKEN);
    }
    let octets = asn1::single(content.value).map_err(broken)?;
    octets.tag.assert_eq(Tag::OctetString).map_err(broken)?;
    Ok(octets.value)
}

struct Found<'p> {
    password: &'p str,
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<Certificate>,
}

impl Found<'_> {
    /// `SafeContents ::= SEQUENCE OF SafeBag`.
    fn bags(&mut self, contents: &[u8], depth: usize) -> Result<(), SignError> {
        if depth > MAX_NESTING {
            return Err(BROKEN);
        }
        for bag in asn1::single(contents).and_then(|all| all.expect(Tag::Sequence)).map_err(broken)? {
            let parts = bag.expect(Tag::Sequence).map_err(broken)?;
            let [kind, value, ..] = parts.as_slice() else { return Err(BROKEN) };
            match kind.oid().map_err(broken)? {
                KEY_BAG => self.keys.push(Zeroizing::new(value.value.to_vec())),
                SHROUDED_KEY_BAG => {
                    let parts = asn1::single(value.value).and_then(|key| key.expect(Tag::Sequence)).map_err(broken)?;
                    let [scheme, encrypted] = parts.as_slice() else { return Err(BROKEN) };
                    self.keys.push(decrypt(scheme, encrypted.value, self.password)?);
                }
                CERTIFICATE_BAG => {
                    // CertBag ::= SEQUENCE { certId OID, certValue [0] OCTET STRING }
                    let parts = asn1::single(value.value).and_then(|bag| bag.expect(Tag::Sequence)).map_err(broken)?;
                    let octets = asn1::single(parts.get(1).ok_or(BROKEN)?.value).map_err(broken)?;
                    self.certificates.push(Certificate::from_der(octets.value)?);
                }
                SAFE_CONTENTS_BAG => self.bags(value.value, depth + 1)?,
                // Revocation lists and secrets are of no use here.
                _ => {}
            }
        }
        Ok(())
    }
}

/// `EncryptedData` of CMS: `SEQUENCE { version, SEQUENCE { contentType, scheme, [0] IMPLICIT OCTET STRING } }`.
fn encrypted_data(content: &Item<'_>, password: &str) -> Result<Zeroizing<Vec<u8>>, SignError> {
    let parts = asn1::single(content.value).and_then(|data| data.expect(Tag::Sequence)).map_err(broken)?;
    let parts = parts.get(1).ok_or(BROKEN)?.expect(Tag::Sequence).map_err(broken)?;
    let [_kind, scheme, encrypted] = parts.as_slice() else { return Err(BROKEN) };
    decrypt(scheme, encrypted.value, password)
}

/// PBES2 (RFC 8018 section 6.2).
fn decrypt(scheme: &Item<'_>, encrypted: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, SignError> {
    let parts = scheme.expect(Tag::Sequence).map_err(broken)?;
    let [scheme, parameters] = parts.as_slice() else { return Err(BROKEN) };
    if scheme.oid().map_err(broken)? != PBES2 {
        return Err(OLD);
    }
    let parts = parameters.expect(Tag::Sequence).map_err(broken)?;
    let [derivation, cipher] = parts.as_slice() else { return Err(BROKEN) };
    let cipher = cipher.expect(Tag::Sequence).map_err(broken)?;
    let [cipher, iv] = cipher.as_slice() else { return Err(BROKEN) };
    let (cipher, length) = match cipher.oid().map_err(broken)? {
        AES_128_CBC => (&AES_128, 16),
        AES_192_CBC => (&AES_192, 24),
        AES_256_CBC => (&AES_256, 32),
        _ => return Err(OLD),
    };
    let mut key = Zeroizing::new(vec![0u8; length]);
    pbkdf2(derivation, password, &mut key)?;
    let iv: [u8; 16] = iv.value.try_into().map_err(broken)?;
    let key = UnboundCipherKey::new(cipher, &key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7).map_err(broken)?;
    let mut plain = Zeroizing::new(encrypted.to_vec());
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    // The MAC fitted, so the password is right; a failure here is a broken file.
    let length = key.decrypt(&mut plain, context).map_err(broken)?.len();
    plain.truncate(length);
    Ok(plain)
}

/// PBKDF2 (RFC 8018 section 5.2) with a password in UTF-8.
fn pbkdf2(derivation: &Item<'_>, password: &str, out: &mut [u8]) -> Result<(), SignError> {
    let parts = derivation.expect(Tag::Sequence).map_err(broken)?;
    let [kind, parameters] = parts.as_slice() else { return Err(BROKEN) };
    if kind.oid().map_err(broken)? != PBKDF2 {
        return Err(OLD);
    }
    let parts = parameters.expect(Tag::Sequence).map_err(broken)?;
    let [salt, count, rest @ ..] = parts.as_slice() else { return Err(BROKEN) };
    salt.tag.assert_eq(Tag::OctetString).map_err(broken)?;
    let function = match rest.iter().find(|item| item.tag == Tag::Sequence) {
        None => HMAC_SHA1,
        Some(function) => function.items().map_err(broken)?.first().ok_or(BROKEN)?.oid().map_err(broken)?,
    };
    let function = match function {
        HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
        HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
        HMAC_SHA384 => pbkdf2::PBKDF2_HMAC_SHA384,
        HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(OLD),
    };
    pbkdf2::derive(function, iterations(count)?, salt.value, password.as_bytes(), out);
    Ok(())
}

fn iterations(count: &Item<'_>) -> Result<NonZeroU32, SignError> {
    count.tag.assert_eq(Tag::Integer).map_err(broken)?;
    let bytes = asn1::without_sign(count.value);
    if bytes.len() > 4 {
        return Err(BROKEN);
    }
    let number = bytes.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    NonZeroU32::new(number).filter(|number| number.get() <= MAX_ITERATIONS).ok_or(BROKEN)
}

/// `MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }` (RFC 7292 section 4).
fn check_mac(mac: &Item<'_>, safe: &[u8], password: &str) -> Result<(), SignError> {
    let parts = mac.expect(Tag::Sequence).map_err(broken)?;
    let [info, salt, rest @ ..] = parts.as_slice() else { return Err(BROKEN) };
    let info = info.expect(Tag::Sequence).map_err(broken)?;
    let [function, expected] = info.as_slice() else { return Err(BROKEN) };
    let function = function.items().map_err(broken)?.first().ok_or(BROKEN)?.oid().map_err(broken)?;
    let (digest, mac, block): (&digest::Algorithm, hmac::Algorithm, usize) = match function {
        SHA1 => (&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 64),
        SHA256 => (&digest::SHA256, hmac::HMAC_SHA256, 64),
        SHA384 => (&digest::SHA384, hmac::HMAC_SHA384, 128),
        SHA512 => (&digest::SHA512, hmac::HMAC_SHA512, 128),
        _ => return Err(OLD),
    };
    let count = rest.first().map_or(Ok(NonZeroU32::MIN), iterations)?;
    let key = mac_key(digest, block, salt.value, password, count);
    hmac::verify(&hmac::Key::new(mac, &key), safe, expected.value).map_err(|_| SignError::Password)
}

/// The key derivation of PKCS#12 for a MAC of one digest's length (RFC 7292 appendix B.2 with purpose 3, where one
/// round gives all that is needed).
fn mac_key(
    function: &'static digest::Algorithm,
    block: usize,
    salt: &[u8],
    password: &str,
    count: NonZeroU32,
) -> Zeroizing<Vec<u8>> {
    // BMPString with a final zero (appendix B.1).
    let mut characters = Zeroizing::new(Vec::with_capacity(2 * password.len() + 2));
    for unit in password.encode_utf16() {
        characters.extend_from_slice(&unit.to_be_bytes());
    }
    characters.extend_from_slice(&[0, 0]);
    let stretched = |bytes: &[u8]| -> Zeroizing<Vec<u8>> {
        let length = bytes.len().div_ceil(block) * block;
        Zeroizing::new(bytes.iter().copied().cycle().take(length).collect())
    };
    let mut context = digest::Context::new(function);
    context.update(&vec![3u8; block]);
    context.update(&stretched(salt));
    context.update(&stretched(&characters));
    let mut out = Zeroizing::new(context.finish().as_ref().to_vec());
    for _ in 1..count.get() {
        let round = digest::digest(function, &out);
        out.copy_from_slice(round.as_ref());
    }
    out
}
