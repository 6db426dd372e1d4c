//! read, vread and their conditional forms.
use crate::fhir::shape::Shape;
use crate::fhir::{audit_event, binary};
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use karute_ledger::{Action, Lookup, Version};

/// `GET /fhir/{type}/{id}`
pub(crate) async fn read(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Read)?;
    if kind.name() == "AuditEvent" {
        return audit_event::read(ctx, call, id).await;
    }
    let lookup = ctx.access.read(kind, &id).await?;
    found(&ctx, &call, lookup).await
}

/// `GET /fhir/{type}/{id}/_history/{version}`
pub(crate) async fn vread(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Read)?;
    let number: u32 = call.param("version").parse().map_err(|_| Failure::not_found())?;
    let reader = ctx.reader(Action::Read);
    let lookup = reader.vread(kind, &id, number).await?;
    let lookup = reader.release(lookup).await?;
    found(&ctx, &call, lookup).await
}

async fn found(ctx: &Ctx, call: &Call, lookup: Lookup) -> Result<Response, Failure> {
    match lookup {
        Lookup::Found(version) => respond(ctx, call, &version).await,
        Lookup::Gone(version) => {
            Err(Failure::gone().header(http::header::ETAG, etag::value(&etag::etag(version.version))))
        }
        Lookup::Missing => Err(Failure::not_found()),
    }
}

async fn respond(ctx: &Ctx, call: &Call, version: &Version) -> Result<Response, Failure> {
    if etag::not_modified(&call.headers, version.version, version.updated) {
        let mut response = reply::empty(StatusCode::NOT_MODIFIED);
        reply::version_headers(&mut response, version);
        return Ok(response);
    }
    if version.resource_type.name() == "Binary" {
        return binary::respond(ctx, call, version).await;
    }
    let shape = Shape::of_query(&call.query)?;
    let body = match shape.apply(version)? {
        None => reply::stored(&version.body),
        Some(shaped) => shaped.into(),
    };
    let mut response = reply::json(StatusCode::OK, call.format, body);
    reply::version_headers(&mut response, version);
    let location = etag::value(&reply::version_url(&ctx.base, version));
    response.headers_mut().insert(http::header::CONTENT_LOCATION, location);
    Ok(response)
}
