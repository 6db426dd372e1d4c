//! A new letter: for what and to whom; it opens already filled from the chart.
use super::addressee::{Asked, Choice, choice, found};
use super::way;
use crate::components::field::hidden;
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{self, Filled, Named},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::letter::{self, Kind, New, Of, Place};
use karute_chart::summary::face;
use karute_chart::view::VisitState;
use karute_fhir::Id;
use karute_ledger::Action;
use maud::html;
use serde::Deserialize;

/// In which visit, and for what.
#[derive(Deserialize)]
pub(crate) struct In {
    visit: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Asks to whom.
pub(crate) async fn new(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    input::Asked(place): input::Asked<In>,
) -> Result<Response, WebError> {
    let asked = Asked {
        id: state.new_id()?.to_string(),
        visit: place.visit.unwrap_or_default(),
        kind: place.kind.unwrap_or_default(),
        ..Asked::default()
    };
    drawn(&state, &signed, &patient, asked, None).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    mut asked: Asked,
    wrong: Option<&str>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let known = letter::known(&access, &signed.author()?.person).await?;
    let reader = access.reader(Action::View);
    reader.describe("新しい紹介状");
    let read = (face(&reader, patient, state.today()).await?, found(&reader, &asked).await?);
    let (face, found) = reader.release(read).await?;
    // Without a visit in the address it is the one of today.
    let here = face.today.as_ref().filter(|(_, state, _)| *state != VisitState::Finished);
    if let (true, Some((visit, ..))) = (asked.visit.is_empty(), here) {
        asked.visit = visit.to_string();
    }
    let kind = Kind::parse(&asked.kind).unwrap_or_default();
    let action = links::letters(patient);
    let with = html! { (hidden("id", &asked.id)) (hidden("visit", &asked.visit)) (hidden("kind", kind.code())) };
    let shown =
        choice(&Choice { action: &action, with: with.clone(), known: &known, found: &found, asked: &asked, wrong });
    let body = html! {
        div class="row row-w" {
            h1 class="t-20" { "新しい紹介状" }
            span class="t-13 t-mute" { "宛先を選ぶと、カルテから記入済みで開きます。種類はあとで変えられます。" }
            form method="post" action=(action) class="end" { (with) (hidden("act", "open")) button type="submit" class="btn" data-key="0" { "宛先はあとで選ぶ " (crate::components::field::key("0")) } }
        }
        (shown)
    };
    let page = super::framed(signed, &face, "新しい紹介状", "pane scroll", body);
    Ok((if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, page).into_response())
}

/// Opens it. The same id twice is the same press twice.
pub(crate) async fn open(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(asked): Filled<Asked>,
) -> Result<Response, WebError> {
    let to = if asked.act == "open" {
        None
    } else {
        match asked.chosen(&state, &signed).await? {
            Ok(Some(to)) => Some(to),
            Ok(None) => return drawn(&state, &signed, &patient, asked, None).await,
            Err(wrong) => return drawn(&state, &signed, &patient, asked, Some(wrong)).await,
        }
    };
    let id = Id::new(&asked.id).map_err(|_| WebError::BadRequest)?;
    let visit = match asked.visit.as_str() {
        "" => None,
        text => Some(Id::new(text).map_err(|_| WebError::BadRequest)?),
    };
    let kind = Kind::parse(&asked.kind).unwrap_or_default();
    let place = Place { patient: &patient, visit: visit.as_ref() };
    begin(&state, &signed, place, New { id, kind, to, answers: None }).await
}

/// Opens a letter and leads to it.
pub(crate) async fn begin(state: &WebState, signed: &Signed, place: Place<'_>, new: New) -> Result<Response, WebError> {
    let (access, by, id) = (state.access(&signed.caller), signed.author()?, new.id.clone());
    let draft = Box::pin(letter::open(&access, place, new, &by, state.now())).await?;
    Box::pin(way::settle(state, signed, Of { patient: place.patient, letter: &id }, &draft)).await?;
    Ok(Redirect::to(&links::letter(place.patient, &id)).into_response())
}
