//! Signing in with the remote service: authorization code with PKCE (RFC 6749, RFC 7636), OpenID Connect Core 1.0
//! section 3.1. An attempt and a session are values that the caller seals and keeps, so any instance can go on.
use super::profile::RemoteProfile;
use super::{Http, HttpRequest, MAX_ANSWER_BYTES, SignError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use karute_crypto::{Entropy, Sealer, ct_eq, sha256, token};
use karute_japan::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// How a person proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginMethod {
    /// A registered smartphone with biometrics.
    Fido,
    /// マイナンバーカード with its four-digit PIN.
    Jpki,
    /// HPKI card.
    Hpki,
}

impl LoginMethod {
    /// As it is called on screens.
    pub const fn name(self) -> &'static str {
        match self {
            LoginMethod::Fido => "スマートフォン（生体認証）",
            LoginMethod::Jpki => "マイナンバーカード",
            LoginMethod::Hpki => "HPKIカード",
        }
    }
    fn client_id(self, profile: &RemoteProfile) -> &str {
        let ids = &profile.login.client_ids;
        match self {
            LoginMethod::Fido => &ids.fido,
            LoginMethod::Jpki => &ids.jpki,
            LoginMethod::Hpki => &ids.hpki,
        }
    }
}

/// How long a sign-in may take, in milliseconds.
const ATTEMPT_LIFE_MS: i64 = 10 * 60 * 1000;

/// A sign-in that has begun. Holds secrets: seal it before it is stored.
#[derive(Serialize, Deserialize)]
pub struct LoginAttempt {
    method: LoginMethod,
    state: String,
    nonce: String,
    verifier: String,
    begun_at: i64,
}

impl Drop for LoginAttempt {
    fn drop(&mut self) {
        self.state.zeroize();
        self.nonce.zeroize();
        self.verifier.zeroize();
    }
}

impl std::fmt::Debug for LoginAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginAttempt").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A session with the remote service. Holds its token: seal it before it is stored.
#[derive(Serialize, Deserialize)]
pub struct RemoteSession {
    token: String,
    ends_at: i64,
}

impl Drop for RemoteSession {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}

impl std::fmt::Debug for RemoteSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteSession").field("ends_at", &self.ends_at()).finish_non_exhaustive()
    }
}

fn seal(value: &impl Serialize, sealer: &Sealer, context: &str) -> String {
    let json = Zeroizing::new(serde_json::to_vec(value).unwrap_or_default());
    sealer.seal(&json, context)
}

fn open<T: for<'de> Deserialize<'de>>(sealed: &str, sealer: &Sealer, context: &str) -> Option<T> {
    let json = Zeroizing::new(sealer.open(sealed, context).ok()?);
    serde_json::from_slice(&json).ok()
}

impl LoginAttempt {
    /// Begins a sign-in: what to keep, and the address to send the browser to.
    pub fn begin(
        profile: &RemoteProfile,
        method: LoginMethod,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> (LoginAttempt, String) {
        let attempt = LoginAttempt {
            method,
            state: token(entropy),
            nonce: token(entropy),
            verifier: token(entropy),
            begun_at: now.as_micros(),
        };
        let challenge = URL_SAFE_NO_PAD.encode(sha256(attempt.verifier.as_bytes()).0);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", method.client_id(profile))
            .append_pair("redirect_uri", &profile.login.redirect_url)
            .append_pair("scope", &profile.login.scope)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("prompt", &profile.login.prompt)
            .finish();
        let url = format!("{}?{query}", profile.login.authorize_url);
        (attempt, url)
    }
    /// For storing; `context` binds it to the person who signs in.
    pub fn seal(&self, sealer: &Sealer, context: &str) -> String {
        seal(self, sealer, context)
    }
    /// What [`seal`](Self::seal) made.
    pub fn open(sealed: &str, sealer: &Sealer, context: &str) -> Option<LoginAttempt> {
        open(sealed, sealer, context)
    }
    /// Ends a sign-in with what the browser brought back.
    ///
    /// The identity token comes straight from the service, so its signature need not be checked (OpenID Connect Core
    /// section 3.1.3.7 item 6); its issuer, audience, nonce and life are.
    ///
    /// # Errors
    /// [`SignError::SignIn`] when anything does not fit.
    pub async fn finish(
        self,
        profile: &RemoteProfile,
        http: &dyn Http,
        state: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<RemoteSession, SignError> {
        let late = now.as_micros() > Timestamp::from_micros(self.begun_at).plus_ms(ATTEMPT_LIFE_MS).as_micros();
        if late || !ct_eq(state.as_bytes(), self.state.as_bytes()) || code.is_empty() || code.len() > 4096 {
            return Err(SignError::SignIn);
        }
        let client = self.method.client_id(profile);
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &profile.login.redirect_url)
            .append_pair("client_id", client)
            .append_pair("code_verifier", &self.verifier)
            .finish();
        let request = HttpRequest {
            url: profile.login.token_url.clone(),
            content_type: "application/x-www-form-urlencoded",
            bearer: None,
            body: Zeroizing::new(body.into_bytes()),
        };
        let answer = http.post(request).await.map_err(|_| SignError::Unreachable)?;
        if answer.status != 200 {
            return Err(if answer.status >= 500 { SignError::Unreachable } else { SignError::SignIn });
        }
        if answer.body.len() > MAX_ANSWER_BYTES {
            return Err(SignError::SignIn);
        }
        let tokens: Tokens = serde_json::from_slice(&answer.body).map_err(|_| SignError::SignIn)?;
        let claims = claims(&tokens.id_token).ok_or(SignError::SignIn)?;
        let seconds = now.as_millis() / 1000;
        if claims.iss != profile.login.issuer
            || !claims.aud.names(client)
            || !ct_eq(claims.nonce.as_bytes(), self.nonce.as_bytes())
            || claims.exp <= seconds
            || !tokens.token_type.eq_ignore_ascii_case("bearer")
        {
            return Err(SignError::SignIn);
        }
        let longest = i64::from(profile.session.longest_hours).saturating_mul(3600);
        let life = tokens.expires_in.clamp(0, longest).saturating_mul(1000);
        Ok(RemoteSession { token: tokens.access_token.clone(), ends_at: now.plus_ms(life).as_micros() })
    }
}

impl RemoteSession {
    /// When the session ends.
    pub fn ends_at(&self) -> Timestamp {
        Timestamp::from_micros(self.ends_at)
    }
    /// Whether it still serves.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }
    pub(super) fn token(&self) -> &str {
        &self.token
    }
    /// For storing; `context` binds it to the person who signed in.
    pub fn seal(&self, sealer: &Sealer, context: &str) -> String {
        seal(self, sealer, context)
    }
    /// What [`seal`](Self::seal) made.
    pub fn open(sealed: &str, sealer: &Sealer, context: &str) -> Option<RemoteSession> {
        open(sealed, sealer, context)
    }
}

/// The token endpoint's answer; wiped when dropped.
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    token_type: String,
    expires_in: i64,
    id_token: String,
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.access_token.zeroize();
        self.id_token.zeroize();
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    nonce: String,
    exp: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, client: &str) -> bool {
        match self {
            Audience::One(name) => name == client,
            Audience::Many(names) => names.iter().any(|name| name == client),
        }
    }
}

/// The claims of a token in compact form (RFC 7519), unverified.
fn claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
