//! What is pressed in the inbox.
use super::{In, Said, drawn, opened};
use crate::pages::letter::open;
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Named, Typed},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::inbox::{self, Import, Review, State as At};
use karute_chart::letter::{New, Place};
use karute_chart::patients;
use karute_chart::summary::face;
use karute_chart::view::VisitState;
use karute_fhir::Id;
use karute_ledger::Action;
use serde::Deserialize;

/// The form of a document: its version, what is ticked, what was done about critical values.
#[derive(Default)]
struct Form {
    seen: u32,
    chosen: Vec<usize>,
    done: Option<String>,
    new: String,
}

impl Form {
    fn read(pairs: &[(String, String)]) -> Result<Form, WebError> {
        let mut form = Form::default();
        let mut words = String::new();
        for (name, value) in pairs {
            match name.as_str() {
                "seen" => form.seen = value.parse().map_err(|_| WebError::BadRequest)?,
                "item" => {
                    for at in value.split(',') {
                        form.chosen.push(at.parse().map_err(|_| WebError::BadRequest)?);
                    }
                }
                "done" => form.done = Some(value.clone()),
                "words" => value.trim().clone_into(&mut words),
                "new" => form.new.clone_from(value),
                _ => {}
            }
        }
        // Own words go beside what was chosen.
        if !words.is_empty() {
            form.done = Some(form.done.map_or(words.clone(), |done| format!("{done}：{words}")));
        }
        Ok(form)
    }
}

type Pairs = Vec<(String, String)>;

/// Imports what is ticked and marks the document as reviewed.
pub(crate) async fn import(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(pairs): Filled<Pairs>,
) -> Result<Response, WebError> {
    let form = Form::read(&pairs)?;
    let author = signed.author()?;
    if !inbox::may_review(&author) {
        return Err(WebError::Forbidden);
    }
    let document = Box::pin(opened(&state, &signed, &id)).await?;
    let open = matches!(document.page.row.state, At::Unread | At::ToDo);
    let asked = Import {
        document: (&id, form.seen),
        items: &document.items,
        chosen: &form.chosen,
        author: &author,
        review: match form.done.as_deref() {
            _ if !open => Review::Later,
            Some(words) => Review::Done(words),
            None => Review::Now,
        },
        now: state.now(),
    };
    let done = Box::pin(inbox::import(&state.access(&signed.caller), asked)).await.map(drop);
    reviewed(&state, &signed, &id, done).await
}

/// Marks the document as reviewed and imports nothing.
pub(crate) async fn review(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(pairs): Filled<Pairs>,
) -> Result<Response, WebError> {
    let form = Form::read(&pairs)?;
    let author = signed.author()?;
    if !inbox::may_review(&author) {
        return Err(WebError::Forbidden);
    }
    let access = state.access(&signed.caller);
    let done = Box::pin(inbox::review(&access, (&id, form.seen), form.done.as_deref(), &author, state.now())).await;
    reviewed(&state, &signed, &id, done.map(drop)).await
}

async fn reviewed(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    done: Result<(), ChartError>,
) -> Result<Response, WebError> {
    state.kept().waiting_changed(signed.caller.tenant);
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/inbox?done={id}")).into_response()),
        Err(error) => again(state, signed, id, error, "何をしたかを選ぶか、書いてください").await,
    }
}

async fn again(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    error: ChartError,
    invalid: &str,
) -> Result<Response, WebError> {
    let (status, wrong) = match error {
        ChartError::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, invalid),
        ChartError::Conflict => {
            (StatusCode::CONFLICT, "表示したあとで、ほかの人が先に進めました。今の状態を確かめてください")
        }
        ChartError::Step => {
            (StatusCode::CONFLICT, "今の状態からはできない操作です。どの患者かが決まっているか、確かめてください")
        }
        ChartError::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, "一度に取り込める数を超えています"),
        ChartError::Merged(_) => {
            (StatusCode::CONFLICT, "選んだ患者の記録は、別の記録に統合されています。統合先を選んでください")
        }
        other => return Err(other.into()),
    };
    Box::pin(drawn(state, signed, &In::default(), Some(id), Said { wrong: Some(wrong), status, ..Said::default() }))
        .await
}

/// Whose a document is.
#[derive(Deserialize)]
pub(crate) struct Link {
    seen: u32,
    patient: String,
}

/// Says whose it is.
pub(crate) async fn link(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Link>,
) -> Result<Response, WebError> {
    let patient = Id::new(&form.patient).map_err(|_| WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let done = Box::pin(inbox::link(&access, (&id, form.seen), &patient, &signed.author()?, state.now())).await;
    state.kept().waiting_changed(signed.caller.tenant);
    match done {
        // Reception goes on with the next one; who reviews goes on with this one.
        Ok(_) if !signed.rights.notes => Ok(Redirect::to("/inbox?box=unmatched").into_response()),
        Ok(_) => Ok(Redirect::to(&format!("/inbox/{id}")).into_response()),
        Err(error) => again(&state, &signed, &id, error, "患者を選んでください").await,
    }
}

/// Looks for a patient who may be meant.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let found = patients::search(&state.access(&signed.caller), &typed.q, state.today()).await?;
    let wrong = found
        .hits
        .is_empty()
        .then_some("その言葉では見つかりません。読みの一部、患者番号、生年月日でもう一度お試しください");
    Box::pin(drawn(&state, &signed, &In::default(), Some(&id), Said { wrong, hits: found.hits, ..Said::default() }))
        .await
}

/// 返書を書く: opens a letter to who wrote.
pub(crate) async fn reply(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(pairs): Filled<Pairs>,
) -> Result<Response, WebError> {
    let form = Form::read(&pairs)?;
    let new = Id::new(&form.new).map_err(|_| WebError::BadRequest)?;
    let document = Box::pin(opened(&state, &signed, &id)).await?;
    let row = document.page.row;
    let patient = row.patient.clone().ok_or(WebError::Step)?;
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("返書を書く");
    let face = face(&reader, &patient, state.today()).await?;
    let face = reader.release(face).await?;
    let here = face.today.filter(|(_, state, _)| *state != VisitState::Finished).map(|(visit, ..)| visit);
    let (to, answers) = inbox::reply_to(&row);
    let place = Place { patient: &patient, visit: here.as_ref() };
    open::begin(&state, &signed, place, New::reply(new, to, answers)).await
}
