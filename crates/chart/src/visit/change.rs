//! Changing a visit without moving it on: one small edit, one commit.
use super::resource;
use crate::query::{parse, resource_type};
use crate::view::{Encounter, Tag};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Longest name of a room, in characters.
const ROOM: usize = 20;

/// A visit as it is stored.
pub(super) struct Stored {
    pub(super) visit: Encounter,
    pub(super) body: Value<'static>,
}

/// Reads a visit that must still be of the version `seen`.
pub(super) async fn stored(access: &Access, id: &Id, seen: u32) -> Result<Stored, ChartError> {
    let Lookup::Found(version) = access.read(resource_type("Encounter")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    let body = parse(&version)?.into_owned();
    Ok(Stored { visit: Encounter::read(id.clone(), version.version, &body), body })
}

impl Stored {
    /// The change that stores the body as a new version.
    pub(super) fn put(self) -> Result<Change, ChartError> {
        Ok(Change::Put {
            resource_type: resource_type("Encounter")?,
            id: self.visit.id,
            body: self.body,
            expect: Expect::Version(self.visit.version),
        })
    }
}

/// Stores a changed visit: audited with `words`, told to the other desks as `done`.
pub(super) async fn store(
    access: &Access,
    stored: Stored,
    words: String,
    done: &str,
    now: Timestamp,
) -> Result<Encounter, ChartError> {
    let id = stored.visit.id.clone();
    let day = stored.visit.arrived.unwrap_or(now).day_in_japan();
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(words);
    commit.changes.push(stored.put()?);
    commit.docs.push(reception::changed(day, &id, now));
    commit.docs.push(reception::acted(access, day, &id, done, now));
    let made = access.commit(commit).await?;
    let version = made.versions.into_iter().find(|v| v.id == id);
    let version = version.ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
    Ok(Encounter::read(id, version.version, &parse(&version)?))
}

/// Switches a tag of the desk on or off (発熱, 通訳, 車椅子, 隔離). [`ChartError::Invalid`] for tags that follow from
/// something else.
pub fn set_tag<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    tag: Tag,
    on: bool,
    now: Timestamp,
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        if !Tag::BY_HAND.contains(&tag) {
            return Err(ChartError::Invalid);
        }
        let mut stored = stored(access, id, seen).await?;
        resource::set_tag(&mut stored.body, tag, on);
        let words = format!("受付の札「{}」を{}", tag.word(), if on { "つける" } else { "外す" });
        let done = format!("「{}」を{}", tag.word(), if on { "つけました" } else { "外しました" });
        store(access, stored, words, &done, now).await
    })
}

/// Says who sees the patient and in which room; `None` takes it back. The doctor is a `Practitioner` id and a name as
/// [`crate::reception::doctors`] lists them.
pub fn assign<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    doctor: Option<(&'a Id, &'a str)>,
    room: Option<&'a str>,
    now: Timestamp,
) -> BoxFuture<'a, Result<Encounter, ChartError>> {
    Box::pin(async move {
        let mut stored = stored(access, id, seen).await?;
        let room: Option<String> = room.map(crate::clean::line).map(|r| r.chars().take(ROOM).collect());
        resource::set_doctor(&mut stored.body, doctor);
        resource::set_room(&mut stored.body, room.as_deref().filter(|r| !r.is_empty()));
        store(access, stored, "担当・部屋を決める".to_owned(), "担当・部屋を変えました", now).await
    })
}
