//! The page of a patient: identity, trends, course, drugs, disease names, results.

mod course;
mod drugs;
pub(crate) mod paper;
mod problems;
mod results;
mod trends;

use super::orders;
use crate::components::{
    banner::banner,
    frame::{Page, Place},
};
use crate::{WebState, error::WebError, guard::Signed, input::Named, rights::Rights};
use axum::extract::State;
use karute_chart::clinic::Mode;
use karute_chart::summary::{self, Depth, Summary};
use karute_chart::view::VisitState;
use karute_ledger::Action;
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let emergency = signed.owes_reason
        && state.identity().owed_reasons(&signed.caller).await?.iter().any(|owed| owed.open && owed.patient == id);
    let depth = if emergency { Depth::Notes } else { signed.rights.depth() };
    let summary = summary::summary(&access, &id, state.today(), depth).await?;
    // The column of orders stands there while the patient is here.
    let here = summary.today.as_ref().filter(|(_, state, _)| *state != VisitState::Finished && signed.rights.notes);
    let column = match here {
        Some((visit, ..)) => {
            let reader = access.reader(Action::View);
            reader.describe("処方");
            let column = orders::read(&reader, &state, &signed, &id, visit).await?;
            Some(reader.release(column).await?)
        }
        None => None,
    };
    let column = column.map(|column| orders::pane(&column, &html! {}, &html! {}));
    Ok(page(&summary, signed.rights, signed.mode, emergency, column).draw(&signed.viewer()))
}

/// The page of a summary.
pub(crate) fn page(
    summary: &Summary,
    rights: Rights,
    mode: Mode,
    emergency: bool,
    column: Option<Markup>,
) -> Page<'static> {
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
        @match column { Some(column) => (column), None => (results::results(summary)) }
    };
    // The tab's title names nobody: a projected tab bar leaks nothing (ux §2.2).
    Page { title: "カルテ", place: Place::Patient, header, class: "ch", body }
}
