//! Who else has a record open. A document that expires by itself; it says nothing but a name.
use super::Place;
use crate::ChartError;
use crate::author::Author;
use futures_util::future::BoxFuture;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc};

const SPACE: &str = "chart.presence";
/// How long somebody counts as present after the last sign, in milliseconds.
pub const PRESENCE_MS: i64 = 150_000;

/// Says that this person has the record open; answers the names of the others.
pub fn here<'a>(
    access: &'a Access,
    place: Place<'a>,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Vec<String>, ChartError>> {
    Box::pin(async move {
        let mut commit = Commit::new(Action::View);
        commit.detail = Some(format!("記録を開いている Encounter/{} Patient/{}", place.visit, place.patient));
        let own = format!("{}/{}", place.visit, author.person);
        let value = serde_json::Value::from(author.name.as_str()).to_string();
        commit.docs.push(Doc::Put { space: SPACE, key: own.clone(), value, expires: Some(now.plus_ms(PRESENCE_MS)) });
        access.commit(commit).await?;
        let all = access.docs(SPACE, &format!("{}/", place.visit), 20).await?;
        let others = all.into_iter().filter(|(key, _)| *key != own);
        Ok(others.filter_map(|(_, value)| serde_json::from_str(&value).ok()).collect())
    })
}
