//! The page of a patient: identity, trends, course, drugs, disease names, results.

mod course;
mod drugs;
pub(crate) mod paper;
mod problems;
mod results;
mod trends;

use crate::components::{
    banner::banner,
    frame::{Page, Place},
};
use crate::{WebState, error::WebError, guard::Signed, input::Named, rights::Rights};
use axum::extract::State;
use karute_chart::clinic::Mode;
use karute_chart::summary::{self, Depth, Summary};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let emergency = signed.owes_reason
        && state.identity().owed_reasons(&signed.caller).await?.iter().any(|owed| owed.open && owed.patient == id);
    let depth = if emergency { Depth::Notes } else { signed.rights.depth() };
    let summary = summary::summary(&access, &id, state.today(), depth).await?;
    Ok(page(&summary, signed.rights, signed.mode, emergency).draw(&signed.viewer()))
}

/// The page of a summary.
pub(crate) fn page(summary: &Summary, rights: Rights, mode: Mode, emergency: bool) -> Page<'static> {
    let aside = html! {
        div class="row pt-here" {
            @if let Some((_, state, number)) = &summary.today {
                span class="t-12 t-mute nw" { @if let Some(number) = number { "No." (number) br; } (state.word()) }
            }
            @if rights.reception { a class="btn" href="/reception" { "受付一覧へ" } }
        }
    };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &aside);
    let body = html! {
        h1 class="vh" { "患者の要約" }
        (trends::trends(summary))
        (course::course(summary, rights, mode, emergency))
        div class="ch-mid" { (drugs::drugs(summary)) (problems::problems(summary)) }
        (results::results(summary))
    };
    // The tab's title names nobody: a projected tab bar leaks nothing (ux §2.2).
    Page { title: "カルテ", place: Place::Patient, header, class: "ch", body }
}
