//! Asking, changing, taking back. A script that stands on the chart is answered by the chart, whose column it puts in place;
//! a page is answered by the page.
use super::form::{Field, Refused, Wanted};
use super::{Said, Told, drawn};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
};
use crate::{
    error::WebError,
    format::half_width,
    here::Here,
    input::{Filled, Visited},
    links,
    pages::patient,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::request::{self, MOST_AT_ONCE, NewRequest, Place, Request, When};
use karute_chart::sets;
use karute_fhir::Id;
use karute_terminology::search::OWN_SET;
use maud::{Markup, html};
use serde::Deserialize;

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

impl Here {
    fn place(&self) -> Place<'_> {
        Place { patient: &self.at.patient, visit: &self.at.visit }
    }

    async fn answer(&self, status: StatusCode, said: Said) -> Result<Response, WebError> {
        let page = if self.fragment.0 {
            let at = Visited { patient: self.at.patient.clone(), visit: self.at.visit.clone() };
            patient::with_orders(&self.state, &self.signed, &at, &said).await?
        } else {
            drawn(&self.state, &self.signed, &self.at, &said, None).await?
        };
        Ok((status, page).into_response())
    }

    async fn done(&self, words: String, undo: Option<Markup>) -> Result<Response, WebError> {
        // The list of work of other desks follows.
        self.state.tell(self.signed.caller.tenant);
        self.answer(StatusCode::OK, Said { told: Told::Done(words, undo), refused: None }).await
    }

    /// A field is wrong: the form comes back as it was filled in.
    async fn wrong(&self, field: Field, typed: Wanted) -> Result<Response, WebError> {
        let told = match field {
            Field::Day => NO_DAY,
            Field::Amount => NO_AMOUNT,
        };
        let refused = Refused { typed, field: Some(field), of: self.at.thing.clone() };
        self.answer(StatusCode::UNPROCESSABLE_ENTITY, Said { told, refused: Some(refused) }).await
    }

    async fn failed(&self, error: ChartError, typed: Option<Wanted>) -> Result<Response, WebError> {
        let (status, told) = match error {
            ChartError::Conflict => (StatusCode::CONFLICT, CHANGED),
            ChartError::Step if self.at.thing.is_none() => (StatusCode::CONFLICT, OVER),
            ChartError::Step => (StatusCode::CONFLICT, DONE),
            ChartError::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, MANY),
            ChartError::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, NOT_HERE),
            other => return Err(other.into()),
        };
        // What cannot be asked for here is not offered again.
        let typed = typed.map(|typed| match error {
            ChartError::Invalid => Wanted { system: String::new(), code: String::new(), ..typed },
            _ => typed,
        });
        let refused = typed.map(|typed| Refused { typed, field: None, of: self.at.thing.clone() });
        self.answer(status, Said { told, refused }).await
    }

    /// The form that takes an act back; on the chart its script sends it.
    fn undo(&self, action: &str, hidden: &Markup) -> Markup {
        html! {
            form method="post" action=(action) data-orders[self.fragment.0] {
                (hidden)
                button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
            }
        }
    }
}

/// Asks for a set, for the same as last time, or for what was chosen.
pub(crate) async fn add(here: Here, Filled(wanted): Filled<Wanted>) -> Result<Response, WebError> {
    let when = match wanted.when(here.state.today()) {
        Ok(when) => when,
        Err(field) => return here.wrong(field, wanted).await,
    };
    let made = match asked(&here, &wanted, when).await? {
        Ok(made) => made,
        Err(Refusal::Field(field)) => return here.wrong(field, wanted).await,
        Err(Refusal::Chart(error)) => return here.failed(error, Some(wanted)).await,
    };
    if !here.fragment.0 && wanted.back.as_deref() == Some("chart") {
        return Ok(Redirect::to(&links::patient(&here.at.patient)).into_response());
    }
    let words = match made.as_slice() {
        [] => return here.done("すでに出ているため、加えたものはありません".to_owned(), None).await,
        [one] => format!("{} を加えました", half_width(&one.asked.display)),
        many => format!("{}項目を加えました", many.len()),
    };
    let seen = made.iter().map(|r| format!("{}:{}", r.id, r.version)).collect::<Vec<_>>().join(",");
    let action = links::of_visit(&here.at.patient, &here.at.visit, "requests/undo");
    let undo = here.undo(&action, &hidden("made", &seen));
    here.done(words, Some(undo)).await
}

/// Why nothing was asked for.
enum Refusal {
    Field(Field),
    Chart(ChartError),
}

