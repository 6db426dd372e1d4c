//! Full-text search: in one chart, and over all charts of the clinic. What is looked for travels in the body.
use crate::components::{
    field::hidden,
    frame::{Page, Place, head},
    icon::{Icon, small},
    notice::{Severity, empty, notice},
    patient::{Part, screen},
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
use axum::extract::State;
use karute_chart::find::{self, ClinicPage, Hit, Piece, Place as From, Words};
use karute_chart::summary::face;
use karute_japan::{Date, Timestamp};
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed, and where a press before ended.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    q: String,
    at: Option<i64>,
    done: Option<u32>,
}

const TOO_SHORT: &str = "2文字以上の言葉（漢字は1文字から）を入れてください。";

/// In one chart.
pub(crate) async fn in_chart(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let today = state.today();
    let reader = state.access(&signed.caller).reader(Action::Search);
    reader.describe(format!("カルテ内の検索: {}", typed.q.trim().chars().take(60).collect::<String>()));
    let face = face(&reader, &patient, today).await?;
    let words = Words::read(&typed.q);
    let (hits, more) = match &words {
        Some(words) => find::patient(&reader, &patient, words, signed.rights.notes).await?,
        None => (Vec::new(), false),
    };
    let (face, hits) = reader.release((face, hits)).await?;
    let body = html! {
        section class="panel" aria-labelledby="found-h" {
            div class="panel-h" { h2 id="found-h" { "このカルテで見つかったもの" } span class="t-13 t-mute" role="status" { (hits.len()) @if more { "件以上" } @else { "件" } "・新しい順" } }
            @if words.is_none() { div class="pn-p" { (notice(Severity::Info, "言葉が短すぎます", &[TOO_SHORT])) } }
            @else if hits.is_empty() { (empty(Icon::Search, "見つかりません", "言葉を減らすか、別の言い方でお試しください。かな・漢字の異体字・全角半角の違いは気にしなくて大丈夫です。", None)) }
            @else { ul class="fd" { @for hit in &hits { li { (row(hit, today)) } } } }
        }
    };
    Ok(screen(&signed, &face, Part::Found, &typed.q, &body))
}

/// The empty screen of the clinic's search.
pub(crate) async fn show(signed: Signed) -> Markup {
    page(
        &signed,
        "",
        &html! {
            section class="panel" { (empty(Icon::Search, "全カルテの文章を探します", "診療録と文書の言葉で、新しい順に探します。検索したことは監査に残ります。", None)) }
        },
    )
}

/// Over all charts, so many for a press.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let Some(words) = Words::read(&typed.q) else {
        // Nothing was read; that somebody asked is recorded all the same.
        let reader = state.access(&signed.caller).reader(Action::Search);
        reader.describe("全カルテの検索: 言葉なし");
        reader.release(()).await?;
        return Ok(page(&signed, &typed.q, &notice(Severity::Info, "言葉が短すぎます", &[TOO_SHORT])));
    };
    let from = typed.at.zip(typed.done).map(|(at, done)| From { at: Timestamp::from_micros(at), done });
    let found = find::clinic(&state.access(&signed.caller), &typed.q, &words, from).await?;
    Ok(page(&signed, &typed.q, &results(&found, &typed.q, state.today())))
}

fn results(found: &ClinicPage, typed: &str, today: Date) -> Markup {
    html! {
        section class="panel" aria-labelledby="found-h" {
            div class="panel-h" {
                h2 id="found-h" { "見つかったもの" }
                span class="t-13 t-mute" role="status" { (found.hits.len()) "件・新しい順　" (found.looked) "件の記録を見ました"
                    @if let Some(at) = found.reached { "（" (format::full(at.day_in_japan())) " まで）" } }
            }
            @if found.hits.is_empty() { (empty(Icon::Search, "ここまでには見つかりません", "下のボタンで、さらに古い記録を探せます。", None)) }
            ul class="fd" {
                @for one in &found.hits {
                    li {
                        p class="row row-w" {
                            a class="t-b" href=(links::patient(&one.person.id)) { (one.person.name) }
                            span class="t-13 t-mute" { (one.person.kana.as_deref().unwrap_or_default()) "　" (one.person.sex.word()) "　"
                                (one.person.birth.map(format::era_short).unwrap_or_default()) "　" (one.person.number.as_deref().unwrap_or("番号なし")) }
                        }
                        (row(&one.hit, today))
                    }
                }
            }
            @if let Some(next) = found.next {
                form method="post" action="/records/search" class="pn-p" {
                    (hidden("q", typed)) (hidden("at", &next.at.as_micros().to_string())) (hidden("done", &next.done.to_string()))
                    button type="submit" class="btn" { "さらに古い記録を探す" }
                }
            } @else { p class="pn-p t-13 t-mute" { "すべての記録を見ました。" } }
        }
    }
}

fn row(hit: &Hit, today: Date) -> Markup {
    html! {
        p class="row row-w t-13" {
            (tag(Tone::Line, None, hit.what.word()))
            @if let Some(day) = hit.date { time datetime=(day) class="t-b" { (format::near(day, today)) } span class="t-mute" { (format::weekday_and_distance(day, today)) } }
            @if let Some(author) = &hit.author { span class="t-mute" { (author) } }
        }
        dl class="soap" {
            @for (letter, pieces) in &hit.sections { dt { (letter) } dd { @for piece in pieces { (drawn(piece)) } } }
        }
    }
}

fn drawn(piece: &Piece) -> Markup {
    html! { @if piece.found { mark { (piece.text) } } @else { (piece.text) } }
}

fn page(signed: &Signed, typed: &str, body: &Markup) -> Markup {
    let header = head(
        "全カルテの検索",
        &html! {
            form method="post" action="/records/search" class="field grow" role="search" {
                (small(Icon::Search))
                input type="text" name="q" value=(typed) maxlength="100" required autocomplete="off" placeholder="記録の言葉（例 めまい 起立性、メトホルミン 下痢）" aria-label="全カルテの文章を探す";
            }
        },
    );
    Page { title: "全カルテの検索", place: Place::Search, header, class: "pane scroll", body: body.clone() }
        .draw(&signed.viewer())
}
