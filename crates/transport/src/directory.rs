//! The agent's side of the relay on two directories: what the in-clinic relay does with the terminal's folders.
use crate::relay::{Command, Event, MAX_FILE_BYTES, Names, Relay, RelayError, Waiting};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use std::io::ErrorKind;
use std::path::PathBuf;
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

/// Most names of one list.
const MAX_NAMES: usize = 1_000;

/// The folders `req` and `res`, named by configuration and never derived (transport digest 3.1).
#[derive(Clone, Debug)]
pub struct DirectoryRelay {
    requests: PathBuf,
    results: PathBuf,
    names: Names,
}

impl DirectoryRelay {
    /// Works on these two folders; only files with these names pass.
    pub fn new(requests: PathBuf, results: PathBuf, names: Names) -> DirectoryRelay {
        DirectoryRelay { requests, results, names }
    }

    async fn run(&self, command: Command) -> Result<Vec<Event>, RelayError> {
        match command {
            Command::PutRequest { file_name, base64 } => self.put(file_name, &base64).await.map(|event| vec![event]),
            Command::Cancel { file_name } => self.cancel(file_name).await.map(|event| vec![event]),
            Command::List { file_names } => self.list(file_names).await,
            Command::Ack { file_name, sha256 } => self.ack(file_name, &sha256).await.map(|event| vec![event]),
        }
    }

    /// Written under another name, flushed, then moved: the terminal never sees half a request.
    async fn put(&self, file_name: String, base64: &str) -> Result<Event, RelayError> {
        if !self.names.is_request(&file_name) || base64.len() > MAX_FILE_BYTES.div_ceil(3) * 4 {
            return Err(RelayError::Refused);
        }
        let bytes = STANDARD.decode(base64).map_err(|_| RelayError::Refused)?;
        let place = self.requests.join(&file_name);
        match fs::read(&place).await {
            Ok(there) if there == bytes => return Ok(Event::Put { file_name }),
            Ok(_) => return Err(RelayError::Conflict),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => return Err(RelayError::Folder),
        }
        let aside = self.requests.join(format!("{file_name}.tmp"));
        let written = async {
            let mut file = fs::File::create(&aside).await?;
            file.write_all(&bytes).await?;
            file.sync_all().await?;
            drop(file);
            fs::rename(&aside, &place).await
        };
        if written.await.is_err() {
            // Whatever is left under the other name is never picked up.
            let _ = fs::remove_file(&aside).await;
            return Err(RelayError::Folder);
        }
        Ok(Event::Put { file_name })
    }

    async fn cancel(&self, file_name: String) -> Result<Event, RelayError> {
        if !self.names.is_request(&file_name) {
            return Err(RelayError::Refused);
        }
        match fs::remove_file(self.requests.join(&file_name)).await {
            Ok(()) => Ok(Event::Cancelled { file_name, taken_back: true }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Event::Cancelled { file_name, taken_back: false }),
            Err(_) => Err(RelayError::Folder),
        }
    }

    async fn list(&self, file_names: Vec<String>) -> Result<Vec<Event>, RelayError> {
        if file_names.len() > MAX_NAMES || !file_names.iter().all(|name| self.names.is_request(name)) {
            return Err(RelayError::Refused);
        }
        let mut events = Vec::with_capacity(file_names.len());
        for file_name in file_names {
            events.push(self.look(file_name).await?);
        }
        Ok(events)
    }

    async fn look(&self, file_name: String) -> Result<Event, RelayError> {
        let result = file_name.replacen("req_", "res_", 1);
        if let Some(bytes) = self.complete(&result).await? {
            let digest = sha256(&bytes).to_hex();
            return Ok(Event::FileSeen { file_name: result, sha256: digest, base64: STANDARD.encode(&bytes) });
        }
        for name in [&file_name, &result] {
            let rejected = format!("{}.err", name.trim_end_matches(".xml"));
            if fs::try_exists(self.results.join(&rejected)).await.map_err(|_| RelayError::Folder)? {
                return Ok(Event::ErrSeen { file_name: rejected });
            }
        }
        let waiting = fs::try_exists(self.requests.join(&file_name)).await.map_err(|_| RelayError::Folder)?;
        let state = if waiting { Waiting::InRequests } else { Waiting::PickedUp };
        Ok(Event::Standing { file_name, state })
    }

    /// A result that is there and whole: a file may be visible before it is complete, so one that does not end with
    /// the end of its root waits for the next look (transport digest 3.4).
    async fn complete(&self, name: &str) -> Result<Option<Vec<u8>>, RelayError> {
        let place = self.results.join(name);
        let size = match fs::metadata(&place).await {
            Ok(found) => found.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(RelayError::Folder),
        };
        if size > MAX_FILE_BYTES as u64 {
            return Err(RelayError::Refused);
        }
        // Another system may watch the same folder and be quicker.
        let Ok(bytes) = fs::read(&place).await else { return Ok(None) };
        // One that never becomes whole ends with the caller's time limit.
        Ok(bytes.trim_ascii_end().ends_with(b"</XmlMsg>").then_some(bytes))
    }

    async fn ack(&self, file_name: String, digest: &str) -> Result<Event, RelayError> {
        if !self.names.is_result(&file_name) {
            return Err(RelayError::Refused);
        }
        let place = self.results.join(&file_name);
        match fs::read(&place).await {
            Ok(bytes) if sha256(&bytes).to_hex() == digest => {
                fs::remove_file(&place).await.map_err(|_| RelayError::Folder)?;
                Ok(Event::Acked { file_name })
            }
            Ok(_) => Err(RelayError::Conflict),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Event::Acked { file_name }),
            Err(_) => Err(RelayError::Folder),
        }
    }
}

impl Relay for DirectoryRelay {
    fn call(&self, command: Command) -> BoxFuture<'_, Result<Vec<Event>, RelayError>> {
        Box::pin(self.run(command))
    }
}
