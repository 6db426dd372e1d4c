//! Changing the list. Each command names the version the person saw; when somebody else was faster nothing happens
//! and the answer is [`ChartError::Conflict`]. Nothing disappears: an entry made in error stays with its reason.
use super::list::{Entry, entry, list};
use super::name::Named;
use super::outcome::Outcome;
use super::{Billing, resource};
use crate::ChartError;
use crate::author::{Author, principal, set_principal};
use crate::parts::clean;
use crate::query::{parse, resource_type};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Longest reason kept, in characters.
const REASON: usize = 200;

/// A name to put on the list.
#[derive(Clone, Debug)]
pub struct New {
    /// Id of the new Condition; the same id twice is the same press twice and makes one entry (SAFE-14).
    pub id: Id,
    /// Whose.
    pub patient: Id,
    /// The visit of today, when there is one.
    pub visit: Option<Id>,
    /// The name.
    pub named: Named,
    /// 開始日
    pub start: Date,
    /// 主病名
    pub main: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Added {
    /// It stands on the list.
    New(Box<Entry>),
    /// The same disease is active already; nothing was changed (SRCH-22).
    Already(Box<Entry>),
}

/// Puts a name on the list.
pub fn add<'a>(
    access: &'a Access,
    author: &'a Author,
    new: New,
    now: Timestamp,
) -> BoxFuture<'a, Result<Added, ChartError>> {
    Box::pin(async move {
        if new.start > now.day_in_japan() {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::Read);
        reader.describe("病名の一覧");
        if !matches!(reader.read(resource_type("Patient")?, &new.patient).await?, Lookup::Found(_)) {
            reader.release(()).await?;
            return Err(ChartError::NotFound);
        }
        let known = list(&reader, &new.patient).await?;
        let known = reader.release(known).await?;
        if let Some(same) = known.active_same(&new.named) {
            let own = same.id == new.id;
            let same = Box::new(same.clone());
            return Ok(if own { Added::New(same) } else { Added::Already(same) });
        }
        let mut body = resource::new(&new.patient, new.visit.as_ref(), &new.named, new.start, author, now);
        resource::set_main(&mut body, new.main);
        let mut body = Value::Object(body);
        author.mark(&mut body);
        set_principal(&mut body, author, principal(access, author, &new.patient, now.day_in_japan()).await?);
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("病名を追加".to_owned());
        commit.changes.push(put(&new.id, body, Expect::Absent)?);
        done(access, commit).await.map(|entry| Added::New(Box::new(entry)))
    })
}

/// Other words, start or 疑い.
pub fn edit<'a>(
    access: &'a Access,
    author: &'a Author,
    (patient, id, seen): (&'a Id, &'a Id, u32),
    (named, start): (&'a Named, Date),
    now: Timestamp,
) -> BoxFuture<'a, Result<Entry, ChartError>> {
    Box::pin(async move {
        if start > now.day_in_japan() {
            return Err(ChartError::Invalid);
        }
        change(access, author, (patient, id, seen), ("病名を変更", now), |body| {
            body.insert("code", resource::written(named));
            resource::set_verification(body, named.is_suspected());
            body.insert("onsetDateTime", Value::string(start.to_string()));
            Ok(())
        })
        .await
    })
}

/// 転帰: ends it. The day lies between its start and today.
pub fn end<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    (outcome, on): (Outcome, Date),
    now: Timestamp,
) -> BoxFuture<'a, Result<Entry, ChartError>> {
    Box::pin(async move {
        let words = format!("病名の転帰：{}", outcome.word());
        change(access, author, target, (&words, now), |body| {
            let start = crate::view::element::date(&Value::Object(body.clone()), &["onsetDateTime"]);
            if on > now.day_in_japan() || start.is_some_and(|start| on < start) {
                return Err(ChartError::Invalid);
            }
            resource::set_end(body, outcome, on);
            Ok(())
        })
        .await
    })
}

/// Takes an outcome back: the name is active again.
pub fn reopen<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    now: Timestamp,
) -> BoxFuture<'a, Result<Entry, ChartError>> {
    Box::pin(async move {
        change(access, author, target, ("病名を有効に戻す", now), |body| {
            resource::set_active(body);
            Ok(())
        })
        .await
    })
}

/// Takes an entry off the list that should never have been there. It stays in the record with the reason.
pub fn delete<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        let reason = clean(reason, REASON).ok_or(ChartError::Invalid)?;
        let version = store(access, author, target, ("病名を削除", now), |body| {
            resource::set_error(body, &reason, author, now);
            Ok(())
        })
        .await?;
        Ok(version.version)
    })
}

