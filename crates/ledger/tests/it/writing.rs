//! Versions.
use crate::stage::{Stage, changes, delete, id, json, kind, patient, put, save, stored, text};
use karute_ledger::{Action, Change, Commit, Expect, LedgerError, Lookup, Operation};

pub async fn a_resource_comes_back_byte_for_byte(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let rest =
        r#","x":[72.50,1.00E-2,-0,1e5],"_birthDate":{"extension":[]},"unknown":{"b":1,"a":"\u3042\/\\"},"t":" é🏥"#;
    let sent = format!(r#"{{"resourceType":"Patient"{rest}"}}"#);
    save(&access, "Patient", "p.1-A", &sent).await;
    assert_eq!(text(&access, "Patient", "p.1-A").await.unwrap(), stored("Patient", "p.1-A", 1, &format!("{rest}\"")));
}

pub async fn versions_count_from_one_and_stay_readable(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    for n in 1..=3 {
        let made = save(&access, "Patient", "p", &patient(&format!("{n}"))).await;
        let version = made.versions.first().unwrap();
        assert_eq!((version.version, version.operation == Operation::Created), (n, n == 1));
    }
    let reader = access.reader(Action::Read);
    for n in 1..=3u32 {
        let Lookup::Found(version) = reader.vread(kind("Patient"), &id("p"), n).await.unwrap() else { panic!() };
        assert_eq!(&*version.body, stored("Patient", "p", n, &format!(r#","name":[{{"text":"{n}"}}]"#)));
    }
    assert!(matches!(reader.vread(kind("Patient"), &id("p"), 4).await.unwrap(), Lookup::Missing));
    assert!(matches!(reader.vread(kind("Observation"), &id("p"), 1).await.unwrap(), Lookup::Missing));
    reader.release(()).await.unwrap();
}

pub async fn preconditions_are_checked_and_a_failed_commit_leaves_nothing(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let change = |expect| changes(vec![put("Patient", "p", &patient("x"), expect)]);
    assert!(matches!(access.commit(change(Expect::Present)).await, Err(LedgerError::NotFound)));
    assert!(matches!(
        access.commit(change(Expect::Version(1))).await,
        Err(LedgerError::Conflict { resource: Some(_), current: None })
    ));
    access.commit(change(Expect::Absent)).await.unwrap();
    assert!(matches!(access.commit(change(Expect::Absent)).await, Err(LedgerError::Exists)));
    assert!(matches!(
        access.commit(change(Expect::Version(2))).await,
        Err(LedgerError::Conflict { resource: Some(_), current: Some(1) })
    ));
    access.commit(change(Expect::Version(1))).await.unwrap();
    access.commit(change(Expect::Present)).await.unwrap();
    let Lookup::Found(version) = access.read(kind("Patient"), &id("p")).await.unwrap() else { panic!() };
    assert_eq!(version.version, 3);
}

pub async fn a_commit_with_many_changes_happens_whole_or_not_at_all(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    save(&access, "Patient", "there", &patient("x")).await;
    let failing = changes(vec![
        put("Patient", "a", &patient("a"), Expect::Absent),
        put("Patient", "there", &patient("y"), Expect::Absent),
    ]);
    assert!(matches!(access.commit(failing).await, Err(LedgerError::Exists)));
    assert!(text(&access, "Patient", "a").await.is_none());
    // Within a commit a change sees those before it.
    let made = access
        .commit(changes(vec![
            put("Patient", "a", &patient("1"), Expect::Absent),
            put("Patient", "a", &patient("2"), Expect::Version(1)),
            delete("Patient", "a", Expect::Version(2)),
            put("Observation", "o", r#"{"resourceType":"Observation"}"#, Expect::Any),
        ]))
        .await
        .unwrap();
    let versions: Vec<(u32, Operation)> = made.versions.iter().map(|v| (v.version, v.operation)).collect();
    assert_eq!(
        versions,
        [(1, Operation::Created), (2, Operation::Updated), (3, Operation::Deleted), (1, Operation::Created)]
    );
    assert!(matches!(access.read(kind("Patient"), &id("a")).await.unwrap(), Lookup::Gone(_)));
    let wrong = Change::Put {
        resource_type: kind("Patient"),
        id: id("b"),
        body: json(r#"{"resourceType":"Observation"}"#),
        expect: Expect::Any,
    };
    assert!(access.commit(changes(vec![wrong])).await.is_err());
}

pub async fn deleting_makes_a_version_and_deleting_again_none(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    assert!(matches!(
        access.commit(changes(vec![delete("Patient", "p", Expect::Any)])).await,
        Err(LedgerError::NotFound)
    ));
    save(&access, "Patient", "p", &patient("x")).await;
    let gone = access.commit(changes(vec![delete("Patient", "p", Expect::Present)])).await.unwrap();
    let again = access.commit(changes(vec![delete("Patient", "p", Expect::Any)])).await.unwrap();
    let (first, second) = (gone.versions.first().unwrap(), again.versions.first().unwrap());
    assert_eq!((first.version, &*first.body), (2, ""));
    assert_eq!((first.seq, first.version), (second.seq, second.version));
    let Lookup::Gone(version) = access.read(kind("Patient"), &id("p")).await.unwrap() else { panic!() };
    assert_eq!(version.seq, first.seq);
    assert!(matches!(
        access.commit(changes(vec![delete("Patient", "p", Expect::Present)])).await,
        Err(LedgerError::NotFound)
    ));
}

pub async fn a_deleted_resource_comes_back_as_a_later_version(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("x")).await;
    access.commit(changes(vec![delete("Patient", "p", Expect::Any)])).await.unwrap();
    let absent = changes(vec![put("Patient", "p", &patient("y"), Expect::Absent)]);
    assert!(matches!(access.commit(absent).await, Err(LedgerError::Exists)));
    let back = save(&access, "Patient", "p", &patient("y")).await;
    let version = back.versions.first().unwrap();
    assert_eq!((version.version, version.operation), (3, Operation::Updated));
    let reader = access.reader(Action::Read);
    assert!(matches!(reader.vread(kind("Patient"), &id("p"), 2).await.unwrap(), Lookup::Gone(_)));
    assert!(matches!(reader.read(kind("Patient"), &id("p")).await.unwrap(), Lookup::Found(_)));
    reader.release(()).await.unwrap();
}

pub async fn the_time_of_an_entry_never_goes_back(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let first = access.commit(Commit::new(Action::Administer)).await.unwrap().at;
    stage.clock.advance_ms(-3_600_000);
    let second = save(&access, "Patient", "p", &patient("x")).await;
    assert_eq!(second.at, first);
    assert_eq!(second.versions.first().unwrap().updated, first);
    stage.clock.advance_ms(3_600_000 + 5);
    assert_eq!(access.commit(Commit::new(Action::Administer)).await.unwrap().at, first.plus_ms(5));
}
