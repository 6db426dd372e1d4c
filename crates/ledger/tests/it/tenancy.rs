//! Tenants and what keeps them apart.
use crate::stage::{NOBODY, Stage, changes, doctor, id, kind, patient, put, save, system, tenant, text};
use karute_ledger::{
    Action, AuditFilter, Commit, Doc, Expect, HistoryScope, LedgerError, Lookup, NewTenant, Outcome, TenantState,
};

pub async fn tenants_have_exact_names_and_numbers_of_their_own(stage: Stage) {
    let ledger = stage.open().await;
    let (a, b) = (tenant(&ledger, "sakura").await, tenant(&ledger, "sakura-2").await);
    assert_eq!((a.id.0, b.id.0), (1, 2));
    assert_eq!(ledger.tenant_by_name("sakura").await.unwrap().unwrap().id, a.id);
    for name in ["Sakura", "sakura ", "ｓａｋｕｒａ", "sakura_2", "sa"] {
        assert!(ledger.tenant_by_name(name).await.unwrap().is_none(), "{name}");
        let new = NewTenant { name: name.into(), display_name: "x".into(), institution_code: "1".into() };
        assert!(ledger.create_tenant(new).await.is_err(), "{name}");
    }
    let again = NewTenant { name: "sakura".into(), display_name: "x".into(), institution_code: "1".into() };
    assert!(matches!(ledger.create_tenant(again).await, Err(LedgerError::Exists)));
    let names: Vec<String> = ledger.tenants().await.unwrap().into_iter().map(|t| t.name).collect();
    assert_eq!(names, ["sakura", "sakura-2"]);
}

pub async fn another_tenants_records_are_missing_by_every_door(stage: Stage) {
    let ledger = stage.open().await;
    let mine = ledger.access(tenant(&ledger, "mine").await.id, doctor());
    let other = ledger.access(tenant(&ledger, "other").await.id, doctor());
    let p = id("p");
    save(&mine, "Patient", "p", &patient("秘密")).await;
    save(&mine, "Patient", "p", &patient("秘密")).await;
    let mut commit = Commit::new(Action::Administer);
    commit.docs = vec![Doc::Put { space: "test", key: "k".into(), value: "v".into(), expires: None }];
    mine.commit(commit).await.unwrap();

    assert!(matches!(other.read(kind("Patient"), &p).await.unwrap(), Lookup::Missing));
    let reader = other.reader(Action::View);
    assert!(matches!(reader.vread(kind("Patient"), &p, 1).await.unwrap(), Lookup::Missing));
    assert!(reader.read_many(&[(kind("Patient"), p.clone())]).await.unwrap().is_empty());
    for scope in
        [HistoryScope::Instance(kind("Patient"), p.clone()), HistoryScope::Type(kind("Patient")), HistoryScope::System]
    {
        assert!(reader.history(scope, 10, None, None).await.unwrap().matches.is_empty());
    }
    assert!(reader.scan(&[], None, 10, None).await.unwrap().matches.is_empty());
    assert!(reader.scan(&[kind("Patient")], None, 10, None).await.unwrap().matches.is_empty());
    reader.release(()).await.unwrap();
    assert_eq!(other.doc("test", "k").await.unwrap(), None);
    assert!(other.docs("test", "", 10).await.unwrap().is_empty());
    let events = other.audit_events(AuditFilter { limit: 100, ..AuditFilter::default() }).await.unwrap();
    assert!(events.iter().all(|event| !event.body.contains("秘密")));
    assert!(matches!(
        other.commit(changes(vec![put("Patient", "p", &patient("x"), Expect::Present)])).await,
        Err(LedgerError::NotFound)
    ));
    // The same id is free here, and its versions count from one.
    let made = other.commit(changes(vec![put("Patient", "p", &patient("x"), Expect::Absent)])).await.unwrap();
    assert_eq!(made.versions.first().unwrap().version, 1);
    assert!(text(&mine, "Patient", "p").await.unwrap().contains("秘密"));
}

pub async fn a_suspended_tenant_serves_only_the_product_itself(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("x")).await;
    ledger.set_tenant_state(access.tenant(), TenantState::Suspended).await.unwrap();
    assert!(matches!(access.read(kind("Patient"), &id("p")).await, Err(LedgerError::Suspended)));
    assert!(matches!(access.commit(Commit::new(Action::Update)).await, Err(LedgerError::Suspended)));
    let reader = access.reader(Action::Search);
    assert!(matches!(reader.scan(&[], None, 1, None).await, Err(LedgerError::Suspended)));
    // That somebody tried is still recorded.
    access.note(Action::SignInFailed, Outcome::Refused, "suspended", Vec::new()).await.unwrap();
    let product = ledger.access(access.tenant(), system());
    assert!(text(&product, "Patient", "p").await.is_some());
    ledger.set_tenant_state(access.tenant(), TenantState::Active).await.unwrap();
    assert!(text(&access, "Patient", "p").await.is_some());
}

pub async fn a_tenant_that_is_not_there_is_not_found(stage: Stage) {
    let ledger = stage.open().await;
    for actor in [doctor(), system()] {
        let access = ledger.access(NOBODY, actor);
        assert!(matches!(access.read(kind("Patient"), &id("p")).await, Err(LedgerError::NotFound)));
        assert!(matches!(access.commit(Commit::new(Action::Update)).await, Err(LedgerError::NotFound)));
    }
    assert!(ledger.tenant(NOBODY).await.unwrap().is_none());
    assert!(matches!(ledger.set_tenant_state(NOBODY, TenantState::Active).await, Err(LedgerError::NotFound)));
}
