//! The specification's examples as values, and what tests sign with.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::{Canonical, SignedXml, UnsignedEnvelope};
use karute_eprescription::wire::prescription::Prescription;
use karute_eprescription::{SignError, Signature, Signer, sign};
use karute_japan::{Date, Timestamp};
use karute_signing::{SignerKind, SigningRecord};

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
struct Pretender;

impl Signer for Pretender {
    fn kind(&self) -> SignerKind {
        SignerKind::LocalKey
    }
    fn sign<'s>(
        &'s self,
        document: &'s UnsignedEnvelope,
        at: Timestamp,
    ) -> BoxFuture<'s, Result<Signature, SignError>> {
        Box::pin(async move {
            let profile = Profile::built_in();
            let opened = karute_eprescription::wire::envelope::Opened::read(document.bytes(), &profile).unwrap();
            let canonical = UnsignedEnvelope::canonical_document(&opened.csv, Canonical::Exclusive);
            let content = karute_crypto::sha256(&canonical);
            let digest = STANDARD.encode(content.0);
            let sign = format!(
                "<PrescriptionSign><xs:Signature xmlns:xs=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"PrescriptionSign\">\
                 <xs:SignedInfo Id=\"SI-1\"><xs:Reference Id=\"R-1\" URI=\"#PrescriptionDocument\">\
                 <xs:DigestValue>{digest}</xs:DigestValue></xs:Reference></xs:SignedInfo>\
                 <xs:SignatureValue Id=\"SV-1\">AA==</xs:SignatureValue><xs:KeyInfo Id=\"KI-1\">\
                 <xs:X509Certificate>AA==</xs:X509Certificate></xs:KeyInfo>\
                 <xs:SigningTime>2026-06-15T10:15:30+09:00</xs:SigningTime></xs:Signature></PrescriptionSign>"
            );
            let document = document.with_signature(sign.as_bytes(), &profile).map_err(|_| SignError::Failed)?;
            let record = SigningRecord {
                kind: SignerKind::LocalKey,
                signed_at: at.to_fhir(),
                holder: "架空　太郎".to_owned(),
                roles: vec!["Medical Doctor".to_owned()],
                issuer: String::new(),
                serial: String::new(),
                certificate_sha256: String::new(),
                signed_id: "PrescriptionDocument".to_owned(),
                content_sha256: content.to_hex(),
                document_sha256: karute_crypto::sha256(document.bytes()).to_hex(),
            };
            Ok(Signature { document, record })
        })
    }
}

/// A document with the pretended signature.
pub(crate) fn pretended(document: &UnsignedEnvelope) -> SignedXml {
    let at = Timestamp::parse("2026-06-15T10:15:30+09:00").unwrap();
    sign(&Pretender, document, at).now_or_never().unwrap().unwrap().document
}
