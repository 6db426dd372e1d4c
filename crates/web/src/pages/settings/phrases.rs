//! 定型文: the clinic's and one's own.
use super::{Part, Told, page};
use crate::components::{
    field::hidden,
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::note::{self, Owner, Phrase};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing, &New::default()).await
}

/// A new phrase.
#[derive(Deserialize, Default)]
pub(crate) struct New {
    title: String,
    text: String,
    #[serde(default)]
    clinic: Option<String>,
}

/// Keeps it.
pub(crate) async fn add(
    State(state): State<WebState>,
    signed: Signed,
    Filled(new): Filled<New>,
) -> Result<Response, WebError> {
    let owner = owner(&signed, new.clinic.is_some())?;
    match note::add_phrase(&state.access(&signed.caller), &owner, state.new_id()?, &new.title, &new.text).await {
        Ok(()) => Ok(Redirect::to("/settings/phrases").into_response()),
        Err(error @ (ChartError::Invalid | ChartError::TooMany)) => {
            let told = if matches!(error, ChartError::Invalid) {
                Told::Refused("登録できませんでした", "名前と文の両方を書いてください。")
            } else {
                super::FULL
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(&state, &signed, &told, &new).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// Which phrase goes.
#[derive(Deserialize)]
pub(crate) struct Gone {
    id: String,
    #[serde(default)]
    clinic: Option<String>,
}

/// Gives it up.
pub(crate) async fn drop_one(
    State(state): State<WebState>,
    signed: Signed,
    Filled(gone): Filled<Gone>,
) -> Result<Redirect, WebError> {
    let owner = owner(&signed, gone.clinic.is_some())?;
    let id = Id::new(&gone.id).map_err(|_| WebError::BadRequest)?;
    note::drop_phrase(&state.access(&signed.caller), &owner, &id).await?;
    Ok(Redirect::to("/settings/phrases"))
}

/// The clinic's phrases are the doctors'; everybody has their own.
fn owner(signed: &Signed, clinic: bool) -> Result<Owner, WebError> {
    match (clinic, signed.rights.confirms) {
        (true, true) => Ok(Owner::Clinic),
        (true, false) => Err(WebError::BadRequest),
        (false, _) => Ok(Owner::Person(signed.author()?.person)),
    }
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told, new: &New) -> Result<Markup, WebError> {
    let all = note::phrases(&state.access(&signed.caller), &signed.author()?.person).await?;
    let body = html! {
        (told.draw())
        section class="panel pn-card" aria-labelledby="new-h" {
            h2 id="new-h" { "定型文を加える" }
            p class="t-13 t-mute" { "記録の空の行で ; を押すと選べます。{前回HbA1c}、{前回血圧}、{今日}、{年齢} と書いた所には、その患者さんの値が入ります。" }
            form method="post" action="/settings/phrases" class="stack-3" {
                div class="fld" {
                    label for="title" { "名前" }
                    input id="title" name="title" type="text" maxlength="40" required autocomplete="off" value=(new.title);
                }
                div class="fld" {
                    label for="text" { "文" }
                    textarea id="text" name="text" class="nt-x nt-box" rows="4" maxlength="1000" required { (new.text) }
                }
                @if signed.rights.confirms {
                    label class="row" { input type="checkbox" name="clinic" value="1" checked[new.clinic.is_some()]; "医院の全員で使う" }
                }
                div class="row" { button type="submit" class="btn btn-p" { "加える" } }
            }
        }
        section class="panel" aria-labelledby="phrases-h" {
            div class="panel-h" { h2 id="phrases-h" { "定型文" } span class="t-13 t-mute" { (all.len()) "件" } }
            @if all.is_empty() {
                (empty(Icon::List, "定型文はまだありません", "よく書く文に名前をつけておくと、記録の中ですぐに呼び出せます。", None))
            } @else {
                table class="grid-t" {
                    thead { tr { th scope="col" { "名前" } th scope="col" { "文" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody { @for phrase in &all { (row(phrase, signed.rights.confirms)) } }
                }
            }
        }
    };
    page(state, signed, Part::Phrases, body).await
}

fn row(phrase: &Phrase, confirms: bool) -> Markup {
    html! {
        tr {
            th scope="row" { b { (phrase.title) } " " @if phrase.own { (tag(Tone::Line, None, "自分")) } @else { (tag(Tone::Ai, None, "医院")) } }
            td class="nt-pre" { (phrase.text) }
            td {
                @if phrase.own || confirms {
                    form method="post" action="/settings/phrases/drop" {
                        (hidden("id", &phrase.id))
                        @if !phrase.own { (hidden("clinic", "1")) }
                        button type="submit" class="btn btn-g btn-sm" aria-label=(format!("{}を消す", phrase.title)) { "消す" }
                    }
                }
            }
        }
    }
}