/// Takes a deletion back.
pub fn restore<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    now: Timestamp,
) -> BoxFuture<'a, Result<Entry, ChartError>> {
    Box::pin(async move {
        change(access, author, target, ("病名の削除を取り消す", now), |body| {
            let suspected = resource::named(&Value::Object(body.clone())).is_some_and(|named| named.is_suspected());
            resource::set_verification(body, suspected);
            let ended = resource::outcome(&Value::Object(body.clone()));
            let on = crate::view::element::date(&Value::Object(body.clone()), &["abatementDateTime"]);
            match (ended, on) {
                (Some(outcome), Some(on)) => resource::set_end(body, outcome, on),
                (None, Some(on)) => resource::set_end(body, Outcome::Stopped, on),
                _ => resource::set_active(body),
            }
            Ok(())
        })
        .await
    })
}

/// Orders the list for billing: what the desk may do. All active names get their place in one write.
pub fn billing<'a>(
    access: &'a Access,
    patient: &'a Id,
    id: &'a Id,
    step: Billing,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        reader.describe("病名の一覧");
        let known = list(&reader, patient).await?;
        let mut order: Vec<Id> = known.active.iter().map(|entry| entry.id.clone()).collect();
        let at = order.iter().position(|other| other == id);
        let keys: Vec<_> = match resource_type("Condition") {
            Ok(kind) => order.iter().map(|id| (kind, id.clone())).collect(),
            Err(error) => return Err(error),
        };
        let versions = reader.read_many(&keys).await?;
        let versions = reader.release(versions).await?;
        let at = at.ok_or(ChartError::NotFound)?;
        let mut commit = Commit::new(Action::Update);
        match step {
            Billing::Up if at > 0 => order.swap(at, at - 1),
            Billing::Down if at + 1 < order.len() => order.swap(at, at + 1),
            Billing::Up | Billing::Down => return Ok(()),
            Billing::Main(_) => {}
        }
        commit.detail = Some("病名の順番・主病名（レセプト用）".to_owned());
        for version in &versions {
            let Value::Object(mut body) = parse(version)?.into_owned() else { continue };
            let before = Value::Object(body.clone());
            match step {
                Billing::Main(main) if version.id == *id => resource::set_main(&mut body, main),
                Billing::Main(_) => {}
                Billing::Up | Billing::Down => {
                    let place = order.iter().position(|other| *other == version.id).map_or(i64::MAX, |n| n as i64 + 1);
                    resource::set_order(&mut body, place);
                }
            }
            let body = Value::Object(body);
            if !body.same_value(&before) {
                commit.changes.push(put(&version.id, body, Expect::Version(version.version))?);
            }
        }
        if commit.changes.is_empty() {
            return Ok(());
        }
        access.commit(commit).await?;
        Ok(())
    })
}

async fn change(
    access: &Access,
    author: &Author,
    target: (&Id, &Id, u32),
    why: (&str, Timestamp),
    apply: impl FnOnce(&mut Object<'static>) -> Result<(), ChartError>,
) -> Result<Entry, ChartError> {
    let made = store(access, author, target, why, apply).await?;
    entry(&made, &parse(&made)?).ok_or(ChartError::NotFound)
}

async fn store(
    access: &Access,
    author: &Author,
    (patient, id, seen): (&Id, &Id, u32),
    (detail, now): (&str, Timestamp),
    apply: impl FnOnce(&mut Object<'static>) -> Result<(), ChartError>,
) -> Result<karute_ledger::Version, ChartError> {
    let Lookup::Found(version) = access.read(resource_type("Condition")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let Value::Object(mut body) = parse(&version)?.into_owned() else { return Err(ChartError::NotFound) };
    // The address names the patient, whose banner was on the screen: an entry of somebody else is none of theirs.
    let whole = Value::Object(body.clone());
    let owner = crate::view::element::reference(&whole, &["subject", "reference"], "Patient");
    if owner.as_ref() != Some(patient) {
        return Err(ChartError::NotFound);
    }
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    apply(&mut body)?;
    let mut body = Value::Object(body);
    author.mark(&mut body);
    set_principal(&mut body, author, principal(access, author, patient, now.day_in_japan()).await?);
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    commit.changes.push(put(id, body, Expect::Version(seen))?);
    let made = access.commit(commit).await?;
    made.versions.into_iter().next().ok_or_else(|| LedgerError::Integrity("no version made".to_owned()).into())
}

fn put(id: &Id, body: Value<'static>, expect: Expect) -> Result<Change, ChartError> {
    Ok(Change::Put { resource_type: resource_type("Condition")?, id: id.clone(), body, expect })
}

async fn done(access: &Access, commit: Commit) -> Result<Entry, ChartError> {
    let made = access.commit(commit).await?;
    let version = made.versions.first().ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
    entry(version, &parse(version)?).ok_or(ChartError::NotFound)
}
