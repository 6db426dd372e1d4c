//! Judging a signed document that came in: what was signed, by whom, with which qualification, when, and whether all
//! of it holds. Everything outside the profile is refused, each with its own reason.
//!
//! Places are compared as nodes of the tree, never by name: a signature counts only when it refers to the very element
//! that the reader of the document will use, and what was signed is handed out as the octets that were digested.

mod long_term;
mod properties;
mod structure;

use crate::c14n::{Method, canonicalize};
use crate::certificate::Certificate;
use crate::chain::{Chain, Crl, Revocation, Rules, Trust, validate};
use crate::stamp::Stamp;
use crate::{Layout, Part, Refusal, Role, algorithm, xml};
use karute_crypto::{ct_eq, sha256};
use karute_japan::Timestamp;
use roxmltree::{Document, Node};
use structure::{Reference, Signature};

/// How much of the evidence for later years the signature carries (ETSI TS 101 903 section 4.4; JAHIS names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// ES: the signature alone.
    Es,
    /// ES-T: with a time stamp over the signature.
    EsT,
    /// ES-XL: with the certificates and revocation lists by which it was judged.
    EsXl,
    /// ES-A: with a time stamp over all of that.
    EsA,
}

impl Level {
    /// As JAHIS calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Es => "ES",
            Level::EsT => "ES-T",
            Level::EsXl => "ES-XL",
            Level::EsA => "ES-A",
        }
    }
}

