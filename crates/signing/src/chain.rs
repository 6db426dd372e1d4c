//! From a certificate to a root that is trusted (RFC 5280 section 6), with revocation lists, at a moment.
use crate::asn1::without_sign;
use crate::certificate::{Certificate, SignedPart, instant, signed_part};
use crate::{Refusal, Role};
use der::Decode;
use karute_japan::Timestamp;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::IssuingDistributionPoint;

/// Longest chain, root included.
const MAX_CHAIN: usize = 8;
/// Most issuers tried for one chain.
const MAX_ATTEMPTS: usize = 256;
/// Largest revocation list in bytes.
pub const MAX_CRL_BYTES: usize = 16 << 20;

/// A revocation list (RFC 5280 section 5).
#[derive(Clone)]
pub struct Crl {
    der: Vec<u8>,
    parsed: CertificateList,
}

impl std::fmt::Debug for Crl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crl({})", self.parsed.tbs_cert_list.issuer)
    }
}

impl Crl {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Crl, Refusal> {
        let unreadable = || Refusal::unreadable("失効リスト");
        if der.len() > MAX_CRL_BYTES {
            return Err(unreadable());
        }
        let parsed = CertificateList::from_der(der).map_err(|_| unreadable())?;
        Ok(Crl { der: der.to_vec(), parsed })
    }
    /// The encoding as it came in.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// When it was issued, and until when it may be used.
    pub fn validity(&self) -> (Timestamp, Option<Timestamp>) {
        let list = &self.parsed.tbs_cert_list;
        (instant(list.this_update), list.next_update.map(instant))
    }
    fn signed(&self) -> Option<SignedPart<'_>> {
        signed_part(&self.der)
    }
    /// Whether it speaks about certificates of this kind. A list with a critical extension that is not understood
    /// speaks about none.
    fn covers(&self, authority: bool) -> bool {
        use der::oid::AssociatedOid as _;
        let extensions = self.parsed.tbs_cert_list.crl_extensions.as_deref().unwrap_or_default();
        extensions.iter().all(|extension| {
            if extension.extn_id != IssuingDistributionPoint::OID {
                return !extension.critical;
            }
            IssuingDistributionPoint::from_der(extension.extn_value.as_bytes()).is_ok_and(|point| {
                let of_others = if authority { point.only_contains_user_certs } else { point.only_contains_ca_certs };
                let partial = point.only_contains_attribute_certs || point.only_some_reasons.is_some();
                !(point.indirect_crl || partial || of_others)
            })
        })
    }
    fn revoked(&self, certificate: &Certificate) -> Option<Timestamp> {
        let entries = self.parsed.tbs_cert_list.revoked_certificates.as_deref().unwrap_or_default();
        let entry =
            entries.iter().find(|entry| without_sign(entry.serial_number.as_bytes()) == certificate.serial_bytes())?;
        Some(instant(entry.revocation_date))
    }
}

/// What is known about revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A list that was usable at the moment does not name the certificate as revoked until then.
    Good {
        /// When the list was issued.
        list_of: Timestamp,
    },
    /// No usable list.
    Unknown,
}

/// What a signature must fulfil beyond being right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Only certificates for signing (`nonRepudiation`).
    pub for_signing: bool,
    /// Only certificates issued under this arc of policies.
    pub policy: Option<&'static str>,
    /// Only holders with one of these qualifications; empty for any.
    pub roles: Vec<Role>,
    /// Refuse when a certificate's revocation cannot be looked up; else it is only reported.
    pub revocation_required: bool,
    /// Refuse a signature without time stamp.
    pub stamp_required: bool,
}

/// Arc of the policies of signing certificates of the HPKI (保健医療福祉分野PKI認証局 署名用証明書ポリシ). The number
/// that follows differs between test and production \[C\] (e-prescription.md section 7.2).
pub const HPKI_SIGNING_POLICY: &str = "1.2.392.100495.1.5.1.1";

impl Rules {
    /// A certificate of the HPKI for signing, of a holder with one of these qualifications.
    pub fn hpki(roles: &[Role]) -> Rules {
        Rules {
            for_signing: true,
            policy: Some(HPKI_SIGNING_POLICY),
            roles: roles.to_vec(),
            revocation_required: false,
            stamp_required: false,
        }
    }
    /// Looks at what the certificate itself says. The moment is checked with the chain.
    pub fn check(&self, certificate: &Certificate) -> Result<(), Refusal> {
        if self.for_signing && !certificate.is_for_signing() {
            return Err(Refusal::KeyUsage);
        }
        if self.policy.is_some_and(|arc| !certificate.has_policy_under(arc)) {
            return Err(Refusal::Policy);
        }
        let found = certificate.roles();
        if self.roles.is_empty() || found.iter().any(|role| self.roles.contains(role)) {
            return Ok(());
        }
        match found.as_slice() {
            [] => Err(Refusal::RoleMissing),
            found => Err(Refusal::Role { found: names(found), wanted: names(&self.roles) }),
        }
    }
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(Role::name).collect::<Vec<_>>().join("、")
}

