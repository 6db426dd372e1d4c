//! Tests, treatments, injections, imaging and guidance: their sections beside the record, their page, the list of work,
//! labels and values entered by hand.

mod change;
pub(crate) mod labels;
mod pane;
pub(crate) mod result;
pub(crate) mod work;

pub(crate) use change::{add, remove, restore};
pub(crate) use pane::sections;

use crate::components::{
    banner::banner,
    frame::{Page, Place},
    notice::{Severity, notice, toast},
    terms::{TermField, choices},
};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    habits,
    input::{Filled, OfVisit},
    links,
    pages::terms::Typed,
    terms::TermKind,
};
use axum::extract::State;
use karute_chart::request::{self, RequestPane};
use karute_chart::summary::{self, Depth, Summary};
use karute_identity::Capability;
use karute_ledger::Action;
use maud::{Markup, html};

/// What may be searched for here.
const KINDS: [TermKind; 3] = [TermKind::Lab, TermKind::Act, TermKind::Drug];

/// What the page says on top.
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// What was done, with the way back.
    Done(String, Option<Markup>),
    /// What went wrong and what to do.
    Wrong(&'static str, &'static str),
}

/// The page; its sections alone for a script that puts them beside the record.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    at: OfVisit,
) -> Result<Markup, WebError> {
    if fragment {
        let reader = state.access(&signed.caller).reader(Action::View);
        reader.describe("検査・処置のオーダー");
        let pane = request::read(&reader, &at.patient, &at.visit, state.today()).await?;
        let pane = reader.release(pane).await.map_err(WebError::from)?;
        return Ok(sections(&pane, signed.caller.may(Capability::Order)));
    }
    drawn(&state, &signed, &at, &Told::Nothing, None).await
}

/// Searches without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    at: OfVisit,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let kind = typed.kind()?;
    let answer = habits::find(&state, &signed, kind, &typed.q, crate::components::terms::ROWS).await?;
    let found = choices(answer.as_ref(), &links::requests(&at.patient, &at.visit), "次回に追加", &html! {});
    drawn(&state, &signed, &at, &Told::Nothing, Some((kind, &typed.q, found))).await
}

/// What the page shows, with one audit event each for the identity of the patient and the requests.
async fn read(state: &WebState, signed: &Signed, at: &OfVisit) -> Result<(Summary, RequestPane), WebError> {
    let access = state.access(&signed.caller);
    let summary = summary::summary(&access, &at.patient, state.today(), Depth::Outline).await?;
    let reader = access.reader(Action::View);
    reader.describe("検査・処置のオーダー");
    let pane = request::read(&reader, &at.patient, &at.visit, state.today()).await?;
    Ok((summary, reader.release(pane).await?))
}

pub(super) async fn drawn(
    state: &WebState,
    signed: &Signed,
    at: &OfVisit,
    told: &Told,
    found: Option<(TermKind, &str, Markup)>,
) -> Result<Markup, WebError> {
    let (summary, pane) = read(state, signed, at).await?;
    let may_order = signed.caller.may(Capability::Order);
    let aside = html! { div class="row pt-here" { a class="btn" href=(links::patient(&at.patient)) { "カルテへ" } } };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &aside);
    let body = html! {
        h1 class="vh" { "検査・処置のオーダー" }
        @match told {
            Told::Nothing => {}
            Told::Done(words, undo) => { div class="toasts" id="done" { (toast(words, undo.clone())) } }
            Told::Wrong(title, words) => { div role="alert" { (notice(Severity::Warn, title, &[words])) } }
        }
        @if may_order {
            section class="panel rq-add" aria-labelledby="rq-add-h" {
                div class="panel-h" { h2 id="rq-add-h" { "オーダーを追加" } }
                (adder(&pane, found.as_ref().map(|(kind, typed, _)| (*kind, *typed)), true))
                @if let Some((_, _, found)) = found { (found) }
            }
        }
        (pane::table(&pane, may_order))
    };
    let page = Page { title: "オーダー", place: Place::Patient, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()))
}

/// Sets, 前回 and the search, with when and where: what the button 「追加」 opens.
pub(super) fn adder(pane: &RequestPane, typed: Option<(TermKind, &str)>, details: bool) -> Markup {
    let action = links::requests(&pane.patient, &pane.visit);
    let search = format!("{action}/search");
    let (kind, typed) = typed.unwrap_or((TermKind::Lab, ""));
    let field = TermField {
        action: &search,
        kinds: &KINDS,
        kind,
        typed,
        example: "検査・処置・注射を探す（例 へもぐろびん、HbA1c）",
        take: "rq-take",
    };
    html! {
        div class="rq-form" {
            form id="rq-take" method="post" action=(action) class="rq-form" { (pane::choice(pane, details)) }
            (field.draw())
        }
    }
}
