//! The search index: what the current version of each resource offers to searches, as rows of narrow tables that
//! carry the version's position in the chain.

pub(crate) mod composite;
pub(crate) mod key;
pub(crate) mod names;
pub(crate) mod newest;
pub(crate) mod pairs;
mod rows;

use crate::LedgerError;
use crate::sql::{Dialect, Tx, Val};
use karute_fhir::search::IndexEntry;
use rows::Rows;

/// Adds the entries of new versions, each under its position: one statement per table for all of them.
pub(crate) async fn write(tx: &mut Tx, versions: &[(u64, Vec<IndexEntry>)]) -> Result<(), LedgerError> {
    for (table, columns) in gather(versions).into_inserts() {
        tx.bulk_insert(table, columns).await?;
    }
    Ok(())
}

/// Takes away the entries of versions that are no longer current: `versions` are the old positions with what
/// `extract` finds in the old texts. Rows that it does not name would do no harm, because searches look at current
/// positions only.
pub(crate) async fn remove(tx: &mut Tx, versions: &[(u64, Vec<IndexEntry>)]) -> Result<(), LedgerError> {
    let deletions = gather(versions).into_deletions();
    for rows::Pairs { table, params, seqs } in deletions.pairs {
        if params.is_empty() {
            continue;
        }
        match tx.dialect() {
            Dialect::Postgres => {
                let sql = format!(
                    "DELETE FROM {table} a USING UNNEST($1::integer[], $2::bigint[]) AS u(param, seq) \
                     WHERE {{t:a}} a.param = u.param AND a.seq = u.seq"
                );
                tx.send(&sql, vec![Val::IntList(params), Val::IntList(seqs)]).await?;
            }
            Dialect::Sqlite => {
                // Left to itself, SQLite would for some tables scan every row of the parameter by the primary key.
                let by = match table {
                    "ix_date" | "ix_quantity" => String::new(),
                    _ => format!("INDEXED BY {table}_seq"),
                };
                let sql = format!("DELETE FROM {table} {by} WHERE param = $1 AND seq = $2");
                for (param, seq) in params.into_iter().zip(seqs) {
                    tx.send(&sql, vec![Val::Int(param), Val::Int(seq)]).await?;
                }
            }
        }
    }
    remove_codes(tx, deletions.codes).await?;
    remove_parts(tx, deletions.parts).await
}

async fn remove_codes(tx: &mut Tx, rows: rows::Codes) -> Result<(), LedgerError> {
    let rows::Codes { param: params, patient: patients, code: codes, seq: seqs, .. } = rows;
    if params.is_empty() {
        return Ok(());
    }
    match tx.dialect() {
        Dialect::Postgres => {
            let sql = "DELETE FROM ix_patient_code a \
                       USING UNNEST($1::integer[], $2::text[], $3::text[], $4::bigint[]) AS u(param, patient, code, seq) \
                       WHERE {t:a} a.param = u.param AND a.patient = u.patient AND a.code = u.code AND a.seq = u.seq";
            let lists = vec![Val::IntList(params), Val::TextList(patients), Val::TextList(codes), Val::IntList(seqs)];
            tx.send(sql, lists).await?;
        }
        Dialect::Sqlite => {
            let sql = "DELETE FROM ix_patient_code WHERE param = $1 AND patient = $2 AND code = $3 AND seq = $4";
            for (((param, patient), code), seq) in params.into_iter().zip(patients).zip(codes).zip(seqs) {
                tx.send(sql, vec![Val::Int(param), Val::Text(patient), Val::Text(code), Val::Int(seq)]).await?;
            }
        }
    }
    Ok(())
}

async fn remove_parts(tx: &mut Tx, rows: rows::Parts) -> Result<(), LedgerError> {
    let rows::Parts { param: params, part: parts, seq: seqs } = rows;
    if params.is_empty() {
        return Ok(());
    }
    match tx.dialect() {
        Dialect::Postgres => {
            let sql = "DELETE FROM ix_part a USING UNNEST($1::integer[], $2::text[], $3::bigint[]) AS u(param, part, seq) \
                       WHERE {t:a} a.param = u.param AND a.part = u.part AND a.seq = u.seq";
            tx.send(sql, vec![Val::IntList(params), Val::TextList(parts), Val::IntList(seqs)]).await?;
        }
        Dialect::Sqlite => {
            for ((param, part), seq) in params.into_iter().zip(parts).zip(seqs) {
                let sql = "DELETE FROM ix_part WHERE param = $1 AND part = $2 AND seq = $3";
                tx.send(sql, vec![Val::Int(param), Val::Text(part), Val::Int(seq)]).await?;
            }
        }
    }
    Ok(())
}

/// Empties the index of the tenant, before it is rebuilt.
pub(crate) async fn clear(tx: &mut Tx) -> Result<(), LedgerError> {
    for table in TABLES {
        tx.send(&format!("DELETE FROM {table} WHERE {{t}} true"), Vec::new()).await?;
    }
    Ok(())
}

/// The index tables.
pub(crate) const TABLES: [&str; 9] = [
    "ix_token",
    "ix_patient_code",
    "ix_text",
    "ix_part",
    "ix_reference",
    "ix_uri",
    "ix_date",
    "ix_quantity",
    "ix_composite",
];

fn gather(versions: &[(u64, Vec<IndexEntry>)]) -> Rows {
    let mut rows = Rows::default();
    for (seq, entries) in versions {
        // Positions of a chain are far below 2^63.
        rows.add(seq.cast_signed(), entries);
    }
    rows
}
