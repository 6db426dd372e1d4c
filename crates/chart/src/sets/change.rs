//! Changing sets. Each change names the version the person saw; when somebody else was faster nothing happens and the
//! answer is [`ChartError::Conflict`].
use super::{MOST_ITEMS, OrderSet, SetItem, resource};
use crate::ChartError;
use crate::author::Author;
use crate::query::{parse, resource_type};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Longest title, name or note kept, in characters.
const WORDS: usize = 200;

fn words(text: &str) -> Option<String> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(WORDS).collect();
    (!clean.is_empty()).then_some(clean)
}

/// A new set of the clinic without items, under the id `new`.
pub fn create<'a>(access: &'a Access, new: Id, title: &'a str) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move { made(access, new, title, None).await })
}

/// A new set of one person's own: offered to nobody else.
pub fn create_own<'a>(
    access: &'a Access,
    new: Id,
    title: &'a str,
    owner: &'a Author,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move { made(access, new, title, Some(owner)).await })
}

async fn made(access: &Access, new: Id, title: &str, owner: Option<&Author>) -> Result<OrderSet, ChartError> {
    let title = words(title).ok_or(ChartError::Invalid)?;
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("セットを作る".to_owned());
    put(&mut commit, &new, resource::new(&title, owner), Expect::Absent)?;
    done(access, commit).await
}

/// Another name, and how it is read (`subtitle`); an empty reading takes the old one away.
pub fn rename<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    title: &'a str,
    reading: &'a str,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        let title = words(title).ok_or(ChartError::Invalid)?;
        let reading = words(reading);
        change(access, id, seen, "セットの名前を変える", |set| {
            set.insert("title", Value::string(title));
            put_or_remove(set, "subtitle", reading);
            Ok(())
        })
        .await
    })
}

/// Other words with the item at a position; empty ones take them away.
pub fn note<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    position: usize,
    text: &'a str,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        if text.trim().chars().count() > WORDS {
            return Err(ChartError::Invalid);
        }
        let text = words(text);
        change(access, id, seen, "セットの項目のメモを変える", |set| {
            let Some(Value::Array(actions)) = set.get_mut("action") else { return Err(ChartError::NotFound) };
            let action = actions.get_mut(position).and_then(Value::as_object_mut).ok_or(ChartError::NotFound)?;
            put_or_remove(action, "description", text);
            Ok(())
        })
        .await
    })
}

/// Puts an item at the end.
pub fn add<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    item: &'a SetItem,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move { insert(access, id, seen, usize::MAX, item).await })
}

/// Puts an item at a position, at the end where there are fewer.
pub fn insert<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    position: usize,
    item: &'a SetItem,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move { insert_all(access, id, seen, position, std::slice::from_ref(item)).await })
}

/// Puts items at a position, in their order, all or none. Those that are in the set already are passed over when there
/// are several; nothing left to put in is [`ChartError::Invalid`].
pub fn insert_all<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    position: usize,
    items: &'a [SetItem],
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        let mut kept = items.iter().map(kept).collect::<Result<Vec<SetItem>, ChartError>>()?;
        change(access, id, seen, "セットに項目を加える", |set| {
            if !matches!(set.get("action"), Some(Value::Array(_))) {
                set.insert("action", Value::Array(Vec::new()));
            }
            let Some(Value::Array(actions)) = set.get_mut("action") else { return Err(ChartError::Invalid) };
            if kept.len() > 1 {
                kept.retain(|item| !actions.iter().any(|action| resource::is_same(action, item)));
            }
            if kept.is_empty() {
                return Err(ChartError::Invalid);
            }
            if actions.len() + kept.len() > MOST_ITEMS {
                return Err(ChartError::TooMany);
            }
            let at = position.min(actions.len());
            actions.splice(at..at, kept.iter().map(resource::action));
            Ok(())
        })
        .await
    })
}

/// An item as it can be kept.
fn kept(item: &SetItem) -> Result<SetItem, ChartError> {
    let kept = SetItem {
        system: item.system.trim().to_owned(),
        code: words(&item.code).ok_or(ChartError::Invalid)?,
        display: words(&item.display).ok_or(ChartError::Invalid)?,
        note: item.note.as_deref().and_then(words),
    };
    let spaced = kept.system.contains(char::is_whitespace) || kept.code.contains(char::is_whitespace);
    if kept.system.len() > WORDS || spaced { Err(ChartError::Invalid) } else { Ok(kept) }
}

/// Takes the item at a position out.
pub fn remove<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    position: usize,
) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        change(access, id, seen, "セットから項目を外す", |set| {
            let Some(Value::Array(actions)) = set.get_mut("action") else { return Err(ChartError::NotFound) };
            if position >= actions.len() {
                return Err(ChartError::NotFound);
            }
            actions.remove(position);
            if actions.is_empty() {
                set.remove("action");
            }
            Ok(())
        })
        .await
    })
}

/// Offers it no longer. It stays in the record: orders made from it can still be explained.
pub fn retire<'a>(access: &'a Access, id: &'a Id, seen: u32) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        change(access, id, seen, "セットを使うのをやめる", |set| {
            set.insert("status", Value::string("retired"));
            Ok(())
        })
        .await
    })
}

/// Offers it again.
pub fn restore<'a>(access: &'a Access, id: &'a Id, seen: u32) -> BoxFuture<'a, Result<OrderSet, ChartError>> {
    Box::pin(async move {
        change(access, id, seen, "セットをまた使う", |set| {
            set.insert("status", Value::string("active"));
            Ok(())
        })
        .await
    })
}

fn put_or_remove(object: &mut Object<'static>, member: &str, text: Option<String>) {
    match text {
        Some(text) => object.insert(member, Value::string(text)),
        None => drop(object.remove(member)),
    }
}

async fn change(
    access: &Access,
    id: &Id,
    seen: u32,
    detail: &str,
    apply: impl FnOnce(&mut Object<'static>) -> Result<(), ChartError>,
) -> Result<OrderSet, ChartError> {
    let Lookup::Found(version) = access.read(resource_type("PlanDefinition")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let mut body = parse(&version)?.into_owned();
    if !resource::is_order_set(&body) {
        return Err(ChartError::NotFound);
    }
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    apply(body.as_object_mut().ok_or(ChartError::NotFound)?)?;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    put(&mut commit, id, body, Expect::Version(seen))?;
    done(access, commit).await
}

fn put(commit: &mut Commit, id: &Id, body: Value<'static>, expect: Expect) -> Result<(), ChartError> {
    let resource_type = resource_type("PlanDefinition")?;
    commit.changes.push(Change::Put { resource_type, id: id.clone(), body, expect });
    Ok(())
}

async fn done(access: &Access, commit: Commit) -> Result<OrderSet, ChartError> {
    let made = access.commit(commit).await?;
    let made = made.versions.first().ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
    Ok(resource::read(made.id.clone(), made.version, &parse(made)?))
}
