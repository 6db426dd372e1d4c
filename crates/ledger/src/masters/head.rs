//! How far the editions reach: with each one a signed record of the link over all of them, in the database and in the
//! export directory, so that newest editions cannot be taken away unseen.
//!
//! Whoever removes editions and their records from the database is found by the exported file. Whoever can write there
//! too, or restores database and file of an earlier day together, is not: that is found only by comparing with a copy
//! of the file kept elsewhere.
use super::{MasterEdition, statement};
use crate::LedgerError;
use crate::checkpoint::{self, Checkpoint};
use crate::core::Core;
use crate::sql::{Row, SYSTEM, Tx, Val};
use crate::verify::{Stop, exported};
use karute_crypto::{Digest, Signer, sha256};
use karute_japan::Timestamp;

const COLUMNS: &str = "position, link, at, signature";

/// The link at an edition: over the link before it and all that is signed of it.
pub(super) fn link(before: Digest, edition: &MasterEdition) -> Digest {
    let mut message = before.0.to_vec();
    message.extend(statement(edition));
    sha256(&message)
}

/// Refuses to go on where editions are missing at the end: a new one would take the place of what was removed.
pub(super) async fn refuse_after_loss(tx: &mut Tx, newest: u64) -> Result<(), LedgerError> {
    let recorded = super::newest(tx, "SELECT max(position) FROM master_head", &[]).await?;
    if recorded > newest {
        return Err(LedgerError::Integrity(format!("{recorded} master editions were taken in and {newest} are there")));
    }
    Ok(())
}

/// Records that the editions reach as far as these, which are all.
pub(super) async fn record(
    tx: &mut Tx,
    editions: &[MasterEdition],
    at: Timestamp,
    signer: &Signer,
) -> Result<(), LedgerError> {
    let link = editions.iter().fold(Digest::default(), link);
    let head = Checkpoint::sign(SYSTEM, editions.len() as u64, link, at, signer);
    let values =
        [head.seq.into(), Val::Bytes(head.link.0.to_vec()), Val::Int(head.at.as_micros()), Val::Bytes(head.signature)];
    let sql = format!("INSERT INTO master_head ({COLUMNS}) VALUES ($1, $2, $3, $4)");
    tx.exec(&sql, &values).await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<Checkpoint, LedgerError> {
    checkpoint::from_row(SYSTEM, row)
}

/// Writes the newest record to the export directory unless it stands there already.
pub(crate) async fn export(core: &Core) -> Result<(), LedgerError> {
    let Some(dir) = core.config.checkpoint_dir.as_deref() else { return Ok(()) };
    let sql = format!("SELECT {COLUMNS} FROM master_head ORDER BY position DESC LIMIT 1");
    let rows = core.store.point(SYSTEM, &sql, &[]).await?;
    let Some(head) = rows.first().map(from_row).transpose()? else { return Ok(()) };
    let written = match tokio::fs::read_to_string(checkpoint::file(dir, SYSTEM)).await {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(LedgerError::Storage(format!("checkpoint file: {error}"))),
    };
    if written.lines().any(|line| line == head.to_line()) {
        return Ok(());
    }
    checkpoint::export(Some(dir), &head).await
}

/// What does not fit between the editions, given by the link at each, and the records of how far they reach; in Japanese.
pub(super) async fn problem(core: &Core, links: &[Digest]) -> Result<Option<String>, LedgerError> {
    let key = core.signer(SYSTEM).verifying_key();
    let sql = format!("SELECT {COLUMNS} FROM master_head ORDER BY position");
    let recorded: Vec<Checkpoint> = core
        .store
        .read(SYSTEM, move |tx| Box::pin(async move { tx.rows(&sql, &[]).await?.iter().map(from_row).collect() }))
        .await?;
    if recorded.iter().any(|head| !head.verify(&key)) {
        return Ok(Some("何版まで取り込んだかの記録の署名が合いません".to_owned()));
    }
    let outside = match exported(core, SYSTEM, &key).await {
        Ok(outside) => outside,
        Err(Stop::Bad(entry)) => return Ok(Some(entry.problem.trim_end_matches('。').to_owned())),
        Err(Stop::Failed(error)) => return Err(error),
    };
    let all = recorded.iter().chain(&outside);
    if let Some(most) = all.clone().map(|head| head.seq).max().filter(|most| *most > links.len() as u64) {
        let there = links.len();
        return Ok(Some(format!(
            "{most} 版まで取り込んだ記録がありますが、{there} 版しかありません。新しい版が失われています"
        )));
    }
    let at = |head: &Checkpoint| usize::try_from(head.seq).ok().and_then(|seq| links.get(seq.checked_sub(1)?));
    if all.clone().any(|head| at(head) != Some(&head.link)) {
        return Ok(Some("版の並びが、署名された記録と違います".to_owned()));
    }
    // Databases of before these records were kept have none until their next import.
    let unrecorded = all.clone().next().is_some() && recorded.last().is_none_or(|head| at(head) != links.last());
    Ok(unrecorded.then(|| "最後の版まで取り込んだ記録がありません".to_owned()))
}
