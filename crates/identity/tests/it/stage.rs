//! An identity to test on: fresh files or a fresh database each, a clock that stands still, randomness that counts.
use karute_crypto::{Entropy, MasterKey, sha256};
use karute_identity::{
    Caller, Identity, NewPerson, NewSession, Pending, Profession, Settings, SignInError, TotpSecret, system_actor,
};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{Access, AuditFilter, Backend, Ledger, LedgerConfig, NewTenant, Origin, Tenant, migrate};
use karute_testkit::PgUrls;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) const PASSWORD: &str = "kaze7fuku-nami3";

/// Hashes a counter instead of drawing.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let drawn = sha256(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.iter_mut().zip(drawn.0).for_each(|(to, from)| *to = from);
        }
    }
}

pub(crate) struct Stage {
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: Tenant,
    pub(crate) config: LedgerConfig,
    pub(crate) urls: Option<PgUrls>,
    pub(crate) dir: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn sqlite() -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::Sqlite { dir: dir.path().join("data") };
        Stage::new(dir, backend, None).await
    }
    pub(crate) async fn postgres() -> Stage {
        let urls = karute_testkit::postgres();
        let backend = Backend::Postgres { url: urls.login.clone(), max_connections: 8 };
        Stage::new(tempfile::tempdir().unwrap(), backend, Some(urls)).await
    }
    async fn new(dir: tempfile::TempDir, backend: Backend, urls: Option<PgUrls>) -> Stage {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-24T09:00:00+09:00").unwrap()));
        let config = LedgerConfig {
            backend,
            key: MasterKey::from_bytes([7; 32]),
            clock: clock.clone() as Arc<dyn Clock>,
            entropy: Arc::new(Counting(AtomicU64::new(1))),
            checkpoint_dir: None,
            checkpoint_every: 1_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, urls.as_ref().map(|u| u.owner.as_str())).await.unwrap();
        let ledger = Ledger::open(config.clone()).await.unwrap();
        let identity = identity(&ledger, &config, Settings::default());
        let tenant = tenant(&ledger, "midori").await;
        Stage { ledger, identity, clock, tenant, config, urls, dir }
    }

    /// Another process, as far as identity is concerned.
    pub(crate) fn elsewhere(&self, settings: Settings) -> Identity {
        identity(&self.ledger, &self.config, settings)
    }

    pub(crate) fn admin(&self) -> Access {
        self.admin_of(&self.tenant)
    }
    pub(crate) fn admin_of(&self, tenant: &Tenant) -> Access {
        self.ledger.access(tenant.id, system_actor("cli", Origin { method: "cli", ..Origin::default() }))
    }

    pub(crate) async fn person(&self, login: &str, professions: &[Profession]) -> TotpSecret {
        let (_, secret) = self.identity.create_person(&self.admin(), somebody(login, professions)).await.unwrap();
        TotpSecret::from_base32(&secret).unwrap()
    }

    pub(crate) fn code(&self, secret: &TotpSecret) -> String {
        secret.code(u64::try_from(self.clock.now().as_micros() / 1_000_000).unwrap())
    }

    pub(crate) async fn begin(&self, login: &str, password: &str) -> Result<Pending, SignInError> {
        self.identity.begin("midori", login, password, origin()).await
    }

    /// Signs in with everything right; moves the clock to the next code first, so that it can be done again.
    pub(crate) async fn sign_in(
        &self,
        login: &str,
        password: &str,
        secret: &TotpSecret,
    ) -> Result<NewSession, SignInError> {
        self.clock.advance_ms(30_000);
        let pending = self.begin(login, password).await?;
        self.identity.finish(&pending.token, &self.code(secret), origin()).await
    }

    pub(crate) async fn session(&self, cookie: &str) -> Option<Caller> {
        self.identity.session(cookie, origin()).await.unwrap()
    }

    /// Bodies of the newest audit events.
    pub(crate) async fn audit(&self, limit: u32) -> Vec<String> {
        let filter = AuditFilter { limit, ..AuditFilter::default() };
        self.admin().audit_events(filter).await.unwrap().into_iter().map(|r| r.body).collect()
    }

    pub(crate) fn minutes(&self, minutes: i64) {
        self.clock.advance_ms(minutes * 60_000);
    }
}

fn identity(ledger: &Ledger, config: &LedgerConfig, settings: Settings) -> Identity {
    Identity::new(ledger.clone(), config.key.clone(), config.clock.clone(), config.entropy.clone(), settings)
}

pub(crate) async fn tenant(ledger: &Ledger, name: &str) -> Tenant {
    let new = NewTenant {
        name: name.into(),
        display_name: "みどり内科クリニック".into(),
        institution_code: "1310000002".into(),
    };
    ledger.create_tenant(new).await.unwrap()
}

pub(crate) fn somebody(login: &str, professions: &[Profession]) -> NewPerson {
    NewPerson {
        login: login.into(),
        name: "山本 花子".into(),
        kana: "ヤマモト ハナコ".into(),
        professions: professions.to_vec(),
        password: PASSWORD.into(),
        must_change_password: false,
    }
}

pub(crate) fn origin() -> Origin {
    Origin { address: Some([192, 0, 2, 7].into()), request_id: "req-1".into(), session: None, method: "" }
}

/// Runs a test on a runtime with several threads.
pub(crate) fn run<F>(stage: fn() -> F, test: fn(Stage) -> Pin<Box<dyn Future<Output = ()> + Send>>)
where
    F: Future<Output = Stage>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move { test(stage().await).await });
}
