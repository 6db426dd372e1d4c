//! 病名: the block at the foot of today's record, the list with the past, one name with what can be done with it.
pub(crate) mod block;
pub(crate) mod one;
mod order;

use crate::components::{
    field::{hidden, line},
    icon::{Icon, small},
    patient::{Part, screen},
    tag::{Tone, tag},
    terms::choices,
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    habits,
    input::{Filled, Named},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use block::Told;
use karute_chart::ChartError;
use karute_chart::problem::{self, Added, Entry, List, Named as DiseaseName, New};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_japan::{Date, era};
use karute_ledger::Action;
use karute_terminology::Domain;
use maud::{Markup, html};
use serde::Deserialize;

pub(crate) use order::billing;

/// Rows of a search without script.
const ROWS_ON_PAGE: usize = 30;

/// The list.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, &patient, &Told::Nothing, html! {}).await
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    q: String,
}

/// Searches without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let answer = habits::find(&state, &signed, Domain::Disease, &typed.q, Some(&patient), ROWS_ON_PAGE).await?;
    let new = hidden("new", state.new_id()?.as_str());
    let found = html! {
        section class="panel" aria-label="候補" { (choices(Domain::Disease, answer.as_ref(), &links::problems(&patient), "追加する", &new)) }
        (uncoded_form(&patient, &state.new_id()?, &typed.q, None))
    };
    drawn(&state, &signed, &patient, &Told::Nothing, found).await
}

/// A name that was chosen, or typed as one without code.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    /// Id of the new entry: a press that comes twice makes one (SAFE-14).
    new: String,
    #[serde(default)]
    system: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    modifiers: String,
    /// Words of a name without code.
    #[serde(default)]
    words: String,
    #[serde(default)]
    start: String,
    #[serde(default)]
    suspected: String,
    #[serde(default)]
    main: String,
}

