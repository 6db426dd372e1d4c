//! Asking, taking back, asking again.
use super::item::{MOST_AT_ONCE, NewRequest, When};
use super::resource::{self, Request, Status};
use super::work::changed;
use crate::ChartError;
use crate::author::{Author, Standing, doctor_of, set_awaiting, set_principal};
use crate::check::Amount;
use crate::query::{parse, resource_type, search_all};
use crate::view::{Encounter, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Reader, Version};

/// Longest words taken over, in characters.
const WORDS: usize = 200;

/// A visit of a patient.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose.
    pub patient: &'a Id,
    /// The visit.
    pub visit: &'a Id,
}

/// Text of a form: trimmed, bounded, without control characters; `None` when nothing is left.
pub(super) fn words(text: &str) -> Option<String> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(WORDS).collect();
    (!clean.is_empty()).then_some(clean)
}

fn clean(asked: &NewRequest) -> Result<NewRequest, ChartError> {
    let short = |text: &Option<String>| text.as_deref().and_then(words);
    let bounded = |text: &str| text.len() <= WORDS && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if !bounded(&asked.system) || !bounded(&asked.code) {
        return Err(ChartError::Invalid);
    }
    Ok(NewRequest {
        display: words(&asked.display).ok_or(ChartError::Invalid)?,
        set: short(&asked.set),
        route: short(&asked.route),
        site: short(&asked.site),
        note: short(&asked.note),
        ..asked.clone()
    })
}

/// The status of something new: for today it is in force at once, unless a proxy asks; the rest waits for 診察を終える.
fn first_status(when: When, author: &Author, now: Timestamp) -> Status {
    let today = matches!(when, When::On(day) if day <= now.day_in_japan());
    if today && author.standing == Standing::Own { Status::Active } else { Status::Draft }
}

/// The visit, when it is this patient's and has not ended.
pub(super) async fn open_visit(reader: &Reader, place: Place<'_>) -> Result<Encounter, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Encounter")?, place.visit).await? else {
        return Err(ChartError::NotFound);
    };
    let visit = Encounter::read(place.visit.clone(), version.version, &parse(&version)?);
    if visit.patient.as_ref() != Some(place.patient) {
        return Err(ChartError::NotFound);
    }
    match visit.state {
        Some(VisitState::Finished | VisitState::Cancelled) | None => Err(ChartError::Step),
        Some(_) => Ok(visit),
    }
}

/// Asks for things, all with one press: one commit. What the visit asks for already is left out. `ids`
/// holds an id for each, and the first one names the group. Answers with what was made.
///
/// [`ChartError::Step`] when the visit has ended, [`ChartError::TooMany`] beyond [`MOST_AT_ONCE`].
pub fn add<'a>(
    access: &'a Access,
    place: Place<'a>,
    items: &'a [NewRequest],
    author: &'a Author,
    ids: &'a [Id],
    now: Timestamp,
) -> BoxFuture<'a, Result<Vec<Request>, ChartError>> {
    Box::pin(async move {
        if items.len() > MOST_AT_ONCE || ids.len() < items.len() {
            return Err(ChartError::TooMany);
        }
        let reader = access.reader(Action::View);
        reader.describe("オーダーの追加");
        let visit = open_visit(&reader, place).await?;
        let there = of_visit(&reader, place.visit).await?;
        reader.release(()).await?;
        let live = |r: &&Request| r.status != Status::Revoked;
        let mut wanted: Vec<NewRequest> = Vec::new();
        for item in items {
            let item = clean(item)?;
            let again = there.iter().filter(live).any(|r| r.same_thing(&item) && r.asked.when == item.when);
            let twice = wanted.iter().any(|w| w.kind == item.kind && w.code == item.code && w.display == item.display);
            if !again && !twice {
                wanted.push(item);
            }
        }
        // Ids in their order, so that a set keeps its own.
        let mut ids = ids.to_vec();
        ids.sort();
        let Some(group) = ids.first().filter(|_| !wanted.is_empty()) else { return Ok(Vec::new()) };
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(format!("オーダーの追加 {}件", wanted.len()));
        commit.docs.push(crate::opened::works(&author.person, place.patient, place.visit, now));
        commit.docs.push(changed(group, now));
        for (item, id) in wanted.iter().zip(&ids) {
            let status = first_status(item.when, author, now);
            let mut body = resource::new(item, status, (place.patient, place.visit), group, author, now);
            set_principal(&mut body, author, doctor_of(&visit));
            commit.changes.push(Change::Put {
                resource_type: resource_type("ServiceRequest")?,
                id: id.clone(),
                body,
                expect: Expect::Absent,
            });
        }
        let made = access.commit(commit).await?;
        made.versions.iter().filter_map(|v| read(v).transpose()).collect()
    })
}

