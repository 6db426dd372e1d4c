//! Transport through the folders of the terminal (transport digest section 3), by way of the relay.
use crate::relay::{Command, Event, MAX_FILE_BYTES, Relay, RelayError, Waiting};
use crate::{Call, Pace, Transport, TransportError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use std::sync::Arc;

/// Requests as files; the terminal's link software picks them up and leaves the results.
pub struct FolderTransport {
    relay: Arc<dyn Relay>,
    pace: Pace,
}

impl FolderTransport {
    /// Over this relay.
    pub fn new(relay: Arc<dyn Relay>, pace: Pace) -> FolderTransport {
        let poll = pace.poll.max(std::time::Duration::from_millis(1));
        FolderTransport { relay, pace: Pace { poll, ..pace } }
    }

    async fn run(&self, request: Call<'_>) -> Result<Bytes, TransportError> {
        if request.body.len() > MAX_FILE_BYTES {
            return Err(TransportError::Refused("要求が大きすぎます"));
        }
        let name = request_name(&request);
        let result = name.replacen("req_", "res_", 1);
        let put = Command::PutRequest { file_name: name.clone(), base64: STANDARD.encode(request.body) };
        match self.relay.call(put).await {
            Ok(_) => {}
            Err(RelayError::Lost) => return self.take_back(&name, "中継プログラムの応答なし").await,
            Err(RelayError::Unreachable) => return Err(TransportError::NotSent("中継プログラムに接続できません")),
            Err(RelayError::Folder) => return Err(TransportError::NotSent("端末のフォルダーを利用できません")),
            Err(RelayError::Refused | RelayError::Conflict) => {
                return Err(TransportError::Refused("中継プログラムが受け付けません"));
            }
        }
        let began = tokio::time::Instant::now();
        loop {
            tokio::time::sleep(self.pace.poll).await;
            let waited = began.elapsed();
            let mut standing = None;
            let list = Command::List { file_names: vec![name.clone()] };
            for event in self.relay.call(list).await.unwrap_or_default() {
                match event {
                    Event::FileSeen { file_name, base64, sha256: digest } if file_name == result => {
                        let bytes = STANDARD.decode(base64).unwrap_or_default();
                        // What was damaged on its way is fetched again.
                        if sha256(&bytes).to_hex() == digest {
                            let ack = Command::Ack { file_name, sha256: digest };
                            // It stays in the folder when this is lost; the terminal sweeps it (digest 2).
                            let _ = self.relay.call(ack).await;
                            return Ok(Bytes::from(bytes));
                        }
                    }
                    Event::ErrSeen { .. } => return Err(TransportError::Refused("端末が要求を拒否しました")),
                    Event::Standing { file_name, state } if file_name == name => standing = Some(state),
                    _ => {}
                }
            }
            if waited >= self.pace.pickup && standing == Some(Waiting::InRequests) {
                return self.take_back(&name, "資格確認端末が停止しています").await;
            }
            if waited >= request.patience {
                return self.take_back(&name, "応答待ちの時間切れ").await;
            }
        }
    }

    /// A request that can be taken back had no effect; one that cannot may have had.
    async fn take_back(&self, name: &str, why: &'static str) -> Result<Bytes, TransportError> {
        let cancel = Command::Cancel { file_name: name.to_owned() };
        let events = self.relay.call(cancel).await.unwrap_or_default();
        let back = events
            .iter()
            .any(|event| matches!(event, Event::Cancelled { file_name, taken_back: true } if file_name == name));
        Err(if back { TransportError::NotSent(why) } else { TransportError::Unknown(why) })
    }
}

/// `EPSsiPIR01req_<24 hexadecimal characters of the identifier's digest>.xml`: letters and digits alone.
fn request_name(request: &Call<'_>) -> String {
    let digest = sha256(format!("{}\n{}", request.institution, request.file_id).as_bytes()).to_hex();
    format!("{}_{}.xml", request.api, digest.get(..24).unwrap_or_default())
}

impl Transport for FolderTransport {
    fn exchange<'t>(&'t self, request: Call<'t>) -> BoxFuture<'t, Result<Bytes, TransportError>> {
        Box::pin(self.run(request))
    }
}
