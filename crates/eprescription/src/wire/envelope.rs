//! The envelopes around the CSV (digest section 6): EP.xsd for prescriptions, ED.xsd for dispensing results.
//!
//! An envelope is bytes. It is written once; after signing nothing may format it anew, so reading it yields positions
//! and texts beside the bytes, never a new document.
use super::in_house::InHouseEnvelope;
use crate::profile::Profile;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_transport::xml::{Element, XmlError, escaped, read};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why an envelope is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An element or attribute is not as the schema has it.
    #[error("電子処方箋ファイルの構造が正しくありません。")]
    Structure,
    /// Another version than the profile's.
    #[error("電子処方箋ファイルのバージョンが異なります。")]
    Version,
    /// The Base64 has line breaks or is damaged.
    #[error("Base64の形式が正しくありません。")]
    Base64,
    /// What the service adds already stands in what is to be sent.
    #[error("サービスが付与する要素が送信前の文書にあります。")]
    Foreign,
    /// It is signed already.
    #[error("すでに署名されています。")]
    Signed,
}

/// How `PrescriptionDocument` is canonicalised for its digest (digest 7.1, transform trap).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canonical {
    /// Inclusive C14N 1.0: `xmlns:xsi` of the root is in scope.
    Inclusive,
    /// Exclusive C14N 1.0.
    Exclusive,
}

/// The prescription's envelope before it is signed, and as it stays when the paper is the original.
#[derive(Clone, PartialEq, Eq)]
pub struct UnsignedEnvelope(Vec<u8>);

impl std::fmt::Debug for UnsignedEnvelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnsignedEnvelope({} bytes)", self.0.len())
    }
}

impl UnsignedEnvelope {
    /// Wraps the CSV.
    pub fn new(csv: &[u8], profile: &Profile) -> UnsignedEnvelope {
        let names = profile.envelope();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"{XSI}\" id=\"Document\" \
             xsi:noNamespaceSchemaLocation=\"{}\"><Prescription><PrescriptionManagement id=\"PrescriptionManagement\">\
             <Version Value=\"{}\"/></PrescriptionManagement>{}</Prescription></Document>",
            names.prescription_schema.value(),
            names.prescription_version.value(),
            document(&STANDARD.encode(csv), Canonical::Exclusive),
        );
        UnsignedEnvelope(text.into_bytes())
    }

    /// The document, to the byte.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The canonical form of `PrescriptionDocument`: what a signature's first reference digests. It is exact because
    /// the element holds nothing but Base64 and one attribute.
    pub fn canonical_document(csv: &[u8], form: Canonical) -> Vec<u8> {
        document(&STANDARD.encode(csv), form).into_bytes()
    }

    /// Puts a finished `PrescriptionSign` element behind `PrescriptionDocument`.
    ///
    /// # Errors
    /// When the result would not be an envelope: the element is another one, or not well formed.
    pub fn with_signature(&self, prescription_sign: &[u8], profile: &Profile) -> Result<SignedXml, EnvelopeError> {
        const END: &[u8] = b"</Prescription></Document>";
        let head = self.0.strip_suffix(END).ok_or(EnvelopeError::Structure)?;
        SignedXml::new([head, prescription_sign, END].concat(), profile)
    }
}

fn document(base64: &str, form: Canonical) -> String {
    let scope = match form {
        Canonical::Inclusive => format!(" xmlns:xsi=\"{XSI}\""),
        Canonical::Exclusive => String::new(),
    };
    format!("<PrescriptionDocument{scope} id=\"PrescriptionDocument\">{base64}</PrescriptionDocument>")
}

/// A signed envelope as it came from the signer: bytes that nothing may change.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedXml(Vec<u8>);

impl std::fmt::Debug for SignedXml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedXml({} bytes)", self.0.len())
    }
}

impl SignedXml {
    /// Takes a signed document.
    ///
    /// # Errors
    /// When it is not a prescription's envelope with one signature, or already has what the service adds.
    pub fn new(bytes: Vec<u8>, profile: &Profile) -> Result<SignedXml, EnvelopeError> {
        let opened = Opened::read(&bytes, profile)?;
        if opened.prescription_id.is_some() || opened.additional {
            return Err(EnvelopeError::Foreign);
        }
        if opened.signature.is_none() {
            return Err(EnvelopeError::Structure);
        }
        Ok(SignedXml(bytes))
    }

