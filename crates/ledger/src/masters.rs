//! Master tables (codes and names as published) that all institutions share: every edition ever taken in, append only,
//! each signed. They belong to no tenant and hold nothing of any, so they are read without one.
pub(crate) mod head;

use crate::LedgerError;
use crate::core::Core;
use crate::sql::{Dialect, Row, SYSTEM, Tx, Val};
use karute_crypto::{Digest, Signer, sha256};
use karute_japan::Timestamp;
use std::sync::Arc;

/// Largest content of an edition, in bytes.
const MAX_BYTES: usize = 128 << 20;
/// Longest name of a kind, in bytes.
const MAX_KIND: usize = 40;
/// Number of PostgreSQL's advisory lock that lets one import in at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7103)";

/// An edition of a master table, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterEdition {
    /// Position among all editions of all kinds, from 1.
    pub position: u64,
    /// Kind of table, for example `ssk-drug`.
    pub kind: String,
    /// Number within the kind, from 1.
    pub number: u32,
    /// When it was taken in.
    pub imported_at: Timestamp,
    /// Who took it in, in words.
    pub imported_by: String,
    /// What the import reported, as JSON text.
    pub report: String,
    /// Size of the content in bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
}

/// An edition with its content.
#[derive(Clone, Debug)]
pub struct MasterContent {
    /// Which.
    pub edition: MasterEdition,
    /// The table, as the terminology room encodes it.
    pub content: Vec<u8>,
}

/// An edition to take in.
#[derive(Clone, Debug)]
pub struct NewMaster {
    /// Kind of table: 1 to 40 of `a-z 0-9 -`.
    pub kind: String,
    /// Number of the edition this one was made from; `None` when it is the first of its kind.
    pub expected: Option<u32>,
    /// The whole table.
    pub content: Vec<u8>,
    /// What the import reported, as JSON text.
    pub report: String,
    /// Who takes it in, in words.
    pub by: String,
}

/// Result of verifying the master tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MastersReport {
    /// Editions checked.
    pub editions: u64,
    /// The first bad edition and what is wrong with it, in Japanese.
    pub bad: Option<(String, String)>,
}

const COLUMNS: &str = "position, kind, number, imported_at, imported_by, report, size, sha256, signature";
/// Where the content stands after [`COLUMNS`].
const CONTENT: usize = 9;
const SIGNATURE: usize = 8;

fn edition(row: &Row) -> Result<MasterEdition, LedgerError> {
    let digest = <[u8; 32]>::try_from(row.bytes(7)?);
    Ok(MasterEdition {
        position: row.count(0)?,
        kind: row.text(1)?.to_owned(),
        number: u32::try_from(row.int(2)?).map_err(|_| LedgerError::Integrity("a stored number is none".into()))?,
        imported_at: Timestamp::from_micros(row.int(3)?),
        imported_by: row.text(4)?.to_owned(),
        report: row.text(5)?.to_owned(),
        size: row.count(6)?,
        sha256: Digest(digest.map_err(|_| LedgerError::Integrity("a stored digest is none".into()))?),
    })
}

/// What is signed: everything of an edition, its content and report by their digests.
fn statement(edition: &MasterEdition) -> Vec<u8> {
    let mut message = b"karute master 1\0".to_vec();
    message.extend(edition.position.to_be_bytes());
    message.extend(edition.number.to_be_bytes());
    message.extend(edition.imported_at.as_micros().to_be_bytes());
    message.extend(edition.sha256.0);
    for text in [&edition.kind, &edition.imported_by, &edition.report] {
        message.extend(sha256(text.as_bytes()).0);
    }
    message
}

pub(crate) async fn list(core: &Arc<Core>) -> Result<Vec<MasterEdition>, LedgerError> {
    let sql = format!("SELECT {COLUMNS} FROM master_edition ORDER BY position");
    core.store
        .read(SYSTEM, move |tx| Box::pin(async move { tx.rows(&sql, &[]).await?.iter().map(edition).collect() }))
        .await
}

