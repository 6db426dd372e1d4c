//! TLS takes its cryptography from the same provider as everything else.

/// Makes aws-lc-rs the process's provider for rustls. Call it first thing; calling it again does nothing.
pub fn install_provider() {
    // The only error is that a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    #[test]
    fn installing_twice_is_harmless() {
        super::install_provider();
        super::install_provider();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }
}
