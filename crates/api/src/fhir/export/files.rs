//! Status, files, cancelling. An export belongs to the client that asked for it; for everyone else it does not exist.
use super::{DROPPED, KEEP_MS, KIND, Manifest, Order};
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::body::Body;
use axum::response::Response;
use futures_util::TryStreamExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use karute_crypto::Digest;
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_ledger::{Action, Commit, Doc, JobFilter, JobState, JobView, LedgerError, Outcome};

static X_PROGRESS: HeaderName = HeaderName::from_static("x-progress");

/// `GET /fhir/_export/{job}`: 202 while it runs, 200 with the manifest when it is done.
pub(crate) async fn status(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (job, order) = own(&ctx, call.param("job")).await?;
    ctx.access.note(Action::Export, Outcome::Success, "export status", Vec::new()).await?;
    match job.state {
        JobState::Ready | JobState::Running => {
            let mut response = reply::empty(StatusCode::ACCEPTED);
            let progress = if job.state == JobState::Running { "in progress" } else { "queued" };
            response.headers_mut().insert(X_PROGRESS.clone(), HeaderValue::from_static(progress));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            Ok(response)
        }
        JobState::Done => {
            let manifest = manifest(&job)?;
            let place = format!("{}/_export/{}", ctx.base.fhir(), job.key);
            let output: Vec<serde_json::Value> = manifest
                .output
                .iter()
                .enumerate()
                .map(|(i, file)| {
                    serde_json::json!({ "type": file.kind, "url": format!("{place}/{i}"), "count": file.count })
                })
                .collect();
            let body = serde_json::json!({
                "transactionTime": manifest.transaction_time,
                "request": order.request,
                "requiresAccessToken": true,
                "output": output,
                "error": [],
            });
            let mut response = reply::json(StatusCode::OK, crate::http::negotiate::Format::Plain, body.to_string());
            let expires = etag::http_date(job.created.plus_ms(KEEP_MS));
            response.headers_mut().insert(header::EXPIRES, etag::value(&expires));
            Ok(response)
        }
        JobState::Dead | JobState::Discarded => {
            let text = "取り出しに失敗しました。もう一度 $export からやり直し、続くときは管理者に連絡してください。";
            Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", text))
        }
    }
}

/// `GET /fhir/_export/{job}/{file}`
pub(crate) async fn file(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (job, order) = own(&ctx, call.param("job")).await?;
    if job.state != JobState::Done {
        return Err(Failure::not_found());
    }
    let manifest = manifest(&job)?;
    let number: usize = call.param("file").parse().map_err(|_| Failure::not_found())?;
    let file = manifest.output.get(number).ok_or_else(Failure::not_found)?;
    // The token's scopes may have shrunk since the export was asked for.
    let kind = ResourceType::parse(&file.kind).ok_or_else(Failure::not_found)?;
    ctx.require(kind, Interaction::Read)?;
    let hash = Digest::from_hex(&file.hash).ok_or_else(Failure::not_found)?;
    let detail = format!("export file {} of {} ({} resources)", file.kind, order.request_id, file.count);
    ctx.access.note(Action::Export, Outcome::Success, &detail, Vec::new()).await?;
    let Some((info, stream)) = ctx.access.blob(hash).await? else { return Err(Failure::not_found()) };
    let mut response = Response::new(Body::from_stream(stream.map_err(std::io::Error::other)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/fhir+ndjson"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(info.size));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(response)
}

/// `DELETE /fhir/_export/{job}`: stops it, or drops its files.
pub(crate) async fn cancel(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (job, _) = own(&ctx, call.param("job")).await?;
    let expires = Some(job.created.plus_ms(2 * KEEP_MS));
    let dropped = Doc::Put { space: DROPPED, key: job.key, value: "{}".to_owned(), expires };
    let commit =
        Commit { docs: vec![dropped], detail: Some("export cancelled".to_owned()), ..Commit::new(Action::Export) };
    ctx.access.commit(commit).await?;
    Ok(reply::empty(StatusCode::ACCEPTED))
}

/// The caller's own export; 404 for one of somebody else, of another institution, one that was cancelled or is too old.
async fn own(ctx: &Ctx, key: &str) -> Result<(JobView, Order), Failure> {
    let filter = JobFilter { kind: Some(KIND.to_owned()), limit: 1000, ..JobFilter::default() };
    let jobs = ctx.access.jobs(filter).await?;
    let job = jobs.into_iter().find(|job| job.key == key).ok_or_else(Failure::not_found)?;
    let order: Order = serde_json::from_str(&job.payload).map_err(|_| Failure::not_found())?;
    let mine = order.actor == ctx.caller.actor.id;
    let fresh = ctx.state.now() < job.created.plus_ms(KEEP_MS);
    if !mine || !fresh || ctx.access.doc(DROPPED, key).await?.is_some() {
        return Err(Failure::not_found());
    }
    Ok((job, order))
}

fn manifest(job: &JobView) -> Result<Manifest, Failure> {
    let text = job.result.as_deref().unwrap_or_default();
    serde_json::from_str(text)
        .map_err(|_| LedgerError::Integrity("the result of an export cannot be read".to_owned()).into())
}
