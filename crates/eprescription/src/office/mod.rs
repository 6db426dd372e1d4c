//! The connector as one installation runs it: for each institution the client by its setting, and the signers of its
//! doctors. Differences between institutions are settings in their records, read anew whenever they matter.
mod connection;
mod keys;
mod network;
mod revocation;
mod signing;

pub use connection::{Connection, connection, registers_in_house, set_connection, set_in_house};
pub use karute_signing::SignerKind;
pub use karute_transport::way::{Dial, Tls, Way, dial};
pub use signing::{
    LoginMethod, Ready, RemoteSetting, RevocationSetting, Signing, SigningSetting, kind_code, parse_kind, set_signing,
    signing_setting,
};

use crate::client::{AddressError, Client, HttpNetworkError};
use crate::jobs::{Clinic, Jobs};
use crate::profile::{Profile, ProfileError, Target};
use karute_crypto::{MasterKey, Sealer};
use karute_japan::Clock;
use karute_ledger::{Access, Ledger, LedgerError, TenantId};
use karute_transport::way::{Opening, WayError};
use signing::Lent;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// The remote signing service.
    #[error("カードレス署名を使えません（{0}）。")]
    Remote(String),
    /// What is kept cannot be opened: it was sealed under another key, or is damaged.
    #[error("電子処方箋の設定が壊れているか、別のマスター鍵で保存されています。")]
    Damaged,
}

impl From<WayError> for OfficeError {
    fn from(error: WayError) -> OfficeError {
        match error {
            WayError::Address(error) => OfficeError::Address(error),
            WayError::Tls(error) => OfficeError::Tls(error),
            WayError::File(file) => OfficeError::File(file),
            WayError::Damaged => OfficeError::Damaged,
        }
    }
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
    lent: Mutex<HashMap<(TenantId, String), Lent>>,
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
        let made_of = format!("{} {} {wanted:?}", tenant.institution_code, tenant.display_name);
        if let Some((same, reached)) = lock(&self.reached).get(&tenant.id)
            && *same == made_of
        {
            return Ok(Some(Arc::clone(reached)));
        }
        let target = if wanted.sandbox { Target::Sandbox } else { Target::Service };
        // Refused before anything is opened.
        self.parts.profile.permits(target)?;
        let opening = Opening {
            institution: &tenant.institution_code,
            ways: self.parts.profile.ways(),
            clock: Arc::clone(&self.parts.clock),
            dial: &self.parts.dial,
            sealer: (&self.sealer(PASSWORD, tenant.id), PASSWORD),
        };
        let transport = opening.open(&wanted.way)?;
        let client = Client::new(transport, Arc::clone(&self.parts.profile), &tenant.institution_code, target)?;
        let clinic = Clinic { name: tenant.display_name.clone(), code: tenant.institution_code.clone() };
        let jobs = Jobs::new(client.clone(), Arc::clone(&self.parts.clock)).of(clinic);
        let reached = Arc::new(Reached { client, jobs, connection: wanted });
        lock(&self.reached).insert(tenant.id, (made_of, Arc::clone(&reached)));
        Ok(Some(reached))
    }

    /// A password as it is kept in a setting.
    pub fn seal_password(&self, tenant: TenantId, password: &str) -> String {
        self.sealer(PASSWORD, tenant).seal(password.as_bytes(), PASSWORD)
    }

    fn sealer(&self, purpose: &str, tenant: TenantId) -> Sealer {
        self.parts.key.sealer(purpose, tenant.0)
    }

    fn lent(&self) -> MutexGuard<'_, HashMap<(TenantId, String), Lent>> {
        lock(&self.lent)
    }
}

/// A poisoned lock only means that somebody panicked; what is kept is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
