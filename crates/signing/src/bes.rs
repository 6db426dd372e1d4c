//! Making a signature of level ES (XAdES-BES, ETSI TS 101 903 section 4.4.1): what a workplace sends. Time stamps and
//! revocation data are added by the service that receives it ([`crate::extend`]).
//!
//! The signature is a fixed template. All of its parts are canonicalised exclusively and declare their namespaces
//! themselves, so it can be computed apart from the document and stays valid when it is copied elsewhere. The bytes of
//! the document are not touched: the signature is put between two of them.
use crate::c14n::{Method, canonicalize};
use crate::certificate::Certificate;
use crate::names::{DSIG, EXC_C14N, RSA_SHA256, SHA256, SIGNED_PROPERTIES, XADES};
use crate::{Layout, Refusal, xml};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_crypto::{Digest, sha256};
use karute_japan::Timestamp;

/// A document ready to be signed: everything but the signature value is there.
#[derive(Clone)]
pub struct Unsigned {
    before: String,
    after: String,
    /// The signature up to the signature value, and from its end on.
    signature: (String, String),
    to_sign: Vec<u8>,
    document_digest: Digest,
}

impl std::fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The document is about a patient.
        f.debug_struct("Unsigned").field("document_digest", &self.document_digest).finish_non_exhaustive()
    }
}

/// The digest of the element to sign, over its exclusive canonical form, with its place checked.
pub(crate) fn document_digest(document: &roxmltree::Document<'_>, layout: &Layout) -> Result<Digest, Refusal> {
    let missing = || Refusal::TargetMissing { element: layout.signed_name() };
    let target = xml::at_path(document, layout.signed).ok_or_else(missing)?;
    if xml::by_id(document, layout.signed_id)? != Some(target) {
        return Err(missing());
    }
    Ok(sha256(&canonicalize(target, Method::Exclusive)))
}

/// Prepares a document for signing.
///
/// `at` becomes the signing time, in Japan time and whole seconds. The document must not be signed yet.
///
/// # Errors
/// When the document cannot be read or its places are not as `layout` says.
pub fn prepare(
    document: &[u8],
    layout: &Layout,
    certificate: &Certificate,
    at: Timestamp,
) -> Result<Unsigned, Refusal> {
    let tree = xml::parse(document)?;
    let digest = document_digest(&tree, layout)?;
    let place = placement(&tree, layout)?;
    let signing_time = format!("{}+09:00", at.to_fhir().get(..19).unwrap_or_default());
    // Ids that stay unique when several signed documents are put into one.
    let seed = [digest.0.as_slice(), signing_time.as_bytes(), certificate.der()].concat();
    let suffix = sha256(&seed).to_hex().get(..12).unwrap_or_default().to_owned();
    let template = Template { layout, suffix: &suffix, certificate, signing_time: &signing_time };
    if tree.descendants().any(|node| xml::ids(node).any(|id| id == layout.signature_id || id.ends_with(&suffix))) {
        return Err(Refusal::DuplicateId { id: layout.signature_id.to_owned() });
    }

    let draft = [template.head(), template.signed_info(&digest, None), template.tail()].concat();
    let tree = xml::parse(draft.as_bytes())?;
    let part = |id: String| match xml::by_id(&tree, &id)? {
        Some(node) => Ok(canonicalize(node, Method::Exclusive)),
        None => Err(Refusal::structure("署名のひな型")),
    };
    let digests = (sha256(&part(template.id("KI"))?), sha256(&part(template.id("SP"))?));

    let signed_info = template.signed_info(&digest, Some(digests));
    let whole = [template.head(), signed_info.clone(), template.tail()].concat();
    let tree = xml::parse(whole.as_bytes())?;
    let info = xml::by_id(&tree, &template.id("SI"))?.ok_or(Refusal::structure("署名のひな型"))?;
    let to_sign = canonicalize(info, Method::Exclusive);

    let source = std::str::from_utf8(document).map_err(|_| Refusal::NotUtf8)?;
    let (before, after) = source.split_at(place);
    let container = layout.parent().map(|(name, _)| name).unwrap_or_default();
    let (head, tail) = template.around_value();
    Ok(Unsigned {
        before: before.to_owned(),
        after: after.to_owned(),
        signature: (format!("<{container}>{}{signed_info}{head}", template.head()), format!("{tail}</{container}>")),
        to_sign,
        document_digest: digest,
    })
}

/// The byte before which the container goes.
fn placement(tree: &roxmltree::Document<'_>, layout: &Layout) -> Result<usize, Refusal> {
    let wrong = |what| Refusal::Placement { what };
    let (name, path) = layout.parent().ok_or(wrong("署名欄の指定がありません"))?;
    let parent = xml::at_path(tree, path).ok_or(wrong("署名欄を置く要素がありません"))?;
    if xml::children(parent, None, name).next().is_some() {
        return Err(wrong("すでに署名欄があります"));
    }
    if xml::at_path(tree, layout.signed).is_some_and(|target| parent.ancestors().any(|node| node == target)) {
        return Err(wrong("署名欄が署名対象の内側にあります"));
    }
    xml::end_tag(parent).ok_or(wrong("署名欄を置く要素が空です"))
}