    /// The document, to the byte.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the signed document is this one: the bytes before and behind the signature are those that were given
    /// to the signer.
    pub fn signs(&self, unsigned: &UnsignedEnvelope) -> bool {
        const END: &[u8] = b"</Prescription></Document>";
        let Some(head) = unsigned.0.strip_suffix(END) else { return false };
        self.0.starts_with(head) && self.0.ends_with(END)
    }
}

/// What is sent: with or without signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// 電子処方箋ファイル
    Electronic(SignedXml),
    /// 処方箋情報提供ファイル: the paper is the original.
    Paper(UnsignedEnvelope),
    /// 院内処方
    InHouse(InHouseEnvelope),
}

impl Envelope {
    /// The document, to the byte.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Envelope::Electronic(signed) => signed.bytes(),
            Envelope::Paper(unsigned) => unsigned.bytes(),
            Envelope::InHouse(in_house) => in_house.bytes(),
        }
    }

    /// `IssueType` (OQSCD017); none of 院内処方, which is not issued.
    pub fn issue_type(&self) -> Option<&'static str> {
        match self {
            Envelope::Electronic(_) => Some("1"),
            Envelope::Paper(_) => Some("2"),
            Envelope::InHouse(_) => None,
        }
    }
}

/// What a prescription's envelope holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The CSV.
    pub csv: Vec<u8>,
    /// 処方箋ID, where the service has added it.
    pub prescription_id: Option<String>,
    /// Whether the service has added converted codes.
    pub additional: bool,
    /// Place of `PrescriptionSign` in the bytes.
    pub signature: Option<std::ops::Range<usize>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} bytes of CSV, signed: {})", self.csv.len(), self.signature.is_some())
    }
}

impl Opened {
    /// Opens an envelope and checks its structure; the signature itself is the verifier's.
    ///
    /// # Errors
    /// See [`EnvelopeError`].
    pub fn read(bytes: &[u8], profile: &Profile) -> Result<Opened, EnvelopeError> {
        let root = read(bytes, &profile.bounds())?;
        let names = profile.envelope();
        root_fits(&root, names.prescription_schema.value())?;
        let prescription = root.only("Prescription")?;
        let known =
            ["PrescriptionManagement", "PrescriptionDocument", "AdditionalPrescriptionInformation", "PrescriptionSign"];
        only_known(&root, &["Prescription"])?;
        only_known(prescription, &known)?;
        let (csv, prescription_id) = parts(prescription, names.prescription_version.value())?;
        let signature = at_most_one(prescription, "PrescriptionSign")?;
        if let Some(sign) = signature {
            let inner = sign.children.first().filter(|_| sign.children.len() == 1).ok_or(EnvelopeError::Structure)?;
            let local = inner.name.rsplit(':').next().unwrap_or_default();
            if local != "Signature" || inner.attribute("Id") != Some("PrescriptionSign") {
                return Err(EnvelopeError::Structure);
            }
        }
        ids_are_unique(&root)?;
        Ok(Opened {
            csv,
            prescription_id,
            additional: at_most_one(prescription, "AdditionalPrescriptionInformation")?.is_some(),
            signature: signature.map(|sign| sign.span.clone()),
        })
    }
}

/// 処方箋ID and CSV of the parts that a prescription's envelope and `ReferencePrescription` have in common.
fn parts(holder: &Element, version: &str) -> Result<(Vec<u8>, Option<String>), EnvelopeError> {
    let management = holder.only("PrescriptionManagement")?;
    if management.attribute("id") != Some("PrescriptionManagement") {
        return Err(EnvelopeError::Structure);
    }
    if management.only("Version")?.attribute("Value") != Some(version) {
        return Err(EnvelopeError::Version);
    }
    let id = match at_most_one(management, "PrescriptionId")? {
        Some(id) => Some(id.attribute("Value").ok_or(EnvelopeError::Structure)?.to_owned()),
        None => None,
    };
    let document = holder.only("PrescriptionDocument")?;
    if document.attribute("id") != Some("PrescriptionDocument") || !document.children.is_empty() {
        return Err(EnvelopeError::Structure);
    }
    Ok((STANDARD.decode(&document.text).map_err(|_| EnvelopeError::Base64)?, id))
}

fn root_fits(root: &Element, schema: &str) -> Result<(), EnvelopeError> {
    let fits = root.name == "Document"
        && root.attribute("id") == Some("Document")
        && root.attribute("xmlns:xsi") == Some(XSI)
        && root.attribute("xmlns").is_none()
        && root.attribute("xsi:noNamespaceSchemaLocation") == Some(schema);
    if fits { Ok(()) } else { Err(EnvelopeError::Structure) }
}

