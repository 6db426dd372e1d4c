//! Finding audit events. Newest first; every event that touches what is asked, and no other.
//!
//! An event lists its `entities`, patients and actor in `audit_entity`. Its `records` (see [`crate::audit_event`]) are
//! found by way of the patients that any version of the resource names, and confirmed in the event's own text.
use crate::audit_event::Seen;
use crate::core::Core;
use crate::sql::{Row, Tx, Val};
use crate::{AuditFilter, AuditRecord, LedgerError, TenantId};
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use std::collections::BTreeSet;

/// Most events of one answer.
const MOST: u32 = 1000;

pub(crate) async fn audit_events(
    core: &Core,
    tenant: TenantId,
    filter: AuditFilter,
) -> Result<Vec<AuditRecord>, LedgerError> {
    let rows = core.store.read(tenant, move |tx| Box::pin(async move { run(tx, &filter).await })).await?;
    rows.iter().map(record).collect()
}

fn record(row: &Row) -> Result<AuditRecord, LedgerError> {
    Ok(AuditRecord { seq: row.count(0)?, at: Timestamp::from_micros(row.int(1)?), body: row.text(2)?.to_owned() })
}

async fn run(tx: &mut Tx, filter: &AuditFilter) -> Result<Vec<Row>, LedgerError> {
    let before = filter.before_seq.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let mut args = vec![Val::Int(before), Val::Int(i64::from(filter.limit.clamp(1, MOST)))];
    let mut sql = String::from("SELECT a.seq, a.at, a.body FROM audit a");
    let mut condition = String::new();
    if let Some(actor) = &filter.actor {
        args.push(format!("actor/{actor}").into());
        sql.push_str(&format!(" JOIN audit_entity w ON {{t:w}} w.seq = a.seq AND w.entity = ${}", args.len()));
    }
    if let Some(entity) = &filter.entity {
        let mut keys = vec![entity.clone()];
        let patients = patients_of(tx, entity).await?;
        if !patients.is_empty() {
            keys.extend(patients.into_iter().map(|id| format!("Patient/{id}")));
            // An element of a list: within any other text of the event its quotes would be escaped.
            let marks =
                ["[\"", ",\""].map(|before| ["\"", "/_history/"].map(|after| format!("{before}{entity}{after}")));
            let mut any = Vec::new();
            for mark in marks.concat() {
                args.push(mark.into());
                any.push(format!("{{pg:strpos}}{{lite:instr}}(a.body, ${}) > 0", args.len()));
            }
            condition = format!(" AND ({})", any.join(" OR "));
        }
        // Under one key the rows stand in the order wanted; an event may be listed under several.
        if let [key] = keys.as_slice() {
            args.push(key.as_str().into());
            sql.push_str(&format!(" JOIN audit_entity e ON {{t:e}} e.seq = a.seq AND e.entity = ${}", args.len()));
        } else {
            args.push(Val::TextList(keys));
            let n = args.len();
            sql.push_str(&format!(
                " JOIN (SELECT DISTINCT e.seq FROM audit_entity e WHERE {{t:e}} e.entity {{in:{n}}} AND e.seq < $1) k
                  ON k.seq = a.seq"
            ));
        }
    }
    sql.push_str(&format!(" WHERE {{t:a}} a.seq < $1{condition} ORDER BY a.seq DESC LIMIT $2"));
    tx.rows(&sql, &args).await
}

/// The patients named by any version of a resource `Type/id` that is not itself a patient.
async fn patients_of(tx: &mut Tx, entity: &str) -> Result<BTreeSet<String>, LedgerError> {
    let mut patients = BTreeSet::new();
    let parts = entity.split_once('/').and_then(|(name, id)| Some((ResourceType::parse(name)?, Id::new(id).ok()?)));
    if let Some((resource_type, id)) = parts.filter(|(resource_type, _)| resource_type.name() != "Patient") {
        let sql = "SELECT v.body FROM version v WHERE {t:v} v.type = $1 AND v.id = $2";
        for row in tx.rows(sql, &[resource_type.name().into(), id.as_str().into()]).await? {
            Seen::patients_in(&mut patients, row.text(0)?);
        }
    }
    Ok(patients)
}
