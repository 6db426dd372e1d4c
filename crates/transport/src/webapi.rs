//! Transport by the Web API (transport digest section 4; its paths and headers are assumptions of the profile).
use crate::address::{AddressError, address};
use crate::{Call, Network, NetworkError, Pace, Transport, TransportError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{Method, StatusCode};
use karute_japan::{Clock, Timestamp};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How an institution signs in.
#[derive(Clone)]
pub struct Credentials {
    /// 医療機関コード
    pub institution: String,
    /// User.
    pub user: String,
    /// Password; wiped when dropped.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Paths and names of the Web API, as a profile has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebNames {
    /// Path of the login.
    pub login_path: String,
    /// Path before the API id.
    pub call_path: String,
    /// Header that repeats `ArbitraryFileIdentifier`.
    pub correlation_header: String,
    /// How long a token is used, in seconds.
    pub token_life_s: u64,
}

/// How long signing in may take.
const SIGN_IN: Duration = Duration::from_mins(1);

/// The Web API.
pub struct WebApi {
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    names: WebNames,
    pace: Pace,
    base: String,
    credentials: Credentials,
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Token {
    id: Zeroizing<String>,
    until: Timestamp,
}

#[derive(Deserialize)]
struct LoginAnswer {
    status: String,
    result: Option<LoginResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginResult {
    #[serde(deserialize_with = "secret")]
    id_token: Zeroizing<String>,
}

/// A text that is wiped when dropped.
fn secret<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(from).map(Zeroizing::new)
}

/// The longest token that is taken.
const MAX_TOKEN_BYTES: usize = 16 << 10;

impl WebApi {
    /// `base` is the address before the paths of `names`.
    ///
    /// # Errors
    /// When the address is neither https nor this machine's own.
    pub fn new(
        network: Arc<dyn Network>,
        clock: Arc<dyn Clock>,
        names: WebNames,
        pace: Pace,
        base: &str,
        credentials: Credentials,
    ) -> Result<WebApi, AddressError> {
        let base = address(base).ok_or(AddressError)?;
        Ok(WebApi { network, clock, names, pace, base, credentials, token: tokio::sync::Mutex::new(None) })
    }

    async fn run(&self, request: Call<'_>) -> Result<Bytes, TransportError> {
        // A token that ended at the service earlier than told is replaced once.
        for renewed in [false, true] {
            let token = self.token(renewed).await?;
            let answer = self.call(request, &token).await?;
            match answer.status() {
                StatusCode::OK => return Ok(answer.into_body()),
                StatusCode::UNAUTHORIZED if !renewed => {}
                status => return Err(refusal(status, &answer)),
            }
        }
        Err(TransportError::Refused("サインインが受け付けられません"))
    }

    async fn call(&self, request: Call<'_>, token: &str) -> Result<http::Response<Bytes>, TransportError> {
        let outgoing = http::Request::builder()
            .method(Method::POST)
            .uri(format!("{}{}{}", self.base, self.names.call_path, request.api))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/xml; charset=utf-8")
            .header(self.names.correlation_header.as_str(), request.file_id)
            .body(Bytes::copy_from_slice(request.body))
            .map_err(|_| TransportError::Refused("要求を作成できません"))?;
        self.network.send(outgoing, request.patience, self.pace.max_answer_bytes).await.map_err(|error| match error {
            NetworkError::Unreachable => TransportError::NotSent("接続できません"),
            NetworkError::Lost => TransportError::Unknown("通信が途切れました"),
            NetworkError::TooLarge => TransportError::Unknown("応答が大きすぎます"),
        })
    }

    /// The token in use, or a new one. One sign-in at a time.
    async fn token(&self, renew: bool) -> Result<Zeroizing<String>, TransportError> {
        let mut held = self.token.lock().await;
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|token| !renew && token.until > now) {
            return Ok(token.id.clone());
        }
        *held = None;
        let id = self.sign_in().await?;
        let life_ms = i64::try_from(self.names.token_life_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        // A little earlier than it ends, so that it does not end on its way.
        *held = Some(Token { id: id.clone(), until: now.plus_ms(life_ms.saturating_sub(30_000).max(0)) });
        Ok(id)
    }

    async fn sign_in(&self) -> Result<Zeroizing<String>, TransportError> {
        let credentials = &self.credentials;
        let body = Zeroizing::new(
            serde_json::json!({
                "medicalInstitutionCode": credentials.institution,
                "userId": credentials.user,
                "password": credentials.password.as_str(),
            })
            .to_string(),
        );
        let outgoing = http::Request::builder()
            .method(Method::POST)
            .uri(format!("{}{}", self.base, self.names.login_path))
            .header(CONTENT_TYPE, "application/json")
            .body(Bytes::from(body.as_bytes().to_vec()))
            .map_err(|_| TransportError::Refused("要求を作成できません"))?;
        // Signing in changes nothing: whatever goes wrong here, the request itself was not sent.
        let answer = self
            .network
            .send(outgoing, SIGN_IN, MAX_TOKEN_BYTES)
            .await
            .map_err(|_| TransportError::NotSent("サインインできません"))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(TransportError::Refused("サインインが受け付けられません")),
            status => {
                return Err(match refusal(status, &answer) {
                    TransportError::Unknown(why) => TransportError::NotSent(why),
                    other => other,
                });
            }
        }
        let answer: LoginAnswer = serde_json::from_slice(answer.body())
            .map_err(|_| TransportError::NotSent("サインインの応答を解釈できません"))?;
        let token = answer.result.filter(|_| answer.status == "1" || answer.status.eq_ignore_ascii_case("ok"));
        let token = token.map(|result| result.id_token);
        token
            .filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or(TransportError::Refused("サインインが受け付けられません"))
    }
}

/// What a status other than 200 says about the request's effect.
pub(crate) fn refusal(status: StatusCode, answer: &http::Response<Bytes>) -> TransportError {
    let retry_after_s =
        answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    match status {
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            TransportError::Maintenance { retry_after_s }
        }
        StatusCode::UNAUTHORIZED => TransportError::Refused("サインインが受け付けられません"),
        StatusCode::FORBIDDEN => TransportError::Refused("証明書または医療機関コードが一致しません"),
        StatusCode::PAYLOAD_TOO_LARGE => TransportError::Refused("要求が大きすぎます"),
        status if status.is_client_error() => TransportError::Refused("要求が受け付けられません"),
        _ => TransportError::Unknown("サービスの内部エラー"),
    }
}

impl Transport for WebApi {
    fn exchange<'t>(&'t self, request: Call<'t>) -> BoxFuture<'t, Result<Bytes, TransportError>> {
        Box::pin(self.run(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_there_may_be_an_effect() {
        let answer =
            |status: u16| http::Response::builder().status(status).header("retry-after", "90").body(Bytes::new());
        for (status, expected) in [
            (500, TransportError::Unknown("サービスの内部エラー")),
            (504, TransportError::Unknown("サービスの内部エラー")),
            (503, TransportError::Maintenance { retry_after_s: Some(90) }),
            (429, TransportError::Maintenance { retry_after_s: Some(90) }),
            (403, TransportError::Refused("証明書または医療機関コードが一致しません")),
            (413, TransportError::Refused("要求が大きすぎます")),
            (400, TransportError::Refused("要求が受け付けられません")),
        ] {
            let Ok(made) = answer(status) else { panic!("{status}") };
            assert_eq!(refusal(made.status(), &made), expected, "{status}");
        }
    }
}
