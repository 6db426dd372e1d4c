//! How much waits, for the badge.
use super::resource::{CODE, State};
use crate::ChartError;
use crate::letter::TASK;
use crate::query::search;
use karute_ledger::{Access, Action};

/// How many documents wait: all of them, or only those of which nobody has said whose they are.
pub async fn count(access: &Access, unmatched: bool) -> Result<u64, ChartError> {
    let reader = access.reader(Action::View);
    reader.describe("受信箱の件数");
    let code = format!("{TASK}|{CODE}");
    let status = if unmatched { State::Unmatched.status() } else { "requested,received,in-progress" };
    let pairs = [("code", code.as_str()), ("status", status), ("_count", "0")];
    let found = search(&reader, "Task", &pairs).await?;
    Ok(reader.release(found.total.unwrap_or_default()).await?)
}
