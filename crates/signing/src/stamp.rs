//! Time stamps (RFC 3161, in CMS of RFC 5652): asking for one, reading the answer, believing it. Whoever asks carries
//! the bytes; this room opens no connection.
use crate::asn1::{self, Item, SEQUENCE, wrap};
use crate::certificate::Certificate;
use crate::chain::{Crl, validate};
use crate::{Refusal, algorithm};
use aws_lc_rs::digest;
use der::asn1::ObjectIdentifier;
use der::{Encode, Tag};
use karute_crypto::{Digest, ct_eq};
use karute_japan::{Date, Timestamp};

/// Largest token in bytes.
pub const MAX_STAMP_BYTES: usize = 256 << 10;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const STAMP_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// A request for a time stamp over a SHA-256 value (`TimeStampReq`), with the authority's certificate asked for.
/// Send it as `application/timestamp-query`.
pub fn request(imprint: &Digest, nonce: [u8; 8]) -> Vec<u8> {
    let algorithm = wrap(SEQUENCE, &[&oid(algorithm::SHA256), &[0x05, 0x00]]);
    let imprint = wrap(SEQUENCE, &[&algorithm, &wrap(0x04, &[&imprint.0])]);
    wrap(SEQUENCE, &[&[0x02, 0x01, 0x01], &imprint, &unsigned(&nonce), &[0x01, 0x01, 0xFF]])
}

/// The encoding of an object identifier.
pub(crate) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    wrap(0x06, &[oid.as_bytes()])
}

/// The encoding of a number given as big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    der::asn1::UintRef::new(bytes).and_then(|number| number.to_der()).unwrap_or_default()
}

/// Takes the token out of an answer (`TimeStampResp`).
///
/// # Errors
/// When the authority refused, or the answer is not to `request` (another imprint or nonce).
pub fn answer(answer: &[u8], request: &[u8]) -> Result<Vec<u8>, Refusal> {
    const WHAT: Refusal = Refusal::unreadable("タイムスタンプ局の応答");
    if answer.len() > MAX_STAMP_BYTES {
        return Err(WHAT);
    }
    let parts = asn1::single(answer).and_then(|item| item.expect(Tag::Sequence)).map_err(|_| WHAT)?;
    let [status, token] = parts.as_slice() else { return Err(WHAT) };
    let status = status.expect(Tag::Sequence).map_err(|_| WHAT)?;
    // 0 granted, 1 granted with modifications.
    if !status.first().is_some_and(|code| code.tag == Tag::Integer && matches!(code.value, [0 | 1])) {
        return Err(WHAT);
    }
    let read = Token::read(token.whole).ok_or(WHAT)?;
    let asked = asn1::single(request).and_then(|item| item.expect(Tag::Sequence)).map_err(|_| WHAT)?;
    let [_, imprint, nonce, ..] = asked.as_slice() else { return Err(WHAT) };
    if read.info.imprint_whole != imprint.whole || read.info.nonce != Some(nonce.value) {
        return Err(Refusal::StampImprint);
    }
    Ok(token.whole.to_vec())
}

/// A time stamp that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time it states.
    pub time: Timestamp,
    /// The authority's name.
    pub authority: String,
}

/// Believes a token over `octets`, or says why not.
///
/// The authority's chain is judged at the time it states: a token outlives the certificate (RFC 3161 section 4.4); what
/// protects it then is the archive time stamp around it.
pub(crate) fn verify(
    token: &[u8],
    octets: &[u8],
    roots: &[Certificate],
    pool: &[Certificate],
    crls: &[&Crl],
) -> Result<Stamp, Refusal> {
    const WHAT: Refusal = Refusal::unreadable("タイムスタンプ");
    if token.len() > MAX_STAMP_BYTES {
        return Err(WHAT);
    }
    let token = Token::read(token).ok_or(WHAT)?;
    let function = algorithm::digest_function(token.info.imprint_algorithm)?;
    if !ct_eq(digest::digest(function, octets).as_ref(), token.info.imprint) {
        return Err(Refusal::StampImprint);
    }
    let mut own: Vec<Certificate> =
        token.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let signer = own.iter().chain(pool).find(|certificate| token.signer.is(certificate)).cloned();
    let signer = signer.ok_or(Refusal::unreadable("タイムスタンプ局の証明書"))?;
    token.check_signature(&signer)?;
    if !signer.is_for_time_stamps() {
        return Err(Refusal::StampUntrusted { authority: signer.holder() });
    }
    own.extend_from_slice(pool);
    let enclosed: Vec<Crl> = token.crls.iter().filter_map(|der| Crl::from_der(der).ok()).collect();
    let lists: Vec<&Crl> = crls.iter().copied().chain(&enclosed).collect();
    validate(&signer, &own, roots, &lists, token.info.time).map_err(|reason| match reason {
        Refusal::Untrusted { .. } => Refusal::StampUntrusted { authority: signer.holder() },
        other => other,
    })?;
    Ok(Stamp { time: token.info.time, authority: signer.holder() })
}

