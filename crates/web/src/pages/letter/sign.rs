//! 確定: a doctor signs a letter; and what is done with it afterwards.
use super::compose::{self, Judging};
use super::{kept, refusal, save, way};
use crate::{
    WebState,
    error::WebError,
    guard::{Signed, shares},
    input::{Filled, NamedTwo},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::letter::{self, Route, Seen, Sign, Signed as Done};
use karute_chart::note;
use karute_sharing::joint::hand_over_job;
use serde::Deserialize;

/// How long a letter waits before it leaves, in milliseconds (ux §4.5).
pub(super) const UNDO_MS: i64 = 10_000;

/// Signs it. What was typed last is kept first; what somebody else wrote meanwhile is looked at before.
pub(crate) async fn sign(
    State(state): State<WebState>,
    signed: Signed,
    named: NamedTwo,
    Filled(form): Filled<save::Form>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let draft = match Box::pin(save::kept(&state, &signed, &named, &form)).await {
        Ok(draft) => draft,
        // The same press twice shows the first result.
        Err(ChartError::NotFound) => return Box::pin(kept::show(&state, &signed, &named, None)).await,
        Err(error) => {
            let words = refusal(error)?;
            return compose::again(&state, &signed, &named, (StatusCode::CONFLICT, words)).await;
        }
    };
    if draft.head.route == Route::Service && !shares(&state, &signed).await? {
        let words = "情報共有サービスの接続が設定されていません。送り方を紙にしてください";
        return compose::again(&state, &signed, &named, (StatusCode::CONFLICT, words)).await;
    }
    // Seen is what the page showed, and what it sent and stands there now just so.
    let mut seen = form.get("seen").cloned().unwrap_or_default();
    let sent = save::edits(&form);
    for (section, part) in &draft.parts {
        let same = |edit: &letter::Edit| edit.section == *section && note::clean(&edit.text) == part.text;
        if sent.iter().any(same) {
            seen.push_str(&format!(".{}-{}", section.code(), part.revision));
        }
    }
    let view = Box::pin(compose::read(&state, &signed, &named, Judging::Later)).await?;
    let against = Box::pin(way::against(&state, &signed, &named, &draft)).await?;
    let known = compose::known(&signed, &view.page, against);
    // It leaves when the ten seconds are over in which it can be taken back.
    let leaves = (draft.head.route == Route::Service).then(|| state.new_id()).transpose()?;
    let at = state.now().plus_ms(UNDO_MS);
    let jobs = leaves.iter().map(|press| hand_over_job(&named.1, press.as_str(), Some(at))).collect();
    let asked = Sign {
        of: named.of(),
        seen: Seen::parse(&seen),
        author: &signed.author()?,
        known: &known,
        jobs,
        now: state.now(),
    };
    match Box::pin(letter::sign(&access, asked)).await {
        Ok(Done::Done(_) | Done::Already(_)) => Ok(named.page().into_response()),
        Ok(Done::Open(_)) => {
            let words = "まだ確定していません。右の「送る前の確認」で赤いものを直してください";
            compose::again(&state, &signed, &named, (StatusCode::UNPROCESSABLE_ENTITY, words)).await
        }
        Err(error) => {
            let words = refusal(error)?;
            compose::again(&state, &signed, &named, (StatusCode::CONFLICT, words)).await
        }
    }
}

/// What is done with a letter on record.
#[derive(Deserialize)]
pub(crate) struct After {
    act: String,
    #[serde(default)]
    reason: String,
}

/// Does it.
pub(crate) async fn after(
    State(state): State<WebState>,
    signed: Signed,
    named: NamedTwo,
    Filled(form): Filled<After>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let by = signed.author()?;
    let done = match form.act.as_str() {
        "undo" => Box::pin(letter::undo(&access, named.of(), &by, state.now())).await.map(drop),
        "reopen" => Box::pin(letter::reopen(&access, named.of(), &form.reason, &by, state.now())).await.map(drop),
        "cancel" => {
            let jobs = vec![hand_over_job(&named.1, state.new_id()?.as_str(), None)];
            Box::pin(letter::cancel(&access, named.of(), &form.reason, jobs, state.now())).await.map(drop)
        }
        _ => return Err(WebError::BadRequest),
    };
    match done {
        Ok(()) => Ok(named.page().into_response()),
        Err(error) => {
            let words = match error {
                ChartError::Invalid => "理由を書いてください",
                other => refusal(other)?,
            };
            let status = StatusCode::CONFLICT;
            Box::pin(kept::show(&state, &signed, &named, Some((status, words)))).await
        }
    }
}
