//! The form of a signature (XML-DSig 1.1 section 4, narrowed to the profile of e-prescription.md section 7.1).
use crate::c14n::Method;
use crate::certificate::Certificate;
use crate::names::{DSIG, RSA_SHA256, SHA256, SIGNED_PROPERTIES, XADES};
use crate::{Layout, Refusal, xml};
use roxmltree::{Document, Node};

/// Most certificates in one `X509Data`.
const MAX_CERTIFICATES: usize = 16;

/// A signature taken apart; its parts are where they must be, nothing is judged yet.
pub(super) struct Signature<'a, 'i> {
    pub(super) node: Node<'a, 'i>,
    pub(super) signed_info: Node<'a, 'i>,
    /// How `SignedInfo` is canonicalised.
    pub(super) method: Method,
    pub(super) references: Vec<Reference>,
    pub(super) value_node: Node<'a, 'i>,
    pub(super) value: Vec<u8>,
    pub(super) key_info: Node<'a, 'i>,
    /// The signer's.
    pub(super) certificate: Certificate,
    /// Others that came with it.
    pub(super) others: Vec<Certificate>,
    /// `SignedProperties`.
    pub(super) properties: Node<'a, 'i>,
    /// `UnsignedSignatureProperties`.
    pub(super) unsigned: Option<Node<'a, 'i>>,
}

/// One reference.
pub(super) struct Reference {
    pub(super) uri: String,
    /// Of the type that points to the signed properties.
    pub(super) is_properties: bool,
    pub(super) transform: Option<Method>,
    pub(super) digest: Vec<u8>,
}

impl<'a, 'i> Signature<'a, 'i> {
    pub(super) fn read(tree: &'a Document<'i>, layout: &Layout) -> Result<Signature<'a, 'i>, Refusal> {
        let (name, path) = layout.parent().ok_or(Refusal::SignatureMissing)?;
        let parent = xml::at_path(tree, path).ok_or(Refusal::SignatureMissing)?;
        let mut containers = xml::children(parent, None, name);
        let container = containers.next().ok_or(Refusal::SignatureMissing)?;
        if containers.next().is_some() {
            return Err(Refusal::SignatureAmbiguous);
        }
        let mut inside = xml::elements(container);
        let node = inside.next().ok_or(Refusal::SignatureMissing)?;
        if inside.next().is_some() {
            return Err(Refusal::SignatureAmbiguous);
        }
        if !node.has_tag_name((DSIG, "Signature")) {
            return Err(Refusal::SignatureMissing);
        }
        let parts: Vec<Node<'a, 'i>> = xml::elements(node).collect();
        let [signed_info, value_node, key_info, object] = parts.as_slice() else {
            return Err(Refusal::structure("Signatureの構成"));
        };
        for (part, name) in
            [(signed_info, "SignedInfo"), (value_node, "SignatureValue"), (key_info, "KeyInfo"), (object, "Object")]
        {
            if !part.has_tag_name((DSIG, name)) {
                return Err(Refusal::structure(name));
            }
        }
        let (method, references) = signed_info_parts(*signed_info)?;
        let qualifying = xml::only_child(*object, Some(XADES), "QualifyingProperties")
            .filter(|found| xml::elements(*object).all(|element| element == *found))
            .ok_or(Refusal::structure("QualifyingProperties"))?;
        let id = node.attribute("Id").ok_or(Refusal::structure("SignatureのId"))?;
        if qualifying.attribute("Target").and_then(|target| target.strip_prefix('#')) != Some(id) {
            return Err(Refusal::structure("QualifyingPropertiesのTarget"));
        }
        let properties = xml::only_child(qualifying, Some(XADES), "SignedProperties")
            .ok_or(Refusal::structure("SignedProperties"))?;
        let (certificate, others) = certificates(*key_info)?;
        Ok(Signature {
            node,
            signed_info: *signed_info,
            method,
            references,
            value_node: *value_node,
            value: xml::base64(*value_node, "署名値")?,
            key_info: *key_info,
            certificate,
            others,
            properties,
            unsigned: unsigned(qualifying)?,
        })
    }
}

/// `UnsignedSignatureProperties`, when there are any.
fn unsigned<'a, 'i>(qualifying: Node<'a, 'i>) -> Result<Option<Node<'a, 'i>>, Refusal> {
    let mut found = xml::children(qualifying, Some(XADES), "UnsignedProperties");
    let Some(outer) = found.next() else { return Ok(None) };
    let wrong = Refusal::structure("UnsignedProperties");
    if found.next().is_some() {
        return Err(wrong);
    }
    match xml::elements(outer).collect::<Vec<_>>().as_slice() {
        [inner] if inner.has_tag_name((XADES, "UnsignedSignatureProperties")) => Ok(Some(*inner)),
        _ => Err(wrong),
    }
}

