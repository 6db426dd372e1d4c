//! Time-based one-time passwords (RFC 6238): SHA-1, 6 digits, 30 seconds, one step of drift either way.
use totp_rs::{Builder, Secret, Totp};

/// A TOTP secret of 20 bytes. Never stored in clear.
#[derive(Clone)]
pub struct TotpSecret {
    secret: Secret,
    totp: Totp,
}

/// Not a base32 TOTP secret of at least 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("TOTP の秘密鍵は、16バイト以上を表す base32 の文字列（A–Z と 2–7）で指定してください。")]
pub struct TotpError;

impl TotpSecret {
    /// From raw bytes, at least 16.
    pub fn from_bytes(bytes: &[u8]) -> Result<TotpSecret, TotpError> {
        TotpSecret::new(Secret::from(bytes))
    }

    /// From base32 as authenticator apps show it; spaces, case and padding do not matter.
    pub fn from_base32(text: &str) -> Result<TotpSecret, TotpError> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '=').map(|c| c.to_ascii_uppercase()).collect();
        TotpSecret::new(Secret::try_from_base32(compact).map_err(|_| TotpError)?)
    }

    fn new(secret: Secret) -> Result<TotpSecret, TotpError> {
        let totp = Builder::new().with_secret(secret.clone()).build().map_err(|_| TotpError)?;
        Ok(TotpSecret { secret, totp })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.secret.as_ref()
    }

    /// Base32, as it is typed into an authenticator app.
    pub fn to_base32(&self) -> String {
        self.secret.to_base32()
    }

    /// The code at `unix_seconds`.
    pub fn code(&self, unix_seconds: u64) -> String {
        self.totp.generate(unix_seconds).to_string()
    }

    /// The time step a code belongs to when it is right at `unix_seconds`, one step of drift allowed.
    pub(crate) fn check(&self, code: &str, unix_seconds: u64) -> Option<u64> {
        self.totp.check(code, unix_seconds)
    }
}

/// Digits as a person types them: full-width ones and spaces are forgiven.
pub(crate) fn typed_code(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            other => other,
        })
        .take(8)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// RFC 6238 appendix B, SHA-1, last six of the eight digits printed there.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        for (time, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.code(time), code);
        }
    }

    #[test]
    fn one_step_of_drift_is_allowed_and_the_step_is_told() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        let code = secret.code(1_000_020);
        let step = 1_000_020 / 30;
        assert_eq!(secret.check(&code, 1_000_020), Some(step));
        assert_eq!(secret.check(&code, 1_000_020 + 30), Some(step));
        assert_eq!(secret.check(&code, 1_000_020 - 30), Some(step));
        assert_eq!(secret.check(&code, 1_000_020 + 60), None);
        assert_eq!(secret.check(&code, 1_000_020 - 31), None);
    }

    #[test]
    fn base32_is_read_as_people_copy_it_and_nonsense_is_refused() {
        let secret = TotpSecret::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq").unwrap();
        assert_eq!(secret.code(59), "287082");
        assert_eq!(secret.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for bad in ["", "GEZDGNBV", "0189", "ひみつ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ!"] {
            assert!(TotpSecret::from_base32(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn full_width_digits_and_spaces_are_forgiven() {
        assert_eq!(typed_code(" １２3 456 "), "123456");
        assert_eq!(typed_code("12345678901234567890"), "12345678");
    }
}
