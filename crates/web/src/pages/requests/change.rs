//! Asking, taking back.
use super::{Told, drawn};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
};
use crate::{
    WebState,
    error::WebError,
    format::half_width,
    guard::Signed,
    input::{Filled, OfVisit},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::check::Amount;
use karute_chart::request::{self, NewRequest, Place, Request, Venue, When};
use karute_chart::sets;
use karute_fhir::Id;
use karute_japan::Date;
use karute_terminology::search::OWN_SET;
use maud::html;
use serde::Deserialize;

/// What was pressed or chosen, with when and where.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    when: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    venue: String,
    urgent: Option<String>,
    set: Option<String>,
    repeat: Option<String>,
    #[serde(default)]
    system: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    display: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    unit: String,
    route: Option<String>,
    site: Option<String>,
    note: Option<String>,
    back: Option<String>,
}

const NO_DAY: Told = Told::Wrong("日付を選んでください", "「日を決める」のときは、今日から後の日付を入れます。");
const NO_AMOUNT: Told = Told::Wrong("用量を数字で入れてください", "例 1、0.5。単位は隣の欄に入れます。");
const NOT_HERE: Told =
    Told::Wrong("ここでは出せないものです", "内服・外用の薬は処方の欄から、初診料などは会計で算定します。");
const OVER: Told =
    Told::Wrong("この受診は終わっています", "新しい受診で出すか、受付で診察に戻してから出してください。");
const CHANGED: Told = Told::Wrong("ほかの端末で先に変わりました", "何も変えていません。下の一覧は今の状態です。");
const DONE: Told =
    Told::Wrong("今の状態からはできません", "すでに実施されたか、取り消されています。下の一覧は今の状態です。");
const MANY: Told = Told::Wrong("一度に多すぎます", "60項目までに分けて出してください。");

impl Wanted {
    fn when(&self, today: Date) -> Result<When, Told> {
        match self.when.as_str() {
            "today" => Ok(When::On(today)),
            "day" => self.day.parse().ok().filter(|day| *day >= today).map(When::On).ok_or(NO_DAY),
            _ => Ok(When::NextVisit),
        }
    }
    /// What the form says of every item.
    fn dressed(&self, mut item: NewRequest, set: Option<&str>, note: Option<&str>) -> NewRequest {
        item.venue = Venue::parse(&self.venue).unwrap_or(Venue::InHouse);
        item.urgent = self.urgent.is_some();
        item.set = set.map(str::to_owned);
        item.note = note.map(str::to_owned);
        item
    }
    fn chosen(&self, when: When) -> Result<NewRequest, Told> {
        let item = NewRequest::coded(&self.system, &self.code, &self.display, when).ok_or(NOT_HERE)?;
        let mut item = self.dressed(item, None, self.note.as_deref());
        if !self.amount.trim().is_empty() {
            item.amount = Some(Amount::new(&half_width(&self.amount), &self.unit).ok_or(NO_AMOUNT)?);
        }
        item.route.clone_from(&self.route);
        item.site.clone_from(&self.site);
        Ok(item)
    }
}

