//! Addresses that may be called.

/// The address may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of the service must be https, or http on this machine (sandbox), without user, query and fragment"
)]
pub struct AddressError;

/// An address that may be called, without a slash at its end.
pub(crate) fn address(base: &str) -> Option<String> {
    let base = base.trim_end_matches('/');
    let uri: http::Uri = base.parse().ok()?;
    let authority = uri.authority()?;
    let plain = !authority.as_str().contains('@') && uri.query().is_none() && !base.contains('#');
    let own = matches!(authority.host(), "127.0.0.1" | "localhost" | "[::1]");
    let safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => own,
        _ => false,
    };
    (plain && safe).then(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_called() {
        for (base, expected) in [
            ("https://eps.example.jp", Some("https://eps.example.jp")),
            ("https://eps.example.jp/base/", Some("https://eps.example.jp/base")),
            ("http://127.0.0.1:8081", Some("http://127.0.0.1:8081")),
            ("http://[::1]:8081", Some("http://[::1]:8081")),
            ("http://eps.example.jp", None),
            ("https://user:secret@eps.example.jp", None),
            ("https://eps.example.jp/?a=b", None),
            ("ftp://eps.example.jp", None),
            ("eps.example.jp", None),
            ("", None),
        ] {
            assert_eq!(address(base).as_deref(), expected, "{base}");
        }
    }
}
