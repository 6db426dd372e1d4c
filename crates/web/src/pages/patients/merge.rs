//! 統合: two records of one person side by side, made one; and made two again. Irreversible acts stand beside a summary
//! of whom they concern (SAFE-08).
use super::page;
use crate::components::{
    banner,
    field::hidden,
    icon::{Icon, icon, small},
    notice::{Severity, alert, empty, notice},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named, Typed},
    links,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karute_chart::ChartError;
use karute_chart::patients::{
    self,
    merge::{self as joining, MergedFrom, Pair, Side},
};
use karute_chart::registration;
use karute_chart::view::Person;
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// The start: whose other record is sought. For a record that was merged, the way back.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    match registration::file(&access, &id).await {
        Ok(file) => {
            let details = (&file.person, file.form.family_kana.as_str(), file.form.given_kana.as_str());
            let suggested = match details.0.birth {
                Some(birth) => {
                    let given = Some(details.2).filter(|g| !g.is_empty());
                    let found = registration::alike(&access, birth, (details.1, given), Some(&id)).await?;
                    found.into_iter().map(|a| a.person).collect()
                }
                None => Vec::new(),
            };
            Ok(start(&signed, &file.person, &suggested, None, state.today()))
        }
        Err(ChartError::Merged(_)) => {
            let merged = joining::merged_from(&access, &id).await?;
            Ok(undoing(&signed, &id, &merged, state.today(), None))
        }
        Err(other) => Err(other.into()),
    }
}

fn start(signed: &Signed, person: &Person, found: &[Person], typed: Option<&str>, today: Date) -> Markup {
    let body = html! {
        section class="panel pn-card ar" {
            (who(person, today))
            p { "この方と同じ方の、もう1つの記録を選んでください。次の画面で左右にならべて確かめます。" }
            form method="post" action=(format!("/p/{}/merge/find", person.id)) class="row" {
                div class="field grow" {
                    (small(Icon::Search))
                    input type="text" name="q" maxlength="60" required autocomplete="off" autofocus value=(typed.unwrap_or_default()) aria-label="もう1つの記録を探す" placeholder="カナ・漢字・患者番号・生年月日";
                }
                button type="submit" class="btn" { "探す" }
            }
            @if found.is_empty() {
                (empty(Icon::User, if typed.is_some() { "見つかりません" } else { "よみと生年月日が同じ記録はほかにありません" }, "患者番号やカナで探してください。", None))
            } @else {
                ul {
                    @for other in found {
                        li class="hit" {
                            div class="grow" {
                                b { (other.name) } " " span class="t-13 t-sub" { (other.kana.as_deref().unwrap_or_default()) }
                                br;
                                span class="t-13 t-sub hit-f" {
                                    span { (other.sex.word()) " " (format::age(other, today)) } span { (banner::born(other)) }
                                    span { "患者番号 " (other.number.as_deref().unwrap_or("なし")) }
                                }
                            }
                            a class="btn btn-s" href=(format!("/p/{}/merge/{}", person.id, other.id)) { "ならべて確かめる" span class="vh" { "：" (other.name) } }
                        }
                    }
                }
            }
        }
    };
    let aside = html! { a class="btn end" href=(links::about(&person.id, "edit")) { "患者情報へ戻る" } };
    page(signed, "同じ方の記録を1つにする", &aside, body)
}

fn who(person: &Person, today: Date) -> Markup {
    html! {
        div class="who" {
            span class="t-13 t-mute" { (person.kana.as_deref().unwrap_or("よみ 未登録")) }
            b { (person.name) }
            span { (person.sex.word()) "　" (format::age(person, today)) "　" (banner::born(person)) "　患者番号 " (person.number.as_deref().unwrap_or("なし")) }
        }
    }
}

/// Searches the other record.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let person = registration::file(&access, &id).await?.person;
    let found = patients::search(&access, &typed.q, state.today()).await?;
    let others: Vec<Person> = found.hits.into_iter().map(|h| h.person).filter(|p| p.id != id).collect();
    Ok(start(&signed, &person, &others, Some(&typed.q), state.today()))
}

/// Both records side by side.
pub(crate) async fn compare(
    State(state): State<WebState>,
    signed: Signed,
    Path((left, right)): Path<(String, String)>,
) -> Result<Markup, WebError> {
    let id = |text: &str| Id::new(text).map_err(|_| WebError::NotFound);
    let pair = joining::pair(&state.access(&signed.caller), &id(&left)?, &id(&right)?).await?;
    Ok(compared(&signed, &pair, state.today(), "", None))
}

