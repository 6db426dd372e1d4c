//! Passwords: the rules for new ones, and their Argon2id hashes.

/// Rules for new passwords (SEC-A3, A4).
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    /// Shortest length in characters; never below 8.
    pub min_length: usize,
    /// How many earlier passwords may not come back.
    pub remember: usize,
}

impl Default for PasswordPolicy {
    fn default() -> PasswordPolicy {
        PasswordPolicy { min_length: 12, remember: 5 }
    }
}

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Shorter than this many characters.
    TooShort(usize),
    /// Longer than 128 characters.
    TooLong,
    /// No letter or no digit.
    NeedsLettersAndDigits,
    /// Contains the login, the person's name or the institution's name.
    ContainsName,
    /// Often used, or a run or repetition.
    Guessable,
    /// One of the last ones.
    UsedBefore,
}

impl PasswordFault {
    pub(crate) fn sentence(faults: &[PasswordFault]) -> String {
        faults.iter().map(PasswordFault::message).collect()
    }

    /// As shown to people.
    pub fn message(&self) -> String {
        match self {
            PasswordFault::TooShort(n) => format!("{n}文字以上にしてください。"),
            PasswordFault::TooLong => "128文字以内にしてください。".to_owned(),
            PasswordFault::NeedsLettersAndDigits => "英字と数字の両方を入れてください。".to_owned(),
            PasswordFault::ContainsName => "ログイン名・氏名・施設名を含めないでください。".to_owned(),
            PasswordFault::Guessable => "よく使われる語や並びは使えません。".to_owned(),
            PasswordFault::UsedBefore => "最近使ったパスワードは使えません。".to_owned(),
        }
    }
}

/// Hashes and verifies.
pub(crate) struct Hasher {}

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher {}
    }
}
