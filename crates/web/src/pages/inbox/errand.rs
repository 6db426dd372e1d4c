//! 看護師へ依頼: a document handed to whoever carries things out; what came of it is shown at the document.
use super::{In, Opened, Said, drawn, opened};
use crate::components::{
    field::hidden,
    icon::Icon,
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::errand::{self, Errand, LONGEST, State as At};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// What is offered.
const WORDS: [&str; 4] = [
    "電話で受診を勧めてください",
    "電話で様子を聞いてください",
    "再検の予約をとってください",
    "患者に説明してください",
];

/// Opens the field; it goes with the form of the document. The words stand beside the id of the press.
pub(super) fn button(document: &Id, new: &Id) -> Markup {
    html! {
        details class="od-why grow" {
            summary class="btn btn-g" { "看護師へ依頼" }
            div class="fld" {
                label for="errand" { "してほしいこと" }
                input id="errand" name="errand" type="text" maxlength=(LONGEST) autocomplete="off" list="errands" placeholder="例 電話で受診を勧めてください";
                datalist id="errands" { @for words in WORDS { option value=(words) {} } }
                button type="submit" formaction=(format!("/inbox/{document}/errand")) name="new" value=(new) class="btn btn-s" { "依頼する" }
            }
        }
    }
}

/// What was asked, at the document.
pub(super) fn told(opened: &Opened, signed: &Signed, today: Date) -> Markup {
    html! {
        @for errand in &opened.errands {
            div class="row row-w t-13" {
                @match errand.state {
                    At::Open => { (tag(Tone::Line, None, At::Open.word())) }
                    At::Answered => { (tag(Tone::Ok, Some(Icon::Check), At::Answered.word())) }
                    At::Withdrawn => { (tag(Tone::Line, None, At::Withdrawn.word())) }
                }
                span { "看護師へ：" (errand.words) "　" span class="t-mute" { (errand.by) @if let Some(at) = errand.at { " " (format::moment(at, today)) } } }
                @if let Some((words, by, at)) = &errand.answer { span { "→ " b { (words) } "　" span class="t-mute" { (by) @if let Some(at) = at { " " (format::moment(*at, today)) } } } }
                @if errand.state == At::Open && signed.rights.reviews { (taking_back(errand)) }
            }
        }
    }
}

fn taking_back(errand: &Errand) -> Markup {
    html! {
        form method="post" action=(format!("/inbox/errands/{}/withdraw", errand.id)) {
            (hidden("version", &errand.version.to_string())) (hidden("document", errand.document.as_str()))
            button type="submit" class="btn btn-g btn-sm" { "取り下げる" span class="vh" { "：" (errand.words) } }
        }
    }
}

/// Asks.
pub(crate) async fn ask(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(pairs): Filled<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let of = |name: &str| pairs.iter().rev().find(|(each, _)| each == name).map(|(_, value)| value.clone());
    let new = Id::new(&of("new").ok_or(WebError::BadRequest)?).map_err(|_| WebError::BadRequest)?;
    let words = of("errand").unwrap_or_default();
    let patient = Box::pin(opened(&state, &signed, &id)).await?.page.row.patient.ok_or(WebError::Step)?;
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    let done = errand::ask(&access, &new, (&id, &patient), &words, &author, state.now()).await;
    answered(&state, &signed, &id, done).await
}

/// Which one is taken back.
#[derive(Deserialize)]
pub(crate) struct Back {
    version: u32,
    document: String,
}

/// Takes it back.
pub(crate) async fn withdraw(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Back>,
) -> Result<Response, WebError> {
    let document = Id::new(&form.document).map_err(|_| WebError::BadRequest)?;
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    let done = errand::withdraw(&access, (&id, form.version), &author, state.now()).await;
    answered(&state, &signed, &document, done).await
}

async fn answered(
    state: &WebState,
    signed: &Signed,
    document: &Id,
    done: Result<(), ChartError>,
) -> Result<Response, WebError> {
    let (status, wrong) = match done {
        Ok(()) => {
            // The list of work hears of it.
            state.tell(signed.caller.tenant);
            return Ok(Redirect::to(&format!("/inbox/{document}")).into_response());
        }
        Err(ChartError::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, "看護師にしてほしいことを書いてください"),
        Err(ChartError::Conflict | ChartError::Step) => {
            (StatusCode::CONFLICT, "ほかの人が先に進めました。今の状態を確かめてください")
        }
        Err(other) => return Err(other.into()),
    };
    let said = Said { wrong: Some(wrong), status, ..Said::default() };
    Box::pin(drawn(state, signed, &In::default(), Some(document), said)).await
}
