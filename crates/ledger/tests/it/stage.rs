//! A ledger to test on: fresh files or a fresh database each.
use karute_crypto::{Entropy, MasterKey};
use karute_fhir::{Id, ResourceType};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_json::{Limits, Value, parse};
use karute_ledger::{
    Access, Action, Actor, ActorKind, Backend, Change, Commit, Committed, Expect, Ledger, LedgerConfig, Lookup,
    NewTenant, Origin, Tenant, TenantId, migrate,
};
use karute_testkit::PgUrls;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts instead of drawing.
pub struct Counting(AtomicU64);

impl Counting {
    pub fn new(from: u64) -> Counting {
        Counting(AtomicU64::new(from))
    }
}

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }
}

pub struct Stage {
    pub config: LedgerConfig,
    pub clock: Arc<ManualClock>,
    /// The database's URLs, when it is PostgreSQL.
    pub urls: Option<PgUrls>,
    pub dir: tempfile::TempDir,
}

pub const START: &str = "2026-11-22T09:00:00+09:00";

impl Stage {
    fn new(dir: tempfile::TempDir, backend: Backend, urls: Option<PgUrls>) -> Stage {
        let clock = Arc::new(ManualClock::new(Timestamp::parse(START).unwrap()));
        let config = LedgerConfig {
            backend,
            key: MasterKey::from_bytes([7; 32]),
            clock: clock.clone() as Arc<dyn Clock>,
            entropy: Arc::new(Counting::new(1)),
            checkpoint_dir: Some(dir.path().join("checkpoints")),
            checkpoint_every: 1_000,
            max_blob_bytes: 3 << 20,
        };
        Stage { config, clock, urls, dir }
    }
    pub fn sqlite() -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::Sqlite { dir: dir.path().join("data") };
        Stage::new(dir, backend, None)
    }
    pub fn postgres() -> Stage {
        let urls = karute_testkit::postgres();
        let backend = Backend::Postgres { url: urls.login.clone(), max_connections: 8 };
        Stage::new(tempfile::tempdir().unwrap(), backend, Some(urls))
    }

    /// Migrates and opens.
    pub async fn open(&self) -> Ledger {
        migrate(&self.config, self.urls.as_ref().map(|u| u.owner.as_str())).await.unwrap();
        Ledger::open(self.config.clone()).await.unwrap()
    }

    /// With one tenant, as a doctor of it.
    pub async fn clinic(&self) -> (Ledger, Access) {
        let ledger = self.open().await;
        let tenant = tenant(&ledger, "sakura").await;
        let access = ledger.access(tenant.id, doctor());
        (ledger, access)
    }
}

/// Runs a test on a runtime with several threads.
pub fn run(stage: Stage, test: fn(Stage) -> Pin<Box<dyn Future<Output = ()> + Send>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test(stage));
}

pub async fn tenant(ledger: &Ledger, name: &str) -> Tenant {
    let new = NewTenant {
        name: name.into(),
        display_name: format!("{name} クリニック"),
        institution_code: "1311234567".into(),
    };
    ledger.create_tenant(new).await.unwrap()
}

pub fn doctor() -> Actor {
    Actor {
        kind: ActorKind::Person,
        id: "person-1".into(),
        name: "山田 花子".into(),
        role: "doctor".into(),
        origin: Origin {
            address: Some([192, 0, 2, 7].into()),
            request_id: "req-1".into(),
            session: Some("5e55".into()),
            method: "password+totp",
        },
    }
}

pub fn system() -> Actor {
    Actor {
        kind: ActorKind::System,
        id: "system:test".into(),
        name: "test".into(),
        role: "system".into(),
        origin: Origin { method: "cli", ..Origin::default() },
    }
}

pub fn kind(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap()
}

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub fn json(text: &str) -> Value<'static> {
    parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned()
}

pub fn patient(name: &str) -> String {
    format!(r#"{{"resourceType":"Patient","name":[{{"text":"{name}"}}]}}"#)
}

pub fn put(type_name: &str, name: &str, text: &str, expect: Expect) -> Change {
    Change::Put { resource_type: kind(type_name), id: id(name), body: json(text), expect }
}

pub fn delete(type_name: &str, name: &str, expect: Expect) -> Change {
    Change::Delete { resource_type: kind(type_name), id: id(name), expect }
}

pub fn changes(changes: Vec<Change>) -> Commit {
    let mut commit = Commit::new(Action::Update);
    commit.changes = changes;
    commit
}

pub async fn save(access: &Access, type_name: &str, name: &str, text: &str) -> Committed {
    access.commit(changes(vec![put(type_name, name, text, Expect::Any)])).await.unwrap()
}

/// The current text of a resource.
pub async fn text(access: &Access, type_name: &str, name: &str) -> Option<String> {
    match access.read(kind(type_name), &id(name)).await.unwrap() {
        Lookup::Found(version) => Some(version.body.to_string()),
        _ => None,
    }
}

/// The body as the ledger stores it.
pub fn stored(type_name: &str, name: &str, version: u32, rest: &str) -> String {
    format!(
        r#"{{"resourceType":"{type_name}","id":"{name}","meta":{{"versionId":"{version}","lastUpdated":"2026-11-22T09:00:00.000+09:00"}}{rest}}}"#
    )
}

pub const NOBODY: TenantId = TenantId(4711);
