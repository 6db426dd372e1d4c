//! Accepting connections: bounded in number, each with limits on how slowly and how much it may send, and a graceful
//! end for all of them.
use super::metrics::Metrics;
use super::stop;
use super::tls::Tls;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

/// Time for a request's head, and for an idle connection to send the next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Time for a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Requests in parallel on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// What to serve where.
pub(crate) struct Listen {
    pub listener: TcpListener,
    pub router: Router,
    pub tls: Option<Tls>,
    pub max_connections: usize,
    pub metrics: Arc<Metrics>,
}

impl Listen {
    /// Accepts until `stopped`, then lets what has begun finish for at most `grace`.
    pub(crate) async fn run(self, stopped: watch::Receiver<bool>, grace: Duration) {
        let graceful = GracefulShutdown::new();
        let slots = Arc::new(Semaphore::new(self.max_connections));
        let stop = stop::requested(stopped);
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or a connection that died before it was accepted.
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
                self.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let _ = stream.set_nodelay(true);
            let connection = Connection {
                stream,
                address,
                router: self.router.clone(),
                tls: self.tls.clone(),
                metrics: Arc::clone(&self.metrics),
                watcher: graceful.watcher(),
                _slot: slot,
            };
            tokio::spawn(connection.serve());
        }
        drop(self.listener);
        if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
    }
}

struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    tls: Option<Tls>,
    metrics: Arc<Metrics>,
    watcher: Watcher,
    _slot: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self) {
        self.metrics.connections.fetch_add(1, Ordering::Relaxed);
        let metrics = Arc::clone(&self.metrics);
        self.speak().await;
        metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn speak(self) {
        let Connection { stream, address, router, tls, metrics, watcher, _slot } = self;
        let Some(tls) = tls else {
            return http(TokioIo::new(stream), false, address, router, watcher).await;
        };
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => {
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                http(TokioIo::new(stream), http2, address, router, watcher).await;
            }
            Ok(Err(_)) | Err(_) => {
                metrics.handshakes_failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Speaks HTTP/2 when it was agreed on in the TLS handshake, HTTP/1.1 otherwise: no guessing from the first bytes, so
/// the time limit on the head covers a connection from its beginning.
async fn http<I>(io: I, http2: bool, address: SocketAddr, router: Router, watcher: Watcher)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES as u32)
        .keep_alive_interval(HEAD_TIMEOUT)
        .keep_alive_timeout(HEAD_TIMEOUT);
    let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request)
    });
    let connection = builder.serve_connection(io, service).into_owned();
    // An error is the other side's broken connection; the request, if there was one, is logged where it was served.
    let _ = watcher.watch(connection).await;
}
