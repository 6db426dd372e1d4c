//! Writing into a real ledger.
use crate::{clinic, kind, text};
use karute_crypto::{MasterKey, SeededEntropy};
use karute_fhir::{Id, ResourceType};
use karute_japan::{ManualClock, Timestamp};
use karute_ledger::{
    Access, Actor, ActorKind, Backend, Ledger, LedgerConfig, Lookup, NewTenant, Origin, Tenant, migrate,
};
use karute_synthetic::load;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Notify;

async fn ledger(dir: &Path) -> (Ledger, Tenant, Access) {
    let config = LedgerConfig {
        backend: Backend::Sqlite { dir: dir.to_owned() },
        key: MasterKey::from_bytes([7; 32]),
        clock: Arc::new(ManualClock::new(Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap())),
        entropy: Arc::new(SeededEntropy::new(1)),
        checkpoint_dir: None,
        checkpoint_every: 1_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, None).await.unwrap();
    let ledger = Ledger::open(config).await.unwrap();
    let new = NewTenant {
        name: "midori".to_owned(),
        display_name: "みどり野内科クリニック".to_owned(),
        institution_code: "1419990015".to_owned(),
    };
    let tenant = ledger.create_tenant(new).await.unwrap();
    let actor = Actor {
        kind: ActorKind::System,
        id: "system:synth".to_owned(),
        name: "架空データ".to_owned(),
        role: "system".to_owned(),
        origin: Origin::default(),
    };
    let access = ledger.access(tenant.id, actor);
    (ledger, tenant, access)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinic_is_written_once_however_often_it_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, tenant, access) = ledger(dir.path()).await;
    let clinic = clinic(5, 8);
    let expected = (clinic.resources().count() + clinic.today().len()) as u64;

    let mut heard = Vec::new();
    let first = load(&access, &clinic, |done| heard.push(done)).await.unwrap();
    assert_eq!((first.written, first.present), (expected, 0));
    assert!(heard.is_sorted() && heard.last() == Some(&expected), "{heard:?}");
    let second = load(&access, &clinic, |_| {}).await.unwrap();
    assert_eq!((second.written, second.present), (0, expected));

    let patient = clinic.resources().find(|resource| kind(resource) == "Patient").unwrap();
    let id = Id::new(&text(&patient, &["id"])).unwrap();
    let Lookup::Found(stored) = access.read(ResourceType::parse("Patient").unwrap(), &id).await.unwrap() else {
        panic!("the patient was written")
    };
    assert_eq!(stored.version, 1);
    assert!(stored.body.contains(&text(&patient, &["name", "family"])));
    let report = ledger.verify(tenant.id).await.unwrap();
    assert_eq!(report.bad, None);
    assert!(report.entries >= expected);
    ledger.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_load_is_finished_by_repeating_it() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, tenant, access) = ledger(dir.path()).await;
    let clinic = clinic(5, 8);
    let expected = (clinic.resources().count() + clinic.today().len()) as u64;
    let enough = Notify::new();
    tokio::select! {
        biased;
        () = enough.notified() => {}
        done = load(&access, &clinic, |done| if done >= 100 { enough.notify_one() }) => { done.unwrap(); }
    }
    let rest = load(&access, &clinic, |_| {}).await.unwrap();
    assert!(rest.present >= 100, "{rest:?}");
    assert_eq!(rest.written + rest.present, expected);
    assert_eq!(ledger.verify(tenant.id).await.unwrap().bad, None);
    let third = load(&access, &clinic, |_| {}).await.unwrap();
    assert_eq!((third.written, third.present), (0, expected));
    ledger.close().await;
}
