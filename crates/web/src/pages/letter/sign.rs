//! 確定: a doctor signs a letter; and what is done with it afterwards.
use super::{compose, kept, refusal, save};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
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
use serde::Deserialize;

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
    if draft.head.route == Route::Service {
        let words = "情報共有サービスでの送信は、この画面からはまだできません。送り方を紙にしてください";
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
    let view = Box::pin(compose::read(&state, &signed, &named)).await?;
    let known = compose::known(&signed, &view.page);
    let asked = Sign {
        of: named.of(),
        seen: Seen::parse(&seen),
        author: &signed.author()?,
        known: &known,
        jobs: Vec::new(),
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
        "reopen" => Box::pin(letter::reopen(&access, named.of(), &form.reason, &by, state.now())).await.map(drop),
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
