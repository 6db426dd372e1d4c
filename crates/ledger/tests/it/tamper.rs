//! What somebody with the database in hand could do, and that `verify` names it.
use crate::stage::{Stage, changes, delete, patient, put, save};
use bytes::Bytes;
use karute_crypto::{Digest, EntryKind, LinkInput, link};
use karute_ledger::{Access, BadEntry, Expect, Ledger};

/// Entries: 1–2, 3–4, … a version and its audit event each; the last change deletes.
async fn history(stage: &Stage) -> (Ledger, Access) {
    let (ledger, access) = stage.clinic().await;
    for n in 1..=4 {
        save(&access, "Patient", &format!("p{n}"), &patient("山田 太郎")).await;
    }
    save(&access, "Patient", "p2", &patient("山田 次郎")).await;
    access.commit(changes(vec![delete("Patient", "p3", Expect::Present)])).await.unwrap();
    (ledger, access)
}

async fn clean(ledger: &Ledger, access: &Access) -> (u64, u64, u64) {
    let report = ledger.verify(access.tenant()).await.unwrap();
    assert_eq!(report.bad, None);
    (report.entries, report.checkpoints, report.attachments)
}

async fn found(ledger: &Ledger, access: &Access) -> BadEntry {
    ledger.verify(access.tenant()).await.unwrap().bad.expect("verify finds something")
}

/// Does something, sees that `verify` names `entry` at `seq`, undoes it.
async fn caught(stage: &Stage, ledger: &Ledger, access: &Access, sql: &str, undo: &str, seq: u64, entry: &str) {
    stage.alter(sql).await;
    let bad = found(ledger, access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (seq, entry), "{sql}: {}", bad.problem);
    stage.alter(undo).await;
    clean(ledger, access).await;
}

pub async fn an_untouched_chain_is_clean_and_fully_counted(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    assert_eq!(clean(&ledger, &access).await, (12, 0, 0));
    ledger.checkpoint(access.tenant()).await.unwrap();
    ledger.checkpoint(access.tenant()).await.unwrap();
    assert_eq!(clean(&ledger, &access).await, (12, 2, 0), "once in the database, once outside");
}

pub async fn every_altered_column_is_found_and_named(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    let version = "Patient/p2 version 1";
    for (set, undo, name) in [
        ("body = replace(body, '太郎', '次郎')", "body = replace(body, '次郎', '太郎')", version),
        ("body = body || ' '", "body = substr(body, 1, length(body) - 1)", version),
        ("type = 'Person'", "type = 'Patient'", "Person/p2 version 1"),
        ("id = 'p9'", "id = 'p2'", "Patient/p9 version 1"),
        ("version = 7", "version = 1", "Patient/p2 version 7"),
        ("op = 1", "op = 0", version),
        ("updated = updated + 1", "updated = updated - 1", version),
    ] {
        let sql = |set| format!("UPDATE version SET {set} WHERE seq = 3");
        caught(&stage, &ledger, &access, &sql(set), &sql(undo), 3, name).await;
    }
    for (set, undo) in [
        ("body = replace(body, 'person-1', 'person-2')", "body = replace(body, 'person-2', 'person-1')"),
        ("at = at - 1", "at = at + 1"),
    ] {
        let sql = |set| format!("UPDATE audit SET {set} WHERE seq = 4");
        caught(&stage, &ledger, &access, &sql(set), &sql(undo), 4, "audit event").await;
    }
    stage.alter("UPDATE version SET link = (SELECT link FROM audit WHERE seq = 2) WHERE seq = 3").await;
    assert_eq!(found(&ledger, &access).await.seq, 3);
}