fn compared(signed: &Signed, pair: &Pair, today: Date, reason: &str, problem: Option<&'static str>) -> Markup {
    let (left, right) = (&pair.left, &pair.right);
    let both_inside = left.inside && right.inside;
    // The record with the longer past stays unless chosen otherwise.
    let total = |side: &Side| side.counts.iter().map(|c| c.number).sum::<usize>();
    let keep_left = total(left) >= total(right);
    let body = html! {
        @if let Some(problem) = problem { (alert("統合していません", &[problem])) }
        section class="panel reg" {
            table class="grid-t cmp" {
                caption class="vh" { "2つの記録のくらべ" }
                thead { tr {
                    th scope="col" { "" }
                    @for side in [left, right] { th scope="col" { "患者番号 " (side.person.number.as_deref().unwrap_or("なし")) } }
                } }
                tbody { @for (word, a, b) in facts(left, right, today) {
                    tr { th scope="row" { (word) @if a != b { " " span class="tag tag-warn" { "ちがう" } } } td { (cell(&a, a != b)) } td { (cell(&b, a != b)) } }
                } }
            }
            @if left.person.birth != right.person.birth || left.person.sex != right.person.sex {
                (notice(Severity::Danger, "生年月日か性別がちがいます。別の方ではありませんか", &["同じ方と確かめられるまで統合しないでください。"]))
            }
            @if both_inside {
                (notice(Severity::Warn, "どちらも院内にいます", &["片方の受付を終えるか取り消してから統合してください。"]))
            } @else {
                form method="post" action=(links::about(&left.person.id, "merge")) class="stack-3" {
                    (hidden("other", right.person.id.as_str()))
                    (hidden("version", &left.version.to_string()))
                    (hidden("other_version", &right.version.to_string()))
                    fieldset class="fs" {
                        legend { "残す記録" }
                        @for (side, value, on) in [(left, "left", keep_left), (right, "right", !keep_left)] {
                            label class="check" { input type="radio" name="keep" value=(value) checked[on]; b { (side.person.name) } "（患者番号 " (side.person.number.as_deref().unwrap_or("なし")) "）の記録に、もう一方のすべての記録を移す" }
                        }
                    }
                    div class="fld" {
                        label for="reason" { "統合する理由（記録に残ります）" }
                        input id="reason" name="reason" maxlength="200" required autocomplete="off" value=(reason) placeholder="例 保険証で本人と確認。旧姓で二重に登録されていた" autofocus[problem.is_some()] aria-invalid=[problem.map(|_| "true")];
                    }
                    div class="note note-warn" {
                        (icon(Icon::Triangle))
                        div {
                            b { "次の2つの記録を1つにします" }
                            @for side in [left, right] { p { (side.person.name) "　" (side.person.kana.as_deref().unwrap_or_default()) "　" (side.person.sex.word()) "　" (banner::born(&side.person)) "　患者番号 " (side.person.number.as_deref().unwrap_or("なし")) } }
                            p { "アレルギー・薬・保険は両方のものがならびます。統合のあとで確かめてください。まちがいのときは、あとから取り消せます。" }
                        }
                    }
                    div class="row" { button type="submit" class="btn btn-p btn-lg" { (left.person.name) "さんの2つの記録を統合する" } }
                }
            }
        }
    };
    let aside = html! { a class="btn end" href=(links::about(&left.person.id, "merge")) { "選び直す" } };
    page(signed, "同じ方の記録を1つにする", &aside, body)
}

fn cell(text: &str, differs: bool) -> Markup {
    html! { @if differs { b { (text) } } @else { (text) } }
}

/// What tells people apart, line by line.
fn facts(left: &Side, right: &Side, today: Date) -> Vec<(&'static str, String, String)> {
    let line = |word, of: &dyn Fn(&Side) -> String| (word, of(left), of(right));
    let f = |side: &Side| side.form.clone();
    vec![
        line("氏名", &|s| s.person.name.clone()),
        line("よみ", &|s| s.person.kana.clone().unwrap_or_default()),
        line("旧姓・旧名", &|s| f(s).former),
        line("生年月日", &|s| {
            s.person.birth.map_or_else(|| "不明".to_owned(), |b| format!("{}（{}）", format::era_long(b), b.year()))
        }),
        line("性別", &|s| s.person.sex.word().to_owned()),
        line("住所", &|s| format!("{} {}{}{}", f(s).postal, f(s).state, f(s).city, f(s).line).trim().to_owned()),
        line("電話", &|s| [f(s).phone, f(s).phone2].join(" ").trim().to_owned()),
        line("保険", &|s| {
            let words = |i: &karute_chart::view::Insurance| {
                let state = if i.valid_on(today) { "" } else { "（期限外）" };
                format!("{} {}{state}", i.short, i.payer_number.as_deref().unwrap_or_default())
            };
            s.insurance.iter().map(words).collect::<Vec<_>>().join("、")
        }),
        line("受診した期間", &|s| {
            s.visits.map_or_else(|| "受診なし".to_owned(), |(a, b)| format!("{}〜{}", format::full(a), format::full(b)))
        }),
        line("記録の数", &|s| {
            s.counts.iter().map(|c| format!("{} {}", c.word, c.number)).collect::<Vec<_>>().join("、")
        }),
    ]
}

