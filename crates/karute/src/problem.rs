//! Why a command could not do what was asked, in one line for the operator, and the exit code that goes with it.
use karute_identity::IdentityError;
use karute_ledger::LedgerError;

/// A failure of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What, why, what to do: one line.
    pub message: String,
    /// 1: could not be done; 2: unusable arguments.
    pub code: u8,
}

impl Problem {
    /// Could not be done.
    pub(crate) fn new(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), code: 1 }
    }
    /// Unusable arguments.
    pub(crate) fn usage(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), code: 2 }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Problem {
        let message = match &error {
            LedgerError::Storage(text) => {
                format!(
                    "データベースを使えません（{text}）。接続先を確かめ、構造が古ければ karute migrate を実行してください。"
                )
            }
            LedgerError::Integrity(text) => {
                format!(
                    "記録に矛盾があります（{text}）。karute verify で場所を確かめ、バックアップを保全してください。"
                )
            }
            LedgerError::Suspended => {
                "この施設は利用を停止しています。karute tenant resume で再開できます。".to_owned()
            }
            LedgerError::Exists => "同じ名前のものが既にあります。".to_owned(),
            LedgerError::NotFound => "見つかりません。名前を確かめてください。".to_owned(),
            other => format!("記録の処理に失敗しました（{other}）。"),
        };
        Problem::new(message)
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Problem {
        match error {
            IdentityError::Ledger(e) => e.into(),
            other => Problem::new(other.to_string()),
        }
    }
}

impl From<karute_synthetic::LoadError> for Problem {
    fn from(error: karute_synthetic::LoadError) -> Problem {
        match error {
            karute_synthetic::LoadError::Ledger(e) => e.into(),
            other => Problem::new(format!("架空の記録を作れません（{other}）。")),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Problem {
        Problem::new(format!("入出力に失敗しました（{error}）。"))
    }
}
