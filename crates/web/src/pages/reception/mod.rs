//! 受付一覧: who is in the building, how long, and what is next.

pub(crate) mod arrive;
pub(crate) mod board;
pub(crate) mod change;
mod live;
mod rows;
mod side;
pub(crate) mod slip;

pub(crate) use live::{List, Since, changes, until_changed};

use crate::components::frame::{Page, Place};
use crate::components::icon::{Icon, small};
use crate::components::notice::toast;
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Asked, Filled, Named},
    links::{self, ReceptionPlace, Tab},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::ToSpan as _;
use karute_chart::reception::{self, Card, Reception, Visit};
use karute_chart::view::{Encounter, VisitState};
use karute_chart::visit::{self, Arrival, Moved, Step};
use karute_eprescription::office::connection;
use karute_eprescription::precheck;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::Commit;
use maud::{Markup, html};
use serde::Deserialize;

/// What the address says.
#[derive(Deserialize)]
pub(crate) struct Ask {
    date: Option<String>,
    status: Option<String>,
    v: Option<String>,
}

/// Where we are, and the day shown.
fn place(ask: &Ask, today: Date) -> Result<(ReceptionPlace, Date), WebError> {
    let date = match ask.date.as_deref().filter(|d| !d.is_empty()) {
        Some(text) => Some(text.parse::<Date>().map_err(|_| WebError::BadRequest)?),
        None => None,
    };
    let visit = match ask.v.as_deref() {
        Some(text) => Some(Id::new(text).map_err(|_| WebError::BadRequest)?),
        None => None,
    };
    let date = date.filter(|d| *d != today);
    Ok((ReceptionPlace { date, tab: Tab::parse(ask.status.as_deref()), visit }, date.unwrap_or(today)))
}

/// The screen.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let today = state.today();
    let (mut place, date) = place(&ask, today)?;
    let (list, mark) = read(&state, &signed, date).await?;
    if place.visit.is_none() && place.tab == Tab::Inside {
        // The next patient to call stands ready.
        place.visit = list.in_state(VisitState::Waiting).next().map(|v| v.id.clone());
    }
    let body = body(&state, &signed, &list, &place, mark).await?;
    let header = header(&place, date, today, &signed);
    let page = Page { title: "受付", place: Place::Reception, header, class: "rc", body };
    Ok(page.draw(&signed.viewer()))
}

/// The list and the card alone.
pub(crate) async fn rows(
    State(state): State<WebState>,
    signed: Signed,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let (place, date) = place(&ask, state.today())?;
    let (list, mark) = read(&state, &signed, date).await?;
    body(&state, &signed, &list, &place, mark).await
}

async fn read(state: &WebState, signed: &Signed, date: Date) -> Result<(Reception, String), WebError> {
    let access = state.access(&signed.caller);
    // The mark first: what changes after it is seen by the next look.
    let mark = reception::change_mark(&access, date).await?;
    Ok((reception::today(&access, date, state.now()).await?, mark))
}

async fn body(
    state: &WebState,
    signed: &Signed,
    list: &Reception,
    place: &ReceptionPlace,
    mark: String,
) -> Result<Markup, WebError> {
    let selected: Option<&Visit> = place.visit.as_ref().and_then(|id| list.visit(id));
    let card: Option<Card> = match selected {
        Some(visit) if signed.rights.chart => {
            Some(reception::card(&state.access(&signed.caller), visit, list.date).await?)
        }
        _ => None,
    };
    let context = rows::Context {
        place,
        may_act: signed.rights.move_visits,
        clinical: signed.rights.chart,
        viewer: &signed.info.person,
        mark,
    };
    Ok(html! {
        (rows::list(list, &context))
        (side::side(list, selected.map(|v| (v, card.as_ref())), place, signed.rights))
    })
}

fn header(place: &ReceptionPlace, date: Date, today: Date, signed: &Signed) -> Markup {
    let step = |days: i64| date.checked_add(days.days()).ok().map(|d| place.on((d != today).then_some(d)).url());
    html! {
        header class="head" {
            h1 { "受付" }
            div class="head-date" {
                b { (format::heading(date)) }
                span class="t-12 t-mute" { (format::era_year(date)) "　" (signed.info.tenant_display) }
            }
            nav class="seg" aria-label="日付" {
                @if let Some(url) = step(-1) { a href=(url) aria-label="前の日" { (small(Icon::Left)) } }
                a href=(place.on(None).url()) aria-current=[place.date.is_none().then_some("date")] { "今日" }
                @if let Some(url) = step(1) { a href=(url) aria-label="次の日" { (small(Icon::Right)) } }
            }
            @if signed.rights.search { (super::search::field(false)) }
            @if signed.rights.move_visits && signed.rights.search {
                a class="btn btn-p" href="/reception/arrivals/new" data-key="n" data-dialog { (small(Icon::Plus)) "受付する " (crate::components::field::key("N")) }
            }
        }
    }
}

