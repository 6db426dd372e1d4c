//! 受付する (ux §4.6): find somebody, see who it is and what the insurance says, open the visit. A page of its own; with
//! script the same parts stand in a dialog over the list.
use crate::components::{
    banner,
    field::{hidden, key},
    frame::{Page, Place, head},
    icon::{Icon, icon, small, tick},
    notice::{Severity, empty, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Filled, Named, Typed},
    links,
};
use axum::extract::State;
use karute_chart::patients::{self, Found, Hit};
use karute_chart::reception::{self, Arriving};
use karute_chart::view::VisitState;
use karute_chart::visit::KINDS;
use karute_identity::Capability;
use karute_japan::Date;
use maud::{Markup, html};

fn page(signed: &Signed, fragment: bool, inner: &Markup) -> Markup {
    if fragment {
        return html! { h2 { "受付する" } (inner) };
    }
    let header = head("受付する", &html! { a class="btn end" href="/reception" { "受付一覧へ" } });
    let body = html! { section class="panel pn-card ar" { (inner) } };
    Page { title: "受付する", place: Place::Reception, header, class: "pane scroll", body }.draw(&signed.viewer())
}

fn field(typed: &str) -> Markup {
    html! {
        search class="find" {
            form method="post" action="/reception/arrivals/find" class="field" data-search {
                (small(Icon::Search))
                input type="text" name="q" maxlength="60" required autocomplete="off" spellcheck="false" autofocus value=(typed)
                    placeholder="カナ・漢字・ローマ字・患者番号・生年月日・電話の下4桁"
                    aria-label="来院した方を探す：カナ、漢字、ローマ字、患者番号、生年月日、電話番号の下4桁";
            }
            div data-answer {}
        }
    }
}

/// Before anything was asked.
pub(crate) async fn show(signed: Signed, Fragment(fragment): Fragment) -> Markup {
    let inner = html! {
        (field(""))
        @if signed.caller.may(Capability::RegisterPatients) {
            p class="row row-w t-13 t-mute" { "はじめての方は " a href="/patients/new" { "新しい患者を登録" } }
        }
    };
    page(&signed, fragment, &inner)
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
    let register = signed.caller.may(Capability::RegisterPatients);
    let list = results(&found, today, &typed.q, register);
    if fragment {
        return Ok(html! { div class="pop find-pop" { (list) } });
    }
    Ok(page(&signed, false, &html! { (field(&typed.q)) (list) }))
}

fn results(found: &Found, today: Date, typed: &str, register: bool) -> Markup {
    html! {
        @if found.hits.is_empty() {
            (empty(Icon::User, "見つかりません", "読みの一部、患者番号、生年月日のどれかでもう一度お試しください。", None))
        } @else {
            p class="pop-g" role="status" { (found.hits.len()) "名" @if found.more { "以上。続けて入力すると絞れます" } }
            ul { @for hit in &found.hits { (row(hit, today, found.hits.len() == 1)) } }
            (alike(found, today))
        }
        @if register && !typed.trim().is_empty() {
            form method="post" action="/patients/new/begin" class="hit" {
                (hidden("q", typed))
                button type="submit" class="btn" { (small(Icon::Plus)) @if typed.chars().any(char::is_alphabetic) { "新しい患者「" (typed.trim()) "」を登録" } @else { "新しい患者を登録" } }
            }
        }
    }
}

/// Whoever of the same reading is here already (SAFE-03).
fn alike(found: &Found, today: Date) -> Markup {
    let here = found.hits.iter().filter(|h| h.similar && is_here(h));
    html! {
        @for hit in here {
            p class="pop-look hit" { (icon(Icon::Triangle)) "似た氏名の方が今日すでに来院：" (hit.person.name) "　" (format::age(&hit.person, today)) "　" (banner::born(&hit.person)) }
        }
    }
}

fn is_here(hit: &Hit) -> bool {
    hit.today.is_some_and(|(state, _)| !matches!(state, VisitState::Finished | VisitState::Cancelled))
}

