//! The prescription of a visit: the third column of the chart, and a page of its own that works without script.

mod change;
mod edit;
pub(crate) mod pane;

pub(crate) use change::{
    Answered, add, answer, apply_set, change_days, change_dose, change_line, edit_line, move_line, remove, repeat,
    stop, undo,
};
pub(crate) use pane::pane;

use crate::components::{
    banner::banner,
    frame::{Page, Place},
    terms::ROWS,
};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    habits,
    input::{Filled, OfVisit, Typed},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use edit::Open;
use karute_chart::check::{Finding, Level};
use karute_chart::prescription::{self, Entry, LeftOut, Naming, Sheet, Step};
use karute_chart::sets::{self, OrderSet};
use karute_chart::summary::{self, Depth};
use karute_chart::view::Person;
use karute_fhir::Id;
use karute_identity::Capability;
use karute_japan::Date;
use karute_ledger::{Action, Reader};
use karute_terminology::{Answer, Domain, Group, Item};
use maud::html;

/// What the column shows.
pub(crate) struct OrderPane {
    sheet: Sheet,
    findings: Vec<Finding>,
    /// Sets that hold drugs.
    sets: Vec<OrderSet>,
    today: Date,
    /// Whether it can be written, by this person and in this visit.
    may: bool,
    /// Whether this person may print it.
    prints: bool,
    /// Id under which the next press appears: pressed twice it happens once (SAFE-14).
    intent: Id,
    /// Who is asked about once more before a stop is overridden; read only where there is one.
    person: Option<Person>,
    /// The answer to a finding as it was given and not taken: its key and words.
    answering: Option<(String, String)>,
    told: Told,
    open: Option<Open>,
    /// What was typed and found, without script.
    found: Option<(String, Option<Answer>)>,
}

impl OrderPane {
    /// Patient and visit.
    pub(crate) fn place(&self) -> (&Id, &Id) {
        (&self.sheet.patient, &self.sheet.visit)
    }
}

/// What was just done.
pub(crate) enum Told {
    /// Nothing.
    Nothing,
    /// An act that can be taken back.
    Done(String, Vec<Step>, Vec<LeftOut>),
    /// An act that did not happen, and why.
    Wrong(&'static str, &'static str),
}

const OVERTAKEN: Told = Told::Wrong(
    "ほかの端末で先に変わりました",
    "何も変えていません。今の内容を確かめてから、もう一度操作してください。",
);
const OVER: Told =
    Told::Wrong("この受診の処方は変えられません", "会計へ進んだか終わった受診です。変えるときは診察に戻してください。");
const FULL: Told = Told::Wrong("これ以上は加えられません", "一つの受診に書ける薬は 40 までです。");

/// Reads it as a part of what a page reads.
pub(crate) async fn read(
    reader: &Reader,
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    visit: &Id,
) -> Result<OrderPane, WebError> {
    let today = state.today();
    let sheet = Sheet::read(reader, patient, visit).await?;
    let findings = prescription::review(reader, &sheet, today).await?;
    let may = sheet.is_open && signed.caller.may(Capability::Order);
    let prints = signed.rights.prints;
    let mut sets = if may { sets::in_use(reader, &signed.author()?.person).await? } else { Vec::new() };
    sets.retain(|set| set.items.iter().any(prescription::is_drug));
    let stops = may && findings.iter().any(|f| f.is_open() && f.level == Level::Stop);
    let person = if stops { Some(summary::person(reader, patient).await?) } else { None };
    Ok(OrderPane {
        sheet,
        findings,
        sets,
        today,
        may,
        prints,
        intent: state.new_id()?,
        person,
        answering: None,
        told: Told::Nothing,
        open: None,
        found: None,
    })
}

/// The page; for a script its column alone.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    at: OfVisit,
) -> Result<Response, WebError> {
    drawn(&state, &signed, &at, fragment, StatusCode::OK, |_| {}).await
}

/// Searches the drug of a typed line. For a script the list alone, with what was understood of the rest.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    at: OfVisit,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let entry = prescription::entry(&typed.q);
    let mut answer = habits::find(&state, &signed, Domain::Drug, &entry.drug, Some(&at.patient), ROWS).await?;
    if let Some(answer) = &mut answer {
        fitting_first(&state, &entry, answer);
    }
    if fragment.0 {
        return Ok(pane::candidates(&entry, answer.as_ref()).into_response());
    }
    let found = Some((typed.q, answer));
    drawn(&state, &signed, &at, fragment, StatusCode::OK, move |pane| pane.found = found).await
}

/// A drug of another unit than the one written is never the default of Enter, and stands behind those that fit.
fn fitting_first(state: &WebState, entry: &Entry, answer: &mut Answer) {
    if entry.written.unit().is_none() {
        return;
    }
    let (masters, today) = (state.masters(), state.today());
    let fits = |line: &Item| {
        let code = line.nhi_code().unwrap_or(&line.code);
        let unit = prescription::choice(&masters, code, today, Naming::Product).map(|choice| choice.unit);
        unit.is_none_or(|unit| entry.written.fits(&unit))
    };
    let (mut fitting, mut others): (Vec<Item>, Vec<Item>) = answer.items.drain(..).partition(|line| fits(line));
    for other in &mut others {
        other.selectable_by_enter = false;
        other.detail = format!("単位が違います　{}", other.detail);
        if other.group != Group::LookAlike {
            other.group = Group::Other;
        }
    }
    // What fits best is what was typed from its beginning; a dangerous look-alike stays out (SRCH-13).
    if let Some(first) = fitting.first_mut() {
        let from_beginning = first.matched.first().is_some_and(|range| range.start == 0);
        first.selectable_by_enter |= from_beginning && !first.high_risk && first.group != Group::LookAlike;
    }
    answer.items = fitting.into_iter().chain(others).collect();
}

/// Draws the column as it is now, `with` what is to be told.
async fn drawn(
    state: &WebState,
    signed: &Signed,
    at: &OfVisit,
    fragment: Fragment,
    status: StatusCode,
    with: impl FnOnce(&mut OrderPane),
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("処方");
    let column = read(&reader, state, signed, &at.patient, &at.visit).await?;
    let mut column = reader.release(column).await?;
    with(&mut column);
    if fragment.0 {
        return Ok((status, pane(&column, &html! {}, &html! {})).into_response());
    }
    let summary = summary::summary(&access, &at.patient, state.today(), Depth::Outline).await?;
    let aside = html! { div class="row pt-here" { a class="btn" href=(links::patient(&at.patient)) { "カルテへ" } } };
    let header = banner(&summary.person, &summary.insurance, &summary.allergy, summary.date, &aside);
    let body = html! { h1 class="vh" { "処方" } (pane(&column, &html! {}, &html! {})) };
    let page = Page { title: "処方", place: Place::Patient, header, class: "pane od-page", body };
    Ok((status, page.draw(&signed.viewer())).into_response())
}
