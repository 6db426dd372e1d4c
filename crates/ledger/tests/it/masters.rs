//! Master tables, which belong to no tenant.
use crate::stage::Stage;
use karute_crypto::sha256;
use karute_ledger::{Ledger, LedgerError, NewMaster};

fn new(kind: &str, expected: Option<u32>, content: &[u8]) -> NewMaster {
    NewMaster {
        kind: kind.into(),
        expected,
        content: content.to_vec(),
        report: format!("{{\"taken\":{}}}", content.len()),
        by: "システム（cli: 保守 太郎）".into(),
    }
}

async fn put(ledger: &Ledger, kind: &str, expected: Option<u32>, content: &[u8]) -> u32 {
    ledger.put_master(new(kind, expected, content)).await.unwrap()
}

/// Bytes that no text is.
fn content(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i * 31 % 256) as u8).collect()
}

impl Stage {
    /// Runs SQL on the tables without tenant, as who owns the database.
    async fn alter_system(&self, sql: &str) {
        if self.urls.is_some() {
            return self.alter(sql).await;
        }
        let file = rusqlite::Connection::open(self.dir.path().join("data/system.db")).unwrap();
        file.execute_batch(sql).unwrap();
    }
}

pub async fn an_edition_comes_back_byte_for_byte_and_old_ones_stay(stage: Stage) {
    let ledger = stage.open().await;
    assert_eq!(ledger.masters_version().await.unwrap(), 0);
    assert!(ledger.read_master("ssk-drug").await.unwrap().is_none());
    let (first, second) = (content(3_000_000), content(70_001));
    assert_eq!(put(&ledger, "ssk-drug", None, &first).await, 1);
    assert_eq!(put(&ledger, "postal", None, b"").await, 1);
    stage.clock.advance_ms(5_000);
    assert_eq!(put(&ledger, "ssk-drug", Some(1), &second).await, 2);
    assert_eq!(ledger.masters_version().await.unwrap(), 3);

    let newest = ledger.read_master("ssk-drug").await.unwrap().unwrap();
    assert_eq!((newest.edition.number, &newest.content), (2, &second));
    assert!(ledger.read_master("postal").await.unwrap().unwrap().content.is_empty());
    let list = ledger.master_editions().await.unwrap();
    let short: Vec<_> = list.iter().map(|e| (e.position, e.kind.as_str(), e.number, e.size)).collect();
    assert_eq!(short, [(1, "ssk-drug", 1, 3_000_000), (2, "postal", 1, 0), (3, "ssk-drug", 2, 70_001)]);
    let last = list.last().unwrap();
    assert_eq!(last.imported_at.to_fhir(), "2026-11-22T09:00:05.000+09:00");
    assert_eq!((last.sha256, last.report.as_str()), (sha256(&second), "{\"taken\":70001}"));
    assert_eq!(last.imported_by, "システム（cli: 保守 太郎）");

    // Another process sees the same.
    let other = Ledger::open(stage.config.clone()).await.unwrap();
    assert_eq!(other.master_editions().await.unwrap(), list);
}

