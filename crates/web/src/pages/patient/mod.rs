//! The page of a patient: identity, trends, course, drugs, disease names, results.

mod course;
mod drugs;
mod problems;
mod results;
mod trends;

use crate::components::{
    banner::of_summary,
    frame::{Page, Place},
};
use crate::{WebState, error::WebError, guard::Signed, input::Named, rights::Rights};
use axum::extract::State;
use karute_chart::summary::{self, Summary};
use karute_fhir::Id;
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let summary = summary::summary(&access, &id, state.today(), signed.rights.depth()).await?;
    Ok(page(&summary, signed.rights, &state.new_id()?).draw(&signed.viewer()))
}

/// The page of a summary.
pub(crate) fn page(summary: &Summary, rights: Rights, new: &Id) -> Page<'static> {
    let aside = html! {
        div class="row pt-here" {
            @if let Some((_, state, number)) = &summary.today {
                span class="t-12 t-mute nw" { @if let Some(number) = number { "No." (number) br; } (state.word()) }
            }
            @if rights.reception { a class="btn" href="/reception" { "受付一覧へ" } }
        }
    };
    let header = of_summary(summary, &aside);
    let body = html! {
        h1 class="vh" { "患者の要約" }
        (trends::trends(summary))
        (course::course(summary, rights))
        div class="ch-mid" { (drugs::drugs(summary)) (problems::problems(summary, rights, new)) }
        (results::results(summary))
    };
    // The tab's title names nobody: a projected tab bar leaks nothing (ux §2.2).
    Page { title: "カルテ", place: Place::Patient, header, class: "ch", body }
}
