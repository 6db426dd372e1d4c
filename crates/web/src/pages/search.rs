//! 患者を探す: the field in the header, the page of results, and 受付する for who was found.
use crate::components::{
    banner,
    field::{hidden, key},
    frame::{Page, Place, head},
    icon::{Icon, icon, small},
    notice::empty,
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Filled, Typed},
    links,
    rights::Rights,
};
use axum::extract::State;
use karute_chart::patients::{self, Found, Hit};
use karute_chart::view::VisitState;
use karute_japan::Date;
use maud::{Markup, html};

/// The search field: a form of its own, so that it works without script; with script it answers per key.
pub(crate) fn field(focus: bool) -> Markup {
    html! {
        search class="grow find" {
            form method="post" action="/patients/search" class="field" data-search {
                (small(Icon::Search))
                input type="text" name="q" maxlength="60" required autocomplete="off" spellcheck="false" autofocus[focus]
                    placeholder="氏名・カナ・患者番号・生年月日（例 わたなべ／4821／S54.8.30）"
                    aria-label="患者を探す：氏名、カナ、ローマ字、患者番号、生年月日、電話番号";
                (key("/"))
            }
            div data-answer {}
        }
    }
}

/// The page before anything was asked.
pub(crate) async fn show(signed: Signed) -> Markup {
    let body = html! {
        section class="panel" aria-label="結果" {
            (empty(Icon::Search, "患者を探して受付します", "カナ・漢字・ローマ字・患者番号・生年月日（S54.8.30 や 19790830）・電話番号で探せます。", None))
        }
    };
    page(&signed, body)
}

fn page(signed: &Signed, body: Markup) -> Markup {
    let header = head("患者を探す", &field(true));
    Page { title: "患者を探す", place: Place::Search, header, class: "pane scroll", body }.draw(&signed.viewer())
}

/// Searches.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let today = state.today();
    let found = patients::search(&state.access(&signed.caller), &typed.q, today).await?;
    if fragment {
        return Ok(html! { div class="pop find-pop" { (results(&found, signed.rights, today)) } });
    }
    let body = html! { section class="panel find-page" aria-label="結果" { (results(&found, signed.rights, today)) } };
    Ok(page(&signed, body))
}

pub(crate) fn results(found: &Found, rights: Rights, today: Date) -> Markup {
    html! {
        @if found.hits.is_empty() {
            (empty(Icon::User, "見つかりません", "読みの一部、患者番号、生年月日のどれかでもう一度お試しください。", None))
        } @else {
            h2 class="pop-g" role="status" { (found.hits.len()) "名" @if found.more { "以上。続けて入力すると絞れます" } }
            ul { @for hit in &found.hits { (row(hit, rights, today)) } }
        }
    }
}

fn row(hit: &Hit, rights: Rights, today: Date) -> Markup {
    let person = &hit.person;
    let here = hit.today.filter(|(state, _)| !matches!(state, VisitState::Finished | VisitState::Cancelled));
    html! {
        li class="hit" {
            (icon(Icon::User))
            div class="grow" {
                span class="row row-w" {
                    @if rights.chart { a class="hit-n" href=(links::patient(&person.id)) { (person.name) } } @else { b class="hit-n" { (person.name) } }
                    span class="t-13 t-sub" { (person.kana.as_deref().unwrap_or_default()) }
                    @if hit.similar { (tag(Tone::Warn, Some(Icon::Triangle), "似た氏名")) }
                    @if person.dead { (tag(Tone::Line, None, "死亡")) }
                    @if let Some((state, number)) = hit.today {
                        (tag(Tone::Ai, None, &format!("{}{}", state.word(), number.map(|n| format!(" No.{n}")).unwrap_or_default())))
                    }
                }
                span class="t-13 t-sub hit-f" {
                    span { (person.sex.word()) " " (format::age(person, today)) }
                    span { (banner::born(person)) }
                    span { "患者番号 " (person.number.as_deref().unwrap_or("なし")) }
                    span { (hit.insurance.as_ref().map_or("有効な保険なし", |i| i.short.as_str())) }
                }
            }
            @if rights.chart { a class="btn btn-sm" href=(links::patient(&person.id)) { "カルテ" span class="vh" { "：" (person.name) "さん" } } }
            @if rights.move_visits && here.is_none() && !person.dead {
                form method="post" action="/reception/arrivals" {
                    (hidden("patient", person.id.as_str()))
                    button type="submit" class="btn btn-s btn-sm" { "受付する" span class="vh" { "：" (person.name) "さん" } }
                }
            }
        }
    }
}
