//! The network in earnest: HTTP/1.1 over TLS with the institution's certificate.
//!
//! hyper-util's client with hyper-rustls: both stand on what the server side of the product uses already; reqwest would
//! bring redirects, cookies and proxies that a call of this service must not have.
use crate::{Network, NetworkError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Certificates or keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("TLS: {0}")]
pub struct HttpNetworkError(#[from] rustls::Error);

/// The network.
pub struct HttpNetwork {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl HttpNetwork {
    /// Trusts these roots and no others; shows the institution's certificate (mutual TLS) where one is given.
    ///
    /// # Errors
    /// When a root or the own certificate cannot be used.
    pub fn new(
        roots: Vec<CertificateDer<'static>>,
        own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    ) -> Result<HttpNetwork, HttpNetworkError> {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store);
        let config = match own {
            Some((chain, key)) => config.with_client_auth_cert(chain, key)?,
            None => config.with_no_client_auth(),
        };
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(config)
            // Plain HTTP is the sandbox's; `WebApi` refuses it for other machines.
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Ok(HttpNetwork { client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    async fn run(
        &self,
        request: ::http::Request<Bytes>,
        deadline: Duration,
        max_bytes: usize,
    ) -> Result<::http::Response<Bytes>, NetworkError> {
        let exchange = async {
            let sent = self.client.request(request.map(Full::new)).await;
            let answer =
                sent.map_err(|error| if error.is_connect() { NetworkError::Unreachable } else { NetworkError::Lost })?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, max_bytes).collect().await.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() { NetworkError::TooLarge } else { NetworkError::Lost }
            })?;
            Ok(::http::Response::from_parts(parts, body.to_bytes()))
        };
        tokio::time::timeout(deadline, exchange).await.unwrap_or(Err(NetworkError::Lost))
    }
}

impl Network for HttpNetwork {
    fn send(
        &self,
        request: ::http::Request<Bytes>,
        deadline: Duration,
        max_bytes: usize,
    ) -> BoxFuture<'_, Result<::http::Response<Bytes>, NetworkError>> {
        Box::pin(self.run(request, deadline, max_bytes))
    }
}
