//! `Idempotency-Key` on writes: the same key with the same request gives the first answer again for 24 hours; with
//! another request it is refused.
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::{HeaderName, StatusCode};
use karute_crypto::sha256;
use karute_ledger::{Action, Commit, Doc, LedgerError};
use serde::{Deserialize, Serialize};
use std::future::Future;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const SPACE: &str = "api.idempotency";
const KEEP_MS: i64 = 86_400_000;
/// For how long a request that never came to its end (a crash) holds its key.
const PENDING_MS: i64 = 60_000;

/// What is kept under a key.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// SHA-256 of method, address and body.
    request: String,
    /// The answer; absent while the first request is under way.
    answer: Option<(u16, String)>,
}

/// A JSON answer of the product API.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Answer {
    fn respond(self, call: &Call) -> Response {
        if self.body.is_empty() { reply::empty(self.status) } else { reply::json(self.status, call.format, self.body) }
    }
}

/// Runs `act` once for the call's key, or always when there is none. `request` is what the key is bound to.
pub(super) async fn once<F>(ctx: &Ctx, call: &Call, request: &str, act: F) -> Result<Response, Failure>
where
    F: Future<Output = Result<Answer, Failure>>,
{
    let Some(key) = etag::text(&call.headers, &IDEMPOTENCY_KEY)? else {
        return Ok(act.await?.respond(call));
    };
    if key.is_empty() || key.len() > 200 {
        return Err(Failure::invalid("Idempotency-Key は 1〜200 文字にしてください。"));
    }
    // The key belongs to the client: two clients may choose the same.
    let key = sha256(format!("{}\n{key}", ctx.caller.actor.id).as_bytes()).to_hex();
    let request = sha256(request.as_bytes()).to_hex();
    let pending = Kept { request: request.clone(), answer: None };
    match store(ctx, &key, &pending, true).await {
        Ok(()) => {}
        Err(LedgerError::Exists) => return kept(ctx, call, &key, &request).await,
        Err(other) => return Err(other.into()),
    }
    match act.await {
        Ok(answer) => {
            let done = Kept { request, answer: Some((answer.status.as_u16(), answer.body.clone())) };
            store(ctx, &key, &done, false).await?;
            Ok(answer.respond(call))
        }
        Err(failure) => {
            // Nothing happened: the same key may be tried again.
            let commit = Commit { docs: vec![Doc::Delete { space: SPACE, key }], ..Commit::new(Action::Administer) };
            ctx.access.commit(commit).await?;
            Err(failure)
        }
    }
}

async fn store(ctx: &Ctx, key: &str, kept: &Kept, first: bool) -> Result<(), LedgerError> {
    let value = serde_json::to_string(kept).map_err(|e| LedgerError::Integrity(e.to_string()))?;
    let keep_ms = if first { PENDING_MS } else { KEEP_MS };
    let (space, key, expires) = (SPACE, key.to_owned(), Some(ctx.state.now().plus_ms(keep_ms)));
    let doc = if first { Doc::Insert { space, key, value, expires } } else { Doc::Put { space, key, value, expires } };
    ctx.access.commit(Commit { docs: vec![doc], ..Commit::new(Action::Administer) }).await.map(|_| ())
}

async fn kept(ctx: &Ctx, call: &Call, key: &str, request: &str) -> Result<Response, Failure> {
    let under_way = || {
        let text = "同じ Idempotency-Key の要求を処理中です。少し待って、もう一度送ってください。";
        Failure::new(StatusCode::CONFLICT, "conflict", text)
    };
    let text = ctx.access.doc(SPACE, key).await?.ok_or_else(under_way)?;
    let kept: Kept =
        serde_json::from_str(&text).map_err(|_| LedgerError::Integrity("a kept answer cannot be read".to_owned()))?;
    if kept.request != request {
        let text = "この Idempotency-Key は別の要求に使われています。新しいキーで送ってください。";
        return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "business-rule", text));
    }
    let (status, body) = kept.answer.ok_or_else(under_way)?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Ok(Answer { status, body }.respond(call))
}
