//! What a demonstration remembers between starts: its secrets and how far its set-up came. Kept in `DIR/demo.json`,
//! readable by its owner only.
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// One person of the demonstration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoUser {
    pub role: String,
    pub login: String,
    pub password: String,
    /// Empty until the person exists.
    pub totp_secret: String,
}

/// One institution of the demonstration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoTenant {
    pub name: String,
    pub users: Vec<DemoUser>,
    /// Empty until it exists.
    pub token: String,
    /// When the token ends, microseconds since the epoch.
    pub token_expires: i64,
    /// The moment its synthetic clinic was made for, microseconds since the epoch; 0 before that.
    pub made: i64,
    /// Whether the synthetic clinic is complete.
    pub filled: bool,
    /// The day (in Japan) of which there is a reception list.
    pub day: String,
}

/// The whole file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoState {
    pub seed: u64,
    pub patients: u32,
    pub tenants: Vec<DemoTenant>,
    #[serde(skip)]
    path: PathBuf,
}

impl DemoState {
    /// Reads the file of a directory; `None` when there is none yet.
    pub(crate) fn load(dir: &Path) -> Result<Option<DemoState>, Problem> {
        let path = dir.join("demo.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Problem::new(format!("{} を読めません（{e}）。", path.display()))),
        };
        let mut state: DemoState = serde_json::from_str(&text).map_err(|e| {
            Problem::new(format!(
                "{} が壊れています（{e}）。別の --data を指定するか、ディレクトリごと消してやり直してください。",
                path.display()
            ))
        })?;
        state.path = path;
        Ok(Some(state))
    }

    /// A new demonstration.
    pub(crate) fn new(dir: &Path, seed: u64, patients: u32, tenants: Vec<DemoTenant>) -> DemoState {
        DemoState { seed, patients, tenants, path: dir.join("demo.json") }
    }

    /// Writes the file; whole or not at all.
    pub(crate) fn save(&self) -> Result<(), Problem> {
        let unwritable = |e: std::io::Error| Problem::new(format!("{} に書けません（{e}）。", self.path.display()));
        let text =
            serde_json::to_string_pretty(self).map_err(|e| Problem::new(format!("デモの状態を書けません（{e}）。")))?;
        let fresh = self.path.with_extension("json.new");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)
            .map_err(unwritable)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        std::fs::rename(&fresh, &self.path).map_err(unwritable)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn it_is_read_back_and_only_its_owner_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        assert!(DemoState::load(dir.path()).unwrap().is_none());
        let mut state = DemoState::new(dir.path(), 7, 20, Vec::new());
        state.save().unwrap();
        state.patients = 30;
        state.save().unwrap();
        let read = DemoState::load(dir.path()).unwrap().unwrap();
        assert_eq!((read.seed, read.patients), (7, 30));
        let mode = std::fs::metadata(dir.path().join("demo.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("demo.json"), "{").unwrap();
        assert!(DemoState::load(dir.path()).unwrap_err().message.contains("demo.json"));
    }
}