/// Asks for a set, for the same as last time, or for what was chosen.
pub(crate) async fn add(
    State(state): State<WebState>,
    signed: Signed,
    at: OfVisit,
    Filled(wanted): Filled<Wanted>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let place = Place { patient: &at.patient, visit: &at.visit };
    let author = signed.author()?;
    let when = match wanted.when(state.today()) {
        Ok(when) => when,
        Err(told) => return refused(&state, &signed, &at, told).await,
    };
    let mut ids = Vec::with_capacity(request::MOST_AT_ONCE);
    for _ in 0..request::MOST_AT_ONCE {
        ids.push(state.new_id()?);
    }
    let id = |text: &str| Id::new(text).map_err(|_| WebError::BadRequest);
    let masters = state.masters();
    let (system, code) = match wanted.set.as_deref().filter(|set| !set.is_empty()) {
        Some(set) => (OWN_SET, set),
        None => (wanted.system.as_str(), wanted.code.as_str()),
    };
    let made = if let Some(before) = wanted.repeat.as_deref().filter(|r| !r.is_empty()) {
        request::repeat(&access, place, &id(before)?, when, &author, &ids, state.now()).await
    } else if let Some((title, items)) = sets::behind(&access, &masters, system, code).await? {
        let items = items.iter().filter_map(|i| {
            let item = NewRequest::coded(&i.system, &i.code, &i.display, when)?;
            Some(wanted.dressed(item, Some(&title), i.note.as_deref()))
        });
        let items: Vec<NewRequest> = items.collect();
        request::add(&access, place, &items, &author, &ids, state.now()).await
    } else {
        match wanted.chosen(when) {
            Ok(item) => request::add(&access, place, &[item], &author, &ids, state.now()).await,
            Err(told) => return refused(&state, &signed, &at, told).await,
        }
    };
    let made = match made {
        Ok(made) => made,
        Err(error) => return failed(&state, &signed, &at, error).await,
    };
    if wanted.back.as_deref() == Some("chart") {
        return Ok(Redirect::to(&links::patient(&at.patient)).into_response());
    }
    let told = match made.as_slice() {
        [] => Told::Done("すでに出ているため、加えたものはありません".to_owned(), None),
        [one] => Told::Done(format!("{} を加えました", half_width(&one.asked.display)), Some(take_back(&at, one))),
        many => Told::Done(format!("{}項目を加えました", many.len()), None),
    };
    Ok(drawn(&state, &signed, &at, &told, None).await?.into_response())
}

fn take_back(at: &OfVisit, request: &Request) -> maud::Markup {
    html! {
        form method="post" action=(links::request_act(&at.patient, &at.visit, &request.id, "remove")) {
            (hidden("seen", &request.version.to_string()))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    }
}

/// The version that was seen.
#[derive(Deserialize)]
pub(crate) struct Seen {
    seen: u32,
}

/// Takes one back, with the way back.
pub(crate) async fn remove(
    State(state): State<WebState>,
    signed: Signed,
    at: OfVisit,
    Filled(form): Filled<Seen>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let id = at.thing.clone().ok_or(WebError::NotFound)?;
    let place = Place { patient: &at.patient, visit: &at.visit };
    match request::remove(&access, place, &id, form.seen).await {
        Ok(gone) => {
            let undo = html! {
                form method="post" action=(links::request_act(&at.patient, &at.visit, &gone.id, "restore")) {
                    (hidden("seen", &gone.version.to_string()))
                    button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
                }
            };
            let told = Told::Done(format!("{} を外しました", half_width(&gone.asked.display)), Some(undo));
            Ok(drawn(&state, &signed, &at, &told, None).await?.into_response())
        }
        Err(error) => failed(&state, &signed, &at, error).await,
    }
}

/// Brings it back.
pub(crate) async fn restore(
    State(state): State<WebState>,
    signed: Signed,
    at: OfVisit,
    Filled(form): Filled<Seen>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let id = at.thing.clone().ok_or(WebError::NotFound)?;
    let place = Place { patient: &at.patient, visit: &at.visit };
    match request::restore(&access, place, &id, form.seen, &signed.author()?, state.now()).await {
        Ok(back) => {
            let told = Told::Done(format!("{} を戻しました", half_width(&back.asked.display)), None);
            Ok(drawn(&state, &signed, &at, &told, None).await?.into_response())
        }
        Err(error) => failed(&state, &signed, &at, error).await,
    }
}

async fn refused(state: &WebState, signed: &Signed, at: &OfVisit, told: Told) -> Result<Response, WebError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(state, signed, at, &told, None).await?).into_response())
}

async fn failed(state: &WebState, signed: &Signed, at: &OfVisit, error: ChartError) -> Result<Response, WebError> {
    let (status, told) = match error {
        ChartError::Conflict => (StatusCode::CONFLICT, CHANGED),
        ChartError::Step if at.thing.is_none() => (StatusCode::CONFLICT, OVER),
        ChartError::Step => (StatusCode::CONFLICT, DONE),
        ChartError::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, MANY),
        ChartError::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, NOT_HERE),
        other => return Err(other.into()),
    };
    Ok((status, drawn(state, signed, at, &told, None).await?).into_response())
}
