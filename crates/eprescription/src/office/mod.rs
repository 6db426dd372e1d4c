//! The connector as one installation runs it: for each institution the client by its setting, and the signers of its
//! doctors. Differences between institutions are settings in their records, read anew whenever they matter.
mod connection;
mod keys;

pub use connection::{Connection, Way, connection, set_connection};

use crate::client::{
    AddressError, Client, Credentials, DirectoryRelay, FolderTransport, HttpNetwork, HttpNetworkError, Network,
    Transport, WebApi,
};
use crate::jobs::Jobs;
use crate::profile::{Profile, ProfileError, Target};
use crate::signature::Signer;
use karute_crypto::{MasterKey, Sealer};
use karute_japan::Clock;
use karute_ledger::{Access, Ledger, LedgerError, TenantId};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// Purpose of the seal around passwords.
const PASSWORD: &str = "eprescription.password";

/// Why an institution cannot use the service now.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The record.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Entries of the profile are assumed, and the setting names the real service.
    #[error("電子処方箋の仕様に未確認の項目があるため、実際のサービスには接続しません（{0}）。")]
    Profile(#[from] ProfileError),
    /// The address of the setting.
    #[error("電子処方箋管理サービスのアドレスを使えません（{0}）。")]
    Address(#[from] AddressError),
    /// Certificates.
    #[error("電子処方箋管理サービスへの接続に使う証明書を使えません（{0}）。")]
    Tls(#[from] HttpNetworkError),
    /// A file of the setting.
    #[error("{} を読めません。", .0.display())]
    File(PathBuf),
    /// A key file.
    #[error(transparent)]
    Key(#[from] karute_signing::SignError),
    /// What is kept cannot be opened: it was sealed under another key, or is damaged.
    #[error("電子処方箋の設定が壊れているか、別のマスター鍵で保存されています。")]
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

/// What an office is made of.
pub struct Parts {
    /// The records.
    pub ledger: Ledger,
    /// Wire profile.
    pub profile: Arc<Profile>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The installation's key, for what is sealed.
    pub key: MasterKey,
    /// The network.
    pub dial: Dial,
}

/// The connector of one installation.
pub struct Office {
    parts: Parts,
    /// By institution: the text of its setting, and what was made of it.
    reached: Mutex<HashMap<TenantId, (String, Arc<Reached>)>>,
    lent: Mutex<HashMap<(TenantId, String), Arc<dyn Signer>>>,
}

/// The service as one institution reaches it.
pub struct Reached {
    /// Typed calls.
    pub client: Client,
    /// What the worker carries out.
    pub jobs: Jobs,
    /// The setting.
    pub connection: Connection,
}

impl Office {
    /// An office without any connection yet.
    pub fn new(parts: Parts) -> Office {
        Office { parts, reached: Mutex::default(), lent: Mutex::default() }
    }

    /// Wire profile.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.parts.profile
    }

    /// The records.
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }

    /// The service for the institution of this access; `None` where it does not use it.
    ///
    /// # Errors
    /// See [`OfficeError`].
    pub async fn reach(&self, access: &Access) -> Result<Option<Arc<Reached>>, OfficeError> {
        let Some(wanted) = connection(access).await? else { return Ok(None) };
        let tenant = self.parts.ledger.tenant(access.tenant()).await?.ok_or(LedgerError::NotFound)?;
        let made_of = format!("{} {wanted:?}", tenant.institution_code);
        if let Some((same, reached)) = lock(&self.reached).get(&tenant.id)
            && *same == made_of
        {
            return Ok(Some(Arc::clone(reached)));
        }
        let target = if wanted.sandbox { Target::Sandbox } else { Target::Service };
        // Refused before anything is opened.
        self.parts.profile.permits(target)?;
        let transport = self.transport(&wanted.way, &tenant.institution_code, tenant.id)?;
        let client = Client::new(transport, Arc::clone(&self.parts.profile), &tenant.institution_code, target)?;
        let jobs = Jobs::new(client.clone(), Arc::clone(&self.parts.clock));
        let reached = Arc::new(Reached { client, jobs, connection: wanted });
        lock(&self.reached).insert(tenant.id, (made_of, Arc::clone(&reached)));
        Ok(Some(reached))
    }

    /// A password as it is kept in a setting.
    pub fn seal_password(&self, tenant: TenantId, password: &str) -> String {
        self.sealer(PASSWORD, tenant).seal(password.as_bytes(), PASSWORD)
    }

    fn transport(&self, way: &Way, institution: &str, tenant: TenantId) -> Result<Arc<dyn Transport>, OfficeError> {
        let profile = &self.parts.profile;
        Ok(match way {
            Way::Folder { requests, results } => {
                let relay = DirectoryRelay::new(requests.clone(), results.clone());
                Arc::new(FolderTransport::new(Arc::new(relay), profile))
            }
            Way::WebApi { base, user, password, trust, certificate } => {
                let password = self.sealer(PASSWORD, tenant).open(password, PASSWORD);
                let password = password.ok().and_then(|plain| String::from_utf8(plain).ok());
                let credentials = Credentials {
                    institution: institution.to_owned(),
                    user: user.clone(),
                    password: Zeroizing::new(password.ok_or(OfficeError::Damaged)?),
                };
                let tls = Tls {
                    roots: trust.as_deref().map(certificates).transpose()?.unwrap_or_default(),
                    own: match certificate {
                        Some((certificate, key)) => {
                            let own = PrivateKeyDer::from_pem_file(key);
                            Some((certificates(certificate)?, own.map_err(|_| OfficeError::File(key.clone()))?))
                        }
                        None => None,
                    },
                };
                let (network, clock) = ((self.parts.dial)(tls)?, Arc::clone(&self.parts.clock));
                Arc::new(WebApi::new(network, clock, Arc::clone(profile), base, credentials)?)
            }
        })
    }

    fn sealer(&self, purpose: &str, tenant: TenantId) -> Sealer {
        self.parts.key.sealer(purpose, tenant.0)
    }

    fn lent(&self) -> MutexGuard<'_, HashMap<(TenantId, String), Arc<dyn Signer>>> {
        lock(&self.lent)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, OfficeError> {
    let unreadable = || OfficeError::File(file.to_owned());
    let read = CertificateDer::pem_file_iter(file).map_err(|_| unreadable())?;
    read.collect::<Result<Vec<_>, _>>().map_err(|_| unreadable())
}

/// A poisoned lock only means that somebody panicked; what is kept is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
