//! Changing a visit at the desk without moving it on: its place in the order, its tags, doctor and room; cancelling the
//! arrival. Each answers with the list as it is then, and with the way back.
use super::{Ask, body, place, read, rows};
use crate::components::{
    banner,
    field::hidden,
    frame::{Page, Place, head},
    icon::{Icon, small},
    notice::{Severity, alert, notice, toast},
};
use crate::links::{self, ReceptionPlace, Tab};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Filled, Named},
};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karute_chart::ChartError;
use karute_chart::reception::{self, Visit};
use karute_chart::view::{Tag, VisitState};
use karute_chart::visit::{self, Shift};
use karute_fhir::Id;
use maud::{Markup, html};
use serde::Deserialize;

/// Longest reason, in characters.
const REASON: usize = 200;

/// The page (a dialog with script): order, doctor and room, cancelling.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, fragment, &id, None).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    fragment: bool,
    id: &Id,
    problem: Option<&'static str>,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let list = reception::today(&access, state.today(), state.now()).await?;
    let visit = list.visit(id).ok_or(WebError::NotFound)?;
    let doctors = reception::doctors(&access).await?;
    let inner = content(visit, state, &doctors, problem);
    if fragment {
        return Ok(inner);
    }
    let header = head("受付の変更", &html! { a class="btn end" href="/reception" { "受付一覧へ" } });
    let body = html! { section class="panel pn-card" { (inner) } };
    Ok(Page { title: "受付の変更", place: Place::Reception, header, class: "pane scroll", body }.draw(&signed.viewer()))
}

fn content(visit: &Visit, state: &WebState, doctors: &[(Id, String)], problem: Option<&'static str>) -> Markup {
    let person = &visit.person;
    let version = visit.version.to_string();
    let form = |what: &str| links::reception_visit(&visit.id, what);
    html! {
        h2 { "受付の変更" }
        div class="who" {
            b { (person.name) }
            span class="t-13" { (person.kana.as_deref().unwrap_or_default()) "　" (person.sex.word()) " " (format::age(person, state.today())) "　" (banner::born(person)) "　患者番号 " (person.number.as_deref().unwrap_or("なし")) @if let Some(number) = visit.queue_number { "　No." (number) } }
        }
        form method="post" action=(form("order")) class="stack" data-act {
            h3 class="sec-t" { "順番を変える（" (visit.state.word()) "の中で）" }
            (hidden("version", &version))
            div class="fld" { label for="order-reason" { "理由（なくてもよい）" } input id="order-reason" name="reason" maxlength=(REASON) autocomplete="off"; }
            div class="row row-w" {
                @for shift in Shift::ALL { button type="submit" class="btn" name="shift" value=(shift.code()) { (shift.word()) } }
            }
        }
        form method="post" action=(form("assign")) class="stack" data-act {
            h3 class="sec-t" { "担当・部屋" }
            (hidden("version", &version))
            div class="row row-w ar-f" {
                div class="fld" {
                    label for="assign-doctor" { "担当医" }
                    select id="assign-doctor" name="doctor" class="sel" {
                        option value="" { "決めない" }
                        @for (id, name) in doctors { option value=(id) selected[visit.doctor.as_ref() == Some(id)] { (name) } }
                    }
                }
                div class="fld" { label for="assign-room" { "部屋" } input id="assign-room" name="room" maxlength="20" autocomplete="off" value=(visit.room.as_deref().unwrap_or_default()) placeholder="例 診察室1"; }
                button type="submit" class="btn" { "決める" }
            }
        }
        @if visit.state == VisitState::Waiting {
            form method="post" action=(form("cancel")) class="stack" data-act {
                h3 class="sec-t" { "受付を取り消す" }
                (hidden("version", &version))
                div class="fld" {
                    label for="cancel-reason" { "理由（記録に残ります）" }
                    input id="cancel-reason" name="reason" maxlength=(REASON) autocomplete="off" required placeholder="例 受付のまちがい、診察前に帰宅"
                        aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem.map(|_| "cancel-error")] autofocus[problem.is_some()];
                    @if let Some(problem) = problem { p class="t-13 t-danger" id="cancel-error" { (problem) } }
                }
                div { button type="submit" class="btn" { (person.name) "さんの受付を取り消す" } }
            }
        } @else {
            (notice(Severity::Info, "受付の取り消しは診察待ちの間だけできます", &["呼び出した後は、診察待ちに戻してから取り消してください。"]))
        }
    }
}

/// Where to come back to, in every form of this page.
#[derive(Deserialize)]
pub(crate) struct Here {
    version: u32,
    date: Option<String>,
    status: Option<String>,
}

impl Here {
    fn place(&self, id: &Id, state: &WebState) -> Result<ReceptionPlace, WebError> {
        let ask = Ask { date: self.date.clone(), status: self.status.clone(), v: None };
        let (mut place, _) = place(&ask, state.today())?;
        place.visit = Some(id.clone());
        Ok(place)
    }
}

/// The list after a change, with words and the way back; for a browser without script the screen itself.
pub(super) async fn answer(
    state: &WebState,
    signed: &Signed,
    fragment: bool,
    place: &ReceptionPlace,
    words: &str,
    undo: impl FnOnce(&Visit) -> Option<Markup>,
) -> Result<Response, WebError> {
    state.tell(signed.caller.tenant);
    if !fragment {
        return Ok(Redirect::to(&place.url()).into_response());
    }
    let date = place.date.unwrap_or_else(|| state.today());
    let (list, mark) = read(state, signed, date).await?;
    let shown = body(state, signed, &list, place, mark).await?;
    let visit = place.visit.as_ref().and_then(|id| list.visit(id));
    let said = visit.map(|v| (format!("{}さん：{words}", v.person.name), undo(v)));
    Ok(html! {
        (shown)
        @if let Some((words, undo)) = said { div class="toasts" id="done" { (toast(&words, undo)) } }
    }
    .into_response())
}

