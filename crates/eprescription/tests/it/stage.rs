//! A record store with one institution, on SQLite or PostgreSQL.
use crate::sample::INSTITUTION;
use karute_crypto::{MasterKey, SeededEntropy};
use karute_japan::Clock;
use karute_ledger::{Access, Actor, ActorKind, Backend, Ledger, LedgerConfig, NewTenant, Origin, migrate};
use std::sync::Arc;

/// The installation's key.
pub(crate) fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

pub(crate) fn actor() -> Actor {
    Actor {
        kind: ActorKind::System,
        id: "system:worker".into(),
        name: "worker".into(),
        role: "system".into(),
        origin: Origin { method: "worker", ..Origin::default() },
    }
}

/// The store, the institution's records, and the folder that must outlive them.
pub(crate) async fn open(postgres: bool, clock: Arc<dyn Clock>) -> (Ledger, Access, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let urls = postgres.then(karute_testkit::postgres);
    let backend = match &urls {
        Some(urls) => Backend::Postgres { url: urls.login.clone(), max_connections: 4 },
        None => Backend::Sqlite { dir: dir.path().join("data") },
    };
    let config = LedgerConfig {
        backend,
        key: key(),
        clock,
        entropy: Arc::new(SeededEntropy::new(3)),
        checkpoint_dir: None,
        checkpoint_every: 1_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, urls.as_ref().map(|urls| urls.owner.as_str())).await.unwrap();
    let ledger = Ledger::open(config).await.unwrap();
    let access = institution(&ledger, "kakuu", INSTITUTION).await;
    (ledger, access, dir)
}

/// One more institution.
pub(crate) async fn institution(ledger: &Ledger, name: &str, code: &str) -> Access {
    let new = NewTenant {
        name: name.into(), display_name: "架空内科クリニック".into(), institution_code: code.into()
    };
    ledger.access(ledger.create_tenant(new).await.unwrap().id, actor())
}
