//! Live updates: an open screen asks whether anything changed and is answered as soon as it did.
use crate::{WebState, error::WebError, guard::Signed, input::Asked};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::reception::change_mark;
use karute_chart::request::work_mark;
use karute_japan::Date;
use karute_ledger::Access;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

/// How long one question waits for an answer. Short enough for proxies and for a graceful stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the record itself is looked at: changes by other processes are seen after this time, those of this
/// process at once.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The mark the screen has.
#[derive(Deserialize)]
pub(crate) struct Since {
    mark: String,
}

#[derive(Serialize)]
struct Mark {
    mark: String,
}

/// Answers as soon as the list of the day changed.
pub(crate) async fn changes(
    State(state): State<WebState>,
    signed: Signed,
    Asked(since): Asked<Since>,
) -> Result<Response, WebError> {
    until_changed(&state, &signed, &since, List::Reception).await
}

/// A list that open screens follow.
#[derive(Clone, Copy)]
pub(crate) enum List {
    /// 受付一覧
    Reception,
    /// 検査・処置
    Work,
}

impl List {
    async fn mark(self, access: &Access, today: Date) -> Result<String, ChartError> {
        match self {
            List::Reception => change_mark(access, today).await,
            List::Work => work_mark(access, today).await,
        }
    }
}

/// Answers with the new mark when anything changed, with 204 when nothing did. The mark tells nothing about anybody;
/// reading the list again is the screen's next step and an audit event of its own.
pub(crate) async fn until_changed(
    state: &WebState,
    signed: &Signed,
    since: &Since,
    list: List,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let mut moved = state.listen();
    let end = Instant::now() + PATIENCE;
    loop {
        let mark = list.mark(&access, state.today()).await?;
        if mark != since.mark {
            return Ok(Json(Mark { mark }).into_response());
        }
        let look = (Instant::now() + LOOK_EVERY).min(end);
        while let Ok(heard) = timeout_at(look, moved.recv()).await {
            match heard {
                Ok(tenant) if tenant == signed.caller.tenant => break,
                Ok(_) => {}
                // Missed some, or the state is being dropped: look now.
                Err(RecvError::Lagged(_) | RecvError::Closed) => break,
            }
        }
        if Instant::now() >= end {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
}
