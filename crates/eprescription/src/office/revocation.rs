//! Whether a doctor's certificate still holds (digest 7.2): judged before and after signing, by authorities that the
//! operator names and revocation lists that are fetched from time to time. What no list tells is the service's to judge.
use super::signing::{RevocationSetting, signing_setting};
use super::{Office, OfficeError, Tls};
use crate::signature::{LAYOUT, SignError, Signature, Signer, rules};
use crate::wire::envelope::UnsignedEnvelope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc};
use karute_signing::{Certificate, Crl, MAX_CRL_BYTES, Refusal, SignerKind, Trust, verify};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

const SPACE: &str = "eprescription.crl";
/// A list that is younger is not fetched again, in milliseconds.
const YOUNG_MS: i64 = 6 * 3_600_000;
/// Longest wait for a list.
const PATIENCE: Duration = Duration::from_secs(30);

/// A list as it is kept.
#[derive(Serialize, Deserialize)]
struct Fetched {
    /// When, FHIR instant.
    at: String,
    /// DER in Base64.
    der: String,
}

impl Office {
    /// Fetches the revocation lists of an institution's setting that are not young any more; answers how many came. A list
    /// that does not come leaves the one that is kept: what was revoked stays so.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn fetch_lists(&self, access: &Access) -> Result<usize, OfficeError> {
        let Some(setting) = signing_setting(access).await?.revocation else { return Ok(0) };
        let now = self.parts.clock.now();
        let network = (self.parts.dial)(Tls { roots: Vec::new(), own: None })?;
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("失効リストの取得".to_owned());
        for url in &setting.lists {
            let kept: Option<Fetched> =
                access.doc(SPACE, &key(url)).await?.and_then(|text| serde_json::from_str(&text).ok());
            let at = kept.as_ref().and_then(|kept| Timestamp::parse(&kept.at));
            if at.is_some_and(|at| now.as_millis() - at.as_millis() < YOUNG_MS) {
                continue;
            }
            let Ok(request) = http::Request::get(url).body(Bytes::new()) else { continue };
            let answer = network.send(request, PATIENCE, MAX_CRL_BYTES).await;
            // Anybody may answer for the address: only what an authority signed counts, and that is judged when it is used.
            let list = answer.ok().filter(|answer| answer.status().is_success()).map(http::Response::into_body);
            let Some(list) = list.filter(|der| Crl::from_der(der).is_ok()) else {
                tracing::warn!(%url, "a revocation list did not come");
                continue;
            };
            let fetched = Fetched { at: now.to_fhir(), der: STANDARD.encode(&list) };
            let value = serde_json::to_string(&fetched).map_err(|_| OfficeError::Damaged)?;
            commit.docs.push(Doc::Put { space: SPACE, key: key(url), value, expires: None });
        }
        let came = commit.docs.len();
        if came > 0 {
            access.commit(commit).await?;
        }
        Ok(came)
    }

    /// Whom to believe by the setting; `None` where it names no authorities.
    pub(super) async fn trust(
        &self,
        access: &Access,
        setting: Option<&RevocationSetting>,
    ) -> Result<Option<Arc<Trust>>, OfficeError> {
        let Some(setting) = setting else { return Ok(None) };
        let unreadable = || OfficeError::File(setting.authorities.clone());
        let mut authorities = Vec::new();
        for der in karute_transport::way::roots(Some(&setting.authorities))? {
            authorities.push(Certificate::from_der(&der).map_err(|_| unreadable())?);
        }
        let mut crls = Vec::new();
        for url in &setting.lists {
            let Some(text) = access.doc(SPACE, &key(url)).await? else { continue };
            let der = serde_json::from_str::<Fetched>(&text).ok().and_then(|kept| STANDARD.decode(kept.der).ok());
            crls.extend(der.and_then(|der| Crl::from_der(&der).ok()));
        }
        // All of them are the operator's: a chain may end at any.
        Ok(Some(Arc::new(Trust {
            roots: authorities.clone(),
            stamp_roots: Vec::new(),
            intermediates: authorities,
            crls,
        })))
    }
}

fn key(url: &str) -> String {
    sha256(url.as_bytes()).to_hex()
}

/// Why a certificate does not serve now; `None` when nothing speaks against it.
pub(super) fn speaks_against(certificate: &Certificate, trust: Option<&Trust>, now: Timestamp) -> Option<Refusal> {
    match trust {
        Some(trust) => trust.judge(certificate, now).err(),
        None => certificate.check_validity(now).err(),
    }
}

/// A signer whose signatures are judged before they leave.
pub(super) struct Judged {
    pub(super) signer: Arc<dyn Signer>,
    pub(super) trust: Arc<Trust>,
}

impl Signer for Judged {
    fn kind(&self) -> SignerKind {
        self.signer.kind()
    }

    fn sign<'s>(
        &'s self,
        document: &'s UnsignedEnvelope,
        at: Timestamp,
    ) -> BoxFuture<'s, Result<Signature, SignError>> {
        Box::pin(async move {
            let signed = self.signer.sign(document, at).await?;
            match verify(signed.document.bytes(), &LAYOUT, &self.trust, &rules(), at) {
                Ok(_) => Ok(signed),
                Err(refusal) => Err(karute_signing::SignError::from(refusal).into()),
            }
        })
    }
}