#[derive(Deserialize)]
pub(crate) struct Merge {
    other: String,
    version: u32,
    other_version: u32,
    keep: String,
    reason: String,
}

/// Merges.
pub(crate) async fn merge(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Merge>,
) -> Result<Response, WebError> {
    let other = Id::new(&form.other).map_err(|_| WebError::BadRequest)?;
    let (left, right) = ((&id, form.version), (&other, form.other_version));
    let (kept, given_up) = match form.keep.as_str() {
        "left" => (left, right),
        "right" => (right, left),
        _ => return Err(WebError::BadRequest),
    };
    let access = state.access(&signed.caller);
    let words = match joining::merge(&access, kept, given_up, &form.reason, state.now()).await {
        Ok(_) => {
            state.tell(signed.caller.tenant);
            return Ok(Redirect::to(&links::about(kept.0, "edit")).into_response());
        }
        Err(ChartError::Invalid) => "統合する理由を入力してください。",
        Err(ChartError::Conflict) => "ほかの端末でどちらかの記録が先に変わりました。下の新しい内容を確かめてください。",
        Err(ChartError::Step) => "どちらも院内にいるか、すでに統合されています。",
        Err(other) => return Err(other.into()),
    };
    let pair = joining::pair(&access, &id, &other).await?;
    let page = compared(&signed, &pair, state.today(), &form.reason, Some(words));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn undoing(signed: &Signed, id: &Id, merged: &MergedFrom, today: Date, problem: Option<&'static str>) -> Markup {
    let body = html! {
        @if let Some(problem) = problem { (alert("取り消していません", &[problem])) }
        section class="panel reg" {
            h2 { "この記録は統合されています" }
            (who(&merged.given_up, today))
            dl class="dl" {
                dt { "統合先" } dd { (merged.kept.name) "（患者番号 " (merged.kept.number.as_deref().unwrap_or("なし")) "）　" a href=(links::about(&merged.kept.id, "edit")) { "統合先の患者情報" } }
                @if let Some(at) = merged.at { dt { "統合した日時" } dd { (format::full(at.day_in_japan())) " " (format::clock(at)) } }
                @if let Some(by) = &merged.by { dt { "統合した人" } dd { (by) } }
                @if let Some(reason) = &merged.reason { dt { "理由" } dd { (reason) } }
            }
            h2 { "統合を取り消すと" }
            ul class="t-13 bl" {
                li { "この記録から移した " b { (merged.moved) "件" } " がこの記録に戻り、また使えるようになります。" }
                li { "統合のあとに書かれた " b { (merged.later_count) "件" } " は統合先に残ります。どちらの方のものか、1件ずつ確かめてください。" }
            }
            @if !merged.later.is_empty() {
                ul class="t-13 bl" { @for later in &merged.later { li { (format::full(later.at.day_in_japan())) " " (format::clock(later.at)) "　" (later.word) } } }
            }
            form method="post" action=(links::about(id, "unmerge")) class="stack-3" {
                (hidden("version", &merged.version.to_string()))
                div class="fld" {
                    label for="reason" { "取り消す理由（記録に残ります）" }
                    input id="reason" name="reason" maxlength="200" required autocomplete="off" placeholder="例 別の方とわかった" autofocus[problem.is_some()] aria-invalid=[problem.map(|_| "true")];
                }
                div class="row" { button type="submit" class="btn btn-p btn-lg" { (merged.given_up.name) "さん（患者番号 " (merged.given_up.number.as_deref().unwrap_or("なし")) "）の統合を取り消す" } }
            }
        }
    };
    let aside = html! { a class="btn end" href="/reception" { "受付一覧へ" } };
    page(signed, "統合の取り消し", &aside, body)
}

#[derive(Deserialize)]
pub(crate) struct Unmerge {
    version: u32,
    reason: String,
}

/// Undoes a merge.
pub(crate) async fn unmerge(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Unmerge>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let words = match joining::unmerge(&access, &id, form.version, &form.reason, state.now()).await {
        Ok(_) => {
            state.tell(signed.caller.tenant);
            return Ok(Redirect::to(&links::about(&id, "edit")).into_response());
        }
        Err(ChartError::Invalid) => "取り消す理由を入力してください。",
        Err(ChartError::Conflict) => "ほかの端末で先に変わりました。もう一度確かめてください。",
        Err(ChartError::Step) => "統合先がさらに別の記録に統合されています。そちらを先に取り消してください。",
        Err(other) => return Err(other.into()),
    };
    let merged = joining::merged_from(&access, &id).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, undoing(&signed, &id, &merged, state.today(), Some(words))).into_response())
}
