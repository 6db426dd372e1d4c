//! Keeping a file, and taking it out of sight.
use super::document::{CATEGORY, Content, FORMAT};
use super::{Category, one};
use crate::ChartError;
use crate::author::Author;
use crate::parts::{clean, clean_line, coding, concept, reference, words};
use crate::query::{parse, resource_type};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};
use karute_ledger::{Access, Action, BlobInfo, Change, Commit, Expect, Lookup};

/// Tag system of the hash of a Binary's content; the FHIR face knows it too.
pub(crate) const HASH: &str = "urn:karute:content-sha256";
const TITLE: usize = 120;

/// A content that is in the ledger already.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Id of its Binary.
    pub id: Id,
    /// What for.
    pub content: Content,
    /// Media type.
    pub media: String,
    /// Hash and size.
    pub info: BlobInfo,
}

/// A document to keep.
#[derive(Clone, Debug)]
pub struct New {
    /// Id of the DocumentReference; of an existing one when it becomes a new version.
    pub id: Id,
    /// The version it replaces.
    pub replaces: Option<u32>,
    /// Whose.
    pub patient: Id,
    /// The visit it belongs to.
    pub visit: Option<Id>,
    /// What it is.
    pub category: Category,
    /// What it is called; the category's word when empty.
    pub title: String,
    /// Its contents.
    pub contents: Vec<Kept>,
}

/// Keeps a document: its contents and what is said of it, in one write.
pub fn keep<'a>(
    access: &'a Access,
    author: &'a Author,
    new: New,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        if new.contents.is_empty() {
            return Err(ChartError::Invalid);
        }
        if !matches!(access.read(resource_type("Patient")?, &new.patient).await?, Lookup::Found(_)) {
            return Err(ChartError::NotFound);
        }
        if new.replaces.is_some() {
            let reader = access.reader(Action::Read);
            reader.describe("添付文書");
            let before = one(&reader, &new.patient, &new.id).await?;
            let before = reader.release(before).await?;
            if Some(before.version) != new.replaces {
                return Err(ChartError::Conflict);
            }
        }
        let title = clean_line(&new.title, TITLE).unwrap_or_else(|| new.category.word().to_owned());
        let mut commit = Commit::new(if new.replaces.is_some() { Action::Update } else { Action::Create });
        commit.detail = Some(format!("{}を保存", new.category.word()));
        for kept in &new.contents {
            commit.changes.push(Change::Put {
                resource_type: resource_type("Binary")?,
                id: kept.id.clone(),
                body: binary(kept),
                expect: Expect::Absent,
            });
        }
        commit.changes.push(Change::Put {
            resource_type: resource_type("DocumentReference")?,
            id: new.id.clone(),
            body: document(&new, &title, author, now),
            expect: new.replaces.map_or(Expect::Absent, Expect::Version),
        });
        let made = access.commit(commit).await?;
        Ok(made.versions.last().map_or(1, |version| version.version))
    })
}

/// Takes a document out of sight that should not be here. It stays in the record with the reason.
pub fn delete<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        let reason = clean(reason, TITLE).ok_or(ChartError::Invalid)?;
        set_status(access, target, "添付文書を削除", |body| {
            body.insert("status", Value::string("entered-in-error"));
            let flag = Object::new().with("url", Value::string("urn:karute:deletion")).with(
                "extension",
                Value::Array(vec![
                    Value::object([("url", Value::string("reason")), ("valueString", Value::string(reason.clone()))]),
                    Value::object([("url", Value::string("by")), ("valueReference", author.reference())]),
                    Value::object([("url", Value::string("at")), ("valueInstant", Value::string(now.to_fhir()))]),
                ]),
            );
            let mut extensions = match body.remove("extension") {
                Some(Value::Array(extensions)) => extensions,
                _ => Vec::new(),
            };
            extensions.push(Value::Object(flag));
            body.insert("extension", Value::Array(extensions));
        })
        .await
    })
}

/// Takes a deletion back.
pub fn restore<'a>(access: &'a Access, target: (&'a Id, &'a Id, u32)) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        set_status(access, target, "添付文書の削除を取り消す", |body| {
            body.insert("status", Value::string("current"));
        })
        .await
    })
}

async fn set_status(
    access: &Access,
    (patient, id, seen): (&Id, &Id, u32),
    detail: &str,
    apply: impl FnOnce(&mut Object<'static>),
) -> Result<u32, ChartError> {
    let kind = resource_type("DocumentReference")?;
    let Lookup::Found(version) = access.read(kind, id).await? else { return Err(ChartError::NotFound) };
    let whole = parse(&version)?.into_owned();
    let owner = crate::view::element::reference(&whole, &["subject", "reference"], "Patient");
    if owner.as_ref() != Some(patient) {
        return Err(ChartError::NotFound);
    }
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    let Value::Object(mut body) = whole else { return Err(ChartError::NotFound) };
    apply(&mut body);
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    let body = Value::Object(body);
    commit.changes.push(Change::Put { resource_type: kind, id: id.clone(), body, expect: Expect::Version(seen) });
    let made = access.commit(commit).await?;
    Ok(made.versions.first().map_or(seen + 1, |version| version.version))
}

fn binary(kept: &Kept) -> Value<'static> {
    let tag = Value::object([("system", Value::string(HASH)), ("code", Value::string(kept.info.hash.to_hex()))]);
    Value::object([
        ("resourceType", Value::string("Binary")),
        ("meta", Value::object([("tag", Value::Array(vec![tag]))])),
        ("contentType", Value::string(kept.media.clone())),
    ])
}

fn document(new: &New, title: &str, author: &Author, now: Timestamp) -> Value<'static> {
    let contents = new.contents.iter().map(|kept| {
        let attachment = Value::object([
            ("contentType", Value::string(kept.media.clone())),
            ("url", Value::string(format!("Binary/{}", kept.id))),
            ("size", Value::Number(Number::from_i64(i64::try_from(kept.info.size).unwrap_or(i64::MAX)))),
            ("title", Value::string(title.to_owned())),
        ]);
        Value::object([("attachment", attachment), ("format", coding(FORMAT, kept.content.code(), ""))])
    });
    let mut body = Object::new()
        .with("resourceType", Value::string("DocumentReference"))
        .with("status", Value::string("current"))
        .with("type", words(new.category.word()))
        .with("category", Value::Array(vec![concept(CATEGORY, new.category.code(), new.category.word())]))
        .with("subject", reference("Patient", &new.patient))
        .with("date", Value::string(now.to_fhir()))
        .with("author", Value::Array(vec![author.reference()]))
        // Only institutions have a custodian here: a document without one is this clinic's own.
        .with("description", Value::string(title.to_owned()))
        .with("content", Value::Array(contents.collect()));
    if let Some(visit) = &new.visit {
        body.insert("context", Value::object([("encounter", Value::Array(vec![reference("Encounter", visit)]))]));
    }
    let mut body = Value::Object(body);
    author.mark(&mut body);
    body
}
