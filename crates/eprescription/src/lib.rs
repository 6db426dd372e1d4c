//! Connector to the electronic prescription service (電子処方箋管理サービス).
//!
//! * [`profile`]: the wire profile, everything assumed or versioned, as data; production refuses assumed entries.
//! * [`wire`]: messages as data: the CSV by its record table, envelopes, requests and results.
//! * [`client`]: one trait for both transports (folders through the relay, Web API) and a typed client.
//! * [`flow`]: the life of a prescription as a pure state machine.
//! * [`mapping`]: the chart's lines, cards and people in the service's words.
//! * [`jobs`]: what the worker carries out on it.
//!
//! Libraries: quick-xml reads (its events, within our bounds), encoding_rs tells what JIS X 0208 holds, rust_decimal
//! carries amounts, hyper-util and hyper-rustls are the network. The CSV is ours: the format has no quoting and its
//! items are checked by a table.
//!
//! Source: the specification digests `e-prescription` and `onshi` (transport), made of public texts; what they mark as
//! assumed is marked in `profile.toml`.

pub mod client;
pub mod flow;
pub mod jobs;
pub mod mapping;
pub mod profile;
pub mod wire;

use wire::envelope::{SignedXml, UnsignedEnvelope};

/// Signs a prescription's envelope: a local key, a card, a remote service.
pub trait Signer: Send + Sync {
    /// The signed document: the given bytes with `PrescriptionSign` in its place, nothing else changed (digest 7.1).
    ///
    /// # Errors
    /// When no signature could be made; the prescription may be issued on paper instead (digest 9.3).
    fn sign(&self, document: &UnsignedEnvelope) -> Result<SignedXml, SignError>;
}

/// Why no signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No card, no session: the doctor signs in again.
    #[error("署名の準備ができていません。HPKIカードまたは署名サービスのサインインを確認してください。")]
    NotReady,
    /// The certificate's time is over or it was revoked.
    #[error("署名用の証明書が有効ではありません。")]
    Certificate,
    /// What came back is not the document that was given.
    #[error("署名された文書が元の処方箋と一致しません。")]
    Foreign,
    /// Anything else.
    #[error("署名できませんでした。")]
    Failed,
}

/// Signs and makes sure that what came back is what was given.
///
/// # Errors
/// See [`SignError`].
pub fn sign(signer: &dyn Signer, document: &UnsignedEnvelope) -> Result<SignedXml, SignError> {
    let signed = signer.sign(document)?;
    if signed.signs(document) { Ok(signed) } else { Err(SignError::Foreign) }
}
