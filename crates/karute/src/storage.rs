//! Opening what the configuration names.
use crate::config::Config;
use crate::problem::Problem;
use karute_crypto::{Entropy, MasterKey, SystemEntropy};
use karute_eprescription::office::{Office, Parts, dial};
use karute_eprescription::profile::Profile;
use karute_identity::{Identity, PasswordPolicy, Settings, system_actor};
use karute_japan::{Clock, SystemClock};
use karute_ledger::{Access, Backend, Ledger, LedgerConfig, Origin, Tenant};
use std::path::Path;
use std::sync::Arc;

/// Entries between checkpoints at most.
const CHECKPOINT_EVERY: u64 = 1_000;

/// An open installation.
#[derive(Clone)]
pub(crate) struct Storage {
    pub ledger: Ledger,
    pub identity: Identity,
    pub key: MasterKey,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Electronic prescriptions.
    pub eprescription: Arc<Office>,
    /// Record sharing.
    pub sharing: Arc<karute_sharing::office::Office>,
}

/// Who runs the command, in words.
pub(crate) fn operator() -> String {
    match std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")) {
        Ok(user) => format!("システム（cli: {}）", user.chars().take(40).collect::<String>()),
        Err(_) => system_actor("cli", Origin::default()).name,
    }
}

/// How the ledger is opened.
pub(crate) fn ledger_config(config: &Config, key: MasterKey) -> LedgerConfig {
    LedgerConfig {
        backend: config.backend.clone(),
        key,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        checkpoint_dir: config.checkpoint_dir.clone(),
        checkpoint_every: CHECKPOINT_EVERY,
        max_blob_bytes: config.max_attachment_bytes,
    }
}

/// The master key, which must be there.
pub(crate) fn load_key(path: &Path) -> Result<MasterKey, Problem> {
    MasterKey::load(path).map_err(|error| {
        Problem::new(format!(
            "マスター鍵 {} を使えません（{error}）。初めてなら karute migrate で作り、そうでなければ控えから戻してください。",
            path.display()
        ))
    })
}

impl Storage {
    /// Opens the database of the configuration, which must be at this version.
    pub(crate) async fn open(config: &Config, demo: bool) -> Result<Storage, Problem> {
        if let Backend::Sqlite { dir } = &config.backend
            && !dir.is_dir()
        {
            return Err(Problem::new(format!(
                "データのディレクトリ {} がありません。--data か KARUTE_DATABASE_URL を確かめるか、karute migrate で作ってください。",
                dir.display()
            )));
        }
        let key = load_key(&config.key_file)?;
        Storage::open_with(config, key, demo).await
    }

    /// The same with a key already loaded.
    pub(crate) async fn open_with(config: &Config, key: MasterKey, demo: bool) -> Result<Storage, Problem> {
        let parts = ledger_config(config, key.clone());
        let (clock, entropy) = (Arc::clone(&parts.clock), Arc::clone(&parts.entropy));
        let ledger = Ledger::open(parts).await?;
        let settings = Settings {
            password: PasswordPolicy { min_length: config.password_min_length, ..PasswordPolicy::default() },
            idle_minutes: config.session_idle_minutes,
            demo,
            ..Settings::default()
        };
        let identity = Identity::new(ledger.clone(), key.clone(), Arc::clone(&clock), Arc::clone(&entropy), settings);
        let eprescription = Arc::new(Office::new(Parts {
            ledger: ledger.clone(),
            profile: Profile::built_in(),
            clock: Arc::clone(&clock),
            key: key.clone(),
            dial: dial(),
        }));
        let sharing = Arc::new(karute_sharing::office::Office::new(karute_sharing::office::Parts {
            ledger: ledger.clone(),
            profile: karute_sharing::profile::Profile::built_in(),
            clock: Arc::clone(&clock),
            key: key.clone(),
            dial: dial(),
            units: None,
        }));
        Ok(Storage { ledger, identity, key, clock, entropy, eprescription, sharing })
    }

    /// An institution by its short name.
    pub(crate) async fn tenant(&self, name: &str) -> Result<Tenant, Problem> {
        self.ledger.tenant_by_name(name).await?.ok_or_else(|| {
            Problem::new(format!("施設「{name}」はありません。karute tenant list で名前を確かめてください。"))
        })
    }

    /// The institutions meant: one, or all.
    pub(crate) async fn tenants(&self, name: Option<&str>) -> Result<Vec<Tenant>, Problem> {
        match name {
            Some(name) => Ok(vec![self.tenant(name).await?]),
            None => Ok(self.ledger.tenants().await?),
        }
    }

    /// The ledger as the command line, in one institution.
    pub(crate) fn access(&self, tenant: &Tenant) -> Access {
        let mut actor = system_actor("cli", Origin { method: "cli", ..Origin::default() });
        actor.name = operator();
        self.ledger.access(tenant.id, actor)
    }

    /// The ledger and the identity, of one institution, as the command line.
    pub(crate) async fn within(&self, name: &str) -> Result<(Tenant, Access), Problem> {
        let tenant = self.tenant(name).await?;
        let access = self.access(&tenant);
        Ok((tenant, access))
    }
}
