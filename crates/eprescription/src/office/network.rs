//! The network of the connector as remote signing wants it: one POST, nothing followed.
use bytes::Bytes;
use karute_signing::signer::remote::{Http, HttpAnswer, HttpRequest, MAX_ANSWER_BYTES, NoAnswer, Posting as Sent};
use karute_transport::Network;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Longest wait while a person looks on.
const PATIENCE: Duration = Duration::from_secs(15);

/// Posts over a network.
pub(super) struct Posting(Arc<dyn Network>);

impl Posting {
    pub(super) fn over(network: Arc<dyn Network>) -> Posting {
        Posting(network)
    }
}

impl Http for Posting {
    fn post(&self, request: HttpRequest) -> Sent<'_> {
        let mut made = http::Request::post(&request.url).header(http::header::CONTENT_TYPE, request.content_type);
        if let Some(bearer) = &request.bearer {
            let value = http::HeaderValue::from_str(&format!("Bearer {}", bearer.as_str())).map(|mut value| {
                value.set_sensitive(true);
                value
            });
            if let Ok(value) = value {
                made = made.header(http::header::AUTHORIZATION, value);
            }
        }
        let made = made.body(Bytes::copy_from_slice(&request.body));
        Box::pin(async move {
            let answer = self.0.send(made.map_err(|_| NoAnswer)?, PATIENCE, MAX_ANSWER_BYTES).await;
            let answer = answer.map_err(|_| NoAnswer)?;
            let status = answer.status().as_u16();
            Ok(HttpAnswer { status, body: Zeroizing::new(answer.into_body().to_vec()) })
        })
    }
}
