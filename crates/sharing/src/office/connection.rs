//! The setting of one institution: whether and how it reaches the service, and what it sends by itself.
use crate::wire::envelope::Kind;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};
use karute_transport::way::Way;
use serde::{Deserialize, Serialize};

/// Space of the connector's settings.
const SPACE: &str = "sharing";
const CONNECTION: &str = "connection";

/// How an institution uses the service. An institution without this setting does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// How the service is reached: the folders of the terminal, the Web API, the link between clouds.
    pub way: Way,
    /// It is the simulated service: assumed entries of the profile are permitted, and screens say so.
    pub sandbox: bool,
    /// Information units that are sent by themselves as the record changes.
    pub units: Vec<Kind>,
}

/// The setting; `None` where the institution does not use the service.
///
/// # Errors
/// When the ledger cannot be read, or what is kept is damaged.
pub async fn connection(access: &Access) -> Result<Option<Connection>, LedgerError> {
    match access.doc(SPACE, CONNECTION).await? {
        Some(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| LedgerError::Integrity("the connection to the record sharing service is damaged".to_owned())),
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
    commit.detail = Some(format!("電子カルテ情報共有サービスの接続設定: {how}"));
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

const FOLDER: &str = "folder";

/// Whether another system keeps the institution's chart and feeds the connector by a folder: then information units are
/// what lies there, and what is received is laid out there.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn is_fed_by_folder(access: &Access) -> Result<bool, LedgerError> {
    Ok(access.doc(SPACE, FOLDER).await?.is_some())
}

/// Keeps that setting. A chart of ours and a folder do not go together: what one registers the other would replace.
///
/// # Errors
/// When it cannot be written.
pub async fn set_fed_by_folder(access: &Access, fed: bool) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    let how = if fed { "連携フォルダー" } else { "この製品のカルテ" };
    commit.detail = Some(format!("電子カルテ情報共有サービスに登録する記録: {how}"));
    commit.docs.push(if fed {
        Doc::Put { space: SPACE, key: FOLDER.to_owned(), value: "1".to_owned(), expires: None }
    } else {
        Doc::Delete { space: SPACE, key: FOLDER.to_owned() }
    });
    access.commit(commit).await.map(drop)
}