/// Asks again for what an earlier visit asked for (Do), for `when`. Answers with what was made.
pub fn repeat<'a>(
    access: &'a Access,
    place: Place<'a>,
    from: &'a Id,
    when: When,
    author: &'a Author,
    ids: &'a [Id],
    now: Timestamp,
) -> BoxFuture<'a, Result<Vec<Request>, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("前回のオーダー");
        let before = of_visit(&reader, from).await?;
        reader.release(()).await?;
        if before.iter().any(|r| r.patient.as_ref() != Some(place.patient)) {
            return Err(ChartError::NotFound);
        }
        let live = before.into_iter().filter(|r| r.status != Status::Revoked);
        let items: Vec<NewRequest> =
            live.map(|r| NewRequest { when, urgent: false, ..r.asked }).take(MOST_AT_ONCE).collect();
        add(access, place, &items, author, ids, now).await
    })
}

/// Takes a request back: one of this visit, or one that an earlier visit asked for and that is still to be done. It stays
/// in the record as revoked; taken back by a proxy it waits for a doctor. [`ChartError::Step`] when it was done already.
pub fn remove<'a>(
    access: &'a Access,
    place: Place<'a>,
    id: &'a Id,
    seen: u32,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        change(access, place, (id, seen, now), author, "オーダーの取り消し", |before| match before.status {
            Status::Draft | Status::Active => Ok(Status::Revoked),
            Status::Completed | Status::Revoked => Err(ChartError::Step),
        })
        .await
    })
}

/// Takes several back in one write, all or none: what one press asked for.
pub fn remove_all<'a>(
    access: &'a Access,
    place: Place<'a>,
    seen: &'a [(Id, u32)],
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<usize, ChartError>> {
    Box::pin(async move {
        if seen.len() > MOST_AT_ONCE {
            return Err(ChartError::TooMany);
        }
        let reader = access.reader(Action::View);
        reader.describe("オーダーの取り消し");
        let visit = open_visit(&reader, place).await?;
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("オーダーの取り消し {}件", seen.len()));
        for (id, seen) in seen {
            let (version, before) = standing(&reader, place, id, *seen).await?;
            if !matches!(before.status, Status::Draft | Status::Active) {
                return Err(ChartError::Step);
            }
            let gone = with_status(&version, Status::Revoked, *seen)?;
            commit.changes.push(by(author, &visit, &before, gone));
        }
        reader.release(()).await?;
        commit.docs.extend(seen.first().map(|(id, _)| changed(id, now)));
        access.commit(commit).await?;
        Ok(seen.len())
    })
}

/// What can be said of a request after it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// 用量 of an injection.
    pub amount: Option<Amount>,
    /// 投与経路
    pub route: Option<String>,
    /// 部位
    pub site: Option<String>,
    /// Words to whoever does it.
    pub note: Option<String>,
    /// 至急
    pub urgent: bool,
}

/// Says something else of a request that is still to be done; what is asked for and when stays. A doctor who changes a
/// proxy's entry makes it their own.
pub fn alter<'a>(
    access: &'a Access,
    place: Place<'a>,
    (id, seen): (&'a Id, u32),
    details: &'a Details,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("オーダーの変更");
        let visit = open_visit(&reader, place).await?;
        let (version, before) = standing(&reader, place, id, seen).await?;
        reader.release(()).await?;
        if !matches!(before.status, Status::Draft | Status::Active) {
            return Err(ChartError::Step);
        }
        let short = |text: &Option<String>| text.as_deref().and_then(words);
        let asked = NewRequest {
            amount: details.amount.clone(),
            route: short(&details.route),
            site: short(&details.site),
            note: short(&details.note),
            urgent: details.urgent,
            ..before.asked
        };
        let mut body = parse(&version)?.into_owned();
        if let Some(object) = body.as_object_mut() {
            resource::describe(object, &asked);
            if author.standing == Standing::Own && before.awaiting {
                object.insert("requester", author.reference());
            }
        }
        author.mark(&mut body);
        set_principal(&mut body, author, doctor_of(&visit));
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("オーダーの変更".to_owned());
        commit.changes.push(put(id.clone(), body, seen)?);
        commit.docs.push(changed(id, now));
        let made = access.commit(commit).await?;
        made.versions.first().map(read).transpose()?.flatten().ok_or(ChartError::NotFound)
    })
}

