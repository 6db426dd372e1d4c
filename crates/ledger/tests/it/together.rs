//! Many at once.
use crate::stage::{Stage, changes, doctor, id, kind, patient, put, save, tenant};
use karute_ledger::{Action, AuditFilter, Change, Commit, Doc, Expect, Ledger, LedgerError, Lookup, Outcome};
use tokio::task::JoinSet;

pub async fn many_writers_share_flushes_and_lose_nothing(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let before = ledger.metrics();
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let access = access.clone();
        tasks.spawn(async move {
            for n in 0..10 {
                let name = format!("p{task}-{n}");
                save(&access, "Patient", &name, &patient("x")).await;
                assert!(matches!(access.read(kind("Patient"), &id(&name)).await.unwrap(), Lookup::Found(_)));
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let after = ledger.metrics();
    assert_eq!(after.commits - before.commits, 1280);
    assert_eq!(after.entries - before.entries, 640 * 2 + 640);
    assert_eq!(after.queued, 0);
    assert!(after.groups - before.groups < 640, "{} groups", after.groups - before.groups);
    let report = ledger.verify(access.tenant()).await.unwrap();
    assert_eq!((report.bad, report.entries), (None, 1920));
}

pub async fn of_many_who_change_the_same_version_one_wins(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("0")).await;
    let mut tasks = JoinSet::new();
    for n in 0..32 {
        let access = access.clone();
        tasks.spawn(async move {
            let mut commit = changes(vec![put("Patient", "p", &patient(&n.to_string()), Expect::Version(1))]);
            commit.docs = vec![Doc::Insert { space: "test", key: n.to_string(), value: "x".into(), expires: None }];
            access.commit(commit).await
        });
    }
    let mut won = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(made) => {
                won += 1;
                assert_eq!(made.versions.first().unwrap().version, 2);
            }
            Err(LedgerError::Conflict { current, .. }) => assert_eq!(current, Some(2)),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(access.docs("test", "", 100).await.unwrap().len(), 1, "the losers leave nothing");
    assert_eq!(ledger.verify(access.tenant()).await.unwrap().bad, None);
}

/// Two processes over one database: neither trusts what it remembers of the chain.
pub async fn two_ledgers_over_one_database_build_one_chain(stage: Stage) {
    let first = stage.open().await;
    let second = Ledger::open(stage.config.clone()).await.unwrap();
    let tenant = tenant(&first, "sakura").await;
    let mut tasks = JoinSet::new();
    for (i, ledger) in [&first, &second].into_iter().enumerate() {
        for task in 0..8 {
            let access = ledger.access(tenant.id, doctor());
            tasks.spawn(async move {
                for n in 0..10 {
                    save(&access, "Patient", &format!("p{i}-{task}-{n}"), &patient("x")).await;
                    save(&access, "Patient", "shared", &patient("x")).await;
                }
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let report = second.verify(tenant.id).await.unwrap();
    assert_eq!((report.bad, report.entries), (None, 640));
    let Lookup::Found(shared) = first.access(tenant.id, doctor()).read(kind("Patient"), &id("shared")).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(shared.version, 160);
}

/// Events alone go a short way that remembers where the chain ended; what another process wrote meanwhile must not be
/// overlooked, whether it wrote in between or at the same moment.
pub async fn events_of_two_processes_build_one_chain(stage: Stage) {
    let first = stage.open().await;
    let second = Ledger::open(stage.config.clone()).await.unwrap();
    let tenant = tenant(&first, "sakura").await;
    let note = async |ledger: &Ledger, n: usize| {
        let access = ledger.access(tenant.id, doctor());
        access.note(Action::Administer, Outcome::Success, &format!("event {n}"), Vec::new()).await.unwrap();
    };
    for n in 0..12 {
        note(if n % 3 == 0 { &second } else { &first }, n).await;
    }
    save(&second.access(tenant.id, doctor()), "Patient", "p", &patient("x")).await;
    note(&first, 12).await;
    let mut tasks = JoinSet::new();
    for n in 0..40 {
        let access = if n % 2 == 0 { &first } else { &second }.access(tenant.id, doctor());
        tasks.spawn(async move {
            for i in 0..5 {
                access.note(Action::View, Outcome::Success, &format!("{n} {i}"), Vec::new()).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let report = second.verify(tenant.id).await.unwrap();
    assert_eq!((report.bad, report.entries), (None, 13 + 2 + 200));
    let filter = AuditFilter { limit: 1000, ..AuditFilter::default() };
    let events = first.access(tenant.id, doctor()).audit_events(filter).await.unwrap();
    let texts: std::collections::BTreeSet<&str> = events.iter().map(|event| event.body.as_str()).collect();
    assert_eq!((events.len(), texts.len()), (214, 214), "each event once");
}

/// One commit that the database cannot take must not spoil those that were to share its transaction.
pub async fn a_commit_the_database_refuses_fails_alone(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    stage.alter(stage.trap()).await;
    let mut tasks = JoinSet::new();
    for n in 0..32 {
        let access = access.clone();
        tasks.spawn(async move {
            let name = if n == 13 { "poison".to_owned() } else { format!("p{n}") };
            let change = Change::Put {
                resource_type: kind("Patient"),
                id: id(&name),
                body: crate::stage::json(&patient("x")),
                expect: Expect::Absent,
            };
            (n, access.commit(changes(vec![change])).await)
        });
    }
    while let Some(done) = tasks.join_next().await {
        let (n, outcome) = done.unwrap();
        assert_eq!(outcome.is_ok(), n != 13, "{n}: {outcome:?}");
    }
    assert!(matches!(access.read(kind("Patient"), &id("poison")).await.unwrap(), Lookup::Missing));
    let report = ledger.verify(access.tenant()).await.unwrap();
    assert_eq!((report.bad, report.entries), (None, 31 * 2 + 1));
}

pub async fn closing_answers_everybody_and_signs(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let mut tasks = JoinSet::new();
    for n in 0..50 {
        let access = access.clone();
        tasks.spawn(async move {
            let name = format!("p{n}");
            let change = put("Patient", &name, &patient("x"), Expect::Any);
            access.commit(changes(vec![change])).await.map(|_| name)
        });
    }
    tokio::task::yield_now().await;
    ledger.close().await;
    let mut acknowledged = Vec::new();
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(name) => acknowledged.push(name),
            Err(error) => assert!(matches!(error, LedgerError::Closed), "{error}"),
        }
    }
    assert!(matches!(access.commit(Commit::new(Action::Update)).await, Err(LedgerError::Closed)));
    let again = Ledger::open(stage.config.clone()).await.unwrap();
    let report = again.verify(access.tenant()).await.unwrap();
    assert_eq!(report.bad, None);
    assert_eq!(report.checkpoints, if acknowledged.is_empty() { 0 } else { 2 });
    let access = again.access(access.tenant(), doctor());
    for name in acknowledged {
        assert!(matches!(access.read(kind("Patient"), &id(&name)).await.unwrap(), Lookup::Found(_)));
    }
}
