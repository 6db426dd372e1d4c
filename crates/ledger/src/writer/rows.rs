//! Writing a group's rows out.
use super::plan::Rows;
use crate::core::operation_number;
use crate::sql::{Dialect, Table, Tx, Val};
use crate::{LedgerError, index, jobs};
use karute_fhir::search::IndexEntry;
use karute_japan::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

static VERSION: Table = Table {
    name: "version",
    columns: &[
        ("seq", "bigint"),
        ("type", "text"),
        ("id", "text"),
        ("version", "integer"),
        ("op", "smallint"),
        ("updated", "bigint"),
        ("body", "text"),
        ("link", "bytea"),
    ],
    tail: "",
};

static HEAD: Table = Table {
    name: "head",
    columns: &[("type", "text"), ("id", "text"), ("seq", "bigint"), ("version", "integer"), ("op", "smallint")],
    tail: "ON CONFLICT ({tc}type, id) DO UPDATE SET seq = excluded.seq, version = excluded.version, op = excluded.op",
};

static AUDIT: Table = Table {
    name: "audit",
    columns: &[("seq", "bigint"), ("at", "bigint"), ("body", "text"), ("link", "bytea")],
    tail: "",
};

static AUDIT_ENTITY: Table =
    Table { name: "audit_entity", columns: &[("entity", "text"), ("seq", "bigint")], tail: "" };

static DOC: Table = Table {
    name: "doc",
    columns: &[("space", "text"), ("key", "text"), ("value", "text"), ("expires", "bigint")],
    tail: "ON CONFLICT ({tc}space, key) DO UPDATE SET value = excluded.value, expires = excluded.expires",
};

fn positions(seqs: impl Iterator<Item = u64>) -> Val {
    Val::IntList(seqs.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX)).collect())
}

/// Writes everything but the chain's head.
pub(super) async fn write(tx: &mut Tx, rows: Rows, at: Timestamp) -> Result<(), LedgerError> {
    let Rows { versions, heads, audits, entities, docs, jobs, fresh, stale } = rows;
    if !versions.is_empty() {
        // Only the last version of a resource in this group becomes its head.
        let mut last: Vec<usize> = heads.into_values().collect();
        last.sort_unstable();
        let last: Vec<_> = last.iter().filter_map(|i| versions.get(*i)).map(|(version, _)| version).collect();
        let head = vec![
            Val::TextList(last.iter().map(|v| v.resource_type.name().to_owned()).collect()),
            Val::TextList(last.iter().map(|v| v.id.to_string()).collect()),
            positions(last.iter().map(|v| v.seq)),
            Val::IntList(last.iter().map(|v| i64::from(v.version)).collect()),
            Val::IntList(last.iter().map(|v| i64::from(operation_number(v.operation))).collect()),
        ];
        let version = vec![
            positions(versions.iter().map(|(v, _)| v.seq)),
            Val::TextList(versions.iter().map(|(v, _)| v.resource_type.name().to_owned()).collect()),
            Val::TextList(versions.iter().map(|(v, _)| v.id.to_string()).collect()),
            Val::IntList(versions.iter().map(|(v, _)| i64::from(v.version)).collect()),
            Val::IntList(versions.iter().map(|(v, _)| i64::from(operation_number(v.operation))).collect()),
            Val::IntList(versions.iter().map(|(v, _)| v.updated.as_micros()).collect()),
            Val::StrList(versions.iter().map(|(v, _)| v.body.clone()).collect()),
            Val::BytesList(versions.iter().map(|(_, link)| link.0.to_vec()).collect()),
        ];
        tx.bulk_insert(&VERSION, version).await?;
        tx.bulk_insert(&HEAD, head).await?;
        index::remove(tx, &listed(stale)).await?;
        index::write(tx, &listed(fresh)).await?;
    }
    let (mut seqs, mut bodies, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for (seq, body, link) in audits {
        seqs.push(seq);
        bodies.push(body);
        links.push(link.0.to_vec());
    }
    let times = vec![at.as_micros(); seqs.len()];
    let audit = vec![positions(seqs.into_iter()), Val::IntList(times), Val::TextList(bodies), Val::BytesList(links)];
    tx.bulk_insert(&AUDIT, audit).await?;
    let (names, seqs): (Vec<String>, Vec<u64>) = entities.into_iter().unzip();
    tx.bulk_insert(&AUDIT_ENTITY, vec![Val::TextList(names), positions(seqs.into_iter())]).await?;
    write_docs(tx, docs).await?;
    if jobs.is_empty() { Ok(()) } else { jobs::insert(tx, &jobs, at).await }
}

fn listed(entries: BTreeMap<u64, Arc<Vec<IndexEntry>>>) -> Vec<(u64, Vec<IndexEntry>)> {
    entries.into_iter().map(|(seq, entries)| (seq, Arc::unwrap_or_clone(entries))).collect()
}

async fn write_docs(
    tx: &mut Tx,
    docs: BTreeMap<super::plan::DocKey, Option<super::plan::DocValue>>,
) -> Result<(), LedgerError> {
    let (mut spaces, mut keys, mut values, mut expiries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((space, key), value) in docs {
        if let Some((value, expires)) = value {
            spaces.push(space.to_owned());
            keys.push(key);
            values.push(value);
            expiries.push(expires.map(Timestamp::as_micros));
        } else {
            let sql = "DELETE FROM doc WHERE {t} space = $1 AND key = $2";
            tx.send(sql, vec![space.into(), key.into()]).await?;
        }
    }
    let columns = vec![Val::TextList(spaces), Val::TextList(keys), Val::TextList(values), Val::OptIntList(expiries)];
    tx.bulk_insert(&DOC, columns).await
}

/// Documents that are there and have not expired at `$3`.
pub(super) fn docs_sql(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "SELECT d.space, d.key, d.value FROM UNNEST($1::text[], $2::text[]) AS k(space, key)
             JOIN doc d ON {t:d} d.space = k.space AND d.key = k.key
             WHERE d.expires IS NULL OR d.expires > CAST($3 AS bigint)"
        }
        Dialect::Sqlite => {
            "SELECT d.space, d.key, d.value FROM doc d
             WHERE d.space = $1 AND d.key = $2 AND (d.expires IS NULL OR d.expires > $3)"
        }
    }
}
