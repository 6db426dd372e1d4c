//! One request on its way: what came in (`Call`) and on whose behalf (`Ctx`).
use crate::http::{negotiate::Format, prefer::Prefer, query};
use crate::outcome::Failure;
use crate::state::ApiState;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use karute_fhir::{Id, ResourceType};
use karute_identity::{Caller, Interaction};
use karute_ledger::{Access, Action, Reader};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Id of a request, put into the request's extensions by the executable (which also logs it); the API makes its own
/// when there is none. Every answer carries it as `x-request-id`, every audit event in its origin.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Address of the caller, put into the request's extensions by the executable, which knows the trusted proxies.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// The address under which the caller reached us.
#[derive(Clone, Debug)]
pub(crate) struct Base(Arc<str>);

impl Base {
    pub(crate) fn of(public_url: Option<&str>, headers: &HeaderMap) -> Base {
        if let Some(url) = public_url {
            return Base(format!("{}/fhir", url.trim_end_matches('/')).into());
        }
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).filter(|h| plausible_host(h));
        Base(format!("http://{}/fhir", host.unwrap_or("localhost")).into())
    }

    /// `https://host/fhir`
    pub(crate) fn fhir(&self) -> &str {
        &self.0
    }

    /// `https://host`
    pub(crate) fn root(&self) -> &str {
        self.0.strip_suffix("/fhir").unwrap_or(&self.0)
    }
}

fn plausible_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']' | b'_'))
}

/// What was taken out of the head of a request.
pub(crate) struct Parts {
    pub(crate) headers: HeaderMap,
    pub(crate) query: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) resource_type: Option<ResourceType>,
    pub(crate) id: Option<Id>,
    pub(crate) format: Format,
}

/// What came in.
pub(crate) struct Call {
    pub(crate) headers: HeaderMap,
    /// The query string as it was sent.
    pub(crate) query: String,
    /// Path parameters, decoded.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) resource_type: Option<ResourceType>,
    pub(crate) id: Option<Id>,
    pub(crate) format: Format,
    pub(crate) prefer: Prefer,
    /// Behind a lock only so that a call can be shared between threads while it is answered.
    body: Mutex<Body>,
}

impl Call {
    /// From the parts of a request.
    pub(crate) fn new(parts: Parts, body: Body) -> Call {
        let Parts { headers, query, params, resource_type, id, format } = parts;
        let prefer = Prefer::of(&headers);
        Call { headers, query, params, resource_type, id, format, prefer, body: Mutex::new(body) }
    }

    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// The type in the path.
    pub(crate) fn kind(&self) -> Result<ResourceType, Failure> {
        self.resource_type.ok_or_else(Failure::not_found)
    }

    /// The id in the path.
    pub(crate) fn id(&self) -> Result<Id, Failure> {
        self.id.clone().ok_or_else(Failure::not_found)
    }

    /// Decoded query parameters.
    pub(crate) fn pairs(&self) -> Result<Vec<(String, String)>, Failure> {
        query::pairs(&self.query)
    }

    /// The body; empty when it was taken before.
    pub(crate) fn take_body(&self) -> Body {
        std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The whole body within the server's limit.
    pub(crate) async fn bytes(&self, ctx: &Ctx) -> Result<Bytes, Failure> {
        let body = self.take_body();
        crate::http::body::read(&self.headers, body, ctx.state.inner.config.max_body_bytes).await
    }
}

/// On whose behalf.
#[derive(Clone)]
pub(crate) struct Ctx {
    pub(crate) state: ApiState,
    pub(crate) caller: Arc<Caller>,
    pub(crate) access: Access,
    pub(crate) base: Base,
}

impl Ctx {
    /// Whether the caller's scopes allow this.
    pub(crate) fn may(&self, resource_type: ResourceType, interaction: Interaction) -> bool {
        self.caller.allows(resource_type, interaction)
    }

    /// 403 unless the caller's scopes allow this.
    pub(crate) fn require(&self, resource_type: ResourceType, interaction: Interaction) -> Result<(), Failure> {
        if self.may(resource_type, interaction) {
            return Ok(());
        }
        let what = match interaction {
            Interaction::Create => "作成",
            Interaction::Read => "参照",
            Interaction::Update => "更新",
            Interaction::Delete => "削除",
            Interaction::Search => "検索",
        };
        Err(Failure::forbidden(format!(
            "このトークンには {resource_type} の{what}の権限がありません。必要なら管理者にスコープの追加を頼んでください。"
        )))
    }

    /// 403 unless the caller's scopes allow this on every type.
    pub(crate) fn require_all(&self, interaction: Interaction) -> Result<(), Failure> {
        if self.caller.scopes().is_some_and(|s| s.allows_all(interaction)) {
            return Ok(());
        }
        Err(Failure::forbidden("この操作には、すべての種類に対する権限 (system/*) を持つトークンが必要です。"))
    }

    /// A reading scope; see [`Access::reader`].
    pub(crate) fn reader(&self, action: Action) -> Reader {
        self.access.reader(action)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_comes_from_the_configuration_or_from_a_plausible_host() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(Base::of(None, &headers).fhir(), "http://127.0.0.1:8080/fhir");
        assert_eq!(Base::of(Some("https://karute.example/"), &headers).fhir(), "https://karute.example/fhir");
        headers.insert(header::HOST, "evil\"><script>".parse().unwrap());
        assert_eq!(Base::of(None, &headers).root(), "http://localhost");
    }
}
