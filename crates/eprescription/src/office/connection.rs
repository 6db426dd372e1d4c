//! The setting of one institution: whether and how it reaches the service.
use crate::flow::Form;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Space of the connector's settings.
const SPACE: &str = "eprescription";
const CONNECTION: &str = "connection";

/// How the service is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Way {
    /// The folders of the terminal (資格確認端末).
    Folder {
        /// Where requests are put.
        requests: PathBuf,
        /// Where results appear.
        results: PathBuf,
    },
    /// The Web API.
    WebApi {
        /// Address before the paths of the profile.
        base: String,
        /// User.
        user: String,
        /// Password, sealed under the installation's key.
        password: String,
        /// Roots that are trusted (PEM); needed for https.
        trust: Option<PathBuf>,
        /// The institution's certificate and its key (PEM), where the service asks for one.
        certificate: Option<(PathBuf, PathBuf)>,
    },
}

/// How an institution issues electronic prescriptions. An institution without this setting does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// How the service is reached.
    pub way: Way,
    /// It is the simulated service: assumed entries of the profile are permitted, and screens say so.
    pub sandbox: bool,
    /// 発行形態 where nothing is known of the patient's wish.
    pub form: Form,
}

/// The setting; `None` where the institution does not use the service.
///
/// # Errors
/// When the ledger cannot be read, or what is kept is damaged.
pub async fn connection(access: &Access) -> Result<Option<Connection>, LedgerError> {
    match access.doc(SPACE, CONNECTION).await? {
        Some(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| LedgerError::Integrity("the connection to the prescription service is damaged".to_owned())),
        None => Ok(None),
    }
}

/// Keeps the setting, or ends the use of the service.
///
/// # Errors
/// When it cannot be written.
pub async fn set_connection(access: &Access, wanted: Option<&Connection>) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some(
        match wanted.map(|connection| &connection.way) {
            None => "電子処方箋の接続設定: 使わない",
            Some(Way::Folder { .. }) => "電子処方箋の接続設定: フォルダー連携",
            Some(Way::WebApi { .. }) => "電子処方箋の接続設定: Web API",
        }
        .to_owned(),
    );
    commit.docs.push(match wanted {
        None => Doc::Delete { space: SPACE, key: CONNECTION.to_owned() },
        Some(connection) => Doc::Put {
            space: SPACE,
            key: CONNECTION.to_owned(),
            value: serde_json::to_string(connection)
                .map_err(|_| LedgerError::Integrity("the connection cannot be written".to_owned()))?,
            expires: None,
        },
    });
    access.commit(commit).await.map(drop)
}
