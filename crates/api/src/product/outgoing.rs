//! What has not reached the outside: listed, retried, given up.
use super::idempotency::{Answer, once};
use crate::fhir::history::count;
use crate::http::{body, query};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use karute_json::Value;
use karute_ledger::{Action, JobFilter, JobState, JobView, LedgerError, Outcome};
use serde_json::json;

const MAX_COUNT: u32 = 1000;

/// `GET /api/v1/outgoing?state=stuck&limit=…`
pub(crate) async fn list(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require_all(Interaction::Read)?;
    let pairs = call.pairs()?;
    let states = states(query::first(&pairs, "state").unwrap_or("open"))?;
    let limit = query::first(&pairs, "limit").map_or(Ok(100), |value| count(value, MAX_COUNT))?;
    let jobs = ctx.access.jobs(JobFilter { states, limit, ..JobFilter::default() }).await?;
    ctx.access.note(Action::Administer, Outcome::Success, "outgoing jobs listed", Vec::new()).await?;
    let items: Vec<serde_json::Value> = jobs.iter().map(item).collect();
    Ok(reply::json(StatusCode::OK, call.format, json!({ "items": items }).to_string()))
}

fn states(name: &str) -> Result<Vec<JobState>, Failure> {
    Ok(match name {
        "stuck" => vec![JobState::Dead],
        "open" => vec![JobState::Ready, JobState::Running, JobState::Dead],
        "ready" => vec![JobState::Ready],
        "running" => vec![JobState::Running],
        "done" => vec![JobState::Done],
        "discarded" => vec![JobState::Discarded],
        "all" => Vec::new(),
        _ => {
            let text = "state は stuck、open、ready、running、done、discarded、all のどれかにしてください。";
            return Err(Failure::invalid(text));
        }
    })
}

/// A job without its payload, which may hold patient data.
fn item(job: &JobView) -> serde_json::Value {
    let (state, advice) = match job.state {
        JobState::Ready => ("ready", "送信を待っています。操作は要りません。"),
        JobState::Running => ("running", "送信しています。操作は要りません。"),
        JobState::Done => ("done", "送信しました。"),
        JobState::Dead => ("stuck", "自動での送信をあきらめました。原因を直してから、再送するか取りやめてください。"),
        JobState::Discarded => ("discarded", "取りやめました。"),
    };
    json!({
        "id": job.id.to_string(),
        "kind": job.kind,
        "state": state,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "created": job.created.to_fhir(),
        "next_run": job.run_at.to_fhir(),
        "last_error": job.last_error,
        "advice": advice,
    })
}

/// `POST /api/v1/outgoing/{job}/retry`
pub(crate) async fn retry(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require_all(Interaction::Update)?;
    let id = job_id(&call)?;
    call.bytes(&ctx).await?;
    let act = async {
        ctx.access.retry_job(id).await.map_err(not_dead)?;
        one(&ctx, id).await
    };
    once(&ctx, &call, &format!("retry {id}"), act).await
}

/// `POST /api/v1/outgoing/{job}/discard` with `{"reason":"…"}`
pub(crate) async fn discard(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require_all(Interaction::Update)?;
    let id = job_id(&call)?;
    crate::http::negotiate::require_content_type(&call.headers, &["application/json"])?;
    let bytes = call.bytes(&ctx).await?;
    let parsed = body::parse(&bytes)?;
    let reason = parsed.get("reason").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Failure::invalid("取りやめる理由 (reason) を 1〜500 文字で書いてください。").at("reason"));
    }
    let act = async {
        ctx.access.discard_job(id, &reason).await.map_err(not_dead)?;
        one(&ctx, id).await
    };
    once(&ctx, &call, &format!("discard {id} {reason}"), act).await
}

fn job_id(call: &Call) -> Result<u64, Failure> {
    call.param("job").parse().map_err(|_| Failure::not_found())
}

fn not_dead(error: LedgerError) -> Failure {
    match error {
        LedgerError::Conflict { .. } => {
            let text = "この送信は止まっていません。最新の状態を確かめてください。";
            Failure::new(StatusCode::CONFLICT, "conflict", text)
        }
        other => other.into(),
    }
}

async fn one(ctx: &Ctx, id: u64) -> Result<Answer, Failure> {
    let filter = JobFilter { id: Some(id), limit: 1, ..JobFilter::default() };
    let jobs = ctx.access.jobs(filter).await?;
    let job = jobs.first().ok_or_else(Failure::not_found)?;
    Ok(Answer { status: StatusCode::OK, body: item(job).to_string() })
}
