//! Signed properties: when the signer says to have signed, and with which certificate (TS 101 903 sections 7.2.1 and
//! 7.2.2, EN 319 132-1 section 5.2.2 for the second version).
use super::structure::Signature;
use crate::asn1::{self, without_sign};
use crate::certificate::Certificate;
use crate::names::{DSIG, SHA256, XADES};
use crate::{Refusal, xml};
use der::{Encode, Tag};
use karute_crypto::ct_eq;
use karute_japan::Timestamp;
use roxmltree::Node;

pub(super) struct Properties {
    pub(super) signing_time: Timestamp,
    digest: Vec<u8>,
    issuer_serial: Option<IssuerSerial>,
}

/// Issuer (when it was given in DER) and serial number.
type IssuerSerial = (Option<Vec<u8>>, Vec<u8>);

pub(super) fn read(signature: &Signature<'_, '_>) -> Result<Properties, Refusal> {
    let own = xml::only_child(signature.properties, Some(XADES), "SignedSignatureProperties")
        .ok_or(Refusal::structure("SignedSignatureProperties"))?;
    let time = xml::only_child(own, Some(XADES), "SigningTime").ok_or(Refusal::SigningTime)?;
    let signing_time = Timestamp::parse(xml::text(time).trim()).ok_or(Refusal::SigningTime)?;
    let second = xml::only_child(own, Some(XADES), "SigningCertificateV2");
    let first = xml::only_child(own, Some(XADES), "SigningCertificate");
    let holder = second.or(first).ok_or(Refusal::structure("SigningCertificate"))?;
    // The signer's own comes first; those after it are the chain's.
    let certificate = xml::children(holder, Some(XADES), "Cert").next();
    let certificate = certificate.ok_or(Refusal::structure("SigningCertificate"))?;
    let digest = xml::only_child(certificate, Some(XADES), "CertDigest").ok_or(Refusal::structure("CertDigest"))?;
    let method = xml::only_child(digest, Some(DSIG), "DigestMethod").ok_or(Refusal::structure("CertDigest"))?;
    if method.attribute("Algorithm") != Some(SHA256) {
        let uri = Refusal::quote(method.attribute("Algorithm").unwrap_or_default());
        return Err(Refusal::UnknownAlgorithm { what: "CertDigest", uri });
    }
    let value = xml::only_child(digest, Some(DSIG), "DigestValue").ok_or(Refusal::structure("CertDigest"))?;
    Ok(Properties {
        signing_time,
        digest: xml::base64(value, "証明書のダイジェスト値")?,
        issuer_serial: issuer_serial(certificate)?,
    })
}

fn issuer_serial(certificate: Node<'_, '_>) -> Result<Option<IssuerSerial>, Refusal> {
    const WHAT: Refusal = Refusal::unreadable("IssuerSerial");
    if let Some(second) = xml::only_child(certificate, Some(XADES), "IssuerSerialV2") {
        // IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER } (RFC 5035).
        let der = xml::base64(second, "IssuerSerial")?;
        let read = || -> Option<(Vec<u8>, Vec<u8>)> {
            let parts = asn1::single(&der).ok()?.expect(Tag::Sequence).ok()?;
            let [issuer, serial] = parts.as_slice() else { return None };
            serial.tag.assert_eq(Tag::Integer).ok()?;
            let names = issuer.expect(Tag::Sequence).ok()?;
            let directory = names.iter().find(|name| name.context() == Some(4))?;
            Some((directory.value.to_vec(), without_sign(serial.value).to_vec()))
        };
        let (issuer, serial) = read().ok_or(WHAT)?;
        return Ok(Some((Some(issuer), serial)));
    }
    let Some(first) = xml::only_child(certificate, Some(XADES), "IssuerSerial") else { return Ok(None) };
    // The issuer's name in text form has many spellings (RFC 4514 leaves them open); the digest pins it anyway.
    let serial = xml::only_child(first, Some(DSIG), "X509SerialNumber").ok_or(WHAT)?;
    let serial = decimal(xml::text(serial).trim()).ok_or(WHAT)?;
    Ok(Some((None, serial)))
}

/// A decimal number of at most 60 digits as big-endian bytes without leading zeros.
fn decimal(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > 60 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut out: Vec<u8> = Vec::new();
    for digit in text.bytes().map(|byte| u16::from(byte - b'0')) {
        let mut carry = digit;
        for byte in out.iter_mut().rev() {
            let value = u16::from(*byte) * 10 + carry;
            *byte = value.to_le_bytes()[0];
            carry = value >> 8;
        }
        if carry > 0 {
            out.insert(0, carry.to_le_bytes()[0]);
        }
    }
    if out.is_empty() {
        out.push(0);
    }
    Some(out)
}

impl Properties {
    /// Whether the signer meant this certificate.
    pub(super) fn check(&self, certificate: &Certificate) -> Result<(), Refusal> {
        let same = ct_eq(&certificate.fingerprint().0, &self.digest)
            && self.issuer_serial.as_ref().is_none_or(|(issuer, serial)| {
                let own = certificate.issuer_name().to_der().unwrap_or_default();
                serial == certificate.serial_bytes() && issuer.as_ref().is_none_or(|issuer| *issuer == own)
            });
        if same { Ok(()) } else { Err(Refusal::CertificateMismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn serial_numbers_in_decimal_become_bytes() {
        assert_eq!(decimal("0"), Some(vec![0]));
        assert_eq!(decimal("255"), Some(vec![255]));
        assert_eq!(decimal("65536"), Some(vec![1, 0, 0]));
        assert_eq!(decimal("18446744073709551616"), Some(vec![1, 0, 0, 0, 0, 0, 0, 0, 0]));
        for bad in ["", "-1", "1x", &"9".repeat(61)] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }
}
