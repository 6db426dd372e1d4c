//! Opaque secrets: 256 random bits that only the holder has; the store keeps their SHA-256.
use karute_crypto::{Digest, sha256};
use karute_ledger::TenantId;

/// Characters of a secret: 32 bytes in URL-safe base64 without padding.
const SECRET_CHARS: usize = 43;

/// Key under which a secret is stored.
pub(crate) fn stored_key(secret: &str) -> Digest {
    sha256(secret.as_bytes())
}

/// First 16 hexadecimal characters of the stored key: enough to point at a session or token, no help to use it.
pub(crate) fn handle(key: &str) -> String {
    key.chars().take(16).collect()
}

/// `<tenant number><separator><secret>`, exactly as we write it; `None` for anything else.
pub(crate) fn split(text: &str, separator: char) -> Option<(TenantId, &str)> {
    let (number, secret) = text.split_once(separator)?;
    let plain_number = (1..=10).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && (number == "0" || !number.starts_with('0'));
    let plain_secret =
        secret.len() == SECRET_CHARS && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    // Databases number tenants with 31 bits.
    let number = number.parse().ok().filter(|n| *n <= i32::MAX.unsigned_abs())?;
    (plain_number && plain_secret).then_some((TenantId(number), secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_our_own_spelling_is_read() {
        let secret = "A".repeat(SECRET_CHARS);
        assert_eq!(split(&format!("7.{secret}"), '.'), Some((TenantId(7), secret.as_str())));
        for bad in [
            format!("07.{secret}"),
            format!("+7.{secret}"),
            format!("７.{secret}"),
            format!(".{secret}"),
            format!("7.{secret}A"),
            format!("7.{}", &secret[1..]),
            format!("7.{}=", &secret[1..]),
            format!("99999999999.{secret}"),
            format!("4294967296.{secret}"),
            format!("2147483648.{secret}"),
            format!("7_{secret}"),
            String::new(),
        ] {
            assert_eq!(split(&bad, '.'), None, "{bad}");
        }
    }

    #[test]
    fn a_handle_is_only_the_beginning_of_the_key() {
        let key = "0123456789abcdef0123456789abcdef";
        assert_eq!(handle(key), "0123456789abcdef");
    }
}
