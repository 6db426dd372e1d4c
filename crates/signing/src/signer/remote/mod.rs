//! Signing with a remote service (cardless signing): one sign-in serves the signatures of a day, the key stays with
//! the service. It gets the digest and the unsigned document and gives back the complete signature, which is believed
//! only after it was checked like any signature from outside.
//!
//! The HTTP protocol is not published; what is assumed stands in the [`RemoteProfile`]. The network is an argument.

mod login;
mod profile;

pub use login::{LoginAttempt, LoginMethod, RemoteSession};
pub use profile::{ClientIds, LoginProfile, ProfileError, RemoteProfile, SessionProfile, SignProfile};

use super::{SignError, Signed, Signer, SignerKind, Signing, SigningRecord};
use crate::{Layout, Rules, bes, names, verify, xml};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_crypto::sha256;
use karute_japan::Timestamp;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Largest answer in bytes.
pub const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Largest difference between the service's signing time and ours, in milliseconds.
const SKEW_MS: i64 = 10 * 60 * 1000;

/// A request to send by POST over a checked TLS connection (or to the adapter on the institution's own network).
pub struct HttpRequest {
    /// Address.
    pub url: String,
    /// Type of the body.
    pub content_type: &'static str,
    /// Token for the `Authorization` header. Never log it.
    pub bearer: Option<Zeroizing<String>>,
    /// Body. Never log it.
    pub body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRequest").field("url", &self.url).finish_non_exhaustive()
    }
}

/// An answer.
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Body, at most [`MAX_ANSWER_BYTES`].
    pub body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// No answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer from the remote signing service")]
pub struct NoAnswer;

/// A request on its way.
pub type Posting<'a> = Pin<Box<dyn Future<Output = Result<HttpAnswer, NoAnswer>> + Send + 'a>>;

/// The network, with its own deadline.
pub trait Http: Send + Sync {
    /// Sends by POST; redirects are not followed.
    fn post(&self, request: HttpRequest) -> Posting<'_>;
}

/// Signs with the remote service on behalf of the person whose session it is.
pub struct RemoteSigner {
    profile: Arc<RemoteProfile>,
    http: Arc<dyn Http>,
    session: RemoteSession,
    rules: Rules,
}

impl std::fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteSigner").field("session", &self.session).finish_non_exhaustive()
    }
}

impl RemoteSigner {
    /// Signs in `session`; the certificate must keep the rules.
    pub fn new(profile: Arc<RemoteProfile>, http: Arc<dyn Http>, session: RemoteSession, rules: Rules) -> RemoteSigner {
        RemoteSigner { profile, http, session, rules }
    }

    async fn sign_remotely(&self, document: &[u8], layout: &Layout, at: Timestamp) -> Result<Signed, SignError> {
        if !self.session.is_open(at) {
            return Err(SignError::SignInNeeded);
        }
        let digest = bes::document_digest(&xml::parse(document)?, layout)?;
        let fields = &self.profile.sign;
        let body = serde_json::json!({
            fields.digest_field.as_str(): STANDARD.encode(digest.0),
            fields.algorithm_field.as_str(): names::SHA256,
            fields.document_field.as_str(): STANDARD.encode(document),
        });
        let request = HttpRequest {
            url: fields.url.clone(),
            content_type: "application/json",
            bearer: Some(Zeroizing::new(self.session.token().to_owned())),
            body: Zeroizing::new(body.to_string().into_bytes()),
        };
        let answer = self.http.post(request).await.map_err(|_| SignError::Unreachable)?;
        match answer.status {
            200 => {}
            401 | 403 => return Err(SignError::SignInNeeded),
            _ => return Err(SignError::Unreachable),
        }
        let container = self.container(&answer, layout)?;
        let signed = bes::insert(document, layout, &container)?;
        let wrong = |what: &dyn std::fmt::Display| SignError::Answer { what: what.to_string() };
        let (certificate, signing_time, octets) =
            verify::check_form(&signed, layout).map_err(|refusal| wrong(&refusal))?;
        if (signing_time.as_millis() - at.as_millis()).abs() > SKEW_MS {
            return Err(wrong(&"署名日時がずれています"));
        }
        self.rules.check(&certificate)?;
        certificate.check_validity(at)?;
        let record =
            SigningRecord::new(SignerKind::Remote, &certificate, layout, signing_time, sha256(&octets), &signed);
        Ok(Signed { document: signed, record })
    }

    /// The signature's container out of an answer, as text that begins with its start tag.
    fn container(&self, answer: &HttpAnswer, layout: &Layout) -> Result<String, SignError> {
        let unreadable = || SignError::Answer { what: "読み取れません".to_owned() };
        if answer.body.len() > MAX_ANSWER_BYTES {
            return Err(unreadable());
        }
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let encoded = answer.get(&self.profile.sign.signature_field).and_then(serde_json::Value::as_str);
        let bytes = STANDARD.decode(encoded.ok_or_else(unreadable)?).map_err(|_| unreadable())?;
        let tree = xml::parse(&bytes).map_err(|_| unreadable())?;
        let root = tree.root_element();
        let name = layout.parent().map(|(name, _)| name).unwrap_or_default();
        if !root.has_tag_name(name) || root.tag_name().namespace().is_some() {
            return Err(unreadable());
        }
        let text = tree.input_text().get(root.range()).ok_or_else(unreadable)?;
        Ok(text.to_owned())
    }
}

impl Signer for RemoteSigner {
    fn kind(&self) -> SignerKind {
        SignerKind::Remote
    }
    fn sign<'a>(&'a self, document: &'a [u8], layout: &'a Layout, at: Timestamp) -> Signing<'a> {
        Box::pin(self.sign_remotely(document, layout, at))
    }
}