pub async fn removed_reordered_and_added_entries_are_found(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    let swap = "UPDATE version SET seq = 1000 WHERE seq = 3; UPDATE version SET seq = 3 WHERE seq = 5;
                UPDATE version SET seq = 5 WHERE seq = 1000";
    caught(&stage, &ledger, &access, swap, swap, 3, "Patient/p3 version 1").await;
    let away = "UPDATE audit SET seq = seq + 1000 WHERE seq = 6";
    let back = "UPDATE audit SET seq = seq - 1000 WHERE seq = 1006";
    caught(&stage, &ledger, &access, away, back, 6, "entry 6").await;
    let tail = "UPDATE audit SET seq = seq + 1000 WHERE seq = 12";
    let back = "UPDATE audit SET seq = seq - 1000 WHERE seq = 1012";
    caught(&stage, &ledger, &access, tail, back, 12, "entry 12").await;

    stage.copy_entry("audit", 12, 13).await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (13, "audit event"));
    stage.alter("DELETE FROM audit WHERE seq = 13").await;
    stage.copy_entry("audit", 2, 3).await;
    assert_eq!(found(&ledger, &access).await.seq, 3);
    stage.alter("DELETE FROM audit WHERE seq = 3").await;
    clean(&ledger, &access).await;

    stage.alter("DELETE FROM version WHERE seq = 7").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (7, "entry 7"));
}

pub async fn a_cut_tail_is_found_at_the_signed_head(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    stage.alter("DELETE FROM version WHERE seq > 8; DELETE FROM audit WHERE seq > 8").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (9, "entry 9"));
    assert!(bad.problem.contains("切り取られ"), "{}", bad.problem);
    // Without the key the head cannot be made to fit.
    stage.alter("UPDATE chain SET seq = 8, link = (SELECT link FROM audit WHERE seq = 8)").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (8, "chain head"));
    stage.alter("DELETE FROM chain").await;
    assert_eq!(found(&ledger, &access).await.entry, "chain head");
}

/// Somebody kept an old copy of the whole database, signed head included, and puts it back.
pub async fn a_chain_set_back_to_an_old_head_contradicts_the_checkpoints(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    stage.alter("CREATE TABLE kept AS SELECT * FROM chain").await;
    save(&access, "Patient", "p5", &patient("x")).await;
    let checkpoint = ledger.checkpoint(access.tenant()).await.unwrap();
    assert_eq!(checkpoint.seq, 14);
    stage
        .alter(
            "DELETE FROM version WHERE seq > 12; DELETE FROM audit WHERE seq > 12; DELETE FROM head WHERE seq > 12;
             DELETE FROM audit_entity WHERE seq > 12;
             UPDATE chain SET (seq, link, last_at, signature) = (SELECT seq, link, last_at, signature FROM kept)",
        )
        .await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (14, "checkpoint"), "the one in the database");
    stage.alter("DELETE FROM checkpoint").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (14, "checkpoint"), "the exported one");
    // The forger goes on from there, as far as the checkpoint's position, with the product's own help.
    save(&access, "Patient", "p5", &patient("forged")).await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (14, "checkpoint"));
    assert!(bad.problem.contains("作り直され"), "{}", bad.problem);
}

pub async fn links_recomputed_without_the_key_end_at_a_wrong_signature(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    let rows = stage.blobs("SELECT link FROM version WHERE seq = 11").await;
    let previous = Digest(rows.first().unwrap().as_slice().try_into().unwrap());
    let body = stage.texts("SELECT replace(body, 'person-1', 'person-2') FROM audit WHERE seq = 12").await.remove(0);
    let at: i64 = stage.texts("SELECT CAST(at AS text) FROM audit WHERE seq = 12").await.remove(0).parse().unwrap();
    let fields: [&[u8]; 2] = [&at.to_be_bytes(), body.as_bytes()];
    let forged = link(&previous, &LinkInput { tenant: 1, seq: 12, kind: EntryKind::Audit, fields: &fields });
    let bytes = stage.literal(&forged.0);
    stage
        .alter(&format!(
            "UPDATE audit SET body = replace(body, 'person-1', 'person-2'), link = {bytes} WHERE seq = 12;
             UPDATE chain SET link = {bytes}"
        ))
        .await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (12, "chain head"));
    assert!(bad.problem.contains("署名"), "{}", bad.problem);
}

pub async fn altered_checkpoints_are_found(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    ledger.checkpoint(access.tenant()).await.unwrap();
    save(&access, "Patient", "p5", &patient("x")).await;
    caught(
        &stage,
        &ledger,
        &access,
        "UPDATE checkpoint SET at = at + 1",
        "UPDATE checkpoint SET at = at - 1",
        12,
        "checkpoint",
    )
    .await;
    let file = stage.dir.path().join("checkpoints/1.jsonl");
    let line = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, line.replace("\"seq\":12", "\"seq\":11")).unwrap();
    assert_eq!(found(&ledger, &access).await.entry, "checkpoint");
    std::fs::write(&file, "nonsense\n").unwrap();
    assert_eq!(found(&ledger, &access).await.entry, "checkpoint");
    std::fs::write(&file, format!("{line}{{\"ten")).unwrap();
    clean(&ledger, &access).await;
}