/// Whom to believe.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Roots for people's certificates.
    pub roots: Vec<Certificate>,
    /// Roots for time stamp authorities.
    pub stamp_roots: Vec<Certificate>,
    /// Authorities between root and end, for documents that do not bring them.
    pub intermediates: Vec<Certificate>,
    /// Revocation lists fetched by whoever keeps them fresh.
    pub crls: Vec<Crl>,
}

impl Trust {
    /// Judges a certificate by itself, before anything is signed with it: its path to a root and what the lists say at a
    /// moment.
    ///
    /// # Errors
    /// The reason of the chain that came closest.
    pub fn judge(&self, certificate: &Certificate, at: Timestamp) -> Result<Chain, Refusal> {
        let crls: Vec<&Crl> = self.crls.iter().collect();
        validate(certificate, &self.intermediates, &self.roots, &crls, at)
    }
}

/// A chain that was found good, from the end to the root.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// What is known about each but the root.
    pub revocation: Vec<Revocation>,
}

/// Finds a good chain from `end` to one of `roots` at a moment.
///
/// # Errors
/// The reason of the chain that came closest.
pub(crate) fn validate(
    end: &Certificate,
    pool: &[Certificate],
    roots: &[Certificate],
    crls: &[&Crl],
    at: Timestamp,
) -> Result<Chain, Refusal> {
    let mut search = Search { pool, roots, crls, at, attempts: 0, reason: None };
    let mut path = vec![end.clone()];
    if end.has_unknown_critical_extension() {
        return Err(Refusal::Chain { what: "理解できない重要拡張" });
    }
    end.check_validity(at)?;
    match search.extend(&mut path) {
        Some(revocation) => Ok(Chain { certificates: path, revocation }),
        None => Err(search.reason.unwrap_or_else(|| {
            let last = path.last().unwrap_or(end);
            Refusal::Untrusted { issuer: last.issuer() }
        })),
    }
}

struct Search<'a> {
    pool: &'a [Certificate],
    roots: &'a [Certificate],
    crls: &'a [&'a Crl],
    at: Timestamp,
    attempts: usize,
    /// The most telling reason so far: a chain that reached a root says more than one that did not.
    reason: Option<Refusal>,
}

impl Search<'_> {
    /// Tries to reach a root from the last certificate of the path; leaves the path as it was when it cannot.
    fn extend(&mut self, path: &mut Vec<Certificate>) -> Option<Vec<Revocation>> {
        let last = path.last()?.clone();
        for root in self.roots {
            if *root == last {
                return self.judge(path);
            }
        }
        let candidates = self.roots.iter().chain(self.pool);
        for issuer in candidates {
            if self.attempts >= MAX_ATTEMPTS || path.len() >= MAX_CHAIN {
                return None;
            }
            if issuer.subject_name() != last.issuer_name() || path.contains(issuer) {
                continue;
            }
            self.attempts += 1;
            if !last.is_signed_by(issuer) {
                continue;
            }
            path.push(issuer.clone());
            if let Some(found) = self.extend(path) {
                return Some(found);
            }
            path.pop();
        }
        None
    }

    /// A chain reached its root: do its members keep the rules?
    fn judge(&mut self, path: &[Certificate]) -> Option<Vec<Revocation>> {
        match check(path, self.crls, self.at) {
            Ok(revocation) => Some(revocation),
            Err(reason) => {
                self.reason = Some(reason);
                None
            }
        }
    }
}

fn check(path: &[Certificate], crls: &[&Crl], at: Timestamp) -> Result<Vec<Revocation>, Refusal> {
    for (index, authority) in path.iter().enumerate().skip(1) {
        // A root is trusted by name and key (RFC 5280 section 6.1.1); old ones state no constraints.
        let is_root = index + 1 == path.len();
        if !is_root && authority.has_unknown_critical_extension() {
            return Err(Refusal::Chain { what: "理解できない重要拡張" });
        }
        if !is_root && !authority.may_issue(index - 1) {
            return Err(Refusal::Chain { what: "発行者が認証局ではありません" });
        }
        authority.check_validity(at)?;
    }
    path.iter()
        .zip(path.iter().skip(1))
        .map(|(certificate, issuer)| revocation(certificate, issuer, crls, at))
        .collect()
}

/// Looks a certificate up in the lists of its issuer that were usable at the moment.
fn revocation(
    certificate: &Certificate,
    issuer: &Certificate,
    crls: &[&Crl],
    at: Timestamp,
) -> Result<Revocation, Refusal> {
    let mut known = Revocation::Unknown;
    for list in crls {
        let (issued, until) = list.validity();
        let usable = list.parsed.tbs_cert_list.issuer == *certificate.issuer_name()
            && list.covers(certificate.is_authority())
            && issuer.may_revoke()
            && list.signed().is_some_and(|signed| issuer.has_signed(&signed));
        if !usable {
            continue;
        }
        // A revocation stays true, however old the list that tells it.
        if let Some(revoked) = list.revoked(certificate)
            && revoked <= at
        {
            return Err(Refusal::Revoked { subject: certificate.holder(), at: revoked });
        }
        // A list issued after the moment says also what was not revoked then.
        if until.is_none_or(|until| until >= at) {
            known = match known {
                Revocation::Good { list_of } if list_of > issued => known,
                _ => Revocation::Good { list_of: issued },
            };
        }
    }
    Ok(known)
}