fn algorithm<'a>(node: Node<'a, '_>) -> &'a str {
    node.attribute("Algorithm").unwrap_or_default()
}

fn signed_info_parts(signed_info: Node<'_, '_>) -> Result<(Method, Vec<Reference>), Refusal> {
    let mut parts = xml::elements(signed_info);
    let method = parts.next().filter(|node| node.has_tag_name((DSIG, "CanonicalizationMethod")));
    let method = canonicalization(method.ok_or(Refusal::structure("CanonicalizationMethod"))?)?;
    let signature_method = parts.next().filter(|node| node.has_tag_name((DSIG, "SignatureMethod")));
    let signature_method = signature_method.ok_or(Refusal::structure("SignatureMethod"))?;
    if algorithm(signature_method) != RSA_SHA256 || xml::elements(signature_method).next().is_some() {
        return Err(unknown("SignatureMethod", signature_method));
    }
    let mut references = Vec::new();
    for node in parts {
        if !node.has_tag_name((DSIG, "Reference")) || references.len() >= 3 {
            return Err(match node.attribute("URI") {
                Some(uri) => Refusal::WrongReference { uri: Refusal::quote(uri) },
                None => Refusal::structure("Reference"),
            });
        }
        references.push(reference(node)?);
    }
    Ok((method, references))
}

fn unknown(what: &'static str, node: Node<'_, '_>) -> Refusal {
    Refusal::UnknownAlgorithm { what, uri: Refusal::quote(algorithm(node)) }
}

/// A canonicalisation method of the profile, without parameters.
pub(super) fn canonicalization(node: Node<'_, '_>) -> Result<Method, Refusal> {
    Method::from_uri(algorithm(node))
        .filter(|_| xml::elements(node).next().is_none())
        .ok_or_else(|| unknown("CanonicalizationMethod", node))
}

fn reference(node: Node<'_, '_>) -> Result<Reference, Refusal> {
    let parts: Vec<Node<'_, '_>> = xml::elements(node).collect();
    let (transforms, digest_method, digest_value) = match parts.as_slice() {
        [transforms, method, value] if transforms.has_tag_name((DSIG, "Transforms")) => {
            (Some(*transforms), *method, *value)
        }
        [method, value] => (None, *method, *value),
        _ => return Err(Refusal::structure("Reference")),
    };
    if !digest_method.has_tag_name((DSIG, "DigestMethod")) || !digest_value.has_tag_name((DSIG, "DigestValue")) {
        return Err(Refusal::structure("Reference"));
    }
    if algorithm(digest_method) != SHA256 || xml::elements(digest_method).next().is_some() {
        return Err(unknown("DigestMethod", digest_method));
    }
    Ok(Reference {
        uri: node.attribute("URI").unwrap_or_default().to_owned(),
        is_properties: node.attribute("Type") == Some(SIGNED_PROPERTIES),
        transform: transforms.map(transform).transpose()?,
        digest: xml::base64(digest_value, "ダイジェスト値")?,
    })
}

/// Exactly one canonicalisation.
fn transform(transforms: Node<'_, '_>) -> Result<Method, Refusal> {
    let steps: Vec<Node<'_, '_>> = xml::elements(transforms).collect();
    for step in &steps {
        let known = step.has_tag_name((DSIG, "Transform"))
            && Method::from_uri(algorithm(*step)).is_some()
            && xml::elements(*step).next().is_none();
        if !known {
            return Err(Refusal::UnknownTransform { uri: Refusal::quote(algorithm(*step)) });
        }
    }
    match steps.as_slice() {
        [step] => Method::from_uri(algorithm(*step)).ok_or(Refusal::structure("Transforms")),
        _ => Err(Refusal::structure("Transforms")),
    }
}

/// The signer's certificate (the first) and others. A bare key is never looked at.
fn certificates(key_info: Node<'_, '_>) -> Result<(Certificate, Vec<Certificate>), Refusal> {
    let data = xml::only_child(key_info, Some(DSIG), "X509Data").ok_or(Refusal::structure("X509Data"))?;
    let mut found = xml::children(data, Some(DSIG), "X509Certificate")
        .take(MAX_CERTIFICATES)
        .map(|node| Certificate::from_der(&xml::base64(node, "証明書")?));
    let first = found.next().ok_or(Refusal::structure("X509Certificate"))??;
    Ok((first, found.collect::<Result<_, _>>()?))
}
