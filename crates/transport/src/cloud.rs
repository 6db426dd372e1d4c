//! The link between clouds (digest `clins-service` 16.2; everything about it is assumed): mutual TLS with a client
//! certificate, OAuth 2.0 client credentials with `private_key_jwt` (RFC 7523), a token that is bound to one institution
//! and to the certificate (RFC 8705), `POST {gateway}/v1/{API id}` with an idempotency key, `202` with `Location` for
//! answers that come later.
use crate::address::{AddressError, address};
use crate::webapi::refusal;
use crate::{Call, Network, NetworkError, Pace, Transport, TransportError};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{Method, StatusCode};
use karute_crypto::sha256;
use karute_japan::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

/// Paths, headers and times of the link, as a profile has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudNames {
    /// Path of the token endpoint.
    pub token_path: String,
    /// Path before the API id.
    pub call_path: String,
    /// Scope asked for.
    pub scope: String,
    /// Header with 医療機関コード.
    pub institution_header: String,
    /// Header with the request's identifier.
    pub request_header: String,
    /// Header with the idempotency key.
    pub idempotency_header: String,
    /// Life of an assertion, in seconds.
    pub assertion_life_s: u64,
    /// Longest use of a token, in seconds.
    pub token_life_s: u64,
}

/// The vendor's key for assertions: ECDSA on P-256.
pub struct CloudKey {
    pair: EcdsaKeyPair,
}

impl std::fmt::Debug for CloudKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CloudKey(…)")
    }
}

/// The public half of a [`CloudKey`], an uncompressed point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudPublicKey(pub Vec<u8>);

impl CloudKey {
    /// Reads PKCS#8 (DER); `None` when it is no key on P-256.
    pub fn from_pkcs8(der: &[u8]) -> Option<CloudKey> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok().map(|pair| CloudKey { pair })
    }

    /// A new key as PKCS#8 (DER); `None` when the machine gives no randomness.
    pub fn generate() -> Option<Zeroizing<Vec<u8>>> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
        Some(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The public half.
    pub fn public(&self) -> CloudPublicKey {
        CloudPublicKey(self.pair.public_key().as_ref().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.pair.sign(&SystemRandom::new(), message).ok().map(|signature| signature.as_ref().to_vec())
    }
}

/// What an institution granted the vendor in its portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The vendor's client id.
    pub client: String,
    /// Number of the grant.
    pub grant: String,
    /// 医療機関コード
    pub institution: String,
    /// SHA-256 of the client certificate (DER), where one is shown.
    pub certificate_sha256: Option<[u8; 32]>,
}

/// The claims of an assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// Issuer: the client.
    pub iss: String,
    /// Subject: the client.
    pub sub: String,
    /// The token endpoint it is for.
    pub aud: String,
    /// Its own number; one is taken once.
    pub jti: String,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Ends, seconds since the epoch.
    pub exp: i64,
    /// 医療機関コード for which a token is asked.
    pub medical_institution_code: String,
    /// Number of the grant.
    pub grant: String,
}

/// An assertion that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the assertion is not signed with the registered key, or has another form")]
pub struct AssertionError;

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT"}"#;

impl Assertion {
    /// Signs it; `None` when the key cannot be used.
    pub fn sign(&self, key: &CloudKey) -> Option<String> {
        let claims = serde_json::to_vec(self).ok()?;
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
        let signature = key.sign(text.as_bytes())?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Reads one that was signed with this key, as the service does. Times are the caller's to judge. Exactly one form
    /// of header is taken, so that nobody chooses the algorithm.
    ///
    /// # Errors
    /// See [`AssertionError`].
    pub fn verified(text: &str, key: &CloudPublicKey) -> Result<Assertion, AssertionError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(AssertionError)?;
        let (header, claims) = signed.split_once('.').ok_or(AssertionError)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| AssertionError);
        if decode(header)? != HEADER.as_bytes() {
            return Err(AssertionError);
        }
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.0)
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| AssertionError)?;
        serde_json::from_slice(&decode(claims)?).map_err(|_| AssertionError)
    }
}

/// The link between clouds for one institution.
pub struct CloudLink {
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    names: CloudNames,
    pace: Pace,
    gateway: String,
    grant: Grant,
    key: CloudKey,
    token: tokio::sync::Mutex<Option<Token>>,
    assertions: AtomicU64,
}

struct Token {
    text: Zeroizing<String>,
    until: Timestamp,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: String,
    expires_in: u64,
    medical_institution_code: String,
    #[serde(default)]
    cnf: Option<Confirmation>,
}

#[derive(Deserialize)]
struct Confirmation {
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
}

/// How long asking for a token may take.
const TOKEN: Duration = Duration::from_mins(1);
/// The longest answer with a token.
const MAX_TOKEN_BYTES: usize = 16 << 10;

