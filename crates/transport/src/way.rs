//! How one institution reaches a service, as its setting has it, and the transport that is made of it. A switch of the
//! setting changes the way and nothing else.
use crate::relay::Names;
use crate::{
    AddressError, CloudKey, CloudLink, CloudNames, Credentials, DirectoryRelay, FolderTransport, Grant, HttpNetwork,
    HttpNetworkError, Network, Pace, Transport, WebApi, WebNames,
};
use karute_crypto::{Sealer, sha256};
use karute_japan::Clock;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// How a service is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Way {
    /// The folders of the terminal (資格確認端末), by way of the relay.
    Folder {
        /// Where requests are put.
        requests: PathBuf,
        /// Where results appear.
        results: PathBuf,
    },
    /// The Web API.
    WebApi {
        /// Address before the paths of the profile.
        base: String,
        /// User.
        user: String,
        /// Password, sealed under the installation's key.
        password: String,
        /// Roots that are trusted (PEM); needed for https.
        trust: Option<PathBuf>,
        /// The institution's certificate and its key (PEM), where the service asks for one.
        certificate: Option<(PathBuf, PathBuf)>,
    },
    /// The link between clouds.
    Cloud {
        /// Address of the gateway before the paths of the profile.
        gateway: String,
        /// The vendor's client id.
        client: String,
        /// Number of the institution's grant.
        grant: String,
        /// Key of the vendor's assertions (PKCS#8), sealed under the installation's key.
        key: String,
        /// Roots that are trusted (PEM); needed for https.
        trust: Option<PathBuf>,
        /// The vendor's client certificate and its key (PEM).
        certificate: Option<(PathBuf, PathBuf)>,
    },
}

impl Way {
    /// What people call it.
    pub fn words(&self) -> &'static str {
        match self {
            Way::Folder { .. } => "フォルダー連携",
            Way::WebApi { .. } => "Web API",
            Way::Cloud { .. } => "クラウド間連携",
        }
    }
}

/// Why a way cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WayError {
    /// The address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Certificates.
    #[error(transparent)]
    Tls(#[from] HttpNetworkError),
    /// A file of the setting.
    #[error("{} を読めません。", .0.display())]
    File(PathBuf),
    /// What is sealed cannot be opened, or is no key.
    #[error("設定が壊れているか、別のマスター鍵で保存されています。")]
    Damaged,
}

/// Certificates for a connection.
pub struct Tls {
    /// Roots that are trusted.
    pub roots: Vec<CertificateDer<'static>>,
    /// The own certificate with its key.
    pub own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

/// Makes the network of a connection: the network is an argument.
pub type Dial = Box<dyn Fn(Tls) -> Result<Arc<dyn Network>, HttpNetworkError> + Send + Sync>;

/// The network in earnest.
pub fn dial() -> Dial {
    Box::new(|tls| Ok(Arc::new(HttpNetwork::new(tls.roots, tls.own)?)))
}

/// What a service's profile says about the ways to it.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Files that pass.
    pub files: Names,
    /// Times and bounds.
    pub pace: Pace,
    /// The Web API.
    pub web: WebNames,
    /// The cloud link; `None` where the service has none.
    pub cloud: Option<CloudNames>,
}

/// With what a way is opened.
pub struct Opening<'o> {
    /// 医療機関コード of the institution.
    pub institution: &'o str,
    /// The service's side.
    pub ways: Ways,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The network.
    pub dial: &'o Dial,
    /// Opens what is sealed in the setting, with the context it was sealed in.
    pub sealer: (&'o Sealer, &'o str),
}

impl Opening<'_> {
    /// The transport of a way.
    ///
    /// # Errors
    /// See [`WayError`].
    pub fn open(self, way: &Way) -> Result<Arc<dyn Transport>, WayError> {
        let Ways { files, pace, web, cloud } = self.ways.clone();
        Ok(match way {
            Way::Folder { requests, results } => {
                let relay = DirectoryRelay::new(requests.clone(), results.clone(), files);
                Arc::new(FolderTransport::new(Arc::new(relay), pace))
            }
            Way::WebApi { base, user, password, trust, certificate } => {
                let password = String::from_utf8(self.opened(password)?.to_vec()).map_err(|_| WayError::Damaged)?;
                let credentials = Credentials {
                    institution: self.institution.to_owned(),
                    user: user.clone(),
                    password: Zeroizing::new(password),
                };
                let network = (self.dial)(tls(trust.as_deref(), certificate.as_ref())?)?;
                Arc::new(WebApi::new(network, self.clock, web, pace, base, credentials)?)
            }
            Way::Cloud { gateway, client, grant, key, trust, certificate } => {
                let key = CloudKey::from_pkcs8(&self.opened(key)?).ok_or(WayError::Damaged)?;
                let tls = tls(trust.as_deref(), certificate.as_ref())?;
                let shown = tls.own.as_ref().and_then(|(chain, _)| chain.first());
                let grant = Grant {
                    client: client.clone(),
                    grant: grant.clone(),
                    institution: self.institution.to_owned(),
                    certificate_sha256: shown.map(|certificate| sha256(certificate).0),
                };
                let network = (self.dial)(tls)?;
                let names = cloud.ok_or(WayError::Damaged)?;
                Arc::new(CloudLink::new((network, self.clock), (names, pace), gateway, grant, key)?)
            }
        })
    }

    fn opened(&self, sealed: &str) -> Result<Zeroizing<Vec<u8>>, WayError> {
        let (sealer, context) = self.sealer;
        sealer.open(sealed, context).map(Zeroizing::new).map_err(|_| WayError::Damaged)
    }
}

/// The roots in a file (PEM); none where no file is named.
///
/// # Errors
/// When the file cannot be read.
pub fn roots(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, WayError> {
    file.map(certificates).transpose().map(Option::unwrap_or_default)
}

fn tls(trust: Option<&Path>, certificate: Option<&(PathBuf, PathBuf)>) -> Result<Tls, WayError> {
    Ok(Tls {
        roots: roots(trust)?,
        own: match certificate {
            Some((certificate, key)) => {
                let own = PrivateKeyDer::from_pem_file(key);
                Some((certificates(certificate)?, own.map_err(|_| WayError::File(key.clone()))?))
            }
            None => None,
        },
    })
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, WayError> {
    let unreadable = || WayError::File(file.to_owned());
    let read = CertificateDer::pem_file_iter(file).map_err(|_| unreadable())?;
    read.collect::<Result<Vec<_>, _>>().map_err(|_| unreadable())
}
