//! Saving a letter while typing, and settling a conflict.
use super::compose::{self, Judging};
use super::{paper, refusal};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::{Filled, NamedTwo},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::letter::{self, Draft, Edit, HeadChange, Kind, Mark, Section};
use karute_chart::note::Choice;
use maud::html;
use std::collections::HashMap;

/// The form of a letter: for each section its text, the text it began with, and what was taken from the chart.
pub(crate) type Form = HashMap<String, String>;

/// What was written, without the marks of what was taken.
pub(super) fn edits(form: &Form) -> Vec<Edit> {
    let one = |section: Section| {
        let text = form.get(section.code())?.clone();
        let base = form.get(&format!("{}_base", section.code())).cloned().unwrap_or_default();
        Some(Edit { section, text, base, taken: Vec::new() })
    };
    Section::ALL.into_iter().filter_map(one).collect()
}

/// The keys of what was taken into a section.
fn taken(form: &Form, section: Section) -> Vec<&str> {
    form.get(&format!("{}_taken", section.code())).map_or_else(Vec::new, |keys| keys.lines().take(80).collect())
}

/// Marks of what was pressed in the list: only what the chart says, in its own words.
async fn marks(state: &WebState, signed: &Signed, named: &NamedTwo, keys: &[&str]) -> Result<Vec<Mark>, ChartError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let view = Box::pin(compose::read(state, signed, named, Judging::Later)).await?;
    Ok(view.page.material.iter().filter(|each| keys.contains(&each.key.as_str())).map(letter::Material::mark).collect())
}

/// Keeps what was written; answers the draft.
pub(super) async fn kept(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    form: &Form,
) -> Result<Draft, ChartError> {
    let access = state.access(&signed.caller);
    let by = signed.author().map_err(|_| ChartError::Invalid)?;
    let mut edits = edits(form);
    for edit in &mut edits {
        edit.taken = marks(state, signed, named, &taken(form, edit.section)).await?;
    }
    let mut draft = letter::save(&access, named.of(), &edits, &by, state.now()).await?;
    if let Some(kind) = form.get("kind").and_then(|kind| Kind::parse(kind)).filter(|kind| *kind != draft.head.kind) {
        draft = letter::change(&access, named.of(), HeadChange::Kind(kind), &by, state.now()).await?;
    }
    Ok(draft)
}

/// Saves.
pub(crate) async fn save(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    named: NamedTwo,
    Filled(form): Filled<Form>,
) -> Result<Response, WebError> {
    let done = Box::pin(kept(&state, &signed, &named, &form)).await.map(drop);
    answered(&state, &signed, &named, (fragment, Judging::Later), done).await
}

/// Settles a conflict; what else was typed is saved first.
pub(crate) async fn choose(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    named: NamedTwo,
    Filled(mut form): Filled<Form>,
) -> Result<Response, WebError> {
    let (section, choice, revision) = form.get("choice").and_then(|c| chosen(c)).ok_or(WebError::BadRequest)?;
    form.remove(section.code());
    let by = signed.author()?;
    let access = state.access(&signed.caller);
    let done = match Box::pin(kept(&state, &signed, &named, &form)).await {
        Ok(_) => letter::resolve(&access, named.of(), (section, choice, revision), &by, state.now()).await.map(drop),
        Err(error) => Err(error),
    };
    answered(&state, &signed, &named, (fragment, Judging::Later), done).await
}

/// `950.1.4`: section, number on the screen, revision of the other text.
fn chosen(text: &str) -> Option<(Section, Choice, u32)> {
    let mut parts = text.split('.');
    let chosen = (Section::parse(parts.next()?)?, Choice::parse(parts.next()?)?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(chosen)
}

/// The parts for a script, the page otherwise; why it was not done stands beside the text, which stays.
pub(super) async fn answered(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    (fragment, judging): (bool, Judging),
    done: Result<(), ChartError>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) if fragment => parts(state, signed, named, judging).await,
        Ok(()) => Ok(named.page().into_response()),
        // Signed or thrown away meanwhile: the words stay on the screen.
        Err(ChartError::NotFound)
            if fragment && Box::pin(letter::one(&state.access(&signed.caller), named.of())).await.is_ok() =>
        {
            Ok(said(
                "この紹介状はすでに確定されています。書いた文は画面に残っています。写しを取って「訂正する」から加えてください",
            ))
        }
        Err(error) if fragment => Ok(said(refusal(error)?)),
        Err(error) => {
            let words = refusal(error)?;
            compose::again(state, signed, named, (StatusCode::CONFLICT, words)).await
        }
    }
}

async fn parts(state: &WebState, signed: &Signed, named: &NamedTwo, judging: Judging) -> Result<Response, WebError> {
    let view = Box::pin(compose::read(state, signed, named, judging)).await?;
    Ok(compose::parts(&view, signed).into_response())
}

fn said(words: &str) -> Response {
    let body = html! { p class="t-12 t-danger" id="note-saved" { span { (words) } } };
    (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
}

/// The sections as they stand, for who has the letter open.
pub(crate) async fn here(State(state): State<WebState>, signed: Signed, named: NamedTwo) -> Result<Response, WebError> {
    let view = Box::pin(compose::read(&state, &signed, &named, Judging::Later)).await?;
    Ok(html! { (paper::stands(&view)) p id="note-seen" data-seen=(view.page.draft.seen()) {} }.into_response())
}
