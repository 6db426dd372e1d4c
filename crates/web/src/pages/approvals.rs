//! 承認: what was entered for a doctor, and visits nobody confirmed.
use crate::components::{
    field::{hidden, key},
    frame::{Page, Place, head},
    icon::Icon,
    notice::{alert, empty},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Filled, links};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::approval::{self, Entry, Item, Open, Queue};
use karute_chart::view::Person;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// Sections of a note shown in a row; the rest is on its page.
const WORDS: usize = 6;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, None).await
}

async fn drawn(state: &WebState, signed: &Signed, told: Option<(&str, &str)>) -> Result<Markup, WebError> {
    let doctor = signed.author()?.person;
    let queue = approval::queue(&state.access(&signed.caller), &doctor, state.today()).await?;
    let today = state.today();
    let body = html! {
        @if let Some((title, words)) = told { (alert(title, &[words])) }
        (entries(&queue, today))
        @if !queue.visits.is_empty() { (unconfirmed(&queue.visits, today)) }
    };
    let header = head("承認", &html! { p class="t-13 t-mute" { "代行で書かれたものと、確定していない記録" } });
    Ok(Page { title: "承認", place: Place::Approvals, header, class: "pane scroll", body }.draw(&signed.viewer()))
}

fn entries(queue: &Queue, today: Date) -> Markup {
    html! {
        section class="panel" aria-labelledby="waiting-h" {
            div class="panel-h" {
                h2 id="waiting-h" { "承認待ち" }
                span class="t-13 t-mute" { (queue.items.len()) "件" @if queue.more { "（ほかにもあります。承認すると続きが出ます）" } }
                @if !queue.items.is_empty() {
                    form method="post" action="/approvals" class="end" {
                        @for item in &queue.items { (hidden("entry", &entry(item).to_string())) }
                        button type="submit" class="btn btn-p" data-key="a" { "表示中の" (queue.items.len()) "件を承認する " (key("A")) }
                    }
                }
            }
            @if queue.items.is_empty() {
                (empty(Icon::Check, "承認待ちはありません", "医師事務作業補助者が代行で書いたものが、ここに並びます。", None))
            }
            @for item in &queue.items { (row(item, today)) }
        }
    }
}

fn entry(item: &Item) -> Entry {
    Entry { kind: item.kind, id: item.id.clone(), version: item.version }
}

fn who(person: &Person, today: Date) -> Markup {
    html! {
        span class="t-12 t-mute" { (person.kana.as_deref().unwrap_or_default()) "　" (person.sex.word()) " " (format::age(person, today)) "　" (person.number.as_deref().unwrap_or_default()) }
    }
}

fn row(item: &Item, today: Date) -> Markup {
    let page =
        item.visit.as_ref().map_or_else(|| links::patient(&item.person.id), |v| links::visit(&item.person.id, v));
    let name = entry(item).to_string();
    html! {
        article class="ap is-proxy" {
            div class="ap-w" { a class="hit-n" href=(page) { (item.person.name) } (who(&item.person, today)) }
            div class="grow" {
                p { (tag(Tone::Warn, None, item.kind.word())) }
                @for words in item.words.iter().take(WORDS) { p class="nt-pre" { (words) } }
                @if item.words.len() > WORDS { p class="t-mute" { "ほか" (item.words.len() - WORDS) "項目" } }
                p class="t-12 t-mute" {
                    "代行 " (item.author.as_deref().unwrap_or("不明")) "　依頼医 " (item.principal.as_deref().unwrap_or("未定"))
                    @if let Some(at) = item.at { "　" (format::moment(at, today)) }
                }
            }
            div class="ap-a" {
                form method="post" action="/approvals" { (hidden("entry", &name)) button type="submit" class="btn btn-s" { "承認する" } }
                details {
                    summary class="btn btn-g btn-sm" { "差し戻す" }
                    form method="post" action="/approvals/reject" class="row" {
                        (hidden("entry", &name))
                        div class="field" { input type="text" name="reason" maxlength="300" required autocomplete="off" aria-label="差し戻す理由" placeholder="理由"; }
                        button type="submit" class="btn btn-sm" { "差し戻す" }
                    }
                }
            }
        }
    }
}

fn unconfirmed(visits: &[Open], today: Date) -> Markup {
    html! {
        section class="panel" aria-labelledby="open-h" {
            div class="panel-h" { h2 id="open-h" { "確定していない受診" } span class="t-13 t-mute" { (visits.len()) "件・前日まで" } }
            @for open in visits {
                article class="ap" {
                    div class="ap-w" { b { (open.person.name) } (who(&open.person, today)) }
                    div class="grow" {
                        p { b { (format::near(open.visit.day, today)) } "　" span class="t-mute" { (format::weekday_and_distance(open.visit.day, today)) } }
                        p class="nt-pre" { (open.visit.begins) }
                        p class="t-12 t-mute" { (open.visit.authors.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("・")) }
                    }
                    div class="ap-a" { a class="btn btn-s" href=(links::visit(&open.person.id, &open.visit.visit)) { "開いて確定する" } }
                }
            }
        }
    }
}

/// Approves what the form names.
pub(crate) async fn approve(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut entries = Vec::new();
    for (name, value) in &form {
        if name == "entry" {
            entries.push(Entry::parse(value).ok_or(WebError::BadRequest)?);
        }
    }
    let by = signed.author()?;
    done(&state, &signed, approval::approve(&state.access(&signed.caller), &entries, &by, state.now()).await.map(drop))
        .await
}

/// An entry and why it goes back.
#[derive(Deserialize)]
pub(crate) struct Back {
    entry: String,
    reason: String,
}

/// Sends an entry back.
pub(crate) async fn reject(
    State(state): State<WebState>,
    signed: Signed,
    Filled(back): Filled<Back>,
) -> Result<Response, WebError> {
    let entry = Entry::parse(&back.entry).ok_or(WebError::BadRequest)?;
    let by = signed.author()?;
    let access = state.access(&signed.caller);
    done(&state, &signed, approval::reject(&access, &entry, &back.reason, &by, state.now()).await).await
}

async fn done(state: &WebState, signed: &Signed, made: Result<(), ChartError>) -> Result<Response, WebError> {
    state.kept().awaiting_changed(signed.caller.tenant);
    let told = match made {
        Ok(()) => return Ok(Redirect::to("/approvals").into_response()),
        Err(ChartError::Conflict | ChartError::NotFound) => (
            "承認していません",
            "表示したあとで内容が変わりました。下の新しい内容を確かめて、もう一度操作してください。",
        ),
        Err(ChartError::Invalid) => ("差し戻していません", "差し戻す理由を書いてください。"),
        Err(ChartError::TooMany) => ("承認していません", "一度に承認できる数を超えています。"),
        Err(other) => return Err(other.into()),
    };
    Ok((StatusCode::CONFLICT, drawn(state, signed, Some(told)).await?).into_response())
}