fn row(hit: &Hit, today: Date, only: bool) -> Markup {
    let person = &hit.person;
    html! {
        li class="hit" {
            (icon(Icon::User))
            div class="grow" {
                span class="row row-w" {
                    a class="hit-n" href=(links::about(&person.id, "arrive")) data-dialog data-enter[only] { (person.name) }
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
            a class="btn btn-s btn-sm" href=(links::about(&person.id, "arrive")) data-dialog { "選ぶ" span class="vh" { "：" (person.name) "さん" } }
        }
    }
}

/// After somebody was chosen.
pub(crate) async fn chosen(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
) -> Result<Markup, WebError> {
    let today = state.today();
    let arriving = reception::arriving(&state.access(&signed.caller), &id, today, state.now()).await?;
    let register = signed.caller.may(Capability::RegisterPatients);
    Ok(page(&signed, fragment, &panel(&arriving, today, register)))
}

fn panel(arriving: &Arriving, today: Date, register: bool) -> Markup {
    let person = &arriving.person;
    let open = arriving.here.is_none() && !person.dead;
    html! {
        div class="who" {
            span class="t-13 t-mute" { (person.kana.as_deref().unwrap_or("よみ 未登録")) }
            b { (person.name) }
            span { (person.sex.word()) "　" (format::age(person, today)) "　" (banner::born(person)) "　患者番号 " (person.number.as_deref().unwrap_or("なし")) }
        }
        @for (other, state) in &arriving.similar {
            (notice(Severity::Warn, &format!("似た氏名の方が{}：{}", state.map_or("今日予約しています", |_| "今日来院しています"), other.name),
                &[&format!("{}　{}　患者番号 {}　生年月日を確かめてください", other.sex.word(), other.birth.map(format::era_short).unwrap_or_default(), other.number.as_deref().unwrap_or("なし"))]))
        }
        @if let Some((state, number)) = arriving.here {
            (notice(Severity::Info, &format!("すでに受付済みです（{}{}）", state.word(), number.map(|n| format!(" No.{n}")).unwrap_or_default()), &[]))
        }
        @if person.dead { (notice(Severity::Danger, "亡くなった方として記録されています", &["人違いでないか確かめてください。"])) }
        dl class="dl" {
            dt { "保険" }
            dd {
                @for insurance in &arriving.insurance {
                    span class="rc-ok" { (insurance.short) (tick()) "有効" @if let Some(until) = insurance.until { "（" (format::full(until)) "まで）" } } " "
                }
                @if arriving.insurance_lapsed { span class="t-danger row" { (small(Icon::Triangle)) "有効な保険がありません（期限切れ）" } }
                @else if arriving.insurance.is_empty() { span class="t-warn" { "保険の記録がありません" } }
                @if register { a href=(links::about(&person.id, "edit")) { "患者情報・保険を直す" } }
            }
            dt { "前回" } dd { @match arriving.last_visit { Some(day) => { (format::near(day, today)) "（" (format::weekday_and_distance(day, today)) "）" } None => { "当院ははじめて" } } }
            @if let Some(booked) = &arriving.booked { dt { "予約" } dd { (booked.start.map(format::clock).unwrap_or_default()) " " (booked.kind.as_deref().unwrap_or_default()) "　" (booked.reason.as_deref().unwrap_or_default()) } }
        }
        @if open {
            form method="post" action="/reception/arrivals" class="stack-3" {
                @if let Some(booked) = &arriving.booked {
                    (hidden("appointment", booked.id.as_str()))
                    (hidden("version", &booked.version.to_string()))
                } @else {
                    (hidden("patient", person.id.as_str()))
                    div class="row row-w ar-f" {
                        div class="fld" {
                            label for="kind" { "区分" }
                            select id="kind" name="kind" class="sel" { @for kind in KINDS { option value=(kind) selected[kind == arriving.kind] { (kind) } } }
                        }
                        div class="fld grow" { label for="reason" { "来院理由" } input id="reason" name="reason" maxlength="200" autocomplete="off" autofocus placeholder="例 咳が2週間続く"; }
                    }
                }
                div class="row row-w" {
                    button type="submit" class="btn btn-p btn-lg" autofocus[arriving.booked.is_some()] { "受付する " (key("Enter")) }
                    label class="check" { input type="checkbox" name="slip" value="1"; "受付票も印刷" }
                    a class="btn end" href="/reception/arrivals/new" data-dialog { "別の患者を選ぶ" }
                }
            }
        } @else {
            div class="row" { a class="btn" href="/reception" { "受付一覧へ" } a class="btn" href="/reception/arrivals/new" data-dialog { "別の患者を選ぶ" } }
        }
    }
}
