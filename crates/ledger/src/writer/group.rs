//! One transaction for many commits.
use super::append::Tip;
use super::plan::{Head, Plan};
use super::prepare::{Key, Prepared};
use super::rows;
use crate::core::Core;
use crate::entry::statement;
use crate::sql::{Dialect, Tx, Val};
use crate::{Checkpoint, Committed, Doc, Guard, LedgerError, jobs, reads, search};
use karute_crypto::Digest;
use karute_japan::Timestamp;
use std::collections::BTreeSet;

/// What came of a group.
pub(super) struct Outcomes {
    /// One answer per commit, in order.
    pub(super) answers: Vec<Result<Committed, LedgerError>>,
    /// Entries added to the chain.
    pub(super) entries: u64,
    /// A checkpoint that fell due.
    pub(super) checkpoint: Option<Checkpoint>,
    /// Where the chain ends now.
    pub(super) tip: Tip,
}

/// Reads the chain's head under its lock, carries the commits out one after the other and writes the new head.
pub(super) async fn run(tx: &mut Tx, core: &Core, work: &[Prepared], which: &[usize]) -> Result<Outcomes, LedgerError> {
    let work: Vec<&Prepared> = which.iter().filter_map(|i| work.get(*i)).collect();
    let (seq, link, last_at) = lock_chain(tx).await?;
    let mut plan = Plan::new(tx.tenant(), core.now().max(last_at), seq, link);
    read_heads(tx, &mut plan, &work).await?;
    read_docs(tx, &mut plan, &work).await?;
    let mut answers = Vec::with_capacity(work.len());
    for commit in work {
        answers.push(match one(tx, &mut plan, commit).await {
            Ok(committed) => Ok(committed),
            // The database itself failed: the whole transaction is lost.
            Err(error @ (LedgerError::Storage(_) | LedgerError::Integrity(_))) => return Err(error),
            Err(refused) => Err(refused),
        });
    }
    let entries = plan.seq - seq;
    let tip = match entries {
        0 => Tip { seq, link, at: last_at },
        _ => Tip { seq: plan.seq, link: plan.link, at: plan.at },
    };
    let mut checkpoint = None;
    if entries > 0 {
        let (at, new_seq, new_link) = (plan.at, plan.seq, plan.link);
        rows::write(tx, plan.rows, at).await?;
        let signer = core.signer(tx.tenant());
        let signature = signer.sign(&statement("head", tx.tenant(), new_seq, &new_link, at));
        tx.send(
            "UPDATE chain SET seq = $1, link = $2, last_at = $3, signature = $4 WHERE {t} one = 1",
            vec![
                new_seq.into(),
                Val::Bytes(new_link.0.to_vec()),
                Val::Int(at.as_micros()),
                Val::Bytes(signature.to_vec()),
            ],
        )
        .await?;
        let every = core.config.checkpoint_every.max(1);
        if new_seq / every > seq / every {
            let due = Checkpoint::sign(tx.tenant(), new_seq, new_link, at, &signer);
            crate::checkpoint::insert(tx, &due).await?;
            checkpoint = Some(due);
        }
    }
    Ok(Outcomes { answers, entries, checkpoint, tip })
}

/// The chain's head; other writers, also of other processes, wait until this transaction ends.
pub(crate) async fn lock_chain(tx: &mut Tx) -> Result<(u64, Digest, Timestamp), LedgerError> {
    let row = tx
        .row("SELECT seq, link, last_at FROM chain WHERE {t} one = 1{pg: FOR UPDATE}", &[])
        .await?
        .ok_or_else(|| LedgerError::Integrity("the tenant has no chain".into()))?;
    let link =
        row.bytes(1)?.try_into().map(Digest).map_err(|_| LedgerError::Integrity("a stored link is none".into()))?;
    Ok((row.count(0)?, link, Timestamp::from_micros(row.int(2)?)))
}

async fn one(tx: &mut Tx, plan: &mut Plan, commit: &Prepared) -> Result<Committed, LedgerError> {
    if !commit.guards.is_empty() {
        // Searches see what the commits before this one did only when it stands in the tables.
        if !plan.rows.is_empty() {
            rows::write(tx, std::mem::take(&mut plan.rows), plan.at).await?;
        }
        for (i, guard) in commit.guards.iter().enumerate() {
            let (query, wanted) = match guard {
                Guard::NoMatch(query) => (query, None),
                Guard::OnlyMatch(query, id) => (query, Some(id)),
            };
            let found = search::matches(tx, query, 2).await?;
            if found.iter().ne(wanted) {
                return Err(LedgerError::Guard(i));
            }
        }
    }
    let staged = plan.stage(commit)?;
    // Last, because it changes a row at once: nothing after it can refuse the commit.
    if let Some(done) = &commit.done
        && !jobs::finish(tx, done, plan.at).await?
    {
        return Err(LedgerError::NotFound);
    }
    Ok(plan.accept(staged, &commit.jobs))
}

async fn read_heads(tx: &mut Tx, plan: &mut Plan, work: &[&Prepared]) -> Result<(), LedgerError> {
    let keys: BTreeSet<&Key> = work.iter().flat_map(|w| &w.changes).map(|c| &c.key).collect();
    if keys.is_empty() {
        return Ok(());
    }
    for version in reads::heads(tx, keys.into_iter()).await? {
        plan.heads.insert((version.resource_type, version.id.clone()), Head { version, entries: None });
    }
    Ok(())
}

async fn read_docs(tx: &mut Tx, plan: &mut Plan, work: &[&Prepared]) -> Result<(), LedgerError> {
    let mut keys: BTreeSet<(&'static str, &str)> = BTreeSet::new();
    for doc in work.iter().flat_map(|w| &w.docs) {
        if let Doc::Insert { space, key, .. } | Doc::Swap { space, key, .. } = doc {
            keys.insert((space, key));
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let sql = rows::docs_sql(tx.dialect());
    let at = Val::Int(plan.at.as_micros());
    let mut found = Vec::new();
    match tx.dialect() {
        Dialect::Postgres => {
            let spaces = keys.iter().map(|k| k.0.to_owned()).collect();
            let names = keys.iter().map(|k| k.1.to_owned()).collect();
            found = tx.rows(sql, &[Val::TextList(spaces), Val::TextList(names), at]).await?;
        }
        Dialect::Sqlite => {
            for key in &keys {
                found.extend(tx.rows(sql, &[key.0.into(), key.1.into(), at.clone()]).await?);
            }
        }
    }
    for row in found {
        let (space, key) = (row.text(0)?, row.text(1)?);
        if let Some((space, key)) = keys.iter().find(|k| **k == (space, key)) {
            plan.docs.insert((space, (*key).to_owned()), Some(row.text(2)?.to_owned()));
        }
    }
    Ok(())
}
