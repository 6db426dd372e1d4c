//! Making one record two again.
use super::compare::word;
use super::join::Record;
use super::repoint::{came_from, repoint_at, set_came_from};
use super::{MERGE, compartment};
use crate::clean::line;
use crate::patients::replaced_by;
use crate::query::parse;
use crate::view::Person;
use crate::view::element::{extension, instant, reference, text};
use crate::{ChartError, letter, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Reader};

/// Longest reason kept, in characters.
const REASON: usize = 200;
/// Later entries listed by name.
const LISTED: usize = 50;

/// An entry made after the merge, which stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// What the clinic calls its kind.
    pub word: &'static str,
    /// When it was written.
    pub at: Timestamp,
}

/// A record that was merged into another.
#[derive(Clone, Debug)]
pub struct MergedFrom {
    /// The record given up.
    pub given_up: Person,
    /// Its version.
    pub version: u32,
    /// The record that is used instead.
    pub kept: Person,
    /// When they were merged.
    pub at: Option<Timestamp>,
    /// By whom.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Resources that would be given back.
    pub moved: usize,
    /// What was written for the record that stays after the merge, newest first: at most fifty.
    pub later: Vec<Later>,
    /// How many of those there are.
    pub later_count: usize,
}

/// Reads what undoing a merge would do. One audit event. [`ChartError::Step`] when the record was not merged.
pub fn merged_from<'a>(access: &'a Access, given_up: &'a Id) -> BoxFuture<'a, Result<MergedFrom, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("統合の取り消しの確認");
        let goes = Record::read(&reader, given_up).await?;
        let kept = replaced_by(&goes.body).ok_or(ChartError::Step)?;
        let stays = Record::read(&reader, &kept).await?;
        let said = said(&goes.body);
        let of = |name: &str| said.and_then(|e| extension(e, name)).and_then(|e| text(e, &["valueString"]));
        let at = said.and_then(|e| extension(e, "at")).and_then(|e| instant(e, &["valueInstant"]));
        let mut moved = 0;
        let mut later = Vec::new();
        for version in compartment(&reader, &kept).await? {
            if came_from(&parse(&version)?, given_up).is_some() {
                moved += 1;
            } else if version.resource_type.name() == "Task" {
                // What is on its way is no entry of its own.
            } else if at.is_some_and(|at| version.updated > at) && is_new(&reader, &version, at).await? {
                later.push(Later { word: word(version.resource_type.name()), at: version.updated });
            }
        }
        later.sort_by_key(|l| std::cmp::Reverse(l.at));
        let later_count = later.len();
        later.truncate(LISTED);
        let found = MergedFrom {
            given_up: Person::read(given_up.clone(), &goes.body),
            version: goes.version,
            kept: Person::read(kept, &stays.body),
            at,
            by: of("by"),
            reason: of("reason"),
            moved,
            later,
            later_count,
        };
        Ok(reader.release(found).await?)
    })
}

/// Whether a resource was made after the merge, and not only changed.
async fn is_new(reader: &Reader, version: &karute_ledger::Version, at: Option<Timestamp>) -> Result<bool, ChartError> {
    if version.version == 1 {
        return Ok(true);
    }
    let first = reader.vread(version.resource_type, &version.id, 1).await?;
    let made = match first {
        Lookup::Found(first) | Lookup::Gone(first) => Some(first.updated),
        Lookup::Missing => None,
    };
    Ok(made > at)
}

/// The extension of the link that says when, by whom and why.
fn said<'v>(body: &'v Value<'static>) -> Option<&'v Value<'static>> {
    let link = body.get("link")?.items().iter().find(|l| text(l, &["type"]).as_deref() == Some("replaced-by"))?;
    extension(link, MERGE)
}

/// Undoes a merge: what came from the record given up speaks of it again, and it is active again. Answers how many
/// resources were given back. [`ChartError::Step`] when the record was not merged, or the one it was merged into was
/// itself merged since (that one has to be undone first); [`ChartError::Invalid`] without a reason.
pub fn unmerge<'a>(
    access: &'a Access,
    given_up: &'a Id,
    seen: u32,
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<usize, ChartError>> {
    Box::pin(async move {
        let reason: String = line(reason).chars().take(REASON).collect();
        if reason.is_empty() {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::Read);
        reader.describe("統合の取り消し");
        let mut back = Record::read(&reader, given_up).await?;
        if back.version != seen {
            return Err(ChartError::Conflict);
        }
        let kept = replaced_by(&back.body).ok_or(ChartError::Step)?;
        let mut stays = Record::read(&reader, &kept).await?;
        if replaced_by(&stays.body).is_some() {
            return Err(ChartError::Step);
        }
        let mut changes = Vec::new();
        for version in compartment(&reader, &kept).await? {
            let mut body = parse(&version)?.into_owned();
            let Some(places) = came_from(&body, given_up) else { continue };
            repoint_at(&mut body, &kept, given_up, &places);
            set_came_from(&mut body, given_up, None);
            changes.push(Change::Put {
                resource_type: version.resource_type,
                id: version.id.clone(),
                body,
                expect: Expect::Version(version.version),
            });
        }
        reader.release(()).await?;

        remove_link(&mut back.body, &kept, "replaced-by");
        if let Some(object) = back.body.as_object_mut() {
            object.insert("active", Value::Bool(true));
        }
        remove_link(&mut stays.body, given_up, "replaces");
        remove_numbers(&mut stays.body, &back.body);
        let given_back = changes.len();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("統合の取り消し（{reason}）"));
        commit.changes.extend([stays.put()?, back.put()?]);
        commit.changes.extend(changes);
        commit.docs.push(reception::changed(now.day_in_japan(), &kept, now));
        commit.docs.extend(letter::given_back(access, &kept, given_up).await?);
        access.commit(commit).await?;
        Ok(given_back)
    })
}

fn remove_link(body: &mut Value<'static>, other: &Id, kind: &str) {
    let Some(object) = body.as_object_mut() else { return };
    let Some(Value::Array(mut links)) = object.remove("link") else { return };
    links.retain(|l| {
        reference(l, &["other", "reference"], "Patient").as_ref() != Some(other)
            || text(l, &["type"]).as_deref() != Some(kind)
    });
    if !links.is_empty() {
        object.insert("link", Value::Array(links));
    }
}

/// The numbers that came with the merge go back with their record.
fn remove_numbers(body: &mut Value<'static>, of: &Value<'static>) {
    let Some(object) = body.as_object_mut() else { return };
    let Some(Value::Array(mut all)) = object.remove("identifier") else { return };
    let key = |i: &Value<'_>| (text(i, &["system"]), text(i, &["value"]));
    let gone: Vec<_> = of.get("identifier").map_or(&[][..], Value::items).iter().map(key).collect();
    all.retain(|i| text(i, &["use"]).as_deref() != Some("old") || !gone.contains(&key(i)));
    if !all.is_empty() {
        object.insert("identifier", Value::Array(all));
    }
}
