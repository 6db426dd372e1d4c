//! The specification's examples as values, and what tests sign with.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::{Canonical, SignedXml, UnsignedEnvelope};
use karute_eprescription::wire::prescription::Prescription;
use karute_eprescription::{SignError, Signer};
use karute_japan::Date;

pub(crate) const FIRST: &str = include_str!("../fixtures/prescription-1.csv");
pub(crate) const SECOND: &str = include_str!("../fixtures/prescription-2.csv");
pub(crate) const DISPENSING: &str = include_str!("../fixtures/dispensing-1.csv");

pub(crate) const INSTITUTION: &str = "1311234566";

/// The first example, issued on a day.
pub(crate) fn first(issued: Date) -> Prescription {
    let profile = Profile::built_in();
    Prescription { issued, ..Prescription::from_csv(FIRST.as_bytes(), &profile).unwrap() }
}

/// Puts a signature of the right form around the right digest; its value is none.
pub(crate) struct Pretender;

impl Signer for Pretender {
    fn sign(&self, document: &UnsignedEnvelope) -> Result<SignedXml, SignError> {
        let profile = Profile::built_in();
        let opened = karute_eprescription::wire::envelope::Opened::read(document.bytes(), &profile).unwrap();
        let canonical = UnsignedEnvelope::canonical_document(&opened.csv, Canonical::Exclusive);
        let digest = STANDARD.encode(karute_crypto::sha256(&canonical).0);
        let sign = format!(
            "<PrescriptionSign><xs:Signature xmlns:xs=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"PrescriptionSign\">\
             <xs:SignedInfo Id=\"SI-1\"><xs:Reference Id=\"R-1\" URI=\"#PrescriptionDocument\">\
             <xs:DigestValue>{digest}</xs:DigestValue></xs:Reference></xs:SignedInfo>\
             <xs:SignatureValue Id=\"SV-1\">AA==</xs:SignatureValue><xs:KeyInfo Id=\"KI-1\">\
             <xs:X509Certificate>AA==</xs:X509Certificate></xs:KeyInfo>\
             <xs:SigningTime>2026-06-15T10:15:30+09:00</xs:SigningTime></xs:Signature></PrescriptionSign>"
        );
        document.with_signature(sign.as_bytes(), &profile).map_err(|_| SignError::Failed)
    }
}
