//! The connector as one installation runs it: for each institution the client and the jobs by its setting. Differences
//! between institutions are settings in their records, read anew whenever they matter.
mod connection;

pub use connection::{Connection, connection, is_fed_by_folder, set_connection, set_fed_by_folder};
pub use karute_transport::way::{Dial, Tls, Way, dial};

use crate::client::Client;
use crate::connector::FolderUnits;
use crate::jobs::{Jobs, Units};
use crate::joint::Chart;
use crate::profile::{Profile, ProfileError, Target};
use crate::wire::envelope::Kind;
use karute_crypto::{MasterKey, Sealer};
use karute_japan::Clock;
use karute_ledger::{Access, Ledger, LedgerError, TenantId};
use karute_transport::way::{Opening, WayError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Units that a folder holds.
const FOLDER_KINDS: [Kind; 3] = [Kind::Conditions, Kind::Allergies, Kind::Results];

/// Purpose of the seal around passwords and keys.
const SECRET: &str = "sharing.secret";

/// Why an institution cannot use the service now.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The record.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Entries of the profile are assumed, and the setting names the real service.
    #[error("電子カルテ情報共有サービスの仕様に未確認の項目があるため、実際のサービスには接続しません（{0}）。")]
    Profile(#[from] ProfileError),
    /// The way: address, certificates, files, what is sealed.
    #[error("電子カルテ情報共有サービスへの接続設定を使えません（{0}）。")]
    Way(#[from] WayError),
    /// The setting asks for information units, which this installation does not make.
    #[error(
        "臨床情報（傷病名・アレルギー等・検査）の登録は、この版ではまだ使えません。紹介状だけの設定にしてください。"
    )]
    NoUnits,
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
    /// Who makes information units of a record; without it none is sent, and no setting can ask for it.
    pub units: Option<Arc<dyn Units>>,
}

/// The connector of one installation.
pub struct Office {
    parts: Parts,
    /// By institution: the text of its setting, and what was made of it.
    reached: Mutex<HashMap<TenantId, (String, Arc<Reached>)>>,
    /// What makes documents of charts, once the masters are there.
    chart: OnceLock<Arc<Chart>>,
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
        Office { parts, reached: Mutex::default(), chart: OnceLock::new() }
    }

    /// From now on letters of charts are handed over, what comes is laid into inboxes, and information units are made of
    /// records. Told once, when the masters are there.
    pub fn serve_charts(&self, chart: Chart) {
        if self.chart.set(Arc::new(chart)).is_ok() {
            self.reached.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    pub(crate) fn chart(&self) -> Option<&Arc<Chart>> {
        self.chart.get()
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
        let fed = is_fed_by_folder(access).await?;
        let made_of = format!("{} {fed} {wanted:?}", tenant.institution_code);
        if let Some((same, reached)) = self.reached.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.id)
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
            sealer: (&self.sealer(tenant.id), SECRET),
        };
        let transport = opening.open(&wanted.way)?;
        let client = Client::new(transport, Arc::clone(&self.parts.profile), &tenant.institution_code, target)?;
        let clock = Arc::clone(&self.parts.clock);
        if fed {
            let units: Option<Arc<dyn Units>> = Some(Arc::new(FolderUnits));
            let jobs = Jobs::new(client.clone(), clock, units, FOLDER_KINDS.to_vec());
            let reached = Arc::new(Reached { client, jobs, connection: wanted });
            let mut held = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
            held.insert(tenant.id, (made_of, Arc::clone(&reached)));
            return Ok(Some(reached));
        }
        let units = self.units();
        if units.is_none() && !wanted.units.is_empty() {
            return Err(OfficeError::NoUnits);
        }
        let mut jobs = Jobs::new(client.clone(), clock, units, wanted.units.clone());
        if let Some(chart) = self.chart.get() {
            jobs = jobs.with_chart(Arc::clone(chart));
        }
        let reached = Arc::new(Reached { client, jobs, connection: wanted });
        let mut held = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(tenant.id, (made_of, Arc::clone(&reached)));
        Ok(Some(reached))
    }

    fn units(&self) -> Option<Arc<dyn Units>> {
        let chart = self.chart.get().map(|chart| Arc::clone(chart) as Arc<dyn Units>);
        self.parts.units.clone().or(chart)
    }

    /// A password or a key (PKCS#8) as it is kept in a setting.
    pub fn seal(&self, tenant: TenantId, secret: &[u8]) -> String {
        self.sealer(tenant).seal(secret, SECRET)
    }

    fn sealer(&self, tenant: TenantId) -> Sealer {
        self.parts.key.sealer(SECRET, tenant.0)
    }
}
