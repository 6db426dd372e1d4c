//! The signature of a prescription (digest section 7): where it stands in the envelope, who may make it, and that what
//! comes back from a signer is the document that was given.
use crate::profile::Profile;
use crate::wire::envelope::{SignedXml, UnsignedEnvelope};
use futures_util::future::BoxFuture;
use karute_japan::Timestamp;
use karute_signing::{Layout, Refusal, Role, Rules, SignerKind, SigningRecord};
use std::sync::Arc;

/// The places of a prescription's signature (digest 6.1, 7.1).
pub const LAYOUT: Layout = Layout {
    signed: &["Document", "Prescription", "PrescriptionDocument"],
    signed_id: "PrescriptionDocument",
    container: &["Document", "Prescription", "PrescriptionSign"],
    signature_id: "PrescriptionSign",
};

/// Who may sign a prescription: a doctor or a dentist, with a signing certificate of the HPKI (digest 7.2).
pub fn rules() -> Rules {
    Rules::hpki(&[Role::Doctor, Role::Dentist])
}

/// A signed prescription and what the audit trail keeps of its signature.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The signed document.
    pub document: SignedXml,
    /// Who, with what, when; digests. Nothing of the content.
    pub record: SigningRecord,
}

/// Signs a prescription's envelope: a local key, a card, a remote service.
pub trait Signer: Send + Sync {
    /// Where the key is.
    fn kind(&self) -> SignerKind;
    /// The signed document: the given bytes with `PrescriptionSign` in its place, nothing else changed (digest 7.1).
    /// Fails when no signature could be made; the prescription may be issued on paper instead (digest 9.3).
    fn sign<'s>(&'s self, document: &'s UnsignedEnvelope, at: Timestamp)
    -> BoxFuture<'s, Result<Signature, SignError>>;
}

/// Why no signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No card, no session: the doctor signs in again.
    #[error("署名の準備ができていません。HPKIカードまたは署名サービスのサインインを確認してください。")]
    NotReady,
    /// The remote service does not answer.
    #[error("カードレス署名サービスに接続できません。しばらくしてから、もう一度押してください。")]
    Away,
    /// The certificate's time is over, it was revoked, or it is no doctor's.
    #[error("署名用の証明書が有効ではありません。")]
    Certificate,
    /// What came back is not the document that was given.
    #[error("署名された文書が元の処方箋と一致しません。")]
    Foreign,
    /// Anything else.
    #[error("署名できませんでした。")]
    Failed,
}

impl From<karute_signing::SignError> for SignError {
    fn from(error: karute_signing::SignError) -> SignError {
        use karute_signing::SignError as From;
        match error {
            From::TokenLibrary
            | From::TokenMissing
            | From::TokenEmpty
            | From::Password
            | From::Pin { .. }
            | From::PinLocked
            | From::SignInNeeded
            | From::SignIn => SignError::NotReady,
            From::Unreachable => SignError::Away,
            From::Refused(
                Refusal::KeyUsage
                | Refusal::Policy
                | Refusal::RoleMissing
                | Refusal::Role { .. }
                | Refusal::Untrusted { .. }
                | Refusal::Chain { .. }
                | Refusal::Expired { .. }
                | Refusal::NotYetValid { .. }
                | Refusal::Revoked { .. },
            ) => SignError::Certificate,
            From::Answer { .. } => SignError::Foreign,
            _ => SignError::Failed,
        }
    }
}

/// Any signer of the HPKI.
pub struct Hpki {
    signer: Arc<dyn karute_signing::Signer>,
    profile: Arc<Profile>,
}

impl Hpki {
    /// Signs with this signer.
    pub fn new(signer: Arc<dyn karute_signing::Signer>, profile: Arc<Profile>) -> Hpki {
        Hpki { signer, profile }
    }
}

impl Signer for Hpki {
    fn kind(&self) -> SignerKind {
        self.signer.kind()
    }

    fn sign<'s>(
        &'s self,
        document: &'s UnsignedEnvelope,
        at: Timestamp,
    ) -> BoxFuture<'s, Result<Signature, SignError>> {
        Box::pin(async move {
            let signed = self.signer.sign(document.bytes(), &LAYOUT, at).await?;
            // A signer that is no doctor's is refused before the service does it.
            let roles = [Role::Doctor, Role::Dentist];
            if !signed.record.roles.iter().any(|text| roles.iter().any(|role| role.text() == text)) {
                return Err(SignError::Certificate);
            }
            let document = SignedXml::new(signed.document, &self.profile).map_err(|_| SignError::Foreign)?;
            Ok(Signature { document, record: signed.record })
        })
    }
}

/// Signs and makes sure that what came back is what was given.
///
/// # Errors
/// See [`SignError`].
pub async fn sign(signer: &dyn Signer, document: &UnsignedEnvelope, at: Timestamp) -> Result<Signature, SignError> {
    let signed = signer.sign(document, at).await?;
    if signed.document.signs(document) { Ok(signed) } else { Err(SignError::Foreign) }
}
