//! Raising a signature's level: what the service does that receives a document of level ES. A workplace does not need
//! it (e-prescription.md section 7.1: the service adds time stamp, certificates and revocation lists); the simulated
//! service and whoever keeps signed documents for years do.
//!
//! The form is the service's: `SignatureTimeStamp`, `TimeStampValidationData`, `CertificateValues`, `RevocationValues`,
//! and later `ArchiveTimeStamp`, all without `CanonicalizationMethod`, so what they are over is canonicalised
//! inclusively. The bytes of the document stay; the properties are put between two of them.
use crate::certificate::Certificate;
use crate::chain::Crl;
use crate::names::{XADES, XADES_141};
use crate::{Layout, Refusal, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_crypto::{Digest, sha256};

/// Certificates and revocation lists.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// From the end to the root.
    pub certificates: Vec<Certificate>,
    /// One for each issuer.
    pub crls: Vec<Crl>,
}

impl Values {
    /// The two properties; each declares its prefix, so they stand anywhere.
    fn text(&self) -> String {
        let encapsulated = |name: &str, der: &[u8]| format!("<xa:{name}>{}</xa:{name}>", STANDARD.encode(der));
        let certificates: String = self
            .certificates
            .iter()
            .map(|certificate| encapsulated("EncapsulatedX509Certificate", certificate.der()))
            .collect();
        let lists: String = self.crls.iter().map(|list| encapsulated("EncapsulatedCRLValue", list.der())).collect();
        format!(
            "<xa:CertificateValues xmlns:xa=\"{XADES}\">{certificates}</xa:CertificateValues><xa:RevocationValues xmlns:xa=\"{XADES}\"><xa:CRLValues>{lists}</xa:CRLValues></xa:RevocationValues>"
        )
    }
}

/// SHA-256 that a time stamp over the signature must carry.
///
/// # Errors
/// When the signature does not hold.
pub fn stamp_imprint(document: &[u8], layout: &Layout) -> Result<Digest, Refusal> {
    Ok(sha256(&verify::stamped_octets(document, layout)?))
}

/// ES → ES-T: adds the token of a time stamp over [`stamp_imprint`].
///
/// # Errors
/// When the document carries no signature of the form, or has unsigned properties already.
pub fn add_stamp(document: &[u8], layout: &Layout, token: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (place, there) = verify::unsigned_place(document, layout)?;
    if there {
        return Err(Refusal::structure("UnsignedProperties"));
    }
    let id = sha256(token).to_hex().get(..12).unwrap_or_default().to_owned();
    let text = format!(
        "<xa:UnsignedProperties xmlns:xa=\"{XADES}\"><xa:UnsignedSignatureProperties><xa:SignatureTimeStamp Id=\"TS-{id}\"><xa:EncapsulatedTimeStamp>{}</xa:EncapsulatedTimeStamp></xa:SignatureTimeStamp></xa:UnsignedSignatureProperties></xa:UnsignedProperties>",
        STANDARD.encode(token)
    );
    put(document, place, &text)
}

/// ES-T → ES-XL: adds what the time stamp and the signature were judged by.
///
/// # Errors
/// When the document carries no time stamp.
pub fn add_values(
    document: &[u8],
    layout: &Layout,
    of_stamp: &Values,
    of_signature: &Values,
) -> Result<Vec<u8>, Refusal> {
    let text = format!(
        "<xa141:TimeStampValidationData xmlns:xa141=\"{XADES_141}\">{}</xa141:TimeStampValidationData>{}",
        of_stamp.text(),
        of_signature.text(),
    );
    put_after_others(document, layout, &text)
}

/// SHA-256 that an archive time stamp after all present properties must carry.
///
/// # Errors
/// When the signature does not hold.
pub fn archive_imprint(document: &[u8], layout: &Layout) -> Result<Digest, Refusal> {
    Ok(sha256(&verify::archived_octets(document, layout)?))
}

/// ES-XL → ES-A (or one more archive time stamp): adds the token of a time stamp over [`archive_imprint`].
///
/// # Errors
/// When the document carries no time stamp.
pub fn add_archive_stamp(document: &[u8], layout: &Layout, token: &[u8]) -> Result<Vec<u8>, Refusal> {
    let text = format!(
        "<xa141:ArchiveTimeStamp xmlns:xa141=\"{XADES_141}\" xmlns:xa=\"{XADES}\"><xa:EncapsulatedTimeStamp>{}</xa:EncapsulatedTimeStamp></xa141:ArchiveTimeStamp>",
        STANDARD.encode(token)
    );
    put_after_others(document, layout, &text)
}

fn put_after_others(document: &[u8], layout: &Layout, text: &str) -> Result<Vec<u8>, Refusal> {
    match verify::unsigned_place(document, layout)? {
        (place, true) => put(document, place, text),
        (_, false) => Err(Refusal::StampMissing),
    }
}

fn put(document: &[u8], place: usize, text: &str) -> Result<Vec<u8>, Refusal> {
    let (before, after) = document.split_at_checked(place).ok_or(Refusal::structure("UnsignedProperties"))?;
    Ok([before, text.as_bytes(), after].concat())
}