pub async fn a_table_of_current_versions_that_lies_is_found(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    let old = "UPDATE head SET seq = 3, version = 1, op = 0 WHERE id = 'p2'";
    let new = "UPDATE head SET seq = 9, version = 2, op = 1 WHERE id = 'p2'";
    caught(&stage, &ledger, &access, old, new, 9, "Patient/p2 version 2").await;
    let revived = "UPDATE head SET op = 0 WHERE id = 'p3'";
    let dead = "UPDATE head SET op = 2 WHERE id = 'p3'";
    caught(&stage, &ledger, &access, revived, dead, 11, "Patient/p3 version 2").await;
    stage.alter("DELETE FROM head WHERE id = 'p4'").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry.as_str()), (7, "Patient/p4 version 1"));
}

pub async fn a_hidden_audit_event_is_found(stage: Stage) {
    let (ledger, access) = history(&stage).await;
    stage.alter("CREATE TABLE kept AS SELECT * FROM audit_entity WHERE entity = 'Patient/p2' AND seq = 10").await;
    caught(
        &stage,
        &ledger,
        &access,
        "DELETE FROM audit_entity WHERE entity = 'Patient/p2' AND seq = 10",
        "INSERT INTO audit_entity SELECT * FROM kept",
        10,
        "audit event",
    )
    .await;
    let rename = "UPDATE audit_entity SET entity = 'actor/somebody' WHERE entity = 'actor/person-1' AND seq = 4";
    let back = "UPDATE audit_entity SET entity = 'actor/person-1' WHERE entity = 'actor/somebody'";
    caught(&stage, &ledger, &access, rename, back, 4, "audit event").await;
}

pub async fn altered_and_missing_attachments_are_found(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let mut writer = access.blob_writer().await.unwrap();
    writer.write(Bytes::from(vec![1; 300_000])).await.unwrap();
    let info = writer.finish().await.unwrap();
    save(&access, "Patient", "p", &patient("x")).await;
    assert_eq!(clean(&ledger, &access).await, (3, 0, 1));
    let name = format!("attachment {}", info.hash);
    stage.alter("UPDATE blob SET size = size - 1").await;
    assert_eq!(found(&ledger, &access).await.entry, name);
    stage.alter("UPDATE blob SET size = size + 1").await;
    clean(&ledger, &access).await;
    let (zeros, ones) = (stage.literal(&[1, 0]), stage.literal(&[1, 1]));
    stage.alter(&format!("UPDATE blob_chunk SET data = {zeros} WHERE n = 1")).await;
    assert_eq!(found(&ledger, &access).await.entry, name);
    stage.alter(&format!("UPDATE blob_chunk SET data = {ones} WHERE n = 1")).await;
    assert_eq!(found(&ledger, &access).await.entry, name);
    stage.alter("DELETE FROM blob").await;
    let bad = found(&ledger, &access).await;
    assert_eq!((bad.seq, bad.entry), (1, name));
}

pub async fn long_chains_are_read_piece_by_piece(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    for n in 0..3u32 {
        let many = (0..600).map(|i| put("Patient", &format!("p{n}-{i}"), &patient("x"), Expect::Any)).collect();
        access.commit(changes(many)).await.unwrap();
    }
    let large = format!(r#"{{"resourceType":"Patient","note":"{}"}}"#, "あ".repeat(1_500_000));
    for n in 0..2 {
        save(&access, "Patient", &format!("large{n}"), &large).await;
    }
    let (entries, checkpoints, _) = clean(&ledger, &access).await;
    assert_eq!((entries, checkpoints), (1807, 2), "one checkpoint fell due at 1,000, in both places");
    stage.alter("UPDATE version SET body = replace(body, 'x', 'y') WHERE id = 'p2-599'").await;
    assert_eq!(found(&ledger, &access).await.entry, "Patient/p2-599 version 1");
}
