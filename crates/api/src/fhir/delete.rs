//! delete and conditional delete. Deletion is a version; the history stays readable.
use crate::fhir::TRIES;
use crate::fhir::create::{decided, one};
use crate::fhir::find::{Found, find, several};
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_ledger::{Action, Change, Expect, Guard, LedgerError, Lookup, Version};

/// `DELETE /fhir/{type}/{id}`: 204; also when it is deleted already. What never was is 404.
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Delete)?;
    let expect = etag::write_condition(&call.headers)?;
    let version = delete(&ctx, kind, id, expect).await?;
    Ok(deleted(&version))
}

/// 204 with the deleting version.
fn deleted(version: &Version) -> Response {
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    reply::version_headers(&mut response, version);
    response
}

/// Deletes, and gives back the deleting version.
pub(crate) async fn delete(ctx: &Ctx, resource_type: ResourceType, id: Id, expect: Expect) -> Result<Version, Failure> {
    let expect = if matches!(expect, Expect::Any) { Expect::Present } else { expect };
    let change = Change::Delete { resource_type, id: id.clone(), expect };
    match one(ctx, Action::Delete, Vec::new(), change).await {
        Ok(version) => Ok(version),
        Err(LedgerError::NotFound) => match ctx.access.read(resource_type, &id).await? {
            Lookup::Gone(version) => Ok(version),
            // Came back since the deletion was tried: then the caller's wish is not fulfilled.
            Lookup::Found(_) => Err(Failure::contention()),
            Lookup::Missing => Err(Failure::not_found()),
        },
        Err(other) => Err(other.into()),
    }
}

/// `DELETE /fhir/{type}?criteria`: none or one; several are refused.
pub(crate) async fn conditional(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let kind = call.kind()?;
    ctx.require(kind, Interaction::Delete)?;
    let version = delete_where(&ctx, kind, &call.query).await?;
    Ok(version.map_or_else(|| reply::empty(StatusCode::NO_CONTENT), |version| deleted(&version)))
}

/// Deletes the only match, if there is one.
pub(crate) async fn delete_where(ctx: &Ctx, kind: ResourceType, criteria: &str) -> Result<Option<Version>, Failure> {
    for _ in 0..TRIES {
        let reader = ctx.reader(Action::Search);
        match find(ctx, &reader, kind, criteria).await? {
            Found::None(_) => return Ok(reader.release(None).await?),
            Found::Many => return Err(reader.release(several()).await?),
            Found::One(query, version) => {
                let id = version.id;
                let change = Change::Delete { resource_type: kind, id: id.clone(), expect: Expect::Present };
                match decided(ctx, reader, Action::Delete, Guard::OnlyMatch(query, id), change).await {
                    Err(LedgerError::Guard(_) | LedgerError::NotFound) => {}
                    other => return Ok(Some(other?)),
                }
            }
        }
    }
    Err(Failure::contention())
}