/// What is certain about a document that was accepted.
#[derive(Clone)]
pub struct Verified {
    /// The canonical octets of the signed element. Read the content from here (or from `text`), not from the document.
    pub octets: Vec<u8>,
    /// All text in the signed element.
    pub text: String,
    /// The signer's certificate.
    pub certificate: Certificate,
    /// The qualifications that it states.
    pub roles: Vec<Role>,
    /// When the signer says to have signed.
    pub signing_time: Timestamp,
    /// The moment at which certificates were judged: the earliest time stamp, else the time of judging.
    pub judged_at: Timestamp,
    /// Time stamps over the signature.
    pub stamps: Vec<Stamp>,
    /// Time stamps over everything.
    pub archive_stamps: Vec<Stamp>,
    /// The signature's level.
    pub level: Level,
    /// The chain to the root.
    pub chain: Chain,
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The content is about a patient.
        f.debug_struct("Verified")
            .field("certificate", &self.certificate)
            .field("signing_time", &self.signing_time)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl Verified {
    /// What was found, as lines for a screen.
    pub fn explain(&self) -> Vec<String> {
        let at = |time: Timestamp| format!("{} {}", time.date_in_japan(), time.clock_in_japan());
        let roles = match self.roles.as_slice() {
            [] => "資格の記載なし".to_owned(),
            roles => roles.iter().map(Role::name).collect::<Vec<_>>().join("、"),
        };
        let mut lines = vec![
            format!("署名者：{}（{roles}）", self.certificate.holder()),
            format!("署名日時：{}（署名者の申告）", at(self.signing_time)),
        ];
        for stamp in &self.stamps {
            lines.push(format!("タイムスタンプ：{}（{}）", at(stamp.time), stamp.authority));
        }
        if self.stamps.is_empty() {
            lines.push("タイムスタンプ：なし。証明書は確認した日時で検証しました。".to_owned());
        }
        for stamp in &self.archive_stamps {
            lines.push(format!("保存用タイムスタンプ：{}（{}）", at(stamp.time), stamp.authority));
        }
        let root = self.chain.certificates.last().map(Certificate::holder).unwrap_or_default();
        lines.push(format!("認証局：{root}まで確認しました。"));
        lines.push(match self.revocation() {
            Revocation::Good { list_of } => format!("失効：失効していません（{}の失効リスト）。", at(list_of)),
            Revocation::Unknown => "失効：失効情報がないため確認していません。".to_owned(),
        });
        lines.push(format!("署名の形式：{}", self.level.name()));
        lines
    }
    /// What is known about revocation in the whole chain: the oldest list, or nothing when one is missing.
    pub fn revocation(&self) -> Revocation {
        let mut oldest = None;
        for known in &self.chain.revocation {
            match (known, oldest) {
                (Revocation::Unknown, _) => return Revocation::Unknown,
                (Revocation::Good { list_of }, Some(other)) if *list_of >= other => {}
                (Revocation::Good { list_of }, _) => oldest = Some(*list_of),
            }
        }
        oldest.map_or(Revocation::Unknown, |list_of| Revocation::Good { list_of })
    }
}

/// Tolerated difference between the signer's clock and ours, in milliseconds.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;

/// Judges a document. `now` is the time of receipt (or of looking, when it was received just now).
///
/// # Errors
/// The first reason found, in the order: form, references, signature, certificate, time stamps, qualification, chain.
pub fn verify(
    document: &[u8],
    layout: &Layout,
    trust: &Trust,
    rules: &Rules,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    let tree = xml::parse(document)?;
    let (target, signature, octets) = check_signature(&tree, layout)?;
    let properties = properties::read(&signature)?;
    properties.check(&signature.certificate)?;

    let evidence = long_term::read(&signature)?;
    let mut pool = trust.intermediates.clone();
    pool.extend(signature.others.iter().chain(&evidence.certificates).cloned());
    let crls: Vec<&Crl> = evidence.crls.iter().chain(&trust.crls).collect();
    let stamps = evidence.check_stamps(&signature, &trust.stamp_roots, &pool, &crls)?;
    let archive_stamps = evidence.check_archive(&tree, &signature, &trust.stamp_roots, &pool, &crls)?;
    let judged_at = stamps.iter().map(|stamp| stamp.time).min().unwrap_or(now);
    if rules.stamp_required && stamps.is_empty() {
        return Err(Refusal::StampMissing);
    }
    if properties.signing_time > judged_at.plus_ms(CLOCK_SKEW_MS) {
        return Err(Refusal::SigningTimeInFuture);
    }

    rules.check(&signature.certificate)?;
    let chain = validate(&signature.certificate, &pool, &trust.roots, &crls, judged_at)?;
    if rules.revocation_required {
        let unknown =
            chain.certificates.iter().zip(&chain.revocation).find(|(_, known)| **known == Revocation::Unknown);
        if let Some((certificate, _)) = unknown {
            return Err(Refusal::RevocationUnknown { subject: certificate.holder() });
        }
    }
    Ok(Verified {
        octets,
        text: xml::text(target),
        roles: signature.certificate.roles(),
        signing_time: properties.signing_time,
        judged_at,
        level: evidence.level(),
        stamps,
        archive_stamps,
        chain,
        certificate: signature.certificate,
    })
}

/// The certificate and the signing time of a signature over this document, with everything checked that needs no
/// trust: form, references, digests, signature value. For signatures that a remote service made for us.
pub(crate) fn check_form(document: &[u8], layout: &Layout) -> Result<(Certificate, Timestamp, Vec<u8>), Refusal> {
    let tree = xml::parse(document)?;
    let (_, signature, octets) = check_signature(&tree, layout)?;
    let properties = properties::read(&signature)?;
    properties.check(&signature.certificate)?;
    Ok((signature.certificate, properties.signing_time, octets))
}

/// What a time stamp over the signature value of a document is over: its inclusive canonical form.
pub(crate) fn stamped_octets(document: &[u8], layout: &Layout) -> Result<Vec<u8>, Refusal> {
    let tree = xml::parse(document)?;
    let (_, signature, _) = check_signature(&tree, layout)?;
    Ok(canonicalize(signature.value_node, Method::Inclusive))
}

/// What an archive time stamp put after all other unsigned properties is over.
pub(crate) fn archived_octets(document: &[u8], layout: &Layout) -> Result<Vec<u8>, Refusal> {
    let tree = xml::parse(document)?;
    let (_, signature, _) = check_signature(&tree, layout)?;
    long_term::archived(&tree, &signature, None, Method::Inclusive)
}

/// Where unsigned properties are put: the byte, and whether their container is there already.
pub(crate) fn unsigned_place(document: &[u8], layout: &Layout) -> Result<(usize, bool), Refusal> {
    let tree = xml::parse(document)?;
    let signature = Signature::read(&tree, layout)?;
    let place = match signature.unsigned {
        Some(unsigned) => xml::end_tag(unsigned),
        None => signature.properties.parent_element().and_then(xml::end_tag),
    };
    Ok((place.ok_or(Refusal::structure("UnsignedProperties"))?, signature.unsigned.is_some()))
}

type Checked<'a, 'i> = (Node<'a, 'i>, Signature<'a, 'i>, Vec<u8>);

/// Form, references, digests and signature value.
fn check_signature<'a, 'i>(tree: &'a Document<'i>, layout: &Layout) -> Result<Checked<'a, 'i>, Refusal> {
    let missing = || Refusal::TargetMissing { element: layout.signed_name() };
    let target = xml::at_path(tree, layout.signed).ok_or_else(missing)?;
    let signature = Signature::read(tree, layout)?;
    if signature.node.ancestors().any(|node| node == target) {
        return Err(Refusal::Placement { what: "署名欄が署名対象の内側にあります" });
    }
    let mut octets = None;
    let parts =
        [(Part::Document, target), (Part::KeyInfo, signature.key_info), (Part::Properties, signature.properties)];
    let mut seen = Vec::new();
    for reference in &signature.references {
        let node = reference.target(tree)?;
        let part = parts.iter().find(|(_, wanted)| *wanted == node).map(|(part, _)| *part);
        let part = part.filter(|part| !seen.contains(part) && reference.is_properties == (*part == Part::Properties));
        let part = part.ok_or_else(|| reference.wrong())?;
        let canonical = reference.octets(node);
        if !ct_eq(&sha256(&canonical).0, &reference.digest) {
            return Err(Refusal::DigestMismatch { part });
        }
        if part == Part::Document {
            octets = Some(canonical);
        }
        seen.push(part);
    }
    if let Some((part, _)) = parts.iter().find(|(part, _)| !seen.contains(part)) {
        return Err(Refusal::NotSigned { part: *part });
    }
    let signed_info = canonicalize(signature.signed_info, signature.method);
    if !algorithm::verify_document(signature.certificate.public_key(), &signed_info, &signature.value) {
        return Err(Refusal::SignatureWrong);
    }
    Ok((target, signature, octets.unwrap_or_default()))
}

impl Reference {
    /// The element that is meant, by an id that only one element carries.
    fn target<'a, 'i>(&self, tree: &'a Document<'i>) -> Result<Node<'a, 'i>, Refusal> {
        let id = self.uri.strip_prefix('#').filter(|id| !id.is_empty()).ok_or_else(|| self.wrong())?;
        xml::by_id(tree, id)?.ok_or_else(|| self.wrong())
    }
    fn wrong(&self) -> Refusal {
        Refusal::WrongReference { uri: Refusal::quote(&self.uri) }
    }
    /// What the digest is over. Without a transform XML-DSig takes the inclusive form (section 4.4.3.2).
    fn octets(&self, node: Node<'_, '_>) -> Vec<u8> {
        canonicalize(node, self.transform.unwrap_or(Method::Inclusive))
    }
}
