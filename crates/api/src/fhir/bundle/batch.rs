//! batch: every entry for itself.
use super::answer::{Answer, bundle};
use super::entry::{Entry, Method, Place, take_apart};
use super::plan::{patch_text, writable};
use super::reads;
use crate::fhir::{check, create, delete, patch, update};
use crate::http::body;
use crate::http::prefer::Prefer;
use crate::outcome::Failure;
use crate::request::Ctx;
use futures_util::{FutureExt as _, StreamExt as _};
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_json::Value;

/// Entries carried out at the same time; together they share the disk's fsync.
const AT_ONCE: usize = 16;

/// Carries out a batch Bundle.
pub(super) async fn carry_out(ctx: &Ctx, parsed: Value<'_>, prefer: Prefer) -> Result<String, Failure> {
    let entries = take_apart(parsed.into_owned(), ctx.base.fhir())?;
    let answers: Vec<_> =
        entries.into_iter().enumerate().map(|(index, entry)| answer(ctx, index, entry, prefer).boxed()).collect();
    let answers: Vec<Answer> = futures_util::stream::iter(answers).buffered(AT_ONCE).collect().await;
    Ok(bundle(&ctx.base, "batch-response", &answers))
}

/// An entry that fails says so in its own answer.
async fn answer(ctx: &Ctx, index: usize, entry: Result<Entry<'static>, Failure>, prefer: Prefer) -> Answer {
    let result = match entry {
        Ok(entry) => one(ctx, entry, prefer).await,
        Err(failure) => Err(failure),
    };
    result.unwrap_or_else(|failure| Answer::failure(&failure.below(&format!("Bundle.entry[{index}]"))))
}

async fn one(ctx: &Ctx, entry: Entry<'static>, prefer: Prefer) -> Result<Answer, Failure> {
    let expect = entry.expect();
    let resource = entry.resource.unwrap_or(Value::Null);
    let written = match entry.method {
        Method::Get(read) => {
            reads::allowed(ctx, &read)?;
            return reads::read(ctx, &read, entry.if_none_match.as_deref()).await;
        }
        Method::Delete(Place::Instance(kind, id)) => {
            writable(ctx, kind, Interaction::Delete)?;
            return Ok(Answer::deleted(Some(&delete::delete(ctx, kind, id, expect?).await?)));
        }
        Method::Delete(Place::Where(kind, criteria)) => {
            writable(ctx, kind, Interaction::Delete)?;
            return Ok(Answer::deleted(delete::delete_where(ctx, kind, &criteria).await?.as_ref()));
        }
        Method::Post(kind) => {
            writable(ctx, kind, Interaction::Create)?;
            valid(&resource, kind)?;
            create::create(ctx, kind, resource, entry.if_none_exist.as_deref()).await?
        }
        Method::Put(Place::Instance(kind, id)) => {
            writable(ctx, kind, Interaction::Update)?;
            valid(&resource, kind)?;
            check::same_id(&resource, kind, &id)?;
            update::update(ctx, kind, id, resource, expect?).await?
        }
        Method::Put(Place::Where(kind, criteria)) => {
            writable(ctx, kind, Interaction::Update)?;
            valid(&resource, kind)?;
            update::update_where(ctx, kind, &criteria, &resource, expect?).await?
        }
        Method::Patch(kind, id) => {
            writable(ctx, kind, Interaction::Update)?;
            let text = patch_text(&resource)?;
            patch::patch_resource(ctx, kind, id, &body::parse(&text)?, expect?).await?
        }
    };
    Ok(Answer::written(ctx, &written, prefer))
}

fn valid(resource: &Value<'_>, kind: ResourceType) -> Result<(), Failure> {
    check::kind(resource, kind)?;
    check::content(resource)
}
