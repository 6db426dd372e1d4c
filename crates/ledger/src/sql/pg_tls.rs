//! Reading a connection URL and preparing TLS for PostgreSQL.
//!
//! `sslmode=disable` speaks plain text (a local socket or loopback); `require`, `verify-ca` and `verify-full` all
//! mean TLS with a verified certificate and host name. `sslrootcert=<file>` names the trusted PEM certificates; without it
//! the system's bundle is used. `prefer` (the default) is refused for hosts other than loopback and sockets, because it can be talked down.
use crate::LedgerError;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use std::path::{Path, PathBuf};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where Debian, Red Hat and Alpine keep their bundles.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// A connection's parameters and, unless it is local plain text, its TLS.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) tls: Option<MakeRustlsConnect>,
}

fn refused(why: &str) -> LedgerError {
    LedgerError::Storage(format!("database URL: {why}"))
}

impl Target {
    /// From a `postgres://` URL. Errors never repeat the URL: it holds a password.
    pub(crate) fn parse(url: &str) -> Result<Target, LedgerError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut mode = "prefer";
        let mut root = None;
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = value,
                Some(("sslrootcert", value)) => root = Some(PathBuf::from(value)),
                _ => rest.push(pair),
            }
        }
        let plain = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        let mut config: Config = plain.parse().map_err(|_| refused("not understood"))?;
        let local = config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            Host::Unix(_) => true,
        });
        let tls = match mode {
            "disable" => false,
            "prefer" | "allow" if local => false,
            "prefer" | "allow" => return Err(refused("sslmode must be verify-full (or disable, at your risk)")),
            "require" | "verify-ca" | "verify-full" => true,
            _ => return Err(refused("unknown sslmode")),
        };
        config.ssl_mode(if tls { SslMode::Require } else { SslMode::Disable });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(std::time::Duration::from_secs(10));
        }
        let tls = if tls { Some(connector(root.as_deref())?) } else { None };
        Ok(Target { config, tls })
    }
}

fn connector(root: Option<&Path>) -> Result<MakeRustlsConnect, LedgerError> {
    let path = root
        .map(Path::to_path_buf)
        .or_else(|| BUNDLES.iter().map(PathBuf::from).find(|p| p.exists()))
        .ok_or_else(|| refused("no trusted certificates found; set sslrootcert"))?;
    let mut roots = rustls::RootCertStore::empty();
    let pem = CertificateDer::pem_file_iter(&path).map_err(|_| refused("sslrootcert cannot be read"))?;
    roots.add_parsable_certificates(pem.flatten());
    if roots.is_empty() {
        return Err(refused("sslrootcert holds no certificate"));
    }
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| refused("no TLS version"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_may_go_without_tls_unasked() {
        assert!(Target::parse("postgres://u@127.0.0.1/d").unwrap().tls.is_none());
        assert!(Target::parse("postgres://u@db.example/d").is_err());
        assert!(Target::parse("postgres://u@db.example/d?sslmode=disable").unwrap().tls.is_none());
        assert!(Target::parse("postgres://u@db.example/d?sslmode=maybe").is_err());
    }

    #[test]
    fn errors_do_not_repeat_the_password() {
        let error = Target::parse("postgres://u:geheim@[/d?sslmode=disable").err().unwrap().to_string();
        assert!(!error.contains("geheim"), "{error}");
    }
}