fn only_known(element: &Element, known: &[&str]) -> Result<(), EnvelopeError> {
    if element.holds_only(known) { Ok(()) } else { Err(EnvelopeError::Structure) }
}

// `PrescriptionSign` carries its id on the signature inside, written `Id`.
fn ids_are_unique(root: &Element) -> Result<(), EnvelopeError> {
    if root.ids_are_unique() { Ok(()) } else { Err(EnvelopeError::Structure) }
}

fn at_most_one<'e>(element: &'e Element, name: &str) -> Result<Option<&'e Element>, EnvelopeError> {
    element.at_most_one(name).map_err(|_| EnvelopeError::Structure)
}

/// A dispensing result's envelope (digest 6.2).
#[derive(Clone, PartialEq, Eq)]
pub struct DispensingEnvelope {
    /// 調剤結果ID
    pub dispensing_id: String,
    /// 処方箋ID of the prescription it refers to.
    pub prescription_id: Option<String>,
    /// The prescription's CSV as the pharmacy had it.
    pub prescription: Vec<u8>,
    /// The dispensing CSV.
    pub csv: Vec<u8>,
    /// Whether the pharmacist signed it.
    pub signed: bool,
}

impl std::fmt::Debug for DispensingEnvelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DispensingEnvelope({} bytes of CSV)", self.csv.len())
    }
}

impl DispensingEnvelope {
    /// Opens a dispensing result.
    ///
    /// # Errors
    /// See [`EnvelopeError`].
    pub fn read(bytes: &[u8], profile: &Profile) -> Result<DispensingEnvelope, EnvelopeError> {
        let root = read(bytes, &profile.bounds())?;
        let names = profile.envelope();
        root_fits(&root, names.dispensing_schema.value())?;
        let known = ["DispensingManagement", "Dispensing", "AdditionalDispensedInformation", "DispensingSign"];
        only_known(&root, &known)?;
        let management = root.only("DispensingManagement")?;
        if management.only("Version")?.attribute("Value") != Some(names.dispensing_version.value()) {
            return Err(EnvelopeError::Version);
        }
        let id = management.only("DispensingId")?.attribute("Value").ok_or(EnvelopeError::Structure)?;
        let dispensing = root.only("Dispensing")?;
        if dispensing.attribute("id") != Some("Dispensing") {
            return Err(EnvelopeError::Structure);
        }
        only_known(dispensing, &["ReferencePrescription", "DispensingDocument"])?;
        let reference = dispensing.only("ReferencePrescription")?;
        let (prescription, prescription_id) = parts(reference, names.prescription_version.value())?;
        let document = dispensing.only("DispensingDocument")?;
        if document.attribute("id") != Some("DispensingDocument") || !document.children.is_empty() {
            return Err(EnvelopeError::Structure);
        }
        ids_are_unique(&root)?;
        Ok(DispensingEnvelope {
            dispensing_id: id.to_owned(),
            prescription_id,
            prescription,
            csv: STANDARD.decode(&document.text).map_err(|_| EnvelopeError::Base64)?,
            signed: at_most_one(&root, "DispensingSign")?.is_some(),
        })
    }

    /// Writes it without signature, as pharmacies may for paper prescriptions.
    pub fn write(&self, profile: &Profile) -> Vec<u8> {
        let names = profile.envelope();
        let id = self.prescription_id.as_ref();
        let id = id.map(|id| format!("<PrescriptionId Value=\"{}\"/>", escaped(id))).unwrap_or_default();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"{XSI}\" id=\"Document\" \
             xsi:noNamespaceSchemaLocation=\"{}\"><DispensingManagement id=\"DispensingManagement\">\
             <Version Value=\"{}\"/><DispensingId Value=\"{}\"/></DispensingManagement><Dispensing id=\"Dispensing\">\
             <ReferencePrescription><PrescriptionManagement id=\"PrescriptionManagement\"><Version Value=\"{}\"/>{id}\
             </PrescriptionManagement>{}</ReferencePrescription>\
             <DispensingDocument id=\"DispensingDocument\">{}</DispensingDocument></Dispensing></Document>",
            names.dispensing_schema.value(),
            names.dispensing_version.value(),
            escaped(&self.dispensing_id),
            names.prescription_version.value(),
            document(&STANDARD.encode(&self.prescription), Canonical::Exclusive),
            STANDARD.encode(&self.csv),
        )
        .into_bytes()
    }
}
