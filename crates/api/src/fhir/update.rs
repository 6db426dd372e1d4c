//! update, update as create, conditional update.
use crate::fhir::create::{Written, answer, decided, one};
use crate::fhir::find::{Found, find, several};
use crate::fhir::{TRIES, binary, check};
use crate::http::etag;
use crate::http::negotiate::{RESOURCE_TYPES, require_content_type};
use crate::outcome::Failure;
use crate::request::{Call, Ctx};
use axum::response::Response;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_json::Value;
use karute_ledger::{Action, Change, Expect, Guard, LedgerError};

/// `PUT /fhir/{type}/{id}`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Update)?;
    if kind.name() == "Binary" {
        return binary::update(ctx, call, id).await;
    }
    require_content_type(&call.headers, RESOURCE_TYPES)?;
    let expect = etag::write_condition(&call.headers)?;
    let bytes = call.bytes(&ctx).await?;
    let body = check::resource(&bytes, kind)?;
    check::same_id(&body, kind, &id)?;
    let written = update(&ctx, kind, id, body.into_owned(), expect).await?;
    Ok(answer(&ctx, &call, &written))
}

/// Stores a new version under this id; the first one when there was none.
pub(crate) async fn update(
    ctx: &Ctx,
    resource_type: ResourceType,
    id: Id,
    body: Value<'static>,
    expect: Expect,
) -> Result<Written, Failure> {
    let change = Change::Put { resource_type, id, body, expect };
    Ok(Written::of(one(ctx, Action::Update, Vec::new(), change).await?))
}

/// `PUT /fhir/{type}?criteria`
pub(crate) async fn conditional(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let kind = call.kind()?;
    ctx.require(kind, Interaction::Update)?;
    require_content_type(&call.headers, RESOURCE_TYPES)?;
    let expect = etag::write_condition(&call.headers)?;
    let bytes = call.bytes(&ctx).await?;
    let body = check::resource(&bytes, kind)?.into_owned();
    let written = update_where(&ctx, kind, &call.query, &body, expect).await?;
    Ok(answer(&ctx, &call, &written))
}

/// Conditional update (R4 http §3.1.0.4.3).
pub(crate) async fn update_where(
    ctx: &Ctx,
    kind: ResourceType,
    criteria: &str,
    body: &Value<'static>,
    expect: Expect,
) -> Result<Written, Failure> {
    for _ in 0..TRIES {
        let reader = ctx.reader(Action::Search);
        let found = find(ctx, &reader, kind, criteria).await?;
        let target = match target(ctx, kind, body, found, expect) {
            Ok(target) => target,
            Err(failure) => return Err(reader.release(failure).await?),
        };
        let change = Change::Put { resource_type: kind, id: target.id, body: body.clone(), expect: target.expect };
        match decided(ctx, reader, Action::Update, target.guard, change).await {
            Err(LedgerError::Guard(_)) => {}
            other => return Ok(Written::of(other?)),
        }
    }
    Err(Failure::contention())
}

/// Where a conditional update goes.
pub(crate) struct Target {
    pub(crate) id: Id,
    pub(crate) expect: Expect,
    pub(crate) guard: Guard,
}

/// Decides where a conditional update goes from what was found and from the id in the resource, if any.
pub(crate) fn target(
    ctx: &Ctx,
    kind: ResourceType,
    body: &Value<'_>,
    found: Found,
    expect: Expect,
) -> Result<Target, Failure> {
    let own = match body.get("id").and_then(Value::as_str) {
        None => None,
        Some(id) => {
            Some(Id::new(&id).map_err(|_| Failure::invalid("id の形が正しくありません。").at(format!("{kind}.id")))?)
        }
    };
    match (found, own) {
        (Found::Many, _) => Err(several()),
        (Found::One(_, version), Some(own)) if own != version.id => {
            Err(Failure::invalid("本文の id が、条件に合うものの id と違います。").at(format!("{kind}.id")))
        }
        (Found::One(query, version), _) => {
            Ok(Target { id: version.id.clone(), expect, guard: Guard::OnlyMatch(query, version.id) })
        }
        (Found::None(_), _) if matches!(expect, Expect::Version(_) | Expect::Present) => {
            Err(Failure::precondition("conflict", "If-Match で指定された版がありません。"))
        }
        (Found::None(query), own) => {
            let id = own.unwrap_or_else(|| ctx.state.new_id());
            Ok(Target { id, expect: Expect::Absent, guard: Guard::NoMatch(query) })
        }
    }
}