/// A step with a visit.
#[derive(Deserialize)]
pub(crate) struct StepForm {
    step: String,
    version: u32,
    open: Option<String>,
    date: Option<String>,
    status: Option<String>,
}

/// Takes it.
pub(crate) async fn step(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(form): Filled<StepForm>,
) -> Result<Response, WebError> {
    let step = Step::parse(&form.step).ok_or(WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let moved = visit::take(&access, &id, form.version, step, state.now()).await?;
    state.tell(signed.caller.tenant);
    if form.open.as_deref() == Some("chart")
        && signed.rights.chart
        && let Some(patient) = &moved.visit.patient
    {
        return Ok(Redirect::to(&links::patient(patient)).into_response());
    }
    let ask = Ask { date: form.date, status: form.status, v: None };
    // The row that was acted on stays selected while the tab still shows it.
    let (mut place, date) = place(&ask, state.today())?;
    place.visit = Some(id);
    if !fragment {
        return Ok(Redirect::to(&place.url()).into_response());
    }
    let (list, mark) = read(&state, &signed, date).await?;
    let shown = body(&state, &signed, &list, &place, mark).await?;
    Ok(html! { (shown) (undo(&list, &moved, step, &place)) }.into_response())
}

/// What was done, with the way back for ten seconds (SAFE-09).
fn undo(list: &Reception, moved: &Moved, step: Step, place: &ReceptionPlace) -> Markup {
    let Some(visit) = list.visit(&moved.visit.id) else { return html! {} };
    let words = format!("{}さん：{}", visit.person.name, step.done());
    let back = visit::undo_of(moved.before, step).map(|back| {
        let words = html! { (small(Icon::Undo)) "元に戻す" };
        rows::step_form(visit, back, "btn btn-sm", place, &words)
    });
    html! { div class="toasts" id="done" { (toast(&words, back)) } }
}

fn back(place: &ReceptionPlace, fragment: bool) -> Response {
    let url = if fragment { place.rows() } else { place.url() };
    Redirect::to(&url).into_response()
}

/// Somebody arrives: with an appointment, or a patient found by the search.
#[derive(Deserialize)]
pub(crate) struct ArrivalForm {
    appointment: Option<String>,
    version: Option<u32>,
    patient: Option<String>,
    kind: Option<String>,
    reason: Option<String>,
    slip: Option<String>,
    status: Option<String>,
}

/// Receives somebody; where the clinic prescribes electronically, the service is told in the same commit.
pub(crate) async fn receive(state: &WebState, signed: &Signed, arrival: Arrival) -> Result<Encounter, WebError> {
    let access = state.access(&signed.caller);
    // A damaged setting keeps nobody at the desk.
    let prescribes = match connection(&access).await {
        Ok(connection) => connection.is_some(),
        Err(error) => {
            tracing::warn!(%error, "no pre-processing of the duplicate check");
            false
        }
    };
    let (visit, now) = (state.new_id()?, state.now());
    let ahead = |commit: &mut Commit| {
        if prescribes {
            precheck::begin(commit, &visit, now);
        }
    };
    let made = visit::accept_with(&access, arrival, visit.clone(), state.today(), now, &ahead).await?;
    state.tell(signed.caller.tenant);
    Ok(made)
}

/// 受付する
pub(crate) async fn arrive(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Filled(form): Filled<ArrivalForm>,
) -> Result<Response, WebError> {
    let id = |text: &str| Id::new(text).map_err(|_| WebError::BadRequest);
    let arrival = match (&form.appointment, form.version, &form.patient) {
        (Some(appointment), Some(seen), None) => Arrival::Booked { appointment: id(appointment)?, seen },
        (None, _, Some(patient)) => {
            Arrival::WalkIn { patient: id(patient)?, kind: form.kind.clone(), reason: form.reason.clone() }
        }
        _ => return Err(WebError::BadRequest),
    };
    let made = receive(&state, &signed, arrival).await?;
    if form.slip.as_deref() == Some("1") {
        return Ok(Redirect::to(&links::slip(&made.id)).into_response());
    }
    let tab = Tab::parse(form.status.as_deref());
    let place = ReceptionPlace { date: None, tab, visit: Some(made.id) };
    if !fragment {
        return Ok(back(&place, false));
    }
    change::answer(&state, &signed, true, &place, "受付しました", |visit| {
        Some(change::back(visit, "cancel", &place, &[("reason", "受付した直後に元に戻した")]))
    })
    .await
}
