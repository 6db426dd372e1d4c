//! Unsigned properties: time stamps over the signature, certificates and revocation lists by which it was judged, and
//! archive time stamps over all of it (TS 101 903 v1.4.1 sections 7.3, 7.6, 7.7 and 8.2). OCSP answers are not
//! evaluated: the authorities of the HPKI publish lists, and what is not known is reported as not known.
use super::structure::{Signature, canonicalization};
use crate::c14n::{Method, canonicalize};
use crate::certificate::Certificate;
use crate::chain::Crl;
use crate::names::{DSIG, XADES, XADES_141};
use crate::stamp::{self, Stamp};
use crate::verify::Level;
use crate::{Refusal, xml};
use roxmltree::{Document, Node};

/// Most certificates and most lists of one signature.
const MAX_VALUES: usize = 64;
/// Most time stamps of one kind.
const MAX_STAMPS: usize = 16;

/// What the signature brings along.
#[derive(Default)]
pub(super) struct Evidence<'a, 'i> {
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    stamps: Vec<Node<'a, 'i>>,
    archive: Vec<Node<'a, 'i>>,
    /// `CertificateValues` and `RevocationValues` of the signature itself are there.
    values: (bool, bool),
}

pub(super) fn read<'a, 'i>(signature: &Signature<'a, 'i>) -> Result<Evidence<'a, 'i>, Refusal> {
    let mut out = Evidence::default();
    let Some(unsigned) = signature.unsigned else { return Ok(out) };
    for property in xml::elements(unsigned) {
        match (property.tag_name().namespace(), property.tag_name().name()) {
            (Some(XADES), "SignatureTimeStamp") => out.stamps.push(property),
            (Some(XADES_141), "ArchiveTimeStamp") => out.archive.push(property),
            (Some(XADES), "CertificateValues") => {
                out.values.0 = true;
                out.add_certificates(property)?;
            }
            (Some(XADES), "RevocationValues") => {
                out.values.1 = true;
                out.add_lists(property)?;
            }
            (Some(XADES_141), "TimeStampValidationData") => {
                for part in xml::children(property, Some(XADES), "CertificateValues") {
                    out.add_certificates(part)?;
                }
                for part in xml::children(property, Some(XADES), "RevocationValues") {
                    out.add_lists(part)?;
                }
            }
            // References to certificates and lists, counter signatures and others prove nothing by themselves.
            _ => {}
        }
        if out.stamps.len() > MAX_STAMPS || out.archive.len() > MAX_STAMPS {
            return Err(Refusal::Bounds { what: "タイムスタンプの数" });
        }
    }
    Ok(out)
}

impl Evidence<'_, '_> {
    fn add_certificates(&mut self, values: Node<'_, '_>) -> Result<(), Refusal> {
        for node in xml::children(values, Some(XADES), "EncapsulatedX509Certificate") {
            if self.certificates.len() >= MAX_VALUES {
                return Err(Refusal::Bounds { what: "証明書の数" });
            }
            self.certificates.push(Certificate::from_der(&xml::base64(node, "証明書")?)?);
        }
        Ok(())
    }
    fn add_lists(&mut self, values: Node<'_, '_>) -> Result<(), Refusal> {
        for lists in xml::children(values, Some(XADES), "CRLValues") {
            for node in xml::children(lists, Some(XADES), "EncapsulatedCRLValue") {
                if self.crls.len() >= MAX_VALUES {
                    return Err(Refusal::Bounds { what: "失効リストの数" });
                }
                self.crls.push(Crl::from_der(&xml::base64(node, "失効リスト")?)?);
            }
        }
        Ok(())
    }
    /// The level by what is there.
    pub(super) fn level(&self) -> Level {
        if !self.archive.is_empty() {
            Level::EsA
        } else if self.stamps.is_empty() {
            Level::Es
        } else if self.values == (true, true) {
            Level::EsXl
        } else {
            Level::EsT
        }
    }
    /// Each time stamp over the signature value.
    pub(super) fn check_stamps(
        &self,
        signature: &Signature<'_, '_>,
        roots: &[Certificate],
        pool: &[Certificate],
        crls: &[&Crl],
    ) -> Result<Vec<Stamp>, Refusal> {
        self.stamps
            .iter()
            .map(|property| {
                let (token, method) = token(*property)?;
                stamp::verify(&token, &canonicalize(signature.value_node, method), roots, pool, crls)
            })
            .collect()
    }
    /// Each archive time stamp: over the references' octets, the signature's parts, and the unsigned properties that
    /// stand before it (section 8.2.1, the form without `Include`).
    pub(super) fn check_archive(
        &self,
        tree: &Document<'_>,
        signature: &Signature<'_, '_>,
        roots: &[Certificate],
        pool: &[Certificate],
        crls: &[&Crl],
    ) -> Result<Vec<Stamp>, Refusal> {
        self.archive
            .iter()
            .map(|property| {
                let (token, method) = token(*property)?;
                let octets = archived(tree, signature, Some(*property), method)?;
                stamp::verify(&token, &octets, roots, pool, crls)
            })
            .collect()
    }
}

/// What an archive time stamp at this place (or at the end) is over.
pub(super) fn archived(
    tree: &Document<'_>,
    signature: &Signature<'_, '_>,
    place: Option<Node<'_, '_>>,
    method: Method,
) -> Result<Vec<u8>, Refusal> {
    let mut octets = Vec::new();
    for reference in &signature.references {
        octets.extend(reference.octets(reference.target(tree)?));
    }
    for part in [signature.signed_info, signature.value_node, signature.key_info] {
        octets.extend(canonicalize(part, method));
    }
    let before = signature.unsigned.into_iter().flat_map(xml::elements);
    for earlier in before.take_while(|node| place.is_none_or(|place| node.id() != place.id())) {
        octets.extend(canonicalize(earlier, method));
    }
    Ok(octets)
}

/// The token in a time stamp property, and how what it is over is canonicalised: inclusively unless it says otherwise.
fn token(property: Node<'_, '_>) -> Result<(Vec<u8>, Method), Refusal> {
    let mut method = Method::Inclusive;
    let mut token = None;
    for part in xml::elements(property) {
        match (part.tag_name().namespace(), part.tag_name().name()) {
            (Some(DSIG), "CanonicalizationMethod") => method = canonicalization(part)?,
            (Some(XADES), "EncapsulatedTimeStamp") if token.is_none() => {
                token = Some(xml::base64(part, "タイムスタンプ")?);
            }
            _ => return Err(Refusal::structure("タイムスタンプの構成")),
        }
    }
    Ok((token.ok_or(Refusal::structure("タイムスタンプの構成"))?, method))
}
