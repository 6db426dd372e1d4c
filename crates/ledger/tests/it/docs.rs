//! Unversioned documents.
use crate::stage::Stage;
use karute_ledger::{Access, Action, Commit, Committed, Doc, LedgerError};

const SPACE: &str = "test.space";

async fn commit(access: &Access, docs: Vec<Doc>) -> Result<Committed, LedgerError> {
    let mut commit = Commit::new(Action::Administer);
    commit.docs = docs;
    access.commit(commit).await
}

fn put(key: &str, value: &str) -> Doc {
    Doc::Put { space: SPACE, key: key.into(), value: value.into(), expires: None }
}

fn insert(key: &str, value: &str) -> Doc {
    Doc::Insert { space: SPACE, key: key.into(), value: value.into(), expires: None }
}

fn swap(key: &str, was: &str, value: &str) -> Doc {
    Doc::Swap { space: SPACE, key: key.into(), was: was.into(), value: value.into(), expires: None }
}

pub async fn documents_are_put_inserted_swapped_and_deleted(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    assert_eq!(access.doc(SPACE, "a").await.unwrap(), None);
    commit(&access, vec![put("a", "1"), insert("b", "1"), put("a", "2")]).await.unwrap();
    assert_eq!(access.doc(SPACE, "a").await.unwrap().as_deref(), Some("2"));
    assert_eq!(access.doc("test.other", "a").await.unwrap(), None);
    assert!(matches!(commit(&access, vec![put("c", "x"), insert("b", "2")]).await, Err(LedgerError::Exists)));
    assert_eq!(access.doc(SPACE, "c").await.unwrap(), None);
    assert!(matches!(
        commit(&access, vec![swap("b", "0", "2")]).await,
        Err(LedgerError::Conflict { resource: None, .. })
    ));
    commit(&access, vec![swap("b", "1", "2"), swap("b", "2", "3")]).await.unwrap();
    assert_eq!(access.doc(SPACE, "b").await.unwrap().as_deref(), Some("3"));
    commit(&access, vec![Doc::Delete { space: SPACE, key: "b".into() }, insert("b", "4")]).await.unwrap();
    assert_eq!(access.doc(SPACE, "b").await.unwrap().as_deref(), Some("4"));
    commit(&access, vec![Doc::Delete { space: SPACE, key: "b".into() }]).await.unwrap();
    assert_eq!(access.doc(SPACE, "b").await.unwrap(), None);
    assert!(commit(&access, vec![put("nul", "a\0b")]).await.is_err());
}

pub async fn an_expired_document_reads_as_absent_and_is_swept(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let until = access.commit(Commit::new(Action::Administer)).await.unwrap().at.plus_ms(1_000);
    let session = Doc::Put { space: SPACE, key: "s".into(), value: "1".into(), expires: Some(until) };
    commit(&access, vec![session.clone(), put("t", "1")]).await.unwrap();
    stage.clock.advance_ms(999);
    assert!(access.doc(SPACE, "s").await.unwrap().is_some());
    stage.clock.advance_ms(1);
    assert_eq!(access.doc(SPACE, "s").await.unwrap(), None);
    assert_eq!(access.docs(SPACE, "", 10).await.unwrap().len(), 1);
    assert!(matches!(commit(&access, vec![swap("s", "1", "2")]).await, Err(LedgerError::Conflict { .. })));
    // What has expired is no hindrance.
    commit(&access, vec![insert("s", "2")]).await.unwrap();
    assert_eq!(access.doc(SPACE, "s").await.unwrap().as_deref(), Some("2"));
    commit(&access, vec![session]).await.unwrap();
    ledger.sweep(access.tenant()).await.unwrap();
    stage.clock.advance_ms(-10_000);
    assert_eq!(access.doc(SPACE, "s").await.unwrap(), None, "swept, not merely hidden");
    assert_eq!(access.doc(SPACE, "t").await.unwrap().as_deref(), Some("1"));
}

pub async fn a_prefix_finds_exactly_what_begins_with_it(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let keys = ["a", "ab", "ab\u{10ffff}", "abc", "ac", "b", "あ", "あい", "い", "a%", "a_"];
    commit(&access, keys.iter().map(|key| put(key, "v")).collect()).await.unwrap();
    let found = async |prefix: &str, limit| {
        let docs = access.docs(SPACE, prefix, limit).await.unwrap();
        docs.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(found("ab", 10).await, ["ab", "abc", "ab\u{10ffff}"]);
    assert_eq!(found("a_", 10).await, ["a_"]);
    assert_eq!(found("あ", 10).await, ["あ", "あい"]);
    assert_eq!(found("", 3).await, ["a", "a%", "a_"]);
    assert_eq!(found("z", 3).await, Vec::<String>::new());
}