impl CloudLink {
    /// `gateway` is the address before the paths of `names`.
    ///
    /// # Errors
    /// When the address is neither https nor this machine's own.
    pub fn new(
        (network, clock): (Arc<dyn Network>, Arc<dyn Clock>),
        (names, pace): (CloudNames, Pace),
        gateway: &str,
        grant: Grant,
        key: CloudKey,
    ) -> Result<CloudLink, AddressError> {
        let gateway = address(gateway).ok_or(AddressError)?;
        let pace = Pace { poll: pace.poll.max(Duration::from_millis(1)), ..pace };
        let (token, assertions) = (tokio::sync::Mutex::new(None), AtomicU64::new(0));
        Ok(CloudLink { network, clock, names, pace, gateway, grant, key, token, assertions })
    }

    async fn run(&self, call: Call<'_>) -> Result<Bytes, TransportError> {
        // What the request itself says and what the token is bound to are one institution (both sides refuse else).
        if call.institution != self.grant.institution {
            return Err(TransportError::Refused("医療機関コードが一致しません"));
        }
        let began = tokio::time::Instant::now();
        let mut renewed = false;
        let mut lost = false;
        loop {
            let token = self.token(renewed, call.file_id).await?;
            let left = call.patience.saturating_sub(began.elapsed());
            let sent = self.network.send(self.request(&call, &token)?, left, self.pace.max_answer_bytes).await;
            let answer = match sent {
                Ok(answer) => answer,
                // The key makes a repetition harmless: the gateway answers what it answered before.
                Err(NetworkError::Lost) if !lost && began.elapsed() < call.patience => {
                    lost = true;
                    continue;
                }
                Err(NetworkError::Unreachable) if !lost => return Err(TransportError::NotSent("接続できません")),
                Err(NetworkError::Unreachable | NetworkError::Lost) => {
                    return Err(TransportError::Unknown("通信が途切れました"));
                }
                Err(NetworkError::TooLarge) => return Err(TransportError::Unknown("応答が大きすぎます")),
            };
            match answer.status() {
                StatusCode::OK => return Ok(answer.into_body()),
                StatusCode::ACCEPTED => return self.later(&call, &answer, began).await,
                StatusCode::UNAUTHORIZED if !renewed => renewed = true,
                // Somebody between us and the service lost the answer.
                StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT if !lost => lost = true,
                status => return Err(refusal(status, &answer)),
            }
        }
    }

    fn request(&self, call: &Call<'_>, token: &str) -> Result<http::Request<Bytes>, TransportError> {
        let names = &self.names;
        http::Request::builder()
            .method(Method::POST)
            .uri(format!("{}{}{}", self.gateway, names.call_path, call.api))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/xml; charset=utf-8")
            .header(names.institution_header.as_str(), call.institution)
            .header(names.request_header.as_str(), call.file_id)
            .header(names.idempotency_header.as_str(), call.file_id)
            .body(Bytes::copy_from_slice(call.body))
            .map_err(|_| TransportError::Refused("要求を作成できません"))
    }

    /// Asks at the place that the gateway named, which must be its own, until the answer is there.
    async fn later(
        &self,
        call: &Call<'_>,
        accepted: &http::Response<Bytes>,
        began: tokio::time::Instant,
    ) -> Result<Bytes, TransportError> {
        let place = accepted.headers().get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
        let own = place.starts_with(&self.names.call_path) && !place.contains("..") && !place.contains(['?', '#']);
        if !own {
            return Err(TransportError::Unknown("応答の場所を解釈できません"));
        }
        while began.elapsed() < call.patience {
            tokio::time::sleep(self.pace.poll).await;
            let token = self.token(false, call.file_id).await.map_err(|_| TransportError::Unknown("処理中"))?;
            let asked = http::Request::builder()
                .method(Method::GET)
                .uri(format!("{}{place}", self.gateway))
                .header(AUTHORIZATION, format!("Bearer {}", token.as_str()))
                .header(self.names.institution_header.as_str(), call.institution)
                .body(Bytes::new())
                .map_err(|_| TransportError::Unknown("応答の場所を解釈できません"))?;
            let left = call.patience.saturating_sub(began.elapsed());
            // Asking changes nothing; what goes wrong here is asked again while there is time.
            if let Ok(answer) = self.network.send(asked, left, self.pace.max_answer_bytes).await
                && answer.status() == StatusCode::OK
            {
                return Ok(answer.into_body());
            }
        }
        Err(TransportError::Unknown("処理中"))
    }

