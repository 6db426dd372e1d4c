//! What can go wrong, in words for the person at the screen or the command line.
use crate::PasswordFault;
use karute_ledger::LedgerError;

/// Errors of managing people, sessions and tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The password is refused, with every reason.
    #[error("パスワードを受け付けられません。{}", PasswordFault::sentence(.0))]
    Password(Vec<PasswordFault>),
    /// The login is taken.
    #[error("ログイン名「{0}」は既に使われています。別の名前にしてください。")]
    LoginTaken(String),
    /// The login is malformed.
    #[error("ログイン名は英小文字・数字・「. _ -」の2〜40文字にしてください。")]
    LoginMalformed,
    /// Something else about the input.
    #[error("{0}")]
    Invalid(String),
    /// No such person, session or token in this institution.
    #[error("{0}が見つかりません。")]
    NotFound(&'static str),
    /// The caller may not.
    #[error("この操作を行う権限がありません。管理者に相談してください。")]
    Forbidden,
    /// The institution is suspended.
    #[error("この施設は利用を停止しています。")]
    Suspended,
    /// Too many sign-ins at the same time.
    #[error("いまはサインインが混み合っています。少し待ってからもう一度お試しください。")]
    Busy,
    /// Somebody else changed the same thing at the same time.
    #[error("同時に別の変更がありました。もう一度お試しください。")]
    Conflict,
    /// The record store.
    #[error(transparent)]
    Ledger(LedgerError),
    /// A stored document or the hasher failed; the text is for operators and holds no secret.
    #[error("内部エラー: {0}")]
    Internal(&'static str),
}

impl From<LedgerError> for IdentityError {
    fn from(error: LedgerError) -> IdentityError {
        match error {
            LedgerError::Conflict { .. } => IdentityError::Conflict,
            LedgerError::Suspended => IdentityError::Suspended,
            other => IdentityError::Ledger(other),
        }
    }
}

/// Why a sign-in did not succeed. The first two never tell whether the institution, the login, the password or the
/// code was wrong, nor whether the login exists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// Wrong, unknown, expired, disabled or suspended: one answer for all.
    #[error(
        "サインインできませんでした。施設名・ログイン名・パスワード・認証コードを確かめて、もう一度お試しください。続けて5回失敗すると、しばらく使えなくなります。"
    )]
    Refused,
    /// Too many failures for this login; not looked at.
    #[error("失敗が続いたため、あと{}はサインインできません。時間をおくか、管理者に解除を依頼してください。", wait_words(*.seconds))]
    Wait {
        /// Seconds until the next attempt is looked at.
        seconds: u32,
    },
    /// Our fault.
    #[error("ただいまサインインを処理できません。少し待ってからもう一度お試しください。")]
    Unavailable(#[source] IdentityError),
}

fn wait_words(seconds: u32) -> String {
    if seconds < 60 { format!("{seconds}秒") } else { format!("{}分", seconds.div_ceil(60)) }
}

impl From<IdentityError> for SignInError {
    fn from(error: IdentityError) -> SignInError {
        SignInError::Unavailable(error)
    }
}

impl From<LedgerError> for SignInError {
    fn from(error: LedgerError) -> SignInError {
        SignInError::Unavailable(error.into())
    }
}
