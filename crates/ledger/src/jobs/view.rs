//! Jobs as a person sees them.
use super::state;
use crate::sql::{Row, Val};
use crate::{Access, JobFilter, JobState, JobView, LedgerError};
use futures_util::FutureExt as _;
use karute_japan::Timestamp;

/// Most jobs of one list.
const MOST: u32 = 1_000;

/// The columns [`view`] reads.
pub(super) const COLUMNS: &str =
    "id, kind, key, lane, payload, state, attempts, max_attempts, run_at, created, last_error, result";

/// A job from a row that begins with [`COLUMNS`].
pub(super) fn view(row: &Row) -> Result<JobView, LedgerError> {
    let count = |at: usize| {
        row.int(at).and_then(|n| {
            u32::try_from(n).map_err(|_| LedgerError::Integrity("a stored number of attempts is none".into()))
        })
    };
    let text = |at: usize| row.opt_text(at).map(|t| t.map(str::to_owned));
    Ok(JobView {
        id: row.count(0)?,
        kind: row.text(1)?.to_owned(),
        key: row.text(2)?.to_owned(),
        lane: text(3)?,
        payload: row.text(4)?.to_owned(),
        state: state_of(row.int(5)?)?,
        attempts: count(6)?,
        max_attempts: count(7)?,
        run_at: Timestamp::from_micros(row.int(8)?),
        created: Timestamp::from_micros(row.int(9)?),
        last_error: text(10)?,
        result: text(11)?,
    })
}

fn state_of(number: i64) -> Result<JobState, LedgerError> {
    Ok(match number {
        state::READY => JobState::Ready,
        state::RUNNING => JobState::Running,
        state::DONE => JobState::Done,
        state::DEAD => JobState::Dead,
        state::DISCARDED => JobState::Discarded,
        _ => return Err(LedgerError::Integrity("a stored state of a job is none".into())),
    })
}

fn number_of(state: JobState) -> i64 {
    match state {
        JobState::Ready => state::READY,
        JobState::Running => state::RUNNING,
        JobState::Done => state::DONE,
        JobState::Dead => state::DEAD,
        JobState::Discarded => state::DISCARDED,
    }
}

/// Jobs of the tenant, newest first. A limit of 0 is the largest.
pub(crate) async fn list(access: &Access, filter: JobFilter) -> Result<Vec<JobView>, LedgerError> {
    let mut args: Vec<Val> = Vec::new();
    let mut sql = format!("SELECT {COLUMNS} FROM job WHERE {{t}} true");
    if let Some(id) = filter.id {
        args.push(id.into());
        sql += &format!(" AND id = ${}", args.len());
    }
    if let Some(kind) = &filter.kind {
        args.push(kind.replace('\0', "").into());
        sql += &format!(" AND kind = ${}", args.len());
    }
    if !filter.states.is_empty() {
        args.push(Val::IntList(filter.states.iter().map(|s| number_of(*s)).collect()));
        sql += &format!(" AND state {{in:{}}}", args.len());
    }
    let limit = if filter.limit == 0 { MOST } else { filter.limit.min(MOST) };
    args.push(limit.into());
    sql += &format!(" ORDER BY id DESC LIMIT ${}", args.len());
    let store = &access.core().store;
    store
        .read(access.tenant(), move |tx| async move { tx.rows(&sql, &args).await?.iter().map(view).collect() }.boxed())
        .await
}