    /// The token in use, or a new one. One at a time.
    async fn token(&self, renew: bool, file_id: &str) -> Result<Zeroizing<String>, TransportError> {
        let mut held = self.token.lock().await;
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|token| !renew && token.until > now) {
            return Ok(token.text.clone());
        }
        *held = None;
        let token = self.fetch(now, file_id).await?;
        let text = token.text.clone();
        *held = Some(token);
        Ok(text)
    }

    async fn fetch(&self, now: Timestamp, file_id: &str) -> Result<Token, TransportError> {
        let endpoint = format!("{}{}", self.gateway, self.names.token_path);
        let assertion = self.assertion(&endpoint, now, file_id)?;
        // Every value is of letters, digits and signs that a form carries as they are.
        let body = format!(
            "grant_type=client_credentials&scope={}&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}",
            self.names.scope
        );
        let outgoing = http::Request::builder()
            .method(Method::POST)
            .uri(&endpoint)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(body))
            .map_err(|_| TransportError::Refused("要求を作成できません"))?;
        // A token changes nothing: whatever goes wrong here, the request itself was not sent.
        let answer = self
            .network
            .send(outgoing, TOKEN, MAX_TOKEN_BYTES)
            .await
            .map_err(|_| TransportError::NotSent("認可サーバーに接続できません"))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                return Err(TransportError::Refused("委任または署名鍵が受け付けられません"));
            }
            status => {
                return Err(match refusal(status, &answer) {
                    TransportError::Unknown(why) => TransportError::NotSent(why),
                    other => other,
                });
            }
        }
        let told: TokenAnswer = serde_json::from_slice(answer.body())
            .map_err(|_| TransportError::NotSent("認可サーバーの応答を解釈できません"))?;
        self.fits(&told)?;
        let life_s = told.expires_in.min(self.names.token_life_s);
        let life_ms = i64::try_from(life_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        let until = now.plus_ms(life_ms.saturating_sub(30_000).max(0));
        Ok(Token { text: Zeroizing::new(told.access_token), until })
    }

    /// A token is only used when it is this institution's and bound to this certificate.
    fn fits(&self, told: &TokenAnswer) -> Result<(), TransportError> {
        let plain = !told.access_token.is_empty() && told.access_token.bytes().all(|b| b.is_ascii_graphic());
        if !plain || !told.token_type.eq_ignore_ascii_case("bearer") {
            return Err(TransportError::Refused("認可サーバーの応答を使えません"));
        }
        if told.medical_institution_code != self.grant.institution {
            return Err(TransportError::Refused("トークンの医療機関コードが一致しません"));
        }
        if let Some(own) = &self.grant.certificate_sha256 {
            let bound = told.cnf.as_ref().map(|cnf| cnf.thumbprint.as_str());
            if bound != Some(URL_SAFE_NO_PAD.encode(own).as_str()) {
                return Err(TransportError::Refused("トークンが証明書に結び付いていません"));
            }
        }
        Ok(())
    }

    fn assertion(&self, endpoint: &str, now: Timestamp, file_id: &str) -> Result<String, TransportError> {
        let number = self.assertions.fetch_add(1, Ordering::Relaxed);
        let unique = format!("{}\n{file_id}\n{}\n{number}", self.grant.institution, now.as_micros());
        let iat = now.as_millis() / 1000;
        let life_s = i64::try_from(self.names.assertion_life_s).unwrap_or(60);
        let claims = Assertion {
            iss: self.grant.client.clone(),
            sub: self.grant.client.clone(),
            aud: endpoint.to_owned(),
            jti: sha256(unique.as_bytes()).to_hex(),
            iat,
            exp: iat.saturating_add(life_s),
            medical_institution_code: self.grant.institution.clone(),
            grant: self.grant.grant.clone(),
        };
        claims.sign(&self.key).ok_or(TransportError::Refused("署名鍵を使えません"))
    }
}

impl Transport for CloudLink {
    fn exchange<'t>(&'t self, call: Call<'t>) -> BoxFuture<'t, Result<Bytes, TransportError>> {
        Box::pin(self.run(call))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn claims() -> Assertion {
        Assertion {
            iss: "karute".into(),
            sub: "karute".into(),
            aud: "https://gateway.example/oauth2/token".into(),
            jti: "1".into(),
            iat: 1,
            exp: 61,
            medical_institution_code: "1311234566".into(),
            grant: "g-1".into(),
        }
    }

    #[test]
    fn an_assertion_is_read_with_its_key_alone_and_in_one_form() {
        let key = CloudKey::from_pkcs8(&CloudKey::generate().unwrap()).unwrap();
        let other = CloudKey::from_pkcs8(&CloudKey::generate().unwrap()).unwrap();
        let text = claims().sign(&key).unwrap();
        assert_eq!(Assertion::verified(&text, &key.public()), Ok(claims()));
        assert_eq!(Assertion::verified(&text, &other.public()), Err(AssertionError));
        // Nobody chooses another algorithm, changes a claim or leaves the signature away.
        let (_, rest) = text.split_once('.').unwrap();
        let none = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#));
        let claims =
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Assertion { grant: "g-2".into(), ..claims() }).unwrap());
        let mut parts: Vec<&str> = text.split('.').collect();
        parts[1] = &claims;
        for bad in [none, parts.join("."), format!("{}.{}.", parts[0], parts[1]), "a.b".into(), String::new()] {
            assert_eq!(Assertion::verified(&bad, &key.public()), Err(AssertionError), "{bad}");
        }
        assert!(CloudKey::from_pkcs8(b"no key").is_none());
    }
}