/// Undoes [`remove`]. What an earlier visit asked for is in force again.
pub fn restore<'a>(
    access: &'a Access,
    place: Place<'a>,
    id: &'a Id,
    seen: u32,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Request, ChartError>> {
    Box::pin(async move {
        change(access, place, (id, seen, now), author, "オーダーの取り消しを戻す", |before| {
            match before.status {
                Status::Revoked if before.visit.as_ref() != Some(place.visit) => Ok(Status::Active),
                Status::Revoked => Ok(first_status(before.asked.when, author, now)),
                _ => Err(ChartError::Step),
            }
        })
        .await
    })
}

async fn change(
    access: &Access,
    place: Place<'_>,
    (id, seen, now): (&Id, u32, Timestamp),
    author: &Author,
    words: &str,
    to: impl FnOnce(&Request) -> Result<Status, ChartError>,
) -> Result<Request, ChartError> {
    let reader = access.reader(Action::View);
    reader.describe(words);
    let visit = open_visit(&reader, place).await?;
    let (version, before) = standing(&reader, place, id, seen).await?;
    reader.release(()).await?;
    let status = to(&before)?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(words.to_owned());
    commit.changes.push(by(author, &visit, &before, with_status(&version, status, seen)?));
    commit.docs.push(changed(id, now));
    let made = access.commit(commit).await?;
    made.versions.first().map(read).transpose()?.flatten().ok_or(ChartError::NotFound)
}

/// A change says who made it: a proxy's waits for a doctor and names who asked. What a proxy asked for and takes back
/// before anybody looked at it leaves nothing to decide.
fn by(author: &Author, visit: &Encounter, before: &Request, mut change: Change) -> Change {
    let nothing_left = before.version == 1 && before.awaiting;
    if let Change::Put { body, .. } = &mut change {
        author.mark(body);
        if nothing_left && body.get("status").and_then(Value::as_str).is_some_and(|status| status == "revoked") {
            set_awaiting(body, false);
        }
        set_principal(body, author, doctor_of(visit));
    }
    change
}

/// A stored request as it was seen, when it can be changed in this visit: its own, or one of an earlier visit that is or
/// was in force, which is what was asked for the next visit.
async fn standing(reader: &Reader, place: Place<'_>, id: &Id, seen: u32) -> Result<(Version, Request), ChartError> {
    let (version, before) = one(reader, id).await?;
    if before.patient.as_ref() != Some(place.patient) {
        return Err(ChartError::NotFound);
    }
    if before.visit.as_ref() != Some(place.visit) && before.status == Status::Draft {
        return Err(ChartError::Step);
    }
    if version.version == seen { Ok((version, before)) } else { Err(ChartError::Conflict) }
}

/// The change that gives a stored request another status.
pub(super) fn with_status(version: &Version, status: Status, seen: u32) -> Result<Change, ChartError> {
    let mut body = parse(version)?.into_owned();
    if let Some(object) = body.as_object_mut() {
        object.insert("status", Value::string(status.code()));
    }
    put(version.id.clone(), body, seen)
}

pub(super) fn put(id: Id, body: Value<'static>, seen: u32) -> Result<Change, ChartError> {
    let resource_type = resource_type("ServiceRequest")?;
    Ok(Change::Put { resource_type, id, body, expect: Expect::Version(seen) })
}

/// A stored request; [`ChartError::NotFound`] when there is none.
pub(super) async fn one(reader: &Reader, id: &Id) -> Result<(Version, Request), ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("ServiceRequest")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let request = read(&version)?.ok_or(ChartError::NotFound)?;
    Ok((version, request))
}

/// A version as a request.
pub(super) fn read(version: &Version) -> Result<Option<Request>, ChartError> {
    Ok(Request::read(version.id.clone(), version.version, &parse(version)?))
}

/// Everything a visit asks for, in the order it was written.
pub(super) async fn of_visit(reader: &Reader, visit: &Id) -> Result<Vec<Request>, ChartError> {
    let pairs = [("encounter", visit.as_str()), ("_count", "200")];
    let mut found = Vec::new();
    for version in search_all(reader, "ServiceRequest", &pairs, 400).await? {
        found.extend(read(&version)?);
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}
