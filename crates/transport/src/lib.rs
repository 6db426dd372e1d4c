//! What the national services (電子処方箋管理サービス, 電子カルテ情報共有サービス) have in common: the ways to reach
//! them, the frame of their messages, and wire profiles as data. Which functions there are, and what they mean, is each
//! connector's own.
//!
//! * [`Transport`]: one exchange, over the folders of the terminal ([`FolderTransport`], by way of a [`relay`]), the Web
//!   API ([`WebApi`]) or the link between clouds ([`CloudLink`]); [`way`] makes one of an institution's setting.
//! * [`message`]: `XmlMsg` with header and body; [`xml`]: reading XML within bounds.
//! * [`profile`]: items by their description, values with the note that they are assumed.
//!
//! Libraries: quick-xml reads (its events, within our bounds), encoding_rs tells what JIS X 0208 holds, hyper-util and
//! hyper-rustls are the network, aws-lc-rs signs the assertion of the cloud link (a JWT of one fixed form, for which a
//! JWT library would bring a second crypto provider).
//!
//! Source: the specification digests `onshi` (sections 3 to 5) and `clins-service` (section 16.2).

mod address;
mod cloud;
mod directory;
mod folder;
mod http;
pub mod message;
pub mod profile;
pub mod relay;
pub mod way;
mod webapi;
pub mod xml;

pub use self::http::{HttpNetwork, HttpNetworkError};
pub use address::AddressError;
pub use cloud::{Assertion, AssertionError, CloudKey, CloudLink, CloudNames, CloudPublicKey, Grant};
pub use directory::DirectoryRelay;
pub use folder::FolderTransport;
pub use webapi::{Credentials, WebApi, WebNames};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::time::Duration;

/// Why no answer came. Nothing in it tells what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// It certainly did not reach the service; it may be sent again.
    #[error("サービスに届きませんでした（{0}）。")]
    NotSent(&'static str),
    /// It may have had its effect, or may have it later: ask before sending again.
    #[error("サービスの応答を受け取れませんでした（{0}）。")]
    Unknown(&'static str),
    /// The service is not on duty; certainly without effect.
    #[error("サービスは停止中です。")]
    Maintenance {
        /// When it may be tried again, where the service says so, in seconds.
        retry_after_s: Option<u64>,
    },
    /// The service does not take calls from here as they are; a person must look.
    #[error("サービスへの接続が拒否されました（{0}）。")]
    Refused(&'static str),
}

/// One request as a transport needs to know it.
#[derive(Clone, Copy)]
pub struct Call<'c> {
    /// API識別ID of the request, `EPSsiPIR01req`.
    pub api: &'c str,
    /// 医療機関コード, 10 digits.
    pub institution: &'c str,
    /// `ArbitraryFileIdentifier`: by it the answer is known to be its answer.
    pub file_id: &'c str,
    /// The XML.
    pub body: &'c [u8],
    /// Longest wait for the answer.
    pub patience: Duration,
}

/// Brings a request to the service and its answer back.
pub trait Transport: Send + Sync + 'static {
    /// One exchange, within its own time limit.
    fn exchange<'t>(&'t self, call: Call<'t>) -> BoxFuture<'t, Result<Bytes, TransportError>>;
}

/// Times and bounds of exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two looks for an answer.
    pub poll: Duration,
    /// After this a request that nobody picked up is taken back.
    pub pickup: Duration,
    /// Largest answer, in bytes.
    pub max_answer_bytes: usize,
}

/// Why no answer came over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// No connection was made: certainly nothing was received.
    #[error("no connection")]
    Unreachable,
    /// The connection broke or time ran out after it was made.
    #[error("the answer was lost")]
    Lost,
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
}

/// The network, as an argument.
pub trait Network: Send + Sync + 'static {
    /// Sends a request and takes the whole answer, at most `max_bytes` of it, within `deadline`.
    fn send(
        &self,
        request: ::http::Request<Bytes>,
        deadline: Duration,
        max_bytes: usize,
    ) -> BoxFuture<'_, Result<::http::Response<Bytes>, NetworkError>>;
}
