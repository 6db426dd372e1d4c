//! Time-based one-time passwords (RFC 6238): SHA-1, 6 digits, 30 seconds, one step of drift either way.
use totp_rs::{Builder, Secret, Totp};

/// A TOTP secret of 20 bytes. Never stored in clear.
#[derive(Clone)]
pub struct TotpSecret(Totp);

/// Not a base32 TOTP secret of at least 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("TOTP の秘密鍵は、16バイト以上を表す base32 の文字列（A–Z と 2–7）で指定してください。")]
pub struct TotpError;

impl TotpSecret {
    /// From raw bytes, at least 16.
    pub fn from_bytes(bytes: &[u8]) -> Result<TotpSecret, TotpError> {
        Builder::new().with_secret(Secret::from(bytes)).build().map(TotpSecret).map_err(|_| TotpError)
    }

    /// From base32 as authenticator apps show it; spaces, case and padding do not matter.
    pub fn from_base32(text: &str) -> Result<TotpSecret, TotpError> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '=').map(|c| c.to_ascii_uppercase()).collect();
        let secret = Secret::try_from_base32(compact).map_err(|_| TotpError)?;
        Builder::new().with_secret(secret).build().map(TotpSecret).map_err(|_| TotpError)
    }

    /// The code at `unix_seconds`.
    pub fn code(&self, unix_seconds: u64) -> String {
        self.0.generate(unix_seconds).to_string()
    }

    /// The time step a code belongs to when it is right at `unix_seconds`, one step of drift allowed.
    pub(crate) fn check(&self, code: &str, unix_seconds: u64) -> Option<u64> {
        self.0.check(code, unix_seconds)
    }
}