pub(crate) async fn version(core: &Arc<Core>) -> Result<u64, LedgerError> {
    let rows = core.store.point(SYSTEM, "SELECT max(position) FROM master_edition", &[]).await?;
    let newest = rows.first().map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(newest.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

pub(crate) async fn read(core: &Arc<Core>, kind: &str) -> Result<Option<MasterContent>, LedgerError> {
    let sql = format!("SELECT {COLUMNS}, content FROM master_edition WHERE kind = $1 ORDER BY number DESC LIMIT 1");
    let kind = kind.to_owned();
    let row = core
        .store
        .read(SYSTEM, move |tx| {
            Box::pin(async move {
                tx.unhurried().await?;
                tx.row(&sql, &[kind.into()]).await
            })
        })
        .await?;
    let Some(row) = row else { return Ok(None) };
    let found = MasterContent { edition: edition(&row)?, content: row.bytes(CONTENT)?.to_vec() };
    let signer = core.signer(SYSTEM);
    match tokio::task::spawn_blocking(move || {
        let problem = problem(&found.edition, &found.content, row.bytes(SIGNATURE)?, &signer);
        Ok::<_, LedgerError>((found, problem))
    })
    .await
    .map_err(|_| LedgerError::Storage("the check of a master table stopped unexpectedly".into()))??
    {
        (found, None) => Ok(Some(found)),
        (found, Some(problem)) => Err(LedgerError::Integrity(format!("{}: {problem}", name(&found.edition)))),
    }
}

fn name(edition: &MasterEdition) -> String {
    format!("master {} edition {}", edition.kind, edition.number)
}

/// What is wrong with a stored edition, in Japanese.
fn problem(edition: &MasterEdition, content: &[u8], signature: &[u8], signer: &Signer) -> Option<&'static str> {
    if edition.size != content.len() as u64 || sha256(content) != edition.sha256 {
        Some("内容が取り込んだときと違います")
    } else if !signer.verifying_key().verify(&statement(edition), signature) {
        Some("署名が合いません")
    } else {
        None
    }
}

/// The words of the command line; nothing folds.
fn is_kind(kind: &str) -> bool {
    (1..=MAX_KIND).contains(&kind.len())
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

pub(crate) async fn put(core: &Arc<Core>, new: NewMaster) -> Result<u32, LedgerError> {
    if !is_kind(&new.kind) {
        return Err(LedgerError::Unsupported("the kind of a master table: 1 to 40 of a-z 0-9 -".into()));
    }
    if new.content.len() > MAX_BYTES {
        return Err(LedgerError::Limit("master table"));
    }
    // PostgreSQL refuses U+0000 in texts.
    let new = NewMaster { report: new.report.replace('\0', " "), by: new.by.replace('\0', " "), ..new };
    let inner = core.clone();
    // A write must not be dropped half-way, so it is a task of its own.
    let work = async move {
        let (at, signer) = (inner.now(), inner.signer(SYSTEM));
        let number = inner.store.write(SYSTEM, move |tx| Box::pin(append(tx, new, at, signer))).await?;
        // The edition is in place; what could not be written outside goes with the next checkpoint.
        if let Err(error) = head::export(&inner).await {
            tracing::error!(%error, "how far the masters reach was not exported");
        }
        Ok(number)
    };
    tokio::spawn(work).await.map_err(|_| LedgerError::Storage("the import stopped unexpectedly".into()))?
}

async fn append(tx: &mut Tx, new: NewMaster, at: Timestamp, signer: Signer) -> Result<u32, LedgerError> {
    tx.unhurried().await?;
    if tx.dialect() == Dialect::Postgres {
        tx.rows(LOCK, &[]).await?;
    }
    let newest =
        newest(tx, "SELECT max(number) FROM master_edition WHERE kind = $1", &[new.kind.as_str().into()]).await?;
    let current = u32::try_from(newest).map_err(|_| LedgerError::Limit("editions of a master table"))?;
    if current != new.expected.unwrap_or(0) {
        return Err(LedgerError::Conflict { resource: None, current: (current > 0).then_some(current) });
    }
    let sql = format!("SELECT {COLUMNS} FROM master_edition ORDER BY position");
    let mut all = tx.rows(&sql, &[]).await?.iter().map(edition).collect::<Result<Vec<_>, _>>()?;
    let position = all.last().map_or(0, |edition| edition.position) + 1;
    head::refuse_after_loss(tx, position - 1).await?;
    let edition = MasterEdition {
        position,
        kind: new.kind,
        number: current + 1,
        imported_at: at,
        imported_by: new.by,
        report: new.report,
        size: new.content.len() as u64,
        sha256: sha256(&new.content),
    };
    let signature = signer.sign(&statement(&edition)).to_vec();
    let values = [
        edition.position.into(),
        edition.kind.as_str().into(),
        edition.number.into(),
        Val::Int(at.as_micros()),
        edition.imported_by.as_str().into(),
        edition.report.as_str().into(),
        edition.size.into(),
        Val::Bytes(edition.sha256.0.to_vec()),
        Val::Bytes(signature),
        Val::Bytes(new.content),
    ];
    let sql =
        format!("INSERT INTO master_edition ({COLUMNS}, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    tx.exec(&sql, &values).await?;
    let number = edition.number;
    all.push(edition);
    head::record(tx, &all, at, &signer).await?;
    Ok(number)
}

/// A maximum; 0 where there is no row.
async fn newest(tx: &mut Tx, sql: &str, args: &[Val]) -> Result<u64, LedgerError> {
    let row = tx.row(sql, args).await?;
    let found = row.map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(found.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

/// One edition at a time, so that the memory needed does not grow with their number.
pub(crate) async fn verify(core: &Arc<Core>) -> Result<MastersReport, LedgerError> {
    let sql = format!("SELECT {COLUMNS}, content FROM master_edition WHERE position = $1");
    let mut report = MastersReport { editions: 0, bad: None };
    let mut numbers = std::collections::HashMap::new();
    let mut links = Vec::new();
    let signer = core.signer(SYSTEM);
    for (at, listed) in list(core).await?.into_iter().enumerate() {
        let number = numbers.entry(listed.kind.clone()).or_insert(0_u32);
        *number += 1;
        if listed.position != at as u64 + 1 || listed.number != *number {
            report.bad = Some((name(&listed), "これより前の版が失われています".into()));
            return Ok(report);
        }
        let (sql, position) = (sql.clone(), listed.position);
        let row = core
            .store
            .read(SYSTEM, move |tx| {
                Box::pin(async move {
                    tx.unhurried().await?;
                    tx.row(&sql, &[position.into()]).await
                })
            })
            .await?;
        let Some(row) = row else {
            report.bad = Some((name(&listed), "版が失われています".into()));
            return Ok(report);
        };
        if let Some(problem) = problem(&listed, row.bytes(CONTENT)?, row.bytes(SIGNATURE)?, &signer) {
            report.bad = Some((name(&listed), problem.into()));
            return Ok(report);
        }
        report.editions += 1;
        links.push(head::link(links.last().copied().unwrap_or_default(), &listed));
    }
    report.bad = head::problem(core, &links).await?.map(|problem| ("master editions".to_owned(), problem));
    Ok(report)
}