impl Unsigned {
    /// The octets that the signature value is made over: RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn to_sign(&self) -> &[u8] {
        &self.to_sign
    }
    /// SHA-256 of the exclusive canonical form of the signed element.
    pub fn document_digest(&self) -> Digest {
        self.document_digest
    }
    /// The signed document.
    pub fn finish(&self, signature: &[u8]) -> Vec<u8> {
        let value = STANDARD.encode(signature);
        [&self.before, &self.signature.0, &value, &self.signature.1, &self.after]
            .map(String::as_str)
            .concat()
            .into_bytes()
    }
}

/// Puts a ready container (a signature made elsewhere) into its place.
pub(crate) fn insert(document: &[u8], layout: &Layout, container: &str) -> Result<Vec<u8>, Refusal> {
    let tree = xml::parse(document)?;
    document_digest(&tree, layout)?;
    let place = placement(&tree, layout)?;
    let source = std::str::from_utf8(document).map_err(|_| Refusal::NotUtf8)?;
    let (before, after) = source.split_at(place);
    Ok([before, container, after].concat().into_bytes())
}

/// The text of a signature (e-prescription.md sections 7.1 and 12): prefixes `xs` and `xa`, no white space.
struct Template<'a> {
    layout: &'a Layout,
    suffix: &'a str,
    certificate: &'a Certificate,
    signing_time: &'a str,
}

impl Template<'_> {
    fn id(&self, kind: &str) -> String {
        format!("{kind}-{}", self.suffix)
    }
    fn head(&self) -> String {
        format!("<xs:Signature xmlns:xs=\"{DSIG}\" Id=\"{}\">", self.layout.signature_id)
    }
    /// With empty digests while they are not known.
    fn signed_info(&self, document: &Digest, others: Option<(Digest, Digest)>) -> String {
        let value = |digest: Option<Digest>| digest.map(|digest| STANDARD.encode(digest.0)).unwrap_or_default();
        let reference = |number: u8, kind: &str, target: &str, digest: Option<Digest>| {
            format!(
                "<xs:Reference Id=\"{}\"{kind} URI=\"#{target}\"><xs:Transforms><xs:Transform Algorithm=\"{EXC_C14N}\"></xs:Transform></xs:Transforms><xs:DigestMethod Algorithm=\"{SHA256}\"></xs:DigestMethod><xs:DigestValue>{}</xs:DigestValue></xs:Reference>",
                self.id(&format!("R{number}")),
                value(digest)
            )
        };
        let properties = format!(" Type=\"{SIGNED_PROPERTIES}\"");
        format!(
            "<xs:SignedInfo Id=\"{}\"><xs:CanonicalizationMethod Algorithm=\"{EXC_C14N}\"></xs:CanonicalizationMethod><xs:SignatureMethod Algorithm=\"{RSA_SHA256}\"></xs:SignatureMethod>{}{}{}</xs:SignedInfo>",
            self.id("SI"),
            reference(1, "", self.layout.signed_id, Some(*document)),
            reference(2, "", &self.id("KI"), others.map(|(key_info, _)| key_info)),
            reference(3, &properties, &self.id("SP"), others.map(|(_, properties)| properties)),
        )
    }
    /// What stands before and after the signature value.
    fn around_value(&self) -> (String, String) {
        (
            format!("<xs:SignatureValue Id=\"{}\">", self.id("SV")),
            format!(
                "</xs:SignatureValue><xs:KeyInfo Id=\"{}\"><xs:X509Data><xs:X509Certificate>{}</xs:X509Certificate></xs:X509Data></xs:KeyInfo><xs:Object><xa:QualifyingProperties xmlns:xa=\"{XADES}\" Target=\"#{}\"><xa:SignedProperties Id=\"{}\"><xa:SignedSignatureProperties><xa:SigningTime>{}</xa:SigningTime><xa:SigningCertificateV2><xa:Cert><xa:CertDigest><xs:DigestMethod Algorithm=\"{SHA256}\"></xs:DigestMethod><xs:DigestValue>{}</xs:DigestValue></xa:CertDigest></xa:Cert></xa:SigningCertificateV2></xa:SignedSignatureProperties></xa:SignedProperties></xa:QualifyingProperties></xs:Object></xs:Signature>",
                self.id("KI"),
                STANDARD.encode(self.certificate.der()),
                self.layout.signature_id,
                self.id("SP"),
                self.signing_time,
                STANDARD.encode(self.certificate.fingerprint().0),
            ),
        )
    }
    fn tail(&self) -> String {
        let (head, tail) = self.around_value();
        head + &tail
    }
}
