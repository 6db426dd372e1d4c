//! create and conditional create.
use crate::fhir::find::{Found, find, several};
use crate::fhir::{TRIES, binary, check};
use crate::http::etag;
use crate::http::negotiate::{RESOURCE_TYPES, require_content_type};
use crate::http::prefer::Return;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::{HeaderName, StatusCode};
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_json::Value;
use karute_ledger::{Action, Change, Commit, Expect, Guard, LedgerError, Operation, Reader, Version};

static IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// A version that a write made, or found in its place.
pub(crate) struct Written {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
}

impl Written {
    /// 201 for a first version, 200 for a later one.
    pub(crate) fn of(version: Version) -> Written {
        let status = if version.operation == Operation::Created { StatusCode::CREATED } else { StatusCode::OK };
        Written { status, version }
    }
}

/// `POST /fhir/{type}`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let kind = call.kind()?;
    ctx.require(kind, Interaction::Create)?;
    let criteria = etag::text(&call.headers, &IF_NONE_EXIST)?.map(str::to_owned);
    if kind.name() == "Binary" {
        return binary::create(ctx, call, criteria.as_deref()).await;
    }
    require_content_type(&call.headers, RESOURCE_TYPES)?;
    let bytes = call.bytes(&ctx).await?;
    let body = check::resource(&bytes, kind)?.into_owned();
    let written = create(&ctx, kind, body, criteria.as_deref()).await?;
    Ok(answer(&ctx, &call, &written))
}

/// The answer to a create or update. What the token may not read is not shown.
pub(crate) fn answer(ctx: &Ctx, call: &Call, written: &Written) -> Response {
    let readable = ctx.may(written.version.resource_type, Interaction::Read);
    let found_only = written.status == StatusCode::OK && !readable;
    let returns = if found_only { Some(Return::Minimal) } else { call.prefer.returns };
    reply::written(&ctx.base, call.format, written.status, &written.version, returns)
}

/// Creates a resource; with `criteria`, only when nothing fits them.
pub(crate) async fn create(
    ctx: &Ctx,
    kind: ResourceType,
    body: Value<'static>,
    criteria: Option<&str>,
) -> Result<Written, Failure> {
    let Some(criteria) = criteria else {
        return Ok(Written::of(one(ctx, Action::Create, Vec::new(), put_new(ctx, kind, body)).await?));
    };
    for _ in 0..TRIES {
        let reader = ctx.reader(Action::Search);
        match find(ctx, &reader, kind, criteria).await? {
            Found::Many => return Err(reader.release(several()).await?),
            Found::One(_, version) => {
                return Ok(reader.release(Written { status: StatusCode::OK, version }).await?);
            }
            Found::None(query) => {
                let change = put_new(ctx, kind, body.clone());
                match decided(ctx, reader, Action::Create, Guard::NoMatch(query), change).await {
                    Err(LedgerError::Guard(_)) => {}
                    other => return Ok(Written::of(other?)),
                }
            }
        }
    }
    Err(Failure::contention())
}

fn put_new(ctx: &Ctx, resource_type: ResourceType, body: Value<'static>) -> Change {
    Change::Put { resource_type, id: ctx.state.new_id(), body, expect: Expect::Absent }
}

/// Commits what a search decided. The search's audit event and the commit share the ledger's next group, so that
/// together they cost one fsync.
pub(crate) async fn decided(
    ctx: &Ctx,
    reader: Reader,
    action: Action,
    guard: Guard,
    change: Change,
) -> Result<Version, LedgerError> {
    let (released, made) = tokio::join!(reader.release(()), one(ctx, action, vec![guard], change));
    released?;
    made
}

/// Commits a single change and gives back its version.
pub(crate) async fn one(ctx: &Ctx, action: Action, guards: Vec<Guard>, change: Change) -> Result<Version, LedgerError> {
    let commit = Commit { guards, changes: vec![change], ..Commit::new(action) };
    let mut committed = ctx.access.commit(commit).await?;
    committed.versions.pop().ok_or_else(|| LedgerError::Integrity("a commit gave back no version".to_owned()))
}
