//! The setting of one institution: whether and how it reaches the service.
use crate::flow::Form;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};
use karute_transport::way::Way;
use serde::{Deserialize, Serialize};

/// Space of the connector's settings.
const SPACE: &str = "eprescription";
const CONNECTION: &str = "connection";

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
    let how = wanted.map_or("使わない", |connection| connection.way.words());
    commit.detail = Some(format!("電子処方箋の接続設定: {how}"));
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
