//! The simulated world without a socket: what a connector dials in tests.
use crate::Sandbox;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use karute_transport::{Network, NetworkError};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tower::ServiceExt as _;

/// Carries each request to the world's own router. Nothing of the network is in between: deadlines pass by themselves.
pub struct InProcess(pub Sandbox);

impl Network for InProcess {
    fn send(
        &self,
        request: Request<Bytes>,
        _deadline: Duration,
        max_bytes: usize,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, NetworkError>> + Send + '_>> {
        let router = self.0.router();
        Box::pin(async move {
            let answer = router.oneshot(request.map(Body::from)).await.map_err(|_| NetworkError::Lost)?;
            let (parts, body) = answer.into_parts();
            let bytes = axum::body::to_bytes(body, max_bytes).await.map_err(|_| NetworkError::TooLarge)?;
            Ok(Response::from_parts(parts, bytes))
        })
    }
}
