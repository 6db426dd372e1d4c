//! A certification authority and a time stamp authority for tests and the demo. They issue certificates of the shape
//! of the HPKI (e-prescription.md section 7.2) under roots that nobody else trusts: the keys are made anew each time
//! and live only in this process. Behind the feature `test-authority`; a product trusts it only where the simulated
//! world is switched on.
mod stamping;

use crate::asn1::{SEQUENCE, SET, wrap};
use crate::certificate::{Certificate, HEALTHCARE_ACTOR};
use crate::chain::{Crl, HPKI_SIGNING_POLICY, Trust};
use crate::extend::Values;
use crate::signer::SignError;
use crate::signer::local::LocalKey;
use crate::stamp::oid;
use crate::{Refusal, Role};
use der::asn1::ObjectIdentifier;
use karute_crypto::sha256;
use karute_japan::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CustomExtension, DnType,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RevokedCertParams, RsaKeySize, SerialNumber,
    date_time_ymd,
};
use zeroize::Zeroizing;

/// The authority could not be set up or issue.
#[derive(Debug, thiserror::Error)]
#[error("the test authority failed: {0}")]
pub struct AuthorityError(String);

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> AuthorityError {
        AuthorityError(error.to_string())
    }
}

impl From<Refusal> for AuthorityError {
    fn from(refusal: Refusal) -> AuthorityError {
        AuthorityError(refusal.to_string())
    }
}

/// Qualifications of the Japanese coding scheme, first version.
const ROLE_SCHEME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.100495.1.6.1.1");

/// Whose certificate to issue.
#[derive(Clone, Debug)]
pub struct Holder<'a> {
    /// Name in Roman letters.
    pub roman: &'a str,
    /// Name in Japanese.
    pub japanese: &'a str,
    /// Qualification, none for a person without one.
    pub role: Option<Role>,
    /// Whether it is for signing documents; else for signing in.
    pub for_signing: bool,
    /// Policy; of the signing certificates of the HPKI when not said.
    pub policy: Option<&'a str>,
    /// First and last day of its life.
    pub validity: (Timestamp, Timestamp),
}

impl<'a> Holder<'a> {
    /// A doctor with a signing certificate.
    pub fn doctor(roman: &'a str, japanese: &'a str, validity: (Timestamp, Timestamp)) -> Holder<'a> {
        Holder { roman, japanese, role: Some(Role::Doctor), for_signing: true, policy: None, validity }
    }
}

/// A certificate with its key.
pub struct Issued {
    /// The certificate.
    pub certificate: Certificate,
    /// `PrivateKeyInfo`; wiped when dropped.
    pub key: Zeroizing<Vec<u8>>,
    /// The authority's certificate.
    pub issuer: Certificate,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Issued {
    /// The key for signing.
    ///
    /// # Errors
    /// Never for what this authority issued.
    pub fn local_key(&self) -> Result<LocalKey, SignError> {
        LocalKey::from_pkcs8(&self.key, vec![self.certificate.clone(), self.issuer.clone()])
    }
}

/// A root, an authority for people below it, and a time stamp authority below it.
pub struct TestAuthority {
    root: CertifiedIssuer<'static, KeyPair>,
    people: CertifiedIssuer<'static, KeyPair>,
    stamping: KeyPair,
    root_certificate: Certificate,
    people_certificate: Certificate,
    stamping_certificate: Certificate,
    validity: (Timestamp, Timestamp),
}

impl std::fmt::Debug for TestAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestAuthority").field("root", &self.root_certificate).finish_non_exhaustive()
    }
}

fn rsa_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
}

