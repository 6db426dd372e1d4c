//! 採用薬: the drugs this clinic uses. Everybody who prescribes, prepares or checks may look; administrators change it.
use super::{FULL, Part, Told, UNUSABLE, look, page};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
    terms::{TermField, choices},
};
use crate::{WebState, error::WebError, format::half_width, guard::Signed, input::Filled, pages::terms::Typed};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::adopted::{self, Adopted, AdoptedDrug};
use karute_terminology::{Domain, Masters};
use maud::{Markup, html};
use serde::Deserialize;

const ACTION: &str = "/settings/drugs";

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let list = adopted::adopted(&state.access(&signed.caller)).await?;
    drawn(&state, &signed, &list, &Told::Nothing, None).await
}

/// Searches without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let answer = look(&state, &signed, Domain::Drug, &typed.q).await?;
    let list = adopted::adopted(&state.access(&signed.caller)).await?;
    let found = html! {
        section class="panel" aria-label="候補" { (choices(Domain::Drug, answer.as_ref(), ACTION, "採用する", &html! {})) }
    };
    drawn(&state, &signed, &list, &Told::Nothing, Some((&typed.q, found))).await
}

/// A drug that was chosen.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    /// 薬価基準収載医薬品コード.
    nhi: String,
    display: String,
}

/// Adopts a drug, under the name the masters give it.
pub(crate) async fn adopt(
    State(state): State<WebState>,
    signed: Signed,
    Filled(chosen): Filled<Chosen>,
) -> Result<Response, WebError> {
    let known = adopted::facts(&state.masters(), [chosen.nhi.as_str()].into_iter(), state.today()).remove(&chosen.nhi);
    let name = known.map_or(chosen.display, |fact| fact.name);
    let done = adopted::adopt(&state.access(&signed.caller), &chosen.nhi, &name).await;
    answer(&state, &signed, done, |_| {
        Told::Done(format!("{} を採用薬に入れました", half_width(&name)), Some(drop_form(&chosen.nhi, &name)))
    })
    .await
}

/// A drug to give up.
#[derive(Deserialize)]
pub(crate) struct Dropped {
    nhi: String,
    display: String,
}

/// Gives a drug up, with a way back.
pub(crate) async fn drop_drug(
    State(state): State<WebState>,
    signed: Signed,
    Filled(dropped): Filled<Dropped>,
) -> Result<Response, WebError> {
    let done = adopted::drop_drug(&state.access(&signed.caller), &dropped.nhi).await;
    let undo = html! {
        form method="post" action=(ACTION) {
            (hidden("nhi", &dropped.nhi)) (hidden("display", &dropped.display))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    };
    answer(&state, &signed, done, |_| {
        Told::Done(format!("{} を採用薬から外しました", half_width(&dropped.display)), Some(undo))
    })
    .await
}

/// Takes back an adoption.
fn drop_form(nhi: &str, display: &str) -> Markup {
    html! {
        form method="post" action="/settings/drugs/drop" {
            (hidden("nhi", nhi)) (hidden("display", display))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    }
}

async fn answer(
    state: &WebState,
    signed: &Signed,
    done: Result<Adopted, ChartError>,
    told: impl FnOnce(&Adopted) -> Told,
) -> Result<Response, WebError> {
    let (status, list, told) = match done {
        Ok(list) => {
            state.kept().changed(signed.caller.tenant, &list, state.now());
            let told = told(&list);
            (StatusCode::OK, list, told)
        }
        Err(refused @ (ChartError::Invalid | ChartError::TooMany)) => {
            let list = adopted::adopted(&state.access(&signed.caller)).await?;
            let told = if matches!(refused, ChartError::Invalid) { UNUSABLE } else { FULL };
            (StatusCode::UNPROCESSABLE_ENTITY, list, told)
        }
        Err(other) => return Err(other.into()),
    };
    Ok((status, drawn(state, signed, &list, &told, None).await?).into_response())
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    list: &Adopted,
    told: &Told,
    found: Option<(&str, Markup)>,
) -> Result<Markup, WebError> {
    let may_change = signed.rights.settings;
    let (typed, found) = found.map_or(("", None), |(typed, found)| (typed, Some(found)));
    let field = TermField {
        action: "/settings/drugs/search",
        kinds: &[Domain::Drug],
        kind: Domain::Drug,
        typed,
        example: "採用する薬を探す（例 あむろ／amuro／アムロジピン 5）",
        take: "take",
        patient: None,
    };
    let body = html! {
        (told.draw())
        @if may_change {
            (field.draw())
            form id="take" method="post" action=(ACTION) hidden { (hidden("nhi", "")) (hidden("display", "")) }
        }
        @if let Some(found) = found { (found) }
        (table(state, list, may_change))
    };
    page(state, signed, Part::Drugs, body).await
}

fn table(state: &WebState, list: &Adopted, may_change: bool) -> Markup {
    let masters = state.masters();
    html! {
        section class="panel" aria-labelledby="drugs-h" {
            div class="panel-h" {
                h2 id="drugs-h" { "採用薬" }
                span class="t-13 t-mute" { (list.drugs.len()) "品目・薬を探すとき、この一覧が先に出ます" }
            }
            @if list.drugs.is_empty() {
                (empty(Icon::Pill, "採用薬はまだありません", "よく使う薬を登録すると、処方で先に出て、似た名前の薬と分けて表示されます。", None))
            } @else {
                (rows(&masters, list, state.today(), may_change))
            }
        }
    }
}

fn rows(masters: &Masters, list: &Adopted, day: karute_japan::Date, may_change: bool) -> Markup {
    let facts = adopted::facts(masters, list.drugs.iter().map(|drug| drug.code.as_str()), day);
    let state = |drug: &AdoptedDrug| match facts.get(&drug.code) {
        Some(fact) if fact.usable => html! {},
        Some(_) => tag(Tone::Warn, Some(Icon::Triangle), "収載終了"),
        None => tag(Tone::Line, None, "マスターにありません"),
    };
    html! {
        table class="grid-t" {
            thead { tr {
                th scope="col" { "薬" } th scope="col" { "薬価基準収載医薬品コード" } th scope="col" { "状態" }
                @if may_change { th scope="col" { span class="vh" { "操作" } } }
            } }
            tbody {
                @for drug in &list.drugs {
                    @let name = facts.get(&drug.code).map_or(drug.display.as_str(), |fact| fact.name.as_str());
                    tr {
                        th scope="row" class="t-b" { (half_width(name)) }
                        td class="t-13 nw" { (drug.code) }
                        td { (state(drug)) }
                        @if may_change {
                            td class="num" {
                                form method="post" action="/settings/drugs/drop" {
                                    (hidden("nhi", &drug.code)) (hidden("display", name))
                                    button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (half_width(name)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
