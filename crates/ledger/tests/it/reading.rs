//! Reading scopes, histories, scans, and the audit events they leave.
use crate::search_world::query;
use crate::stage::{Stage, changes, delete, doctor, id, kind, patient, put, save, system, text};
use karute_ledger::{
    Access, Action, AuditFilter, AuditRecord, Commit, Entity, Expect, HistoryScope, LedgerError, Outcome, Page, Reader,
};

async fn events(access: &Access, filter: AuditFilter) -> Vec<AuditRecord> {
    access.audit_events(AuditFilter { limit: 1000, ..filter }).await.unwrap()
}

fn names(page: &Page) -> Vec<String> {
    page.matches.iter().map(|v| format!("{}/{}/{}", v.resource_type, v.id, v.version)).collect()
}

pub async fn a_read_leaves_its_audit_event_before_its_answer(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("x")).await;
    let observation = r#"{"resourceType":"Observation","subject":{"reference":"Patient/p"}}"#;
    save(&access, "Observation", "o", observation).await;
    let before = ledger.metrics().entries;
    assert!(text(&access, "Observation", "o").await.is_some());
    assert_eq!(ledger.metrics().entries, before + 1);
    let all = events(&access, AuditFilter::default()).await;
    assert_eq!(
        all.first().unwrap().body,
        concat!(
            r#"{"actor":{"kind":"person","id":"person-1","name":"山田 花子","role":"doctor"},"#,
            r#""origin":{"address":"192.0.2.7","request":"req-1","session":"5e55","method":"password+totp"},"#,
            r#""action":"read","outcome":"success","records":["Observation/o/_history/1"],"patients":["p"]}"#
        )
    );
    // A read that finds nothing is an event too.
    assert!(text(&access, "Observation", "other").await.is_none());
    let all = events(&access, AuditFilter::default()).await;
    assert!(all.first().unwrap().body.contains(r#""entities":["Observation/other"]"#));
}

pub async fn a_remembering_reader_answers_the_same_search_once(stage: Stage) {
    let (_, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("x")).await;
    let (all, none) = (query("Patient", ""), query("Patient", "_id=q"));
    let (remembering, plain) = (access.reader(Action::View).remembering(), access.reader(Action::View));
    let count = async |reader: &Reader, query| reader.search(query, None).await.unwrap().matches.len();
    for reader in [&remembering, &plain] {
        assert_eq!((count(reader, &all).await, count(reader, &none).await), (1, 0));
    }
    save(&access, "Patient", "q", &patient("y")).await;
    assert_eq!((count(&remembering, &all).await, count(&remembering, &none).await), (1, 0));
    assert_eq!((count(&plain, &all).await, count(&plain, &none).await), (2, 1));
    let both = query("Patient", "_id=p,q");
    let at_once = tokio::join!(remembering.search(&all, None), remembering.search(&both, None));
    assert_eq!((at_once.0.unwrap().matches.len(), at_once.1.unwrap().matches.len()), (1, 2));
    remembering.release(()).await.unwrap();
    plain.release(()).await.unwrap();
    let newest = events(&access, AuditFilter::default()).await;
    for event in newest.iter().take(2) {
        assert!(event.body.contains(r#""entities":["Patient/p/_history/1","Patient/q/_history/1"]"#), "{}", event.body);
    }
}

pub async fn an_abandoned_read_is_recorded_as_failed(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p", &patient("x")).await;
    let before = ledger.metrics().entries;
    drop(access.reader(Action::Search));
    let reader = access.reader(Action::Search);
    reader.read(kind("Patient"), &id("p")).await.unwrap();
    drop(reader);
    ledger.close().await;
    assert_eq!(ledger.metrics().entries, before + 1, "a scope that was never used leaves nothing");
    let ledger = stage.open().await;
    let access = ledger.access(access.tenant(), system());
    let all = events(&access, AuditFilter::default()).await;
    let body = &all.first().unwrap().body;
    assert!(body.contains(r#""action":"search","outcome":"failed","entities":["Patient/p/_history/1"]"#), "{body}");
}

pub async fn who_saw_this_patient_is_answered_from_every_kind_of_event(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    for patient_id in ["p", "q"] {
        save(&access, "Patient", patient_id, &patient("x")).await;
        let text = format!(r#"{{"resourceType":"Observation","subject":{{"reference":"Patient/{patient_id}"}}}}"#);
        save(&access, "Observation", &format!("o-{patient_id}"), &text).await;
    }
    access.commit(changes(vec![delete("Observation", "o-p", Expect::Any)])).await.unwrap();
    let mut nurse = doctor();
    nurse.id = "person-2".into();
    let nurse = ledger.access(access.tenant(), nurse);
    let reader = nurse.reader(Action::View);
    reader.history(HistoryScope::System, 100, None, None).await.unwrap();
    reader.describe("everything");
    reader.release(()).await.unwrap();
    let about = Entity { resource_type: kind("Patient"), id: id("q"), version: None };
    nurse.note(Action::Print, Outcome::Refused, "printer", vec![about]).await.unwrap();

    let of = async |entity: &str, actor: Option<&str>| {
        let filter =
            AuditFilter { entity: Some(entity.into()), actor: actor.map(Into::into), ..AuditFilter::default() };
        let mut actions: Vec<String> = Vec::new();
        for event in events(&access, filter).await {
            let rest = event.body.split_once(r#""action":""#).unwrap().1;
            actions.push(rest.split('"').next().unwrap().to_owned());
        }
        actions.reverse();
        actions
    };
    // The deletion names no patient in its own text; that of the deleted version counts.
    assert_eq!(of("Patient/p", None).await, ["update", "update", "update", "view"]);
    assert_eq!(of("Patient/q", None).await, ["update", "update", "view", "print"]);
    assert_eq!(of("Patient/q", Some("person-2")).await, ["view", "print"]);
    assert_eq!(of("Patient/r", None).await, Vec::<String>::new());

    // A resource of a patient is found through the patients that any of its versions names.
    assert_eq!(of("Observation/o-p", None).await, ["update", "update", "view"]);
    assert_eq!(of("Observation/o-q", None).await, ["update", "view"]);
    assert_eq!(of("Observation/o-q", Some("person-2")).await, ["view"]);
    assert_eq!(of("Observation/o", None).await, Vec::<String>::new(), "an id that begins alike is another");
    let moved = r#"{"resourceType":"Observation","subject":{"reference":"Patient/p"}}"#;
    save(&access, "Observation", "o-q", moved).await;
    assert!(text(&access, "Observation", "o-q").await.is_some());
    assert_eq!(of("Observation/o-q", None).await, ["update", "view", "update", "read"], "of its earlier patient too");
    let quoting = r#"["Observation/o-q","Observation/o-q/_history/1"]"#;
    let about = Entity { resource_type: kind("Patient"), id: id("p"), version: None };
    nurse.note(Action::Print, Outcome::Refused, quoting, vec![about]).await.unwrap();
    assert_eq!(of("Observation/o-q", None).await.len(), 4, "words about it in the detail do not touch it");

    let latest = events(&access, AuditFilter::default()).await;
    assert!(latest.first().unwrap().body.contains("audit events entity=Observation/o-q"), "looking is itself recorded");
    let page = AuditFilter { before_seq: Some(latest[2].seq), limit: 1, ..AuditFilter::default() };
    assert_eq!(access.audit_events(page).await.unwrap().first().unwrap().seq, latest[3].seq);
}

pub async fn histories_run_backwards_page_by_page(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    for n in 0..3 {
        save(&access, "Patient", "p", &patient(&n.to_string())).await;
        save(&access, "Observation", &format!("o{n}"), r#"{"resourceType":"Observation"}"#).await;
        stage.clock.advance_ms(1_000);
    }
    access.commit(changes(vec![delete("Patient", "p", Expect::Any)])).await.unwrap();
    let reader = access.reader(Action::History);
    let instance = || HistoryScope::Instance(kind("Patient"), id("p"));
    let first = reader.history(instance(), 3, None, None).await.unwrap();
    assert_eq!(names(&first), ["Patient/p/4", "Patient/p/3", "Patient/p/2"]);
    let second = reader.history(instance(), 3, None, first.next.as_deref()).await.unwrap();
    assert_eq!((names(&second), second.next), (vec!["Patient/p/1".to_owned()], None));
    let of_type = reader.history(HistoryScope::Type(kind("Observation")), 2, None, None).await.unwrap();
    assert_eq!(names(&of_type), ["Observation/o2/1", "Observation/o1/1"]);
    let since = of_type.matches[1].updated.as_micros();
    let recent = reader.history(HistoryScope::System, 100, Some(since), None).await.unwrap();
    assert_eq!(names(&recent), ["Patient/p/4", "Observation/o2/1", "Patient/p/3", "Observation/o1/1", "Patient/p/2"]);
    let none = reader.history(HistoryScope::System, 100, Some(since + 3_600_000_000), None).await.unwrap();
    assert!(none.matches.is_empty());
    for cursor in ["x", "-1", "1.5", "99999999999999999999"] {
        let refused = reader.history(HistoryScope::System, 1, None, Some(cursor)).await;
        assert!(matches!(refused, Err(LedgerError::Cursor)), "{cursor}");
    }
    reader.release(()).await.unwrap();
}

pub async fn a_scan_meets_every_current_resource_once_in_chain_order(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    for n in 0..5 {
        save(&access, "Patient", &format!("p{n}"), &patient("x")).await;
        save(&access, "Observation", &format!("o{n}"), r#"{"resourceType":"Observation"}"#).await;
    }
    stage.clock.advance_ms(1_000);
    save(&access, "Patient", "p0", &patient("y")).await;
    access.commit(changes(vec![delete("Patient", "p1", Expect::Any)])).await.unwrap();
    let reader = access.reader(Action::Export);
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = reader.scan(&[kind("Patient")], None, 2, after.as_deref()).await.unwrap();
        seen.extend(names(&page));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["Patient/p2/1", "Patient/p3/1", "Patient/p4/1", "Patient/p0/2"]);
    let both = reader.scan(&[kind("Observation"), kind("Patient")], None, 100, None).await.unwrap();
    assert_eq!(names(&reader.scan(&[], None, 100, None).await.unwrap()), names(&both));
    assert_eq!(both.matches.len(), 9);
    let since = both.matches.last().unwrap().updated.as_micros();
    assert_eq!(names(&reader.scan(&[], Some(since), 100, None).await.unwrap()), ["Patient/p0/2"]);
    reader.release(()).await.unwrap();
}

pub async fn many_are_read_in_the_order_asked(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    for n in 0..3 {
        save(&access, "Patient", &format!("p{n}"), &patient("x")).await;
    }
    access.commit(changes(vec![delete("Patient", "p1", Expect::Any)])).await.unwrap();
    let reader = access.reader(Action::View);
    let ids: Vec<_> = ["p2", "p1", "none", "p0", "p2"].iter().map(|p| (kind("Patient"), id(p))).collect();
    let found: Vec<String> = reader.read_many(&ids).await.unwrap().iter().map(|v| v.id.to_string()).collect();
    assert_eq!(found, ["p2", "p0", "p2"]);
    reader.release(()).await.unwrap();
}

pub async fn an_index_can_be_rebuilt_from_the_texts(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let many = (0..700).map(|n| put("Patient", &format!("p{n}"), &patient("x"), Expect::Any)).collect();
    access.commit(changes(many)).await.unwrap();
    save(&access, "Patient", "p0", &patient("y")).await;
    access.commit(changes(vec![delete("Patient", "p1", Expect::Any)])).await.unwrap();
    let count = "SELECT CAST(count(*) AS text) FROM ix_text";
    let live = "SELECT CAST(count(*) AS text) FROM ix_text WHERE seq IN (SELECT seq FROM head WHERE op <> 2)";
    let before = stage.texts(count).await;
    assert_eq!(before, stage.texts(live).await, "an update leaves no rows of the old version behind");
    stage.alter("DELETE FROM ix_text").await;
    assert_eq!(ledger.reindex(access.tenant()).await.unwrap(), 699);
    assert_eq!(stage.texts(count).await, before);
    assert_eq!(ledger.verify(access.tenant()).await.unwrap().bad, None);
    access.commit(Commit::new(Action::Administer)).await.unwrap();
}