/// Year, month and day in Japan, as the library of certificates takes them.
fn day(at: Timestamp) -> (i32, u8, u8) {
    let date = at.day_in_japan();
    (date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

/// Parameters that all certificates share.
fn parameters(common_name: &str, validity: (Timestamp, Timestamp)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "JP");
    params.distinguished_name.push(DnType::OrganizationName, "Karute Sandbox");
    params.distinguished_name.push(DnType::CommonName, common_name);
    let (first, last) = (day(validity.0), day(validity.1));
    params.not_before = date_time_ymd(first.0, first.1, first.2);
    params.not_after = date_time_ymd(last.0, last.1, last.2);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(common_name: &str, validity: (Timestamp, Timestamp)) -> CertificateParams {
    let mut params = parameters(common_name, validity);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl TestAuthority {
    /// A new authority whose own certificates live from the first to the second day.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn new(validity: (Timestamp, Timestamp)) -> Result<TestAuthority, AuthorityError> {
        let root = CertifiedIssuer::self_signed(authority("SIM HPKI Root CA", validity), rsa_key()?)?;
        let people =
            CertifiedIssuer::signed_by(authority("SIM-HPKI-SignCA-forNonRepudiation", validity), rsa_key()?, &root)?;
        let stamping = rsa_key()?;
        let mut params = parameters("SIM Time Stamp Authority", validity);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // RFC 3161 section 2.3: the only purpose, and critical.
        let purpose = oid(ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"));
        params.custom_extensions.push(extension(&[2, 5, 29, 37], true, wrap(SEQUENCE, &[&purpose])));
        let stamping_certificate = params.signed_by(&stamping, &root)?;
        Ok(TestAuthority {
            root_certificate: Certificate::from_der(root.der())?,
            people_certificate: Certificate::from_der(people.der())?,
            stamping_certificate: Certificate::from_der(stamping_certificate.der())?,
            root,
            people,
            stamping,
            validity,
        })
    }
    /// The root.
    pub fn root(&self) -> &Certificate {
        &self.root_certificate
    }
    /// The authority that issues people's certificates.
    pub fn people(&self) -> &Certificate {
        &self.people_certificate
    }
    /// Trust in this authority for certificates and time stamps, with today's revocation lists.
    ///
    /// # Errors
    /// When a list cannot be made.
    pub fn trust(&self, revoked: &[(&Certificate, Timestamp)]) -> Result<Trust, AuthorityError> {
        let crls = self.crls(revoked, self.validity)?;
        Ok(Trust {
            roots: vec![self.root_certificate.clone()],
            stamp_roots: vec![self.root_certificate.clone()],
            intermediates: vec![self.people_certificate.clone()],
            crls,
        })
    }
    /// Issues a certificate with a new key.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn issue(&self, holder: &Holder<'_>) -> Result<Issued, AuthorityError> {
        let key = rsa_key()?;
        let mut params = parameters(holder.roman, holder.validity);
        params.key_usages = vec![if holder.for_signing {
            KeyUsagePurpose::ContentCommitment
        } else {
            KeyUsagePurpose::DigitalSignature
        }];
        let own = format!("{HPKI_SIGNING_POLICY}.0.1");
        let policy = ObjectIdentifier::new(holder.policy.unwrap_or(&own))
            .map_err(|_| AuthorityError("the policy is no object identifier".to_owned()))?;
        let policies = wrap(SEQUENCE, &[&wrap(SEQUENCE, &[&oid(policy)])]);
        params.custom_extensions.push(extension(&[2, 5, 29, 32], true, policies));
        params.custom_extensions.push(extension(&[2, 5, 29, 17], false, japanese_name(holder.japanese)));
        if let Some(role) = &holder.role {
            params.custom_extensions.push(extension(&[2, 5, 29, 9], false, healthcare_actor(role.text())));
        }
        let certificate = params.signed_by(&key, &self.people)?;
        Ok(Issued {
            certificate: Certificate::from_der(certificate.der())?,
            key: Zeroizing::new(key.serialized_der().to_vec()),
            issuer: self.people_certificate.clone(),
        })
    }
    /// The revocation lists of both authorities, usable from the first to the second day.
    ///
    /// # Errors
    /// When a list cannot be signed.
    pub fn crls(
        &self,
        revoked: &[(&Certificate, Timestamp)],
        validity: (Timestamp, Timestamp),
    ) -> Result<Vec<Crl>, AuthorityError> {
        let list = |issuer: &Issuer<'static, KeyPair>, own: &Certificate| -> Result<Crl, AuthorityError> {
            let revoked = revoked.iter().filter(|(certificate, _)| certificate.issuer_name() == own.subject_name());
            let (first, last) = (day(validity.0), day(validity.1));
            let params = CertificateRevocationListParams {
                this_update: date_time_ymd(first.0, first.1, first.2),
                next_update: date_time_ymd(last.0, last.1, last.2),
                crl_number: SerialNumber::from(1),
                issuing_distribution_point: None,
                revoked_certs: revoked
                    .map(|(certificate, at)| {
                        let at = day(*at);
                        RevokedCertParams {
                            serial_number: SerialNumber::from_slice(certificate.serial_bytes()),
                            revocation_time: date_time_ymd(at.0, at.1, at.2),
                            reason_code: None,
                            invalidity_date: None,
                        }
                    })
                    .collect(),
                key_identifier_method: KeyIdMethod::Sha256,
            };
            Ok(Crl::from_der(params.signed_by(issuer)?.der())?)
        };
        Ok(vec![list(&self.people, &self.people_certificate)?, list(&self.root, &self.root_certificate)?])
    }
    /// What a time stamp of this authority is judged by.
    ///
    /// # Errors
    /// When a list cannot be signed.
    pub fn stamp_values(&self) -> Result<Values, AuthorityError> {
        let certificates = vec![self.stamping_certificate.clone(), self.root_certificate.clone()];
        Ok(Values { certificates, crls: self.crls(&[], self.validity)?.split_off(1) })
    }
    /// What a certificate of this authority is judged by.
    ///
    /// # Errors
    /// When a list cannot be signed.
    pub fn signature_values(&self, revoked: &[(&Certificate, Timestamp)]) -> Result<Values, AuthorityError> {
        let certificates = vec![self.people_certificate.clone(), self.root_certificate.clone()];
        Ok(Values { certificates, crls: self.crls(revoked, self.validity)? })
    }
    /// Answers a request for a time stamp (RFC 3161) with the time `at`.
    ///
    /// # Errors
    /// When the request is not one over SHA-256.
    pub fn stamp(&self, request: &[u8], at: Timestamp) -> Result<Vec<u8>, AuthorityError> {
        stamping::answer(request, at, &self.stamping, &self.stamping_certificate)
    }
    /// A time stamp token over a SHA-256 value.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn stamp_token(&self, imprint: &karute_crypto::Digest, at: Timestamp) -> Result<Vec<u8>, AuthorityError> {
        let mut nonce = [0u8; 8];
        nonce.copy_from_slice(sha256(&imprint.0).0.first_chunk::<8>().unwrap_or(&[0; 8]));
        let request = crate::stamp::request(imprint, nonce);
        Ok(crate::stamp::answer(&self.stamp(&request, at)?, &request)?)
    }
}

