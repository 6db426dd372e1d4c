//! The setting of one institution: whether and how it reaches the service.
use crate::flow::Form;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};
use karute_transport::way::Way;
use serde::{Deserialize, Serialize};

/// Space of the connector's settings.
const SPACE: &str = "eprescription";
const CONNECTION: &str = "connection";
const IN_HOUSE: &str = "in-house";

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

/// Whether the institution registers 院内処方: only where it is connected and said so.
///
/// # Errors
/// When the ledger cannot be read, or what is kept is damaged.
pub async fn registers_in_house(access: &Access) -> Result<bool, LedgerError> {
    Ok(access.doc(SPACE, IN_HOUSE).await?.is_some() && connection(access).await?.is_some())
}

/// Keeps whether 院内処方 is registered.
///
/// # Errors
/// When it cannot be written.
pub async fn set_in_house(access: &Access, wanted: bool) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    let how = if wanted { "登録する" } else { "登録しない" };
    commit.detail = Some(format!("院内処方を電子処方箋管理サービスに{how}"));
    let key = IN_HOUSE.to_owned();
    commit.docs.push(if wanted {
        Doc::Put { space: SPACE, key, value: "true".to_owned(), expires: None }
    } else {
        Doc::Delete { space: SPACE, key }
    });
    access.commit(commit).await.map(drop)
}