pub async fn an_import_that_came_between_is_not_overwritten(stage: Stage) {
    let ledger = stage.open().await;
    let refused = ledger.put_master(new("hot", Some(1), b"x")).await;
    assert!(matches!(refused, Err(LedgerError::Conflict { current: None, .. })), "{refused:?}");
    put(&ledger, "hot", None, b"a").await;
    for expected in [None, Some(2)] {
        let refused = ledger.put_master(new("hot", expected, b"x")).await;
        assert!(matches!(refused, Err(LedgerError::Conflict { current: Some(1), .. })), "{refused:?}");
    }
    // Of many at once one wins, from whichever process.
    let other = Ledger::open(stage.config.clone()).await.unwrap();
    let tries: Vec<_> = (0..8)
        .map(|n| {
            let ledger = if n % 2 == 0 { ledger.clone() } else { other.clone() };
            tokio::spawn(async move { ledger.put_master(new("hot", Some(1), &[n])).await })
        })
        .collect();
    let mut won = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(number) => {
                won += 1;
                assert_eq!(number, 2);
            }
            Err(LedgerError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(ledger.masters_version().await.unwrap(), 2);
    assert_eq!(ledger.verify_masters().await.unwrap().editions, 2);
}

pub async fn what_cannot_be_a_master_is_refused(stage: Stage) {
    let ledger = stage.open().await;
    for kind in ["", "SSK", "ssk drug", "薬", "a'b", &"a".repeat(41)] {
        assert!(matches!(ledger.put_master(new(kind, None, b"x")).await, Err(LedgerError::Unsupported(_))), "{kind}");
    }
    let mut nul = new("hot", None, b"\0");
    nul.report = "\"a\0b\"".into();
    ledger.put_master(nul).await.unwrap();
    assert_eq!(ledger.master_editions().await.unwrap().first().unwrap().report, "\"a b\"");
}

pub async fn an_altered_edition_is_found_and_never_read(stage: Stage) {
    let ledger = stage.open().await;
    assert_eq!(ledger.verify_masters().await.unwrap().editions, 0);
    for (kind, expected) in [("hot", None), ("usage", None), ("hot", Some(1))] {
        put(&ledger, kind, expected, &content(1_000)).await;
    }
    let clean = ledger.verify_masters().await.unwrap();
    assert_eq!((clean.editions, clean.bad), (3, None));
    let (zeros, digest) = (stage.literal(&[0; 1_000]), stage.literal(&sha256(&[0; 1_000]).0));
    let whole = stage.literal(&content(1_000));
    let whole_digest = stage.literal(&sha256(&content(1_000)).0);
    let cases = [
        (format!("content = {zeros}"), format!("content = {whole}")),
        // With a digest that fits: the signature does not.
        (
            format!("content = {zeros}, sha256 = {digest}"),
            format!("content = {whole}, sha256 = {whole_digest}"),
        ),
        ("report = '{}'".to_owned(), "report = '{\"taken\":1000}'".to_owned()),
        ("imported_at = imported_at + 1".to_owned(), "imported_at = imported_at - 1".to_owned()),
    ];
    for (damage, mend) in cases {
        stage.alter_system(&format!("UPDATE master_edition SET {damage} WHERE position = 3")).await;
        let bad = ledger.verify_masters().await.unwrap().bad.unwrap();
        assert_eq!(bad.0, "master hot edition 2", "{damage}");
        let read = ledger.read_master("hot").await;
        assert!(matches!(&read, Err(LedgerError::Integrity(_))), "{damage}");
        stage.alter_system(&format!("UPDATE master_edition SET {mend} WHERE position = 3")).await;
        assert_eq!(ledger.verify_masters().await.unwrap().bad, None, "{mend}");
    }
    stage.alter_system("DELETE FROM master_edition WHERE position = 1").await;
    let bad = ledger.verify_masters().await.unwrap().bad.unwrap();
    assert_eq!(bad.0, "master usage edition 1", "{}", bad.1);
}

/// The exported records of how far the masters reach.
fn exported(stage: &Stage) -> std::path::PathBuf {
    stage.config.checkpoint_dir.as_ref().unwrap().join("masters.jsonl")
}

pub async fn a_removed_newest_edition_is_found(stage: Stage) {
    let ledger = stage.open().await;
    for (kind, expected) in [("hot", None), ("usage", None), ("hot", Some(1))] {
        put(&ledger, kind, expected, &content(100)).await;
    }
    let text = std::fs::read_to_string(exported(&stage)).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert_eq!(ledger.verify_masters().await.unwrap().bad, None);
    let problem = async |ledger: &Ledger| ledger.verify_masters().await.unwrap().bad.map(|(_, problem)| problem);
    let has = |problem: Option<String>, words: &str| assert!(problem.as_ref().is_some_and(|p| p.contains(words)), "{problem:?}");

    // The edition alone: its record in the database tells. Nothing new takes its place.
    stage.alter_system("DELETE FROM master_edition WHERE position = 3").await;
    has(problem(&ledger).await, "3 版まで取り込んだ記録がありますが、2 版しかありません");
    let refused = ledger.put_master(new("hot", Some(1), b"other")).await;
    assert!(matches!(refused, Err(LedgerError::Integrity(_))), "{refused:?}");
    // The record too: what was exported tells.
    stage.alter_system("DELETE FROM master_head WHERE position = 3").await;
    has(problem(&ledger).await, "新しい版が失われています");
    // Even when another edition has taken its place.
    put(&ledger, "hot", Some(1), b"other").await;
    has(problem(&ledger).await, "署名された記録と違います");
    // Without the file of outside the database is whole in itself: no more can be known.
    let text = std::fs::read_to_string(exported(&stage)).unwrap();
    std::fs::remove_file(exported(&stage)).unwrap();
    assert_eq!(problem(&ledger).await, None);
    // The file comes back with the next checkpoint of any institution.
    let tenant = crate::stage::tenant(&ledger, "midori").await.id;
    ledger.checkpoint(tenant).await.unwrap();
    assert_eq!(std::fs::read_to_string(exported(&stage)).unwrap().lines().count(), 1);
    ledger.checkpoint(tenant).await.unwrap();
    assert_eq!(std::fs::read_to_string(exported(&stage)).unwrap().lines().count(), 1, "once");

    // A record that was altered, one that is missing, a line that cannot be read.
    stage.alter_system("UPDATE master_head SET at = at + 1 WHERE position = 2").await;
    has(problem(&ledger).await, "署名が合いません");
    stage.alter_system("UPDATE master_head SET at = at - 1 WHERE position = 2").await;
    assert_eq!(problem(&ledger).await, None);
    stage.alter_system("DELETE FROM master_head WHERE position = 3").await;
    has(problem(&ledger).await, "最後の版まで取り込んだ記録がありません");
    std::fs::write(exported(&stage), text.replace("\"seq\":2", "\"seq\":1")).unwrap();
    has(problem(&ledger).await, "署名が正しくありません");
    std::fs::write(exported(&stage), "x\n").unwrap();
    has(problem(&ledger).await, "読めない行");
    std::fs::remove_file(exported(&stage)).unwrap();
    // A database of before the records were kept has none, and gets one with its next import.
    stage.alter_system("DELETE FROM master_head").await;
    assert_eq!(problem(&ledger).await, None);
    put(&ledger, "usage", Some(1), b"new").await;
    assert_eq!(problem(&ledger).await, None);
}
