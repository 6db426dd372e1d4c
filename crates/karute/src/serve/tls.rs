//! TLS 1.3 and nothing older, by rustls with aws-lc. Certificates are read again on SIGHUP.
use crate::problem::Problem;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;

/// The acceptor of new connections; replaced as a whole when certificates change.
#[derive(Clone)]
pub(crate) struct Tls {
    files: Arc<(PathBuf, PathBuf)>,
    current: Arc<RwLock<TlsAcceptor>>,
}

impl Tls {
    /// Reads certificate chain and key.
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Tls, Problem> {
        let acceptor = acceptor(certificate, key)?;
        Ok(Tls { files: Arc::new((certificate.to_owned(), key.to_owned())), current: Arc::new(RwLock::new(acceptor)) })
    }

    /// For the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the files again; keeps what is in use when they cannot be used.
    pub(crate) fn reload(&self) {
        match acceptor(&self.files.0, &self.files.1) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                tracing::info!("certificates read again");
            }
            Err(problem) => tracing::error!(problem = problem.message, "certificates kept as they were"),
        }
    }

    /// Reloads on every SIGHUP.
    pub(crate) fn reload_on_hangup(&self) -> std::io::Result<()> {
        let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
        let tls = self.clone();
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                tls.reload();
            }
        });
        Ok(())
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Problem> {
    let unusable = |what: &str, path: &Path, why: String| {
        Problem::new(format!("{what} {} を使えません（{why}）。PEM 形式のファイルか確かめてください。", path.display()))
    };
    let chain = certificates(certificate)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| unusable("TLS の秘密鍵", key, e.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|e| Problem::new(format!("TLS を準備できません（{e}）。")))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|e| unusable("TLS の証明書", certificate, e.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The certificates of a PEM file, at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let unusable = |why: String| {
        Problem::new(format!(
            "TLS の証明書 {} を使えません（{why}）。PEM 形式のファイルか確かめてください。",
            path.display()
        ))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
        .map_err(|e| unusable(e.to_string()))?
        .collect::<Result<_, _>>()
        .map_err(|e| unusable(e.to_string()))?;
    if chain.is_empty() { Err(unusable("証明書が入っていません".to_owned())) } else { Ok(chain) }
}