/// A form that takes the change back.
pub(super) fn back(visit: &Visit, what: &str, place: &ReceptionPlace, more: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(links::reception_visit(&visit.id, what)) data-act {
            (hidden("version", &visit.version.to_string()))
            @for (name, value) in more { (hidden(name, value)) }
            (rows::here(place))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct OrderForm {
    #[serde(flatten)]
    here: Flat,
    shift: String,
    reason: Option<String>,
}

/// [`Here`] inside another form: what is flattened arrives as text.
#[derive(Deserialize)]
struct Flat {
    version: String,
    date: Option<String>,
    status: Option<String>,
}

impl Flat {
    fn here(self) -> Result<Here, WebError> {
        let version = self.version.parse().map_err(|_| WebError::BadRequest)?;
        Ok(Here { version, date: self.date, status: self.status })
    }
}

/// 順番を変える
pub(crate) async fn order(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(form): Filled<OrderForm>,
) -> Result<Response, WebError> {
    let shift = Shift::parse(&form.shift).ok_or(WebError::BadRequest)?;
    let here = form.here.here()?;
    let place = here.place(&id, &state)?;
    let access = state.access(&signed.caller);
    visit::reorder(&access, &id, here.version, shift, form.reason.as_deref(), state.now()).await?;
    let words = format!("順番を{}動かしました", shift.word());
    answer(&state, &signed, fragment, &place, &words, |v| {
        shift.back().map(|back_| back(v, "order", &place, &[("shift", back_.code())]))
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct TagForm {
    #[serde(flatten)]
    here: Flat,
    tag: String,
    on: String,
}

/// A tag on or off.
pub(crate) async fn tag(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(form): Filled<TagForm>,
) -> Result<Response, WebError> {
    let tag = Tag::from_code(&form.tag).ok_or(WebError::BadRequest)?;
    let on = form.on == "1";
    let here = form.here.here()?;
    let place = here.place(&id, &state)?;
    visit::set_tag(&state.access(&signed.caller), &id, here.version, tag, on, state.now()).await?;
    let words = format!("「{}」を{}", tag.word(), if on { "つけました" } else { "外しました" });
    answer(&state, &signed, fragment, &place, &words, |v| {
        Some(back(v, "tag", &place, &[("tag", tag.code()), ("on", if on { "0" } else { "1" })]))
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct AssignForm {
    #[serde(flatten)]
    here: Flat,
    doctor: Option<String>,
    room: Option<String>,
}

/// Doctor and room.
pub(crate) async fn assign(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(form): Filled<AssignForm>,
) -> Result<Response, WebError> {
    let here = form.here.here()?;
    let place = here.place(&id, &state)?;
    let access = state.access(&signed.caller);
    let wanted = form.doctor.filter(|d| !d.is_empty());
    let doctor = match &wanted {
        Some(wanted) => {
            let all = reception::doctors(&access).await?;
            Some(all.into_iter().find(|(id, _)| id.as_str() == wanted).ok_or(WebError::BadRequest)?)
        }
        None => None,
    };
    let before = reception::today(&access, state.today(), state.now()).await?;
    let named = doctor.as_ref().map(|(id, name)| (id, name.as_str()));
    visit::assign(&access, &id, here.version, named, form.room.as_deref(), state.now()).await?;
    answer(&state, &signed, fragment, &place, "担当・部屋を決めました", |v| {
        let was = before.visit(&id)?;
        let (doctor, room) = (was.doctor.as_ref().map_or("", Id::as_str), was.room.as_deref().unwrap_or_default());
        Some(back(v, "assign", &place, &[("doctor", doctor), ("room", room)]))
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct CancelForm {
    #[serde(flatten)]
    here: Flat,
    reason: Option<String>,
}

/// 受付を取り消す
pub(crate) async fn cancel(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(form): Filled<CancelForm>,
) -> Result<Response, WebError> {
    let here = form.here.here()?;
    let place = here.place(&id, &state)?;
    let reason = form.reason.unwrap_or_default();
    let access = state.access(&signed.caller);
    match visit::cancel(&access, &id, here.version, &reason, state.now()).await {
        Err(ChartError::Invalid) => {
            const WORDS: &str = "取り消す理由を入力してください。";
            if fragment {
                let words = html! { div class="st" { (alert("受付を取り消せません", &[WORDS])) } };
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, words).into_response());
            }
            let page = drawn(&state, &signed, false, &id, Some(WORDS)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        other => drop(other?),
    }
    answer(&state, &signed, fragment, &place, "受付を取り消しました", |v| {
        Some(back(v, "restore", &place, &[]))
    })
    .await
}

/// Takes a cancellation back.
pub(crate) async fn restore(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(id): Named,
    Filled(here): Filled<Here>,
) -> Result<Response, WebError> {
    let mut place = here.place(&id, &state)?;
    visit::restore(&state.access(&signed.caller), &id, here.version, state.now()).await?;
    if place.tab == Tab::Finished {
        place.tab = Tab::Inside;
    }
    answer(&state, &signed, fragment, &place, "受付に戻しました", |_| None).await
}
