//! The relay's format: what the cloud side and the in-clinic agent say to each other about the folders of the
//! terminal (transport digest 3.2, 3.3, 3.7). The agent refuses every other name, kind and size.
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The largest file that passes, in bytes.
pub const MAX_FILE_BYTES: usize = 10 << 20;

/// From the cloud to the agent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Write a request, complete or not at all.
    PutRequest {
        /// Name in `req`.
        file_name: String,
        /// Content, Base64.
        base64: String,
    },
    /// Take a request back that the terminal has not picked up.
    Cancel {
        /// Name in `req`.
        file_name: String,
    },
    /// What has become of these requests?
    List {
        /// Names in `req`; results are looked for under the names that belong to them.
        file_names: Vec<String>,
    },
    /// The result is kept in the cloud; the agent may delete it.
    Ack {
        /// Name in `res`.
        file_name: String,
        /// SHA-256 of what was received, hexadecimal.
        sha256: String,
    },
}

/// From the agent to the cloud.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The request was written.
    Put {
        /// Name in `req`.
        file_name: String,
    },
    /// Whether a request could be taken back.
    Cancelled {
        /// Name in `req`.
        file_name: String,
        /// It was still there and is gone now: it had no effect and will have none.
        taken_back: bool,
    },
    /// A complete result.
    FileSeen {
        /// Name in `res`.
        file_name: String,
        /// SHA-256, hexadecimal.
        sha256: String,
        /// Content, Base64.
        base64: String,
    },
    /// The terminal rejected the request.
    ErrSeen {
        /// Name in `res`.
        file_name: String,
    },
    /// Where a request stands.
    Standing {
        /// Name in `req`.
        file_name: String,
        /// State.
        state: Waiting,
    },
    /// The agent deleted a result.
    Acked {
        /// Name in `res`.
        file_name: String,
    },
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// Still in `req`: the terminal has not picked it up.
    InRequests,
    /// Picked up, no result yet.
    PickedUp,
}

/// Content may be a patient's.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Command::PutRequest { .. } => "PutRequest",
            Command::Cancel { .. } => "Cancel",
            Command::List { .. } => "List",
            Command::Ack { .. } => "Ack",
        })
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Event::Put { .. } => "Put",
            Event::Cancelled { .. } => "Cancelled",
            Event::FileSeen { .. } => "FileSeen",
            Event::ErrSeen { .. } => "ErrSeen",
            Event::Standing { .. } => "Standing",
            Event::Acked { .. } => "Acked",
        })
    }
}

/// Why the agent did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// The agent cannot be reached: nothing was done.
    #[error("院内の中継プログラムに接続できません。")]
    Unreachable,
    /// The agent was reached, its answer was lost: it may be done.
    #[error("院内の中継プログラムの応答がありません。")]
    Lost,
    /// A name, kind or size that may not pass.
    #[error("中継できないファイルです。")]
    Refused,
    /// There is a file of this name with another content.
    #[error("同じ名前で内容の異なるファイルがあります。")]
    Conflict,
    /// The terminal's folders cannot be read or written.
    #[error("資格確認端末のフォルダーを利用できません。")]
    Folder,
}

/// The way to the agent.
pub trait Relay: Send + Sync + 'static {
    /// One command and what it brings.
    fn call(&self, command: Command) -> BoxFuture<'_, Result<Vec<Event>, RelayError>>;
}

/// Which names may pass: API識別ID that begin so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names(pub &'static [&'static str]);

impl Names {
    /// Whether a name is one of a request (transport digest 3.2): `EPSsiPIR01req_….xml`.
    pub fn is_request(self, name: &str) -> bool {
        self.parts(name).is_some_and(|(direction, extension)| direction == "req" && extension == "xml")
    }

    /// Whether a name is one of a result: `EPSsiPIR01res_….xml`, or `.err` under either name.
    pub fn is_result(self, name: &str) -> bool {
        self.parts(name)
            .is_some_and(|(direction, extension)| extension == "err" || (direction == "res" && extension == "xml"))
    }

    /// `req` or `res`, and the extension, of a name that may pass at all.
    fn parts(self, name: &str) -> Option<(&str, &str)> {
        let (head, rest) = name.split_at_checked(13)?;
        let (id, direction) = head.split_at_checked(10)?;
        let (service, digits) = id.split_at_checked(8)?;
        let known = self.0.iter().any(|begin| id.starts_with(begin))
            && service.bytes().all(|b| b.is_ascii_alphabetic())
            && digits.bytes().all(|b| b.is_ascii_digit());
        let (free, extension) = rest.strip_prefix('_')?.rsplit_once('.')?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let fits = known
            && matches!(direction, "req" | "res")
            && (1..=64).contains(&free.len())
            && free.bytes().all(plain)
            && matches!(extension, "xml" | "err");
        fits.then_some((direction, extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_service_pass() {
        let names = Names(&["EPSsi", "EPSmu"]);
        for (name, request, result) in [
            ("EPSsiPIR01req_202606150001.xml", true, false),
            ("EPSsiPIR01res_202606150001.xml", false, true),
            ("EPSsiPIR01req_202606150001.err", false, true),
            ("EPSsiPIR01res_202606150001.err", false, true),
            ("EPSsiPIR01req_../../x.xml", false, false),
            ("../EPSsiPIR01req_1.xml", false, false),
            ("EPSsiPIR01req_.xml", false, false),
            ("EPSsiPIR01req_1.pdf", false, false),
            ("OQSsiquc01req_1.xml", false, false),
            ("EPSsiPIR01req_1", false, false),
            ("EPSsiPIR01req_処方.xml", false, false),
            ("", false, false),
        ] {
            assert_eq!((names.is_request(name), names.is_result(name)), (request, result), "{name}");
        }
        assert!(!names.is_request(&format!("EPSsiPIR01req_{}.xml", "1".repeat(65))));
        assert!(Names(&["CISsi", "OQSsicis"]).is_request("OQSsicis01req_1.xml"));
    }
}
