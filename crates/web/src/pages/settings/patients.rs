//! 患者番号: how many digits the clinic writes.
use super::{Part, Told, page};
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karute_chart::ChartError;
use karute_chart::registration::{DIGITS, numbering, set_digits};
use maud::{Markup, html};
use serde::Deserialize;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing).await
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let now = numbering(&state.access(&signed.caller)).await?;
    let body = html! {
        (told.draw())
        section class="panel pn-card" aria-labelledby="digits-h" {
            h2 id="digits-h" { "患者番号" }
            p class="t-13" { "新しい患者には、最後に付けた番号の次の空き番号を付けます。桁数を変えても、付けた番号は変わりません。" }
            dl class="dl" { dt { "最後に付けた番号" } dd { @match now.last { Some(last) => { (last) } None => { "まだありません（登録済みの最大の番号の次から付けます）" } } } }
            form method="post" action="/settings/patients" class="row row-w" {
                label for="digits" { "桁数" }
                select id="digits" name="digits" class="sel" { @for digits in DIGITS { option value=(digits) selected[digits == now.digits] { (digits) "桁" } } }
                button type="submit" class="btn" { "桁数を変える" }
            }
        }
    };
    page(state, signed, Part::Patients, body).await
}

/// The number of digits.
#[derive(Deserialize)]
pub(crate) struct Digits {
    digits: u8,
}

/// Sets it.
pub(crate) async fn set(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Digits>,
) -> Result<Response, WebError> {
    match set_digits(&state.access(&signed.caller), form.digits).await {
        Ok(now) => {
            let told = Told::Done(format!("患者番号を{}桁にしました", now.digits), None);
            Ok(drawn(&state, &signed, &told).await?.into_response())
        }
        Err(ChartError::Invalid) => {
            let told = Told::Refused("桁数を変えていません", "4桁から10桁の間で選んでください。");
            Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(&state, &signed, &told).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
