//! Ordering the list for billing: up, down, 主病名. What the desk may do.
use super::block::Told;
use crate::components::{
    field::hidden,
    icon::{Icon, small},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, NamedTwo},
    links,
};
use axum::extract::State;
use karute_chart::problem::{self, Billing, Entry};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// A step.
#[derive(Deserialize)]
pub(crate) struct Step {
    act: String,
}

/// Takes it.
pub(crate) async fn billing(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
    Filled(step): Filled<Step>,
) -> Result<Markup, WebError> {
    let step = match step.act.as_str() {
        "up" => Billing::Up,
        "down" => Billing::Down,
        "main" => Billing::Main(true),
        "not-main" => Billing::Main(false),
        _ => return Err(WebError::BadRequest),
    };
    problem::billing(&state.access(&signed.caller), &patient, &id, step).await?;
    let words = match step {
        Billing::Up | Billing::Down => "順番を変えました",
        Billing::Main(true) => "主病名にしました",
        Billing::Main(false) => "主病名から外しました",
    };
    let opposite = match step {
        Billing::Up => "down",
        Billing::Down => "up",
        Billing::Main(true) => "not-main",
        Billing::Main(false) => "main",
    };
    let undo = html! {
        form method="post" action=(format!("{}/billing", links::problem(&patient, &id))) {
            (hidden("act", opposite))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    };
    super::drawn(&state, &signed, &patient, &Told::Done(words.to_owned(), Some(undo)), html! {}).await
}

/// The buttons of a row.
pub(super) fn buttons(patient: &Id, entry: &Entry, at: usize, of: usize) -> Markup {
    let action = format!("{}/billing", links::problem(patient, &entry.id));
    let label = entry.problem.label();
    let one = |act: &str, word: &str, told: &str| {
        html! {
            form method="post" action=(action) {
                (hidden("act", act))
                button type="submit" class="btn btn-g btn-sm" { (word) span class="vh" { (told) "：" (label) } }
            }
        }
    };
    html! {
        div class="row" {
            @if at > 0 { (one("up", "↑", "上へ")) }
            @if at + 1 < of { (one("down", "↓", "下へ")) }
            @if entry.problem.main { (one("not-main", "主を外す", "主病名から外す")) } @else { (one("main", "主にする", "主病名にする")) }
        }
    }
}