/// A token taken apart; everything borrows from its bytes.
struct Token<'a> {
    /// `TSTInfo` as it was signed.
    content: &'a [u8],
    info: Info<'a>,
    certificates: Vec<&'a [u8]>,
    crls: Vec<&'a [u8]>,
    signer: SignerId<'a>,
    digest: ObjectIdentifier,
    /// The content of the signed attributes, without tag.
    attributes: &'a [u8],
    algorithm: ObjectIdentifier,
    signature: &'a [u8],
}

struct Info<'a> {
    imprint_whole: &'a [u8],
    imprint_algorithm: ObjectIdentifier,
    imprint: &'a [u8],
    time: Timestamp,
    nonce: Option<&'a [u8]>,
}

enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyId(&'a [u8]),
}

impl SignerId<'_> {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.serial_bytes() == *serial
                    && certificate.issuer_name().to_der().is_ok_and(|own| own == *issuer)
            }
            SignerId::KeyId(id) => certificate.extension(SUBJECT_KEY_ID).is_some_and(|value| {
                asn1::single(value).is_ok_and(|own| own.tag == Tag::OctetString && own.value == *id)
            }),
        }
    }
}

impl<'a> Token<'a> {
    fn read(bytes: &'a [u8]) -> Option<Token<'a>> {
        let content_info = asn1::single(bytes).ok()?.expect(Tag::Sequence).ok()?;
        let [kind, content] = content_info.as_slice() else { return None };
        if kind.oid().ok()? != SIGNED_DATA || content.context() != Some(0) {
            return None;
        }
        let signed_data = asn1::single(content.value).ok()?.expect(Tag::Sequence).ok()?;
        let [_version, _digests, encapsulated, rest @ ..] = signed_data.as_slice() else { return None };
        let encapsulated = encapsulated.expect(Tag::Sequence).ok()?;
        let [kind, content] = encapsulated.as_slice() else { return None };
        if kind.oid().ok()? != STAMP_INFO {
            return None;
        }
        let content = asn1::single(content.value).ok()?;
        content.tag.assert_eq(Tag::OctetString).ok()?;
        let all = |number: u8| {
            let found = rest.iter().find(|item| item.context() == Some(number));
            found.map(Item::items).transpose().ok().flatten().unwrap_or_default()
        };
        let signers = rest.last()?.expect(Tag::Set).ok()?;
        let [signer] = signers.as_slice() else { return None };
        let fields = signer.expect(Tag::Sequence).ok()?;
        let [_version, id, digest, attributes, algorithm, signature, ..] = fields.as_slice() else { return None };
        if attributes.context() != Some(0) {
            return None;
        }
        signature.tag.assert_eq(Tag::OctetString).ok()?;
        Some(Token {
            content: content.value,
            info: Info::read(content.value)?,
            certificates: all(0).into_iter().map(|item| item.whole).collect(),
            crls: all(1).into_iter().map(|item| item.whole).collect(),
            signer: signer_id(id)?,
            digest: digest.expect(Tag::Sequence).ok()?.first()?.oid().ok()?,
            attributes: attributes.value,
            algorithm: algorithm.expect(Tag::Sequence).ok()?.first()?.oid().ok()?,
            signature: signature.value,
        })
    }

    /// RFC 5652 section 5.4: the signature is over the signed attributes as a SET; they carry the content's digest.
    fn check_signature(&self, signer: &Certificate) -> Result<(), Refusal> {
        let wrong = || Refusal::StampSignature;
        let attributes = asn1::items(self.attributes).map_err(|_| wrong())?;
        let value = |kind: ObjectIdentifier| {
            let mut found = attributes.iter().filter_map(|attribute| {
                let parts = attribute.expect(Tag::Sequence).ok()?;
                let [own, values] = parts.as_slice() else { return None };
                (own.oid().ok()? == kind).then(|| asn1::single(values.value).ok()).flatten()
            });
            let first = found.next();
            if found.next().is_some() { None } else { first }
        };
        let kind = value(CONTENT_TYPE).ok_or_else(wrong)?;
        let stated = value(MESSAGE_DIGEST).ok_or_else(wrong)?;
        let function = algorithm::digest_function(self.digest)?;
        if kind.oid().ok() != Some(STAMP_INFO) || !ct_eq(digest::digest(function, self.content).as_ref(), stated.value)
        {
            return Err(wrong());
        }
        let signed = wrap(asn1::SET, &[self.attributes]);
        if algorithm::verify(self.algorithm, Some(self.digest), signer.public_key(), &signed, self.signature)? {
            Ok(())
        } else {
            Err(wrong())
        }
    }
}

fn signer_id<'a>(id: &Item<'a>) -> Option<SignerId<'a>> {
    if id.context() == Some(0) {
        return Some(SignerId::KeyId(id.value));
    }
    let parts = id.expect(Tag::Sequence).ok()?;
    let [issuer, serial] = parts.as_slice() else { return None };
    Some(SignerId::IssuerAndSerial { issuer: issuer.whole, serial: asn1::without_sign(serial.value) })
}

