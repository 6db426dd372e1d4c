//! Moving, cancelling, 来院なし, and taking that back.
use super::drawn;
use super::place::{Ask, BookPlace, Did, at};
use super::words::told;
use crate::components::notice::alert;
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Named},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::booking::{self, BookingError, CancelReason, Place};
use karute_chart::view::Appointment;
use karute_fhir::Id;
use serde::Deserialize;

/// What is done with an appointment, and where the person was.
#[derive(Deserialize)]
pub(crate) struct Act {
    version: u32,
    schedule: Option<String>,
    at: Option<String>,
    reason: Option<String>,
    words: Option<String>,
    date: Option<String>,
    week: Option<String>,
    column: Option<String>,
}

impl Act {
    fn place(&self, state: &WebState) -> Result<BookPlace, WebError> {
        let text = |value: &Option<String>| value.clone();
        BookPlace::read(&Ask::back(text(&self.date), text(&self.week), text(&self.column)), state.today())
    }
}

/// Moves it.
pub(crate) async fn move_to(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(act): Filled<Act>,
) -> Result<Response, WebError> {
    let schedule = act.schedule.as_deref().and_then(|s| Id::new(s).ok()).ok_or(WebError::BadRequest)?;
    let start = act.at.as_deref().and_then(at).ok_or(WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let before = booking::appointment(&access, &id).await?;
    let done = booking::move_to(&access, &id, act.version, &Place { schedule, start }, state.now()).await;
    let was = before.schedule.map(|schedule| (schedule, before.start));
    answer(&state, &signed, &id, &act, Did::Moved, done, was).await
}

/// Cancels it, with a reason.
pub(crate) async fn cancel(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(act): Filled<Act>,
) -> Result<Response, WebError> {
    let reason = act.reason.as_deref().and_then(CancelReason::parse).ok_or(WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let done = booking::cancel(&access, &id, act.version, reason, act.words.as_deref(), state.now()).await;
    answer(&state, &signed, &id, &act, Did::Cancelled, done, None).await
}

/// Notes that the patient did not come.
pub(crate) async fn no_show(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(act): Filled<Act>,
) -> Result<Response, WebError> {
    let done = booking::no_show(&state.access(&signed.caller), &id, act.version, state.now()).await;
    answer(&state, &signed, &id, &act, Did::NoShow, done, None).await
}

/// Takes a cancellation or 来院なし back.
pub(crate) async fn restore(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(act): Filled<Act>,
) -> Result<Response, WebError> {
    let done = booking::restore(&state.access(&signed.caller), &id, act.version, state.now()).await;
    answer(&state, &signed, &id, &act, Did::Restored, done, None).await
}

async fn answer(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    act: &Act,
    did: Did,
    done: Result<Appointment, BookingError>,
    was: Option<(Id, karute_japan::Timestamp)>,
) -> Result<Response, WebError> {
    let place = act.place(state)?;
    match done {
        Ok(made) => {
            state.tell(signed.caller.tenant);
            let there = BookPlace { before: was, ..place.after(did, id, made.start) };
            Ok(Redirect::to(&there.url()).into_response())
        }
        Err(error) => {
            let (status, title, words) = told(error)?;
            let place = place.select(Some(id));
            Ok((status, drawn(state, signed, &place, Some(alert(title, &[words]))).await?).into_response())
        }
    }
}
