//! Tests, treatments, injections, imaging and guidance: their sections beside the record, their page, the list of work,
//! labels and values entered by hand.

mod change;
pub(crate) mod errand;
mod form;
pub(crate) mod labels;
mod pane;
pub(crate) mod result;
pub(crate) mod work;

pub(crate) use change::{add, alter, remove, restore, undo};
pub(crate) use pane::sections;

use crate::components::{
    banner::full,
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
};
use axum::extract::State;
use form::Refused;
use karute_chart::request::{self, RequestPane};
use karute_chart::summary::{self, Face};
use karute_identity::Capability;
use karute_ledger::Action;
use karute_terminology::Domain;
use maud::{Markup, html};

/// What may be searched for here.
const KINDS: [Domain; 3] = [Domain::Lab, Domain::Act, Domain::Drug];

/// What the page says on top.
#[derive(Default)]
pub(crate) enum Told {
    /// Nothing.
    #[default]
    Nothing,
    /// What was done, with the way back.
    Done(String, Option<Markup>),
    /// What went wrong and what to do.
    Wrong(&'static str, &'static str),
}

/// What is said after an order was given or refused.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) told: Told,
    /// The form that was refused, as it was filled in.
    pub(crate) refused: Option<Refused>,
}

impl Said {
    fn draw(&self) -> Markup {
        match &self.told {
            Told::Nothing => html! {},
            Told::Done(words, undo) => {
                html! { div class="toasts" id="done" data-toast { (toast(words, undo.clone())) } }
            }
            // What is wrong with a field stands at the field.
            Told::Wrong(..) if self.refused.as_ref().is_some_and(|r| r.field.is_some()) => html! {},
            Told::Wrong(title, words) => {
                html! { div role="alert" class="rq-told" { (notice(Severity::Warn, title, &[words])) } }
            }
        }
    }
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
        let pane = request::read(&reader, &at.patient, &at.visit, &signed.author()?.person, state.today()).await?;
        let pane = reader.release(pane).await.map_err(WebError::from)?;
        return Ok(sections(&pane, signed.caller.may(Capability::Order), &Said::default()));
    }
    drawn(&state, &signed, &at, &Said::default(), None).await
}

/// Searches without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    at: OfVisit,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let kind = typed.kind()?;
    let answer =
        habits::find(&state, &signed, kind, &typed.q, Some(&at.patient), crate::components::terms::ROWS).await?;
    let found = choices(kind, answer.as_ref(), &links::requests(&at.patient, &at.visit), "次回に追加", &html! {});
    drawn(&state, &signed, &at, &Said::default(), Some((kind, &typed.q, found))).await
}

/// What the page shows: who, and what is ordered. One audit event.
async fn read(state: &WebState, signed: &Signed, at: &OfVisit) -> Result<(Face, RequestPane), WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("検査・処置のオーダー");
    let face = summary::face(&reader, &at.patient, state.today()).await?;
    let pane = request::read(&reader, &at.patient, &at.visit, &signed.author()?.person, state.today()).await?;
    Ok(reader.release((face, pane)).await?)
}

pub(super) async fn drawn(
    state: &WebState,
    signed: &Signed,
    at: &OfVisit,
    said: &Said,
    found: Option<(Domain, &str, Markup)>,
) -> Result<Markup, WebError> {
    let (face, pane) = read(state, signed, at).await?;
    let may_order = signed.caller.may(Capability::Order);
    let aside = html! { div class="row pt-here" { a class="btn" href=(links::patient(&at.patient)) { "カルテへ" } } };
    let header = full(&face, &aside);
    let body = html! {
        h1 class="vh" { "検査・処置のオーダー" }
        (said.draw())
        @if may_order {
            section class="panel rq-add" aria-labelledby="rq-add-h" {
                div class="panel-h" { h2 id="rq-add-h" { "オーダーを追加" } }
                (adder(&pane, found.as_ref().map(|(kind, typed, _)| (*kind, *typed)), true, said.refused.as_ref()))
                @if let Some((_, _, found)) = found { (found) }
            }
        }
        (pane::due_table(&pane, may_order))
        (pane::table(&pane, may_order, said.refused.as_ref()))
    };
    let page = Page { title: "オーダー", place: Place::Patient, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()))
}

/// Sets, 前回 and the search, with when and where: what the button 「追加」 opens.
pub(super) fn adder(
    pane: &RequestPane,
    typed: Option<(Domain, &str)>,
    details: bool,
    refused: Option<&Refused>,
) -> Markup {
    let action = links::requests(&pane.patient, &pane.visit);
    let search = format!("{action}/search");
    let (kind, typed) = typed.unwrap_or((Domain::Lab, ""));
    let field = TermField {
        action: &search,
        kinds: &KINDS,
        kind,
        typed,
        example: "検査・処置・注射を探す（例 へもぐろびん、HbA1c）",
        take: "rq-take",
        patient: Some(&pane.patient),
    };
    html! {
        div class="rq-form" {
            form id="rq-take" method="post" action=(action) class="rq-form" { (form::choice(pane, details, refused.filter(|r| r.of.is_none()))) }
            (field.draw())
        }
    }
}
