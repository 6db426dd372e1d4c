//! 看護師への依頼 on the list of work: what somebody asked about a document that arrived, and what was done.
use super::work::{answer as again, failed};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, notice, toast},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::{extract::State, http::StatusCode, response::Response};
use karute_chart::ChartError;
use karute_chart::errand::{self, Errand, LONGEST, State as At};
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// What is offered as an answer.
const ANSWERS: [&str; 4] = ["電話しました", "留守でした。かけ直します", "予約をとりました", "説明しました"];

/// How many wait for an answer.
pub(super) fn open(asked: &[Errand]) -> usize {
    asked.iter().filter(|errand| errand.state == At::Open).count()
}

/// The panel; nothing where nothing was asked.
pub(super) fn panel(asked: &[Errand], signed: &Signed, today: Date) -> Markup {
    html! {
        @if !asked.is_empty() {
            section class="panel" aria-labelledby="errands-h" {
                div class="panel-h" { h2 id="errands-h" { "看護師への依頼" } span class="t-13 t-mute" { "届いた文書について" } }
                table class="grid-t" {
                    thead class="vh" { tr { th scope="col" { "患者" } th scope="col" { "依頼" } th scope="col" { "状態" } th scope="col" { "操作" } } }
                    tbody { @for errand in asked { (row(errand, signed, today)) } }
                }
                datalist id="errand-answers" { @for words in ANSWERS { option value=(words) {} } }
            }
        }
    }
}

fn row(errand: &Errand, signed: &Signed, today: Date) -> Markup {
    html! {
        tr {
            td class="nw" {
                @match &errand.person {
                    Some(person) => { a href=(links::patient(&person.id)) { b { (person.name) } } " " span class="t-13 t-mute" { (format::age(person, today)) } }
                    None => { "－" }
                }
            }
            th scope="row" {
                b { (errand.words) }
                div class="row t-13 t-mute" {
                    span { (errand.by) @if let Some(at) = errand.at { "　" (format::moment(at, today)) } }
                    @if signed.rights.notes { a href=(format!("/inbox/{}", errand.document)) { "文書を見る" span class="vh" { "：" (errand.words) } } }
                }
            }
            td {
                @match &errand.answer {
                    Some((words, by, at)) => { (tag(Tone::Ok, Some(Icon::Check), At::Answered.word())) " " (words) " " span class="t-13 t-mute nw" { @if let Some(at) = at { (format::clock(*at)) " " } (by) } }
                    None => { (tag(Tone::Line, None, At::Open.word())) }
                }
            }
            td {
                @if errand.state == At::Open {
                    form method="post" action=(format!("/worklist/errands/{}/answer", errand.id)) class="wk-acts" {
                        (hidden("seen", &errand.version.to_string()))
                        input name="words" type="text" required maxlength=(LONGEST) autocomplete="off" list="errand-answers" aria-label=(format!("したこと：{}", errand.words)) placeholder="したこと";
                        button type="submit" class="btn btn-s btn-sm" { (small(Icon::Check)) "返事する" span class="vh" { "：" (errand.words) } }
                    }
                }
            }
        }
    }
}

/// What was done.
#[derive(Deserialize)]
pub(crate) struct Done {
    seen: u32,
    #[serde(default)]
    words: String,
}

/// Keeps the answer.
pub(crate) async fn answer(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(done): Filled<Done>,
) -> Result<Response, WebError> {
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    match errand::answer(&access, (&id, done.seen), &done.words, &author, state.now()).await {
        Ok(()) => {
            state.tell(signed.caller.tenant);
            let told = html! { div class="toasts" id="done" { (toast("依頼した人に返事しました", None)) } };
            again(&state, &signed, StatusCode::OK, told).await
        }
        Err(ChartError::Invalid) => {
            let told = notice(Severity::Warn, "したことを書いてください", &["依頼した人に、返事として伝わります。"]);
            again(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, html! { div role="alert" { (told) } }).await
        }
        Err(error) => failed(&state, &signed, error).await,
    }
}
