//! Issuing time stamp tokens (RFC 3161 section 2.4.2, CMS of RFC 5652).
use super::AuthorityError;
use crate::algorithm::SHA256;
use crate::asn1::{self, SEQUENCE, SET, wrap};
use crate::certificate::Certificate;
use crate::stamp::{oid, unsigned};
use der::asn1::ObjectIdentifier;
use der::{Encode, Tag};
use karute_crypto::sha256;
use karute_japan::Timestamp;
use rcgen::{KeyPair, SigningKey};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const STAMP_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const RSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
/// Nobody's policy: the one that OpenSSL's examples use.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4.1");
const NULL: [u8; 2] = [0x05, 0x00];

pub(super) fn answer(
    request: &[u8],
    at: Timestamp,
    key: &KeyPair,
    certificate: &Certificate,
) -> Result<Vec<u8>, AuthorityError> {
    let failed = |_| AuthorityError("the request cannot be read".to_owned());
    let parts = asn1::single(request).and_then(|all| all.expect(Tag::Sequence)).map_err(failed)?;
    let [_version, imprint, rest @ ..] = parts.as_slice() else {
        return Err(AuthorityError("the request is not whole".to_owned()));
    };
    let function =
        imprint.items().and_then(|parts| parts.first().map(asn1::Item::items).transpose()).map_err(failed)?;
    let function = function.unwrap_or_default().first().map(asn1::Item::oid).transpose().map_err(failed)?;
    if function != Some(SHA256) {
        return Err(AuthorityError("only SHA-256 is stamped".to_owned()));
    }
    let nonce = rest.iter().find(|item| item.tag == Tag::Integer).map(|item| item.whole).unwrap_or_default();
    // The digits of the time in UTC, which `to_fhir` writes for Japan.
    let utc: String = at.plus_ms(-9 * 3600 * 1000).to_fhir().chars().take(19).filter(char::is_ascii_digit).collect();
    let serial = sha256(&[request, utc.as_bytes()].concat());
    let info = wrap(
        SEQUENCE,
        &[
            &[0x02, 0x01, 0x01],
            &oid(POLICY),
            imprint.whole,
            &unsigned(serial.0.get(..8).unwrap_or_default()),
            &wrap(0x18, &[utc.as_bytes(), b"Z"]),
            nonce,
        ],
    );
    let token = token(&info, key, certificate)?;
    let granted = wrap(SEQUENCE, &[&[0x02, 0x01, 0x00]]);
    Ok(wrap(SEQUENCE, &[&granted, &token]))
}

fn token(info: &[u8], key: &KeyPair, certificate: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    let attribute = |kind: ObjectIdentifier, value: &[u8]| wrap(SEQUENCE, &[&oid(kind), &wrap(SET, &[value])]);
    let own_hash = wrap(0x04, &[&certificate.fingerprint().0]);
    let mut attributes = [
        attribute(CONTENT_TYPE, &oid(STAMP_INFO)),
        attribute(MESSAGE_DIGEST, &wrap(0x04, &[&sha256(info).0])),
        attribute(SIGNING_CERTIFICATE_V2, &wrap(SEQUENCE, &[&wrap(SEQUENCE, &[&wrap(SEQUENCE, &[&own_hash])])])),
    ];
    // DER orders the members of a set by their encodings.
    attributes.sort();
    let attributes = attributes.concat();
    let signature = key.sign(&wrap(SET, &[&attributes]))?;
    let issuer = certificate.issuer_name().to_der().map_err(|error| AuthorityError(error.to_string()))?;
    let sha256 = wrap(SEQUENCE, &[&oid(SHA256), &NULL]);
    let signer = wrap(
        SEQUENCE,
        &[
            &[0x02, 0x01, 0x01],
            &wrap(SEQUENCE, &[&issuer, &unsigned(certificate.serial_bytes())]),
            &sha256,
            &wrap(0xA0, &[&attributes]),
            &wrap(SEQUENCE, &[&oid(RSA_WITH_SHA256), &NULL]),
            &wrap(0x04, &[&signature]),
        ],
    );
    let content = wrap(SEQUENCE, &[&oid(STAMP_INFO), &wrap(0xA0, &[&wrap(0x04, &[info])])]);
    let signed_data = wrap(
        SEQUENCE,
        &[
            &[0x02, 0x01, 0x03],
            &wrap(SET, &[&sha256]),
            &content,
            &wrap(0xA0, &[certificate.der()]),
            &wrap(SET, &[&signer]),
        ],
    );
    Ok(wrap(SEQUENCE, &[&oid(SIGNED_DATA), &wrap(0xA0, &[&signed_data])]))
}