async fn asked(here: &Here, wanted: &Wanted, when: When) -> Result<Result<Vec<Request>, Refusal>, WebError> {
    let (state, access) = (&here.state, here.state.access(&here.signed.caller));
    let author = here.signed.author()?;
    let mut ids = Vec::with_capacity(MOST_AT_ONCE);
    for _ in 0..MOST_AT_ONCE {
        ids.push(state.new_id()?);
    }
    let masters = state.masters();
    let (system, code) = match wanted.set.as_deref().filter(|set| !set.is_empty()) {
        Some(set) => (OWN_SET, set),
        None => (wanted.system.as_str(), wanted.code.as_str()),
    };
    let made = if let Some(before) = wanted.repeat.as_deref().filter(|r| !r.is_empty()) {
        let before = Id::new(before).map_err(|_| WebError::BadRequest)?;
        request::repeat(&access, here.place(), &before, when, &author, &ids, state.now()).await
    } else if let Some((title, items)) = sets::behind(&access, &masters, &author.person, system, code).await? {
        let items = items.iter().filter_map(|i| {
            let item = NewRequest::coded(&i.system, &i.code, &i.display, when)?;
            Some(wanted.dressed(item, Some(&title), i.note.as_deref()))
        });
        let items: Vec<NewRequest> = items.collect();
        request::add(&access, here.place(), &items, &author, &ids, state.now()).await
    } else {
        match wanted.chosen(when) {
            Ok(Some(item)) => request::add(&access, here.place(), &[item], &author, &ids, state.now()).await,
            Ok(None) => Err(ChartError::Invalid),
            Err(field) => return Ok(Err(Refusal::Field(field))),
        }
    };
    Ok(made.map_err(Refusal::Chart))
}

/// What one press asked for: `id:version,…`.
#[derive(Deserialize)]
pub(crate) struct Made {
    made: String,
}

/// Takes back what one press asked for.
pub(crate) async fn undo(here: Here, Filled(form): Filled<Made>) -> Result<Response, WebError> {
    let one = |part: &str| {
        let (id, version) = part.split_once(':').ok_or(WebError::BadRequest)?;
        Ok((Id::new(id).map_err(|_| WebError::BadRequest)?, version.parse().map_err(|_| WebError::BadRequest)?))
    };
    let seen = form.made.split(',').take(MOST_AT_ONCE).map(one).collect::<Result<Vec<(Id, u32)>, WebError>>()?;
    let (access, author) = (here.state.access(&here.signed.caller), here.signed.author()?);
    match request::remove_all(&access, here.place(), &seen, &author, here.state.now()).await {
        Ok(count) => here.done(format!("{count}項目を元に戻しました"), None).await,
        Err(error) => here.failed(error, None).await,
    }
}

/// Says something else of a request.
pub(crate) async fn alter(here: Here, Filled(wanted): Filled<Wanted>) -> Result<Response, WebError> {
    let id = here.at.thing.clone().ok_or(WebError::NotFound)?;
    let details = match wanted.details() {
        Ok(details) => details,
        Err(field) => return here.wrong(field, wanted).await,
    };
    let (access, author) = (here.state.access(&here.signed.caller), here.signed.author()?);
    match request::alter(&access, here.place(), (&id, wanted.seen), &details, &author, here.state.now()).await {
        Ok(now) => here.done(format!("{} を変えました", half_width(&now.asked.display)), None).await,
        Err(error) => here.failed(error, None).await,
    }
}

/// The version that was seen.
#[derive(Deserialize)]
pub(crate) struct Seen {
    seen: u32,
}

/// Takes one back, with the way back.
pub(crate) async fn remove(here: Here, Filled(form): Filled<Seen>) -> Result<Response, WebError> {
    let id = here.at.thing.clone().ok_or(WebError::NotFound)?;
    let (access, author) = (here.state.access(&here.signed.caller), here.signed.author()?);
    match request::remove(&access, here.place(), &id, form.seen, &author, here.state.now()).await {
        Ok(gone) => {
            let action = links::request_act(&here.at.patient, &here.at.visit, &gone.id, "restore");
            let undo = here.undo(&action, &hidden("seen", &gone.version.to_string()));
            here.done(format!("{} を外しました", half_width(&gone.asked.display)), Some(undo)).await
        }
        Err(error) => here.failed(error, None).await,
    }
}

/// Brings it back.
pub(crate) async fn restore(here: Here, Filled(form): Filled<Seen>) -> Result<Response, WebError> {
    let id = here.at.thing.clone().ok_or(WebError::NotFound)?;
    let access = here.state.access(&here.signed.caller);
    match request::restore(&access, here.place(), &id, form.seen, &here.signed.author()?, here.state.now()).await {
        Ok(back) => here.done(format!("{} を戻しました", half_width(&back.asked.display)), None).await,
        Err(error) => here.failed(error, None).await,
    }
}