impl<'a> Info<'a> {
    fn read(content: &'a [u8]) -> Option<Info<'a>> {
        let parts = asn1::single(content).ok()?.expect(Tag::Sequence).ok()?;
        let [_version, policy, imprint, _serial, time, rest @ ..] = parts.as_slice() else { return None };
        policy.tag.assert_eq(Tag::ObjectIdentifier).ok()?;
        time.tag.assert_eq(Tag::GeneralizedTime).ok()?;
        let fields = imprint.expect(Tag::Sequence).ok()?;
        let [function, value] = fields.as_slice() else { return None };
        value.tag.assert_eq(Tag::OctetString).ok()?;
        Some(Info {
            imprint_whole: imprint.whole,
            imprint_algorithm: function.expect(Tag::Sequence).ok()?.first()?.oid().ok()?,
            imprint: value.value,
            time: generalized_time(time.value)?,
            nonce: rest.iter().find(|item| item.tag == Tag::Integer).map(|item| item.value),
        })
    }
}

/// `YYYYMMDDhhmmss[.f…]Z`: the form of RFC 3161 section 2.4.2, which allows fractions of a second.
fn generalized_time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() != 14 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| whole.get(from..to)?.parse::<i64>().ok();
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let date = Date::new(
        i16::try_from(number(0, 4)?).ok()?,
        i8::try_from(number(4, 6)?).ok()?,
        i8::try_from(number(6, 8)?).ok()?,
    )
    .ok()?;
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    // The time is UTC; a day in Japan begins nine hours earlier.
    Some(Timestamp::in_japan(date, hour + 9, minute, second).plus_ms(millis.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_token_is_read_with_and_without_fractions() {
        let time = |text: &str| generalized_time(text.as_bytes()).map(Timestamp::to_fhir);
        assert_eq!(time("20260615011530Z").as_deref(), Some("2026-06-15T10:15:30.000+09:00"));
        assert_eq!(time("20260615011530.25Z").as_deref(), Some("2026-06-15T10:15:30.250+09:00"));
        assert_eq!(time("20261231235959.1234Z").as_deref(), Some("2027-01-01T08:59:59.123+09:00"));
        for bad in ["20260615011530", "20260615011530+0900", "20261315011530Z", "20260615251530Z", "2026Z", "", "Z"] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_request_is_the_one_of_rfc_3161() {
        let request = request(&Digest([7; 32]), [0x80, 1, 2, 3, 4, 5, 6, 7]);
        let parts = asn1::single(&request).and_then(|all| all.items()).unwrap_or_else(|e| panic!("{e}"));
        let tags: Vec<Tag> = parts.iter().map(|part| part.tag).collect();
        assert_eq!(tags, [Tag::Integer, Tag::Sequence, Tag::Integer, Tag::Boolean]);
        assert_eq!(parts[2].value, &[0, 0x80, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn no_bytes_make_the_reader_fail_otherwise_than_by_an_answer() {
        for length in 0..64u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
            assert!(Token::read(&bytes).is_none());
        }
        assert!(answer(&[0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02], &[]).is_err());
    }
}