/// Puts a name on the list.
pub(crate) async fn add(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(patient): Named,
    Filled(chosen): Filled<Chosen>,
) -> Result<Response, WebError> {
    let today = state.today();
    let id = Id::new(&chosen.new).map_err(|_| WebError::BadRequest)?;
    let Some(named) = name_of(&state, &chosen) else {
        let told = Told::Refused("病名を選んでください。読みの一部で探すか、「コードなし」で登録できます。");
        return answered(&state, &signed, &patient, fragment, told, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let start = match chosen.start.trim() {
        "" => Some(today),
        typed => era::parse(typed).ok().filter(|day| *day <= today),
    };
    let Some(start) = start else {
        let told = Told::Refused("開始日を今日までの日付で入れてください（例 2026/4/1、R8.4.1）。");
        return answered(&state, &signed, &patient, fragment, told, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let access = state.access(&signed.caller);
    let visit = visit_today(&state, &signed, &patient).await?;
    let new = New { id, patient: patient.clone(), visit, named: named.clone(), start, main: !chosen.main.is_empty() };
    let (told, status) = match problem::add(&access, &signed.author()?, new, state.now()).await {
        Ok(Added::New(entry)) => (Told::Added(entry), StatusCode::OK),
        Ok(Added::Already(entry)) => (Told::Already(entry, named), StatusCode::CONFLICT),
        Err(ChartError::Invalid) => {
            (Told::Refused("登録できませんでした。開始日を確かめてください。"), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(other) => return Err(other.into()),
    };
    answered(&state, &signed, &patient, fragment, told, status).await
}

fn name_of(state: &WebState, chosen: &Chosen) -> Option<DiseaseName> {
    let today = state.today();
    let masters = state.masters();
    let named = if chosen.words.trim().is_empty() {
        let modifiers: Vec<&str> = chosen.modifiers.split(',').filter(|code| !code.is_empty()).collect();
        DiseaseName::of(&masters, &chosen.system, &chosen.code, &modifiers, today)?
    } else {
        problem::uncoded(&chosen.words)?
    };
    Some(if chosen.suspected.is_empty() { named } else { named.suspected(&masters, true, today) })
}

/// Today's visit, to which a new name belongs.
async fn visit_today(state: &WebState, signed: &Signed, patient: &Id) -> Result<Option<Id>, WebError> {
    let reader = state.access(&signed.caller).reader(Action::Read);
    reader.describe("今日の受診");
    let found = face(&reader, patient, state.today()).await?;
    let found = reader.release(found).await?;
    Ok(found.today.map(|(id, _, _)| id))
}

/// The block for a script, the page otherwise.
async fn answered(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    fragment: bool,
    told: Told,
    status: StatusCode,
) -> Result<Response, WebError> {
    if fragment {
        let reader = state.access(&signed.caller).reader(Action::View);
        reader.describe("病名");
        let list = problem::list(&reader, patient).await?;
        let list = reader.release(list).await?;
        let block = block::block(&list, patient, signed.rights, state.today(), &state.new_id()?, &told);
        return Ok((status, block).into_response());
    }
    Ok((status, drawn(state, signed, patient, &told, html! {}).await?).into_response())
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    told: &Told,
    found: Markup,
) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("病名の一覧");
    let read = (face(&reader, patient, state.today()).await?, problem::list(&reader, patient).await?);
    let (face, list) = reader.release(read).await?;
    let new = state.new_id()?;
    let rights = signed.rights;
    let body = html! {
        (told.draw(patient, rights, state.today(), &new))
        @if rights.problems {
            (block::add_field(patient, &new))
            (suggestions(&list, patient, &new))
        }
        (found)
        (active(&list, &face, signed))
        (past(&list, &face, signed))
        @if rights.problems { (uncoded_form(patient, &new, "", None)) }
    };
    Ok(screen(signed, &face, Part::Problems, "", &body))
}

/// Names of the past, offered again in one press.
fn suggestions(list: &List, patient: &Id, new: &Id) -> Markup {
    let found = list.suggested(6);
    html! {
        @if !found.is_empty() {
            div class="row row-w" aria-label="前にあった病名" role="group" {
                span class="t-12 t-mute" { "前にあった病名" }
                @for entry in found {
                    form method="post" action=(links::problems(patient)) {
                        (hidden("new", new.as_str())) (codes(&entry.named))
                        button type="submit" class="btn btn-sm" { (small(Icon::Plus)) (entry.problem.label()) }
                    }
                }
            }
        }
    }
}

/// A name as hidden fields.
fn codes(named: &DiseaseName) -> Markup {
    let modifiers: Vec<&str> = named.modifiers.iter().map(|m| m.code.as_str()).collect();
    html! {
        @if named.key_number.is_empty() {
            (hidden("system", karute_terminology::CodeSystem::ReceiptDisease.url())) (hidden("code", &named.receipt_code))
        } @else { (hidden("code", &named.key_number)) }
        (hidden("modifiers", &modifiers.join(",")))
    }
}

fn active(list: &List, face: &Face, signed: &Signed) -> Markup {
    let rights = signed.rights;
    let patient = &face.person.id;
    html! {
        section class="panel" aria-labelledby="active-h" {
            div class="panel-h" { h2 id="active-h" { "有効な病名" } span class="t-13 t-mute" { (list.active.len()) "件・この順でレセプトに出ます" } }
            @if list.active.is_empty() { p class="pn-p t-13 t-mute" { "有効な病名はありません。" } } @else {
                table class="grid-t" {
                    thead { tr {
                        @if rights.billing { th scope="col" { "順番" } }
                        th scope="col" { "病名" } th scope="col" { "開始" } th scope="col" { "ICD-10" } th scope="col" { "記載" }
                    } }
                    tbody {
                        @for (n, entry) in list.active.iter().enumerate() {
                            tr {
                                @if rights.billing { td { (order::buttons(patient, entry, n, list.active.len())) } }
                                th scope="row" { (name(patient, entry)) }
                                td class="nw" { (started(entry, face.date)) }
                                td { (entry.named.icd10) }
                                td class="t-13" { (entry.recorder.as_deref().unwrap_or("－")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn past(list: &List, face: &Face, signed: &Signed) -> Markup {
    html! {
        @if !list.past.is_empty() {
            section class="panel" aria-labelledby="past-h" {
                div class="panel-h" { h2 id="past-h" { "終わった病名" } span class="t-13 t-mute" { (list.past.len()) "件・新しい順" } }
                table class="grid-t" {
                    thead { tr { th scope="col" { "病名" } th scope="col" { "期間" } th scope="col" { "転帰" } @if signed.rights.problems { th scope="col" { span class="vh" { "操作" } } } } }
                    tbody {
                        @for entry in &list.past {
                            tr {
                                th scope="row" { (name(&face.person.id, entry)) }
                                td class="nw" { (started(entry, face.date)) @if let Some(end) = entry.problem.end { (format::near(end, face.date)) } }
                                td { (entry.outcome.map_or("－", karute_chart::problem::Outcome::word)) }
                                @if signed.rights.problems {
                                    td class="num" { (one::act(&face.person.id, &entry.id, entry.version, "reopen", "有効に戻す", &entry.problem.label())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The name with what must be seen of it.
fn name(patient: &Id, entry: &Entry) -> Markup {
    html! {
        a class="t-b" href=(links::problem(patient, &entry.id)) { (entry.problem.label()) }
        @if entry.problem.main { " " (tag(Tone::Ai, None, "主病名")) }
        @if entry.named.is_uncoded() { " " (tag(Tone::Warn, Some(Icon::Triangle), "コードなし")) }
        @if entry.awaiting { " " (tag(Tone::Line, None, "承認待ち")) }
    }
}

fn started(entry: &Entry, today: Date) -> Markup {
    html! { @if let Some(start) = entry.problem.start { (format::near(start, today)) } "〜" }
}

/// コードなし: a visible choice, with what it means (SRCH-21).
fn uncoded_form(patient: &Id, new: &Id, typed: &str, error: Option<&str>) -> Markup {
    html! {
        details class="panel pn-p" open[!typed.is_empty()] {
            summary { "コードなしで登録する" }
            form method="post" action=(links::problems(patient)) class="stack-3 pn-form" {
                p class="t-13 t-mute" { "マスターに無い病名だけに使います。レセプトと情報共有では「未コード化傷病名」になり、薬や検査との照合はできません。" }
                (hidden("new", new.as_str()))
                (line("words", "病名", typed, "", error))
                button type="submit" class="btn" { "コードなしで登録" }
            }
        }
    }
}