fn extension(oid: &[u64], critical: bool, content: Vec<u8>) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, content);
    extension.set_criticality(critical);
    extension
}

/// `SubjectAltName` with a directory name whose common name is Japanese.
fn japanese_name(name: &str) -> Vec<u8> {
    let common_name = oid(ObjectIdentifier::new_unwrap("2.5.4.3"));
    let attribute = wrap(SEQUENCE, &[&common_name, &wrap(0x0C, &[name.as_bytes()])]);
    let directory = wrap(SEQUENCE, &[&wrap(SET, &[&attribute])]);
    wrap(SEQUENCE, &[&wrap(0xA4, &[&directory])])
}

/// `SubjectDirectoryAttributes` with a `healthcareActor`.
fn healthcare_actor(role: &str) -> Vec<u8> {
    let scheme = wrap(0xA0, &[&oid(ROLE_SCHEME)]);
    let text = wrap(0xA2, &[&wrap(0x0C, &[role.as_bytes()])]);
    let coded = wrap(0xA0, &[&wrap(SET, &[&scheme, &text])]);
    let actors = wrap(SET, &[&wrap(SEQUENCE, &[&coded])]);
    let attribute = wrap(SEQUENCE, &[&oid(HEALTHCARE_ACTOR), &wrap(SET, &[&actors])]);
    wrap(SEQUENCE, &[&attribute])
}
