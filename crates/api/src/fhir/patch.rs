//! patch by JSON Patch (RFC 6902).
use crate::fhir::TRIES;
use crate::fhir::check;
use crate::fhir::create::{Written, answer, one};
use crate::http::etag;
use crate::http::{body, negotiate::require_content_type};
use crate::outcome::{Failure, Issue};
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_json::{Limits, Value, apply_patch};
use karute_ledger::{Action, Change, Expect, LedgerError, Lookup, Version};

/// Largest patch in bytes.
const MAX_PATCH_BYTES: usize = 1 << 20;

/// `PATCH /fhir/{type}/{id}`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Update)?;
    require_content_type(&call.headers, &["application/json-patch+json"])?;
    let expect = etag::write_condition(&call.headers)?;
    let bytes = body::read(&call.headers, call.take_body(), MAX_PATCH_BYTES).await?;
    let patch = body::parse(&bytes)?;
    let written = patch_resource(&ctx, kind, id, &patch, expect).await?;
    Ok(answer(&ctx, &call, &written))
}

/// Applies a patch to the current version; tried again when somebody else was faster and no version was named.
pub(crate) async fn patch_resource(
    ctx: &Ctx,
    kind: ResourceType,
    id: Id,
    patch: &Value<'_>,
    expect: Expect,
) -> Result<Written, Failure> {
    for _ in 0..TRIES {
        let reader = ctx.reader(Action::Read);
        let current = match reader.read(kind, &id).await? {
            Lookup::Found(version) => version,
            Lookup::Gone(_) => return Err(reader.release(Failure::gone()).await?),
            Lookup::Missing => return Err(reader.release(Failure::not_found()).await?),
        };
        let body = match patched(&current, patch, expect) {
            Ok(body) => body,
            Err(failure) => return Err(reader.release(failure).await?),
        };
        let change =
            Change::Put { resource_type: kind, id: id.clone(), body, expect: Expect::Version(current.version) };
        let (released, made) = tokio::join!(reader.release(()), one(ctx, Action::Update, Vec::new(), change));
        released?;
        match made {
            Err(LedgerError::Conflict { .. }) if !matches!(expect, Expect::Version(_)) => {}
            other => return Ok(Written::of(other?)),
        }
    }
    Err(Failure::contention())
}

/// The resource that `patch` makes of `current`, checked like any other.
pub(crate) fn patched(current: &Version, patch: &Value<'_>, expect: Expect) -> Result<Value<'static>, Failure> {
    match expect {
        Expect::Version(wanted) if wanted != current.version => {
            return Err(LedgerError::Conflict { resource: None, current: Some(current.version) }.into());
        }
        Expect::Absent => return Err(LedgerError::Exists.into()),
        _ => {}
    }
    let kind = current.resource_type;
    let stored = karute_json::parse(current.body.as_bytes(), &Limits::FHIR)
        .map_err(|_| LedgerError::Integrity("a stored resource cannot be parsed".to_owned()))?;
    let mut resource = stored.into_owned();
    apply_patch(&mut resource, patch).map_err(|error| {
        let mut failure = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "processing", error.message);
        if let Some(issue) = failure.issues.first_mut() {
            issue.diagnostics = Some(format!("operation {}", error.operation));
        }
        failure
    })?;
    let resource = resource.into_owned();
    let unchanged = check::kind(&resource, kind).and_then(|()| check::same_id(&resource, kind, &current.id));
    if unchanged.is_err() {
        let issue = Issue::error("business-rule", "パッチで resourceType と id を変えることはできません。");
        return Err(Failure { status: StatusCode::UNPROCESSABLE_ENTITY, issues: vec![issue], headers: Vec::new() });
    }
    check::content(&resource)?;
    Ok(resource)
}
