//! A small HTTP client: keep-alive, JSON in and out, nothing hidden.
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// One server under measurement.
#[derive(Clone)]
pub(crate) struct Server {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
}

impl Server {
    pub(crate) fn new(base: &str) -> Server {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Server {
            client: Client::builder(TokioExecutor::new()).build(connector),
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// Sends a request and takes the whole answer.
    pub(crate) async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<(StatusCode, Bytes)> {
        let separator = if path.is_empty() { "" } else { "/" };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{separator}{path}", self.base))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/fhir+json")
            .header("accept", "application/fhir+json")
            .body(Full::new(Bytes::from(body)))?;
        let answer = self.client.request(request).await.context("the server does not answer")?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// A GET that must succeed.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Result<Bytes> {
        let (status, body) = self.send(token, Method::GET, path, String::new()).await?;
        if status != StatusCode::OK {
            bail!("GET answered {status}: {}", String::from_utf8_lossy(&body[..body.len().min(500)]));
        }
        Ok(body)
    }

    /// A GET of a link the server gave, which must lie below its base.
    pub(crate) async fn follow(&self, token: &str, link: &str) -> Result<Bytes> {
        let path = link.strip_prefix(&self.base).and_then(|rest| rest.strip_prefix('/'));
        self.get(token, path.context("a link leads elsewhere")?).await
    }

    /// A write that must succeed.
    pub(crate) async fn write(&self, token: &str, method: Method, path: &str, body: String) -> Result<Bytes> {
        let (status, answer) = self.send(token, method.clone(), path, body).await?;
        if !status.is_success() {
            bail!("{method} answered {status}: {}", String::from_utf8_lossy(&answer[..answer.len().min(500)]));
        }
        Ok(answer)
    }
}
