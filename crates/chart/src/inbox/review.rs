//! Abnormal and critical values, whose limits the clinic sets itself; and that somebody looked.
use super::resource::{State, moved};
use super::{Received, read};
use crate::ChartError;
use crate::author::Author;
use crate::outside::What;
use crate::parts::clean_line;
use crate::query::{parse, resource_type};
use crate::view::{Flag, Measurement};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, Lookup};
use serde::{Deserialize, Serialize};

const SPACE: &str = "chart.inbox";
const LIMITS: &str = "limits";
/// Longest words of what was done, in characters.
const WORDS: usize = 200;
/// Abnormal values named in a line of the list.
const NAMED: usize = 6;

/// What is offered for what was done about a critical value.
pub const ACTIONS: [&str; 3] = ["電話した", "再検", "経過をみる"];

/// A limit: a value at or beyond it is critical (パニック値).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Beginning of the JLAC10 code: the analyte.
    pub code: String,
    /// What people call it.
    pub word: String,
    /// Unit in which the limits are meant.
    pub unit: String,
    /// At or below.
    pub low: Option<f64>,
    /// At or above.
    pub high: Option<f64>,
}

/// Limits to begin with, for the clinic to change: values that laboratories commonly report by telephone. There is no
/// official list (日本臨床検査医学会 leaves it to each institution).
pub fn suggested() -> Vec<Limit> {
    let of = |code: &str, word: &str, unit: &str, low, high| Limit {
        code: code.to_owned(),
        word: word.to_owned(),
        unit: unit.to_owned(),
        low,
        high,
    };
    vec![
        of("3H015", "カリウム", "mmol/L", Some(2.8), Some(5.6)),
        of("3H010", "ナトリウム", "mmol/L", Some(120.0), Some(160.0)),
        of("3H030", "カルシウム", "mg/dL", Some(6.5), Some(12.0)),
        of("3D010", "グルコース", "mg/dL", Some(50.0), Some(400.0)),
        of("2A030", "ヘモグロビン", "g/dL", Some(6.0), None),
    ]
}

/// The clinic's limits; the suggested ones where nobody decided.
pub async fn limits(access: &Access) -> Result<Vec<Limit>, ChartError> {
    let kept = access.doc(SPACE, LIMITS).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(suggested))
}

/// Keeps the clinic's limits. [`ChartError::Invalid`] for a limit that says nothing, or whose bounds cross.
pub async fn set_limits(access: &Access, limits: &[Limit]) -> Result<(), ChartError> {
    let wrong = |limit: &Limit| {
        limit.code.is_empty()
            || (limit.low.is_none() && limit.high.is_none())
            || limit.low.zip(limit.high).is_some_and(|(low, high)| low >= high)
    };
    if limits.len() > 100 || limits.iter().any(wrong) {
        return Err(ChartError::Invalid);
    }
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some("要対応とする検査値".to_owned());
    let value = serde_json::to_string(limits).map_err(|_| ChartError::Invalid)?;
    commit.docs.push(Doc::Put { space: SPACE, key: LIMITS.to_owned(), value, expires: None });
    access.commit(commit).await?;
    Ok(())
}

fn measured(received: &Received) -> Vec<Measurement> {
    let of = |item: crate::outside::Item| match item.what {
        What::Result(result) => Some(result.measured),
        _ => None,
    };
    received.all_items().into_iter().filter_map(of).collect()
}

fn word(measured: &Measurement) -> String {
    format!("{} {}", measured.name, measured.value)
}

/// Abnormal values by their own flags, for the line of the list.
pub(super) fn abnormal(received: &Received) -> Vec<String> {
    measured(received).iter().filter(|m| m.flag != Flag::None).take(NAMED).map(word).collect()
}

/// Values at or beyond a limit. A value in another unit than the limit's is compared with nothing.
pub(super) fn critical(received: &Received, limits: &[Limit]) -> Vec<String> {
    let beyond = |m: &&Measurement| {
        limits.iter().any(|limit| {
            let unit = m.unit.as_deref().is_none_or(|unit| unit == limit.unit);
            let value = m.numeric.filter(|_| unit && m.code.starts_with(&limit.code));
            value.is_some_and(|v| limit.low.is_some_and(|low| v <= low) || limit.high.is_some_and(|high| v >= high))
        })
    };
    measured(received).iter().filter(beyond).map(word).collect()
}

/// Records that somebody looked (確認済). What is 要対応 asks for what was done: without words it is refused with
/// [`ChartError::Invalid`]. [`ChartError::Step`] while nobody has said whose it is.
pub async fn review(
    access: &Access,
    (id, seen): (&Id, u32),
    done: Option<&str>,
    author: &Author,
    now: Timestamp,
) -> Result<super::Row, ChartError> {
    let change = reviewed(access, (id, seen), done, author, now).await?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("届いた文書を確認".to_owned());
    commit.changes.push(change);
    access.commit(commit).await?;
    read::one(access, id).await
}

/// The change that marks it as reviewed.
pub(super) async fn reviewed(
    access: &Access,
    (id, seen): (&Id, u32),
    done: Option<&str>,
    author: &Author,
    now: Timestamp,
) -> Result<Change, ChartError> {
    let row = read::one(access, id).await?;
    let kind = resource_type("Task")?;
    let Lookup::Found(task) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
    if task.version != seen {
        return Err(ChartError::Conflict);
    }
    let told = done.and_then(|words| clean_line(words, WORDS));
    match row.state {
        State::Unmatched => return Err(ChartError::Step),
        State::ToDo if told.is_none() => return Err(ChartError::Invalid),
        _ => {}
    }
    let Value::Object(mut body) = parse(&task)?.into_owned() else { return Err(ChartError::NotFound) };
    moved(&mut body, State::Reviewed, Some((told.as_deref().unwrap_or("確認しました"), author)), now);
    Ok(Change::Put { resource_type: kind, id: id.clone(), body: Value::Object(body), expect: Expect::Version(seen) })
}
