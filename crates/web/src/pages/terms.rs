//! The list under a search field, per key. What is typed travels in the body, never in an address.
use crate::components::{
    frame::{Page, Place, head},
    terms::{ROWS, listbox},
};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    habits,
    input::Filled,
};
use axum::extract::State;
use karute_fhir::Id;
use karute_terminology::Domain;
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    pub(crate) kind: String,
    pub(crate) q: String,
    /// For whom something is chosen; empty for nobody.
    #[serde(default)]
    patient: String,
}

impl Typed {
    /// What is searched.
    pub(crate) fn kind(&self) -> Result<Domain, WebError> {
        Domain::parse(&self.kind).ok_or(WebError::BadRequest)
    }

    /// The patient for whom something is chosen.
    pub(crate) fn patient(&self) -> Result<Option<Id>, WebError> {
        let given = Some(self.patient.as_str()).filter(|id| !id.is_empty());
        given.map(Id::new).transpose().map_err(|_| WebError::BadRequest)
    }
}

/// Answers with the list.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let kind = typed.kind()?;
    let answer = habits::find(&state, &signed, kind, &typed.q, typed.patient()?.as_ref(), ROWS).await?;
    let list = listbox(kind, answer.as_ref());
    if fragment {
        return Ok(list);
    }
    let body = html! { section class="panel" aria-label="候補" { (list) } };
    let page =
        Page {
            title: "候補", place: Place::Elsewhere, header: head("候補", &html! {}), class: "pane scroll", body
        };
    Ok(page.draw(&signed.viewer()))
}
