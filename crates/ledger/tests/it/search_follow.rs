//! `_include`, `_revinclude`, `:iterate`.
use crate::search_world::{page, query};
use crate::stage::{Stage, delete, changes, save};
use karute_ledger::{Access, Action, Expect, LedgerError};
use std::collections::BTreeSet;

async fn family(access: &Access) {
    save(access, "Organization", "o1", r#"{"resourceType":"Organization","name":"病院"}"#).await;
    save(
        access,
        "Organization",
        "o2",
        r#"{"resourceType":"Organization","name":"部門","partOf":{"reference":"Organization/o1"}}"#,
    )
    .await;
    let patient = r#"{"resourceType":"Patient","managingOrganization":{"reference":"Organization/o2"}}"#;
    save(access, "Patient", "p1", patient).await;
    save(access, "Patient", "p2", r#"{"resourceType":"Patient"}"#).await;
    for (name, subject) in [("b1", "Patient/p1"), ("b2", "Patient/p1"), ("b3", "Patient/p2"), ("b4", "Patient/none")] {
        let text = format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"code":"{name}"}}]}},"subject":{{"reference":"{subject}"}},"performer":[{{"reference":"Organization/o1"}}]}}"#
        );
        save(access, "Observation", name, &text).await;
    }
    save(
        access,
        "RiskAssessment",
        "r1",
        r#"{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/p1"}}"#,
    )
    .await;
}

async fn included(access: &Access, type_name: &str, text: &str) -> BTreeSet<String> {
    let page = page(access, &query(type_name, text), None).await;
    let matches: BTreeSet<String> = page.matches.iter().map(|v| format!("{}/{}", v.resource_type, v.id)).collect();
    let included: Vec<String> = page.included.iter().map(|v| format!("{}/{}", v.resource_type, v.id)).collect();
    let set: BTreeSet<String> = included.iter().cloned().collect();
    assert_eq!(set.len(), included.len(), "each once");
    assert!(set.is_disjoint(&matches), "a match is not included again");
    set
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

pub async fn references_are_followed_forwards(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    family(&access).await;
    assert_eq!(included(&access, "Observation", "_include=Observation:subject").await, set(&["Patient/p1", "Patient/p2"]));
    assert_eq!(included(&access, "Observation", "code=b1&_include=Observation:subject").await, set(&["Patient/p1"]));
    assert_eq!(included(&access, "Observation", "code=b4&_include=Observation:subject").await, set(&[]));
    assert_eq!(
        included(&access, "Observation", "code=b1&_include=Observation:*").await,
        set(&["Organization/o1", "Patient/p1"])
    );
    assert_eq!(
        included(&access, "Observation", "code=b1&_include=Observation:subject:Patient").await,
        set(&["Patient/p1"])
    );
    assert_eq!(
        included(&access, "Observation", "code=b1&_include=Observation:subject:Group").await,
        set(&[])
    );
}

pub async fn references_are_followed_backwards(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    family(&access).await;
    assert_eq!(
        included(&access, "Patient", "_id=p1&_revinclude=Observation:subject").await,
        set(&["Observation/b1", "Observation/b2"])
    );
    assert_eq!(
        included(&access, "Patient", "_id=p1&_revinclude=Observation:subject&_revinclude=RiskAssessment:subject").await,
        set(&["Observation/b1", "Observation/b2", "RiskAssessment/r1"])
    );
    assert_eq!(included(&access, "Patient", "_id=none&_revinclude=Observation:subject").await, set(&[]));
}

pub async fn iteration_goes_on_from_what_was_included(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    family(&access).await;
    let once = "code=b1&_include=Observation:subject";
    assert_eq!(included(&access, "Observation", once).await, set(&["Patient/p1"]));
    let more = "code=b1&_include=Observation:subject&_include:iterate=Patient:organization";
    assert_eq!(included(&access, "Observation", more).await, set(&["Patient/p1", "Organization/o2"]));
    let all = format!("{more}&_include:iterate=Organization:partof");
    assert_eq!(
        included(&access, "Observation", &all).await,
        set(&["Patient/p1", "Organization/o2", "Organization/o1"])
    );
    // A circle ends.
    let text = r#"{"resourceType":"Organization","name":"病院","partOf":{"reference":"Organization/o2"}}"#;
    save(&access, "Organization", "o1", text).await;
    assert_eq!(included(&access, "Organization", "_id=o1&_include:iterate=Organization:partof").await, set(&["Organization/o2"]));
    let back = "_id=o2&_revinclude:iterate=Patient:organization&_revinclude:iterate=Observation:subject";
    assert_eq!(
        included(&access, "Organization", back).await,
        set(&["Patient/p1", "Observation/b1", "Observation/b2"])
    );
}

pub async fn what_is_deleted_or_changed_is_not_included(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    family(&access).await;
    access.commit(changes(vec![delete("Patient", "p1", Expect::Present)])).await.unwrap();
    assert_eq!(included(&access, "Observation", "code=b1&_include=Observation:subject").await, set(&[]));
    let moved = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"}}"#;
    save(&access, "Observation", "b3", moved).await;
    assert_eq!(included(&access, "Patient", "_id=p2&_revinclude=Observation:subject").await, set(&[]));
}

pub async fn a_page_that_would_include_too_much_is_refused_not_cut(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    save(&access, "Patient", "p1", r#"{"resourceType":"Patient"}"#).await;
    for batch in 0..11 {
        let list = (0..100)
            .map(|n| {
                let text = r#"{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/p1"}}"#;
                crate::stage::put("RiskAssessment", &format!("r{batch}-{n}"), text, Expect::Absent)
            })
            .collect();
        access.commit(changes(list)).await.unwrap();
        let reader = access.reader(Action::Search);
        let answer = reader.search(&query("Patient", "_revinclude=RiskAssessment:subject"), None).await;
        match answer {
            Ok(page) => assert_eq!(page.included.len(), 100 * (batch + 1)),
            Err(error) => assert!(batch == 10 && matches!(error, LedgerError::Limit(_)), "{error}"),
        }
        reader.release(()).await.unwrap();
    }
}
