//! Namespaces and algorithm identifiers of XML-DSig, XAdES and the canonicalisations.

/// XML Signature (W3C XMLDSig 1.1).
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XAdES (ETSI TS 101 903 v1.3.2).
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// XAdES additions (ETSI TS 101 903 v1.4.1): archive time stamps and what validates them.
pub(crate) const XADES_141: &str = "http://uri.etsi.org/01903/v1.4.1#";
/// The namespace that `xml:` is bound to for ever.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Canonical XML 1.0 without comments.
pub(crate) const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// Exclusive Canonical XML 1.0 without comments.
pub(crate) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
/// SHA-256.
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// The `Type` of the reference to the signed properties.
pub(crate) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
