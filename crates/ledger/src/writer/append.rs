//! The short way for groups of nothing but audit events, which is what reads make of a tenant: on PostgreSQL one
//! statement, which is its own transaction, instead of a lock, three inserts or updates and a commit in two rounds.
//!
//! The process remembers where its last transaction left the chain and binds the statement to it: when another process
//! has written meanwhile, the chain's row is no longer that, nothing is inserted, and the group takes the long way. Of
//! two such statements at once the later waits for the row and then sees that it has changed.
use super::group::Outcomes;
use super::plan::{Plan, Rows};
use super::prepare::Prepared;
use crate::core::Core;
use crate::entry::statement;
use crate::sql::{Dialect, Val};
use crate::{LedgerError, TenantId};
use karute_crypto::Digest;
use karute_japan::Timestamp;

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    /// Last position.
    pub(crate) seq: u64,
    /// Its link.
    pub(crate) link: Digest,
    /// Time of the last entry.
    pub(crate) at: Timestamp,
}

const APPEND: &str = "WITH tip AS (
       UPDATE chain SET seq = $1, link = $2, last_at = $3, signature = $4
       WHERE {t} one = 1 AND seq = $5 AND link = $6 RETURNING 1),
     events AS (
       INSERT INTO audit ({tc}seq, at, body, link)
       SELECT {tv}u.seq, $3, u.body, u.link FROM tip, UNNEST($7::bigint[], $8::text[], $9::bytea[]) AS u(seq, body, link)),
     entities AS (
       INSERT INTO audit_entity ({tc}entity, seq)
       SELECT {tv}u.entity, u.seq FROM tip, UNNEST($10::text[], $11::bigint[]) AS u(entity, seq))
     SELECT count(*) FROM tip";

/// Appends the events after `tip` and makes them durable. `None`: they must go the long way, nothing was written.
pub(super) async fn run(
    core: &Core,
    tenant: TenantId,
    work: &[Prepared],
    tip: Tip,
) -> Result<Option<Outcomes>, LedgerError> {
    if core.store.dialect() == Dialect::Sqlite || !work.iter().all(Prepared::is_event) {
        return Ok(None);
    }
    let mut plan = Plan::new(tenant, core.now().max(tip.at), tip.seq, tip.link);
    let mut answers = Vec::with_capacity(work.len());
    for event in work {
        let staged = plan.stage(event)?;
        answers.push(Ok(plan.accept(staged, &[])));
    }
    let every = core.config.checkpoint_every.max(1);
    if plan.seq / every > tip.seq / every {
        return Ok(None);
    }
    let end = Tip { seq: plan.seq, link: plan.link, at: plan.at };
    let signature = core.signer(tenant).sign(&statement("head", tenant, end.seq, &end.link, end.at));
    let Rows { audits, entities, .. } = plan.rows;
    let (names, at_seqs): (Vec<String>, Vec<u64>) = entities.into_iter().unzip();
    let (mut seqs, mut bodies, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for (seq, body, link) in audits {
        seqs.push(seq.cast_signed());
        bodies.push(body);
        links.push(link.0.to_vec());
    }
    let args = [
        end.seq.into(),
        Val::Bytes(end.link.0.to_vec()),
        Val::Int(end.at.as_micros()),
        Val::Bytes(signature.to_vec()),
        tip.seq.into(),
        Val::Bytes(tip.link.0.to_vec()),
        Val::IntList(seqs),
        Val::TextList(bodies),
        Val::BytesList(links),
        Val::TextList(names),
        Val::IntList(at_seqs.into_iter().map(u64::cast_signed).collect()),
    ];
    let moved = core.store.atomic(tenant, APPEND, &args).await?;
    let moved = moved.first().map_or(Ok(0), |row| row.count(0))? == 1;
    // A session that broke while idle is replaced and the statement sent again. Had the first one arrived all the same,
    // the second found the chain moved: by itself, which the last event's link tells.
    if moved || is_there(core, tenant, &end).await? {
        return Ok(Some(Outcomes { answers, entries: end.seq - tip.seq, checkpoint: None, tip: end }));
    }
    Ok(None)
}

async fn is_there(core: &Core, tenant: TenantId, end: &Tip) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM audit WHERE {t} seq = $1 AND link = $2";
    let rows = core.store.point(tenant, sql, &[end.seq.into(), Val::Bytes(end.link.0.to_vec())]).await?;
    Ok(!rows.is_empty())
}
