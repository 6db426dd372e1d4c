//! How open screens learn that the list changed, without reading it.
use crate::ChartError;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Doc};
use std::collections::BTreeMap;

/// Where the mark of each day lies. It tells nothing about anybody, so asking for it is not audited.
const SPACE: &str = "chart.reception";
/// How long a day's mark is kept after the last change, in milliseconds.
const KEPT_MS: i64 = 3 * 24 * 3_600_000;

/// The mark of a day: another text whenever a visit of the day was moved on, by whichever process. Changes made by
/// other ways (the FHIR face) do not show in it.
pub fn change_mark(access: &Access, date: Date) -> BoxFuture<'_, Result<String, ChartError>> {
    Box::pin(async move {
        let found = access.doc(SPACE, &date.to_string()).await?;
        Ok(found.map(|text| text.trim_matches('"').to_owned()).unwrap_or_default())
    })
}

/// The document that goes into the transaction of a change.
pub(crate) fn changed(date: Date, visit: &Id, now: Timestamp) -> Doc {
    Doc::Put {
        space: SPACE,
        key: date.to_string(),
        value: format!("\"{}-{visit}\"", now.as_micros()),
        expires: Some(now.plus_ms(KEPT_MS)),
    }
}

/// Where it lies who did what last with each visit of a day. It names the person of the staff and the visit's opaque
/// id, so asking for it is not audited.
const ACTS: &str = "chart.reception.act";
/// How long it is kept, in milliseconds.
const ACT_MS: i64 = 60_000;
/// How long another desk is told of it, in milliseconds (ux §4.1).
const TOLD_MS: i64 = 5_000;
/// Visits told of at most.
const MOST: u32 = 200;

/// What somebody just did with a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Id of the person.
    pub by: String,
    /// Name of the person.
    pub name: String,
    /// What was done: `呼び出しました`.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

impl Act {
    /// Whether others are still told of it.
    pub fn is_news(&self, now: Timestamp) -> bool {
        (0..=TOLD_MS).contains(&(now.as_millis() - self.at.as_millis()))
    }
}

/// The document that tells the other desks who did this.
pub(crate) fn acted(access: &Access, date: Date, visit: &Id, words: &str, now: Timestamp) -> Doc {
    let actor = access.actor();
    let value = serde_json::json!({ "by": actor.id, "name": actor.name, "words": words, "at": now.as_micros() });
    let key = format!("{date}/{visit}");
    Doc::Put { space: ACTS, key, value: value.to_string(), expires: Some(now.plus_ms(ACT_MS)) }
}

/// What was done with the visits of a day within the last minute, by visit.
pub(crate) async fn acts(access: &Access, date: Date) -> Result<BTreeMap<String, Act>, ChartError> {
    let prefix = format!("{date}/");
    let found = access.docs(ACTS, &prefix, MOST).await?;
    Ok(found.iter().filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), act(value)?))).collect())
}

fn act(value: &str) -> Option<Act> {
    let parsed: serde_json::Value = serde_json::from_str(value).ok()?;
    let text = |name: &str| Some(parsed.get(name)?.as_str()?.to_owned());
    Some(Act {
        by: text("by")?,
        name: text("name")?,
        words: text("words")?,
        at: Timestamp::from_micros(parsed.get("at")?.as_i64()?),
    })
}
