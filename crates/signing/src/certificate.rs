//! Certificates as the profile looks at them: who, which qualification, for what, how long, signed by whom.
use crate::asn1::{self, Item};
use crate::{Refusal, Role, algorithm};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Tag};
use karute_crypto::{Digest, sha256};
use karute_japan::Timestamp;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAltName};
use x509_cert::name::Name;

/// Largest certificate in bytes.
pub const MAX_CERTIFICATE_BYTES: usize = 64 << 10;

/// Attribute `healthcareActor` (ISO 17090-2).
pub(crate) const HEALTHCARE_ACTOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.17090.0.1");
/// Coding scheme of qualifications of the Japanese HPKI, without its version.
pub(crate) const JAPANESE_ROLES: &str = "1.2.392.100495.1.6.1";
const SUBJECT_DIRECTORY_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.9");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Critical extensions that are understood; any other makes the certificate unusable (RFC 5280 section 4.2).
const UNDERSTOOD: &[ObjectIdentifier] = &[
    SUBJECT_DIRECTORY_ATTRIBUTES,
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
];

/// A certificate.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Certificate) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({}, {})", self.subject(), self.fingerprint())
    }
}

impl Certificate {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Certificate, Refusal> {
        let unreadable = || Refusal::unreadable("証明書");
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(unreadable());
        }
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| unreadable())?;
        Ok(Certificate { der: der.to_vec(), parsed })
    }
    /// Reads all certificates of a PEM text (RFC 7468); other blocks are passed over.
    pub fn from_pem(text: &str) -> Result<Vec<Certificate>, Refusal> {
        use base64::Engine as _;
        let mut out = Vec::new();
        for block in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let (body, _) = block.split_once("-----END CERTIFICATE-----").ok_or(Refusal::unreadable("証明書"))?;
            let encoded: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            let der = base64::engine::general_purpose::STANDARD.decode(encoded);
            out.push(Certificate::from_der(&der.map_err(|_| Refusal::unreadable("証明書"))?)?);
        }
        Ok(out)
    }
    /// The encoding as it came in.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// SHA-256 of the encoding.
    pub fn fingerprint(&self) -> Digest {
        sha256(&self.der)
    }
    /// The holder's distinguished name (RFC 4514).
    pub fn subject(&self) -> String {
        self.parsed.tbs_certificate.subject.to_string()
    }
    /// The issuer's distinguished name (RFC 4514).
    pub fn issuer(&self) -> String {
        self.parsed.tbs_certificate.issuer.to_string()
    }
    /// The serial number in hexadecimal.
    pub fn serial(&self) -> String {
        self.serial_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
    pub(crate) fn serial_bytes(&self) -> &[u8] {
        asn1::without_sign(self.parsed.tbs_certificate.serial_number.as_bytes())
    }
    pub(crate) fn subject_name(&self) -> &Name {
        &self.parsed.tbs_certificate.subject
    }
    pub(crate) fn issuer_name(&self) -> &Name {
        &self.parsed.tbs_certificate.issuer
    }
    /// The holder's name for people: the Japanese name in the alternative names, else the common name, else the whole
    /// distinguished name.
    pub fn holder(&self) -> String {
        let alternative = self.parsed.tbs_certificate.get::<SubjectAltName>().ok().flatten();
        let japanese = alternative.and_then(|(_, names)| {
            names.0.iter().find_map(|name| match name {
                GeneralName::DirectoryName(name) => common_name(name),
                _ => None,
            })
        });
        japanese.or_else(|| common_name(self.subject_name())).unwrap_or_else(|| self.subject())
    }
    /// First and last moment of its life.
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        let validity = &self.parsed.tbs_certificate.validity;
        (instant(validity.not_before), instant(validity.not_after))
    }
    /// Refuses a moment outside its life.
    pub fn check_validity(&self, at: Timestamp) -> Result<(), Refusal> {
        let (from, until) = self.validity();
        if at < from {
            return Err(Refusal::NotYetValid { subject: self.holder(), from });
        }
        if at > until {
            return Err(Refusal::Expired { subject: self.holder(), until });
        }
        Ok(())
    }
    /// Whether it is for signatures that bind the holder (`nonRepudiation`), and not for signing in.
    pub fn is_for_signing(&self) -> bool {
        self.usage_allows(false, |usage| usage.non_repudiation())
    }
    /// Whether it is for time stamps (RFC 3161 section 2.3) and for nothing else.
    pub(crate) fn is_for_time_stamps(&self) -> bool {
        let usage = self.parsed.tbs_certificate.get::<ExtendedKeyUsage>().ok().flatten();
        usage.is_some_and(|(_, purposes)| purposes.0 == [TIME_STAMPING])
    }
    /// Whether the key usage allows something; `unstated` when the certificate states none. One that cannot be read
    /// allows nothing.
    fn usage_allows(&self, unstated: bool, what: impl Fn(KeyUsage) -> bool) -> bool {
        match self.parsed.tbs_certificate.get::<KeyUsage>() {
            Ok(Some((_, usage))) => what(usage),
            Ok(None) => unstated,
            Err(_) => false,
        }
    }
    /// Whether it may issue certificates, with `below` further authorities between it and the end of the chain.
    pub(crate) fn may_issue(&self, below: usize) -> bool {
        let constraints = self.parsed.tbs_certificate.get::<BasicConstraints>().ok().flatten();
        constraints
            .is_some_and(|(_, own)| own.ca && own.path_len_constraint.is_none_or(|most| below <= usize::from(most)))
            && self.usage_allows(true, |usage| usage.key_cert_sign())
    }
    /// Whether it may sign revocation lists.
    pub(crate) fn may_revoke(&self) -> bool {
        self.usage_allows(true, |usage| usage.crl_sign())
    }
    /// Whether it is an authority's.
    pub(crate) fn is_authority(&self) -> bool {
        self.parsed.tbs_certificate.get::<BasicConstraints>().ok().flatten().is_some_and(|(_, own)| own.ca)
    }
    /// The policies it was issued under, as dotted identifiers.
    pub fn policies(&self) -> Vec<String> {
        let policies = self.parsed.tbs_certificate.get::<CertificatePolicies>().ok().flatten();
        policies.map(|(_, all)| all.0.iter().map(|p| p.policy_identifier.to_string()).collect()).unwrap_or_default()
    }
    /// Whether one of its policies is `arc` or below it.
    pub fn has_policy_under(&self, arc: &str) -> bool {
        self.policies().iter().any(|policy| under(policy, arc))
    }
    /// The qualifications it states (`hcRole`).
    pub fn roles(&self) -> Vec<Role> {
        self.extension(SUBJECT_DIRECTORY_ATTRIBUTES).and_then(|value| roles(value).ok()).unwrap_or_default()
    }
    /// The value of an extension.
    pub(crate) fn extension(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let extensions = self.parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        extensions.iter().find(|extension| extension.extn_id == oid).map(|found| found.extn_value.as_bytes())
    }
    /// A critical extension that is not understood.
    pub(crate) fn has_unknown_critical_extension(&self) -> bool {
        let extensions = self.parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        extensions.iter().any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id))
    }
    /// The key as its algorithm encodes it (for RSA: `RSAPublicKey` of RFC 8017).
    pub(crate) fn public_key(&self) -> &[u8] {
        self.parsed.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
    }
    /// Whether `issuer` signed this certificate.
    pub(crate) fn is_signed_by(&self, issuer: &Certificate) -> bool {
        signed_part(&self.der).is_some_and(|signed| issuer.has_signed(&signed))
    }
    /// Whether this certificate's key made a signature of the kind that certificates and lists carry.
    pub(crate) fn has_signed(&self, signed: &SignedPart<'_>) -> bool {
        algorithm::verify(signed.algorithm, None, self.public_key(), signed.content, signed.signature).unwrap_or(false)
    }
}

/// The parts of `SIGNED { … }` (X.509): certificates and revocation lists. The signature is checked over the bytes as
/// they came in, never over a new encoding.
pub(crate) struct SignedPart<'a> {
    pub(crate) content: &'a [u8],
    algorithm: ObjectIdentifier,
    signature: &'a [u8],
}

/// Takes a signed structure apart.
pub(crate) fn signed_part(der: &[u8]) -> Option<SignedPart<'_>> {
    let parts = asn1::single(der).ok()?.expect(Tag::Sequence).ok()?;
    let [content, algorithm, signature] = parts.as_slice() else { return None };
    let algorithm = algorithm.expect(Tag::Sequence).ok()?.first()?.oid().ok()?;
    signature.tag.assert_eq(Tag::BitString).ok()?;
    let (unused, signature) = signature.value.split_first()?;
    (*unused == 0).then_some(SignedPart { content: content.whole, algorithm, signature })
}

/// A time of X.509 as an instant.
pub(crate) fn instant(time: x509_cert::time::Time) -> Timestamp {
    let since = time.to_unix_duration();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Whether a dotted identifier is an arc or below it.
pub(crate) fn under(oid: &str, arc: &str) -> bool {
    oid.strip_prefix(arc).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn common_name(name: &Name) -> Option<String> {
    const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
    let attribute = name.0.iter().flat_map(|part| part.0.iter()).find(|attribute| attribute.oid == COMMON_NAME)?;
    let encoded = attribute.value.to_der().ok()?;
    let item = asn1::single(&encoded).ok()?;
    std::str::from_utf8(item.value).ok().map(Refusal::quote)
}

/// `SubjectDirectoryAttributes` → `healthcareActor` → the texts of the Japanese scheme.
///
/// ```text
/// HCActorData ::= SET OF HCActor
/// HCActor     ::= SEQUENCE { codedData [0] CodedData, regionalHCActorData [1] … OPTIONAL }
/// CodedData   ::= SET { codingSchemeReference [0] OBJECT IDENTIFIER, codeDataValue [1] NumericString OPTIONAL,
///                       codeDataFreeText [2] DirectoryString OPTIONAL }
/// ```
///
/// Explicit tags as in the published module; implicit ones are read as well, because authorities differ.
fn roles(extension: &[u8]) -> der::Result<Vec<Role>> {
    let mut out = Vec::new();
    for attribute in asn1::single(extension)?.expect(Tag::Sequence)? {
        let parts = attribute.expect(Tag::Sequence)?;
        let [kind, values] = parts.as_slice() else { continue };
        if kind.oid()? != HEALTHCARE_ACTOR {
            continue;
        }
        for actors in values.expect(Tag::Set)? {
            for actor in actors.items()? {
                let coded = actor.items()?.into_iter().find(|item| item.context() == Some(0));
                let Some(coded) = coded else { continue };
                let mut data = coded.items()?;
                if let [Item { tag: Tag::Set, .. }] = data.as_slice() {
                    data = data.first().map(Item::items).transpose()?.unwrap_or_default();
                }
                let field = |number: u8| data.iter().find(|item| item.context() == Some(number)).map(inner);
                let scheme = field(0).and_then(|value| ObjectIdentifier::from_bytes(value).ok());
                let text = field(2).and_then(|value| std::str::from_utf8(value).ok());
                if let (Some(scheme), Some(text)) = (scheme, text)
                    && under(&scheme.to_string(), JAPANESE_ROLES)
                {
                    out.push(Role::from_text(text));
                }
            }
        }
    }
    Ok(out)
}

/// The value of a tagged item, whether the tag is explicit or implicit.
fn inner<'a>(item: &Item<'a>) -> &'a [u8] {
    match asn1::single(item.value) {
        Ok(explicit) if item.tag.is_constructed() => explicit.value,
        _ => item.value,
    }
}
