//! 予約を取る: when on the left, who on the right, one button. Without script every step is a page.
use super::place::{BookPlace, Did, at, local};
use super::words::told;
use crate::components::{
    banner,
    field::hidden,
    frame::{Page, Place as RailPlace},
    icon::{Icon, small},
    notice::{alert, empty},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Asked, Filled},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::booking::{self, Calendar, NewBooking, Place, Schedule, Slot};
use karute_chart::patients::{self, Hit};
use karute_chart::view::Person;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;

/// 区分 that is offered.
const KINDS: [&str; 6] = ["再診", "初診", "予防接種", "健診", "検査", "その他"];
/// Days in which the next free slot is looked for.
const LOOK_AHEAD_DAYS: u16 = 60;

/// Address of this page, with what is known already.
pub(super) fn url(schedule: Option<&Id>, start: Option<Timestamp>, date: Option<Date>) -> String {
    let mut parts: Vec<String> = schedule.map(|s| format!("schedule={s}")).into_iter().collect();
    parts.extend(start.map(|t| format!("at={}", local(t))));
    parts.extend(date.map(|d| format!("date={d}")));
    if parts.is_empty() { "/appointments/new".to_owned() } else { format!("/appointments/new?{}", parts.join("&")) }
}

/// What is known of the appointment so far.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Wish {
    patient: Option<String>,
    schedule: Option<String>,
    date: Option<String>,
    at: Option<String>,
    q: Option<String>,
    kind: Option<String>,
    reason: Option<String>,
    comment: Option<String>,
}

/// The same, read.
struct Read {
    wish: Wish,
    patient: Option<Id>,
    schedules: Vec<Schedule>,
    schedule: Option<Schedule>,
    date: Date,
    start: Option<Timestamp>,
    slots: Vec<Slot>,
    closed: Option<String>,
}

async fn read(state: &WebState, signed: &Signed, wish: Wish) -> Result<Read, WebError> {
    let access = state.access(&signed.caller);
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let id = |text: &Option<String>| given(text).map(|t| Id::new(&t)).transpose().map_err(|_| WebError::BadRequest);
    let (schedules, calendar) = booking::schedules(&access).await?;
    let schedules: Vec<Schedule> = schedules.into_iter().filter(|s| s.active).collect();
    let wanted = id(&wish.schedule)?;
    let schedule = match &wanted {
        Some(wanted) => schedules.iter().find(|s| &s.id == wanted),
        None => schedules.first(),
    };
    let schedule = schedule.cloned();
    let asked = given(&wish.at).map(|t| at(&t).ok_or(WebError::BadRequest)).transpose()?;
    let date = given(&wish.date).map(|d| d.parse::<Date>().map_err(|_| WebError::BadRequest)).transpose()?;
    let start = match (asked, &schedule) {
        (Some(start), _) => Some(start),
        // Nothing chosen: the next free one from the day asked for.
        (None, Some(schedule)) => {
            let from = date.map_or(state.now(), |d| Timestamp::in_japan(d, 0, 0, 0)).max(state.now());
            next(state, signed, schedule, &calendar, from).await?
        }
        (None, None) => None,
    };
    let date = start.map(Timestamp::day_in_japan).or(date).unwrap_or_else(|| state.today());
    let date = BookPlace::read(&super::place::Ask::back(Some(date.to_string()), None, None), state.today())?.date;
    let day = match &schedule {
        Some(schedule) => booking::free_slots(&access, schedule, &calendar, date).await?,
        None => booking::Day::default(),
    };
    let slots = day.slots.into_iter().filter(|s| s.is_free() && s.end() > state.now()).collect();
    Ok(Read { patient: id(&wish.patient)?, wish, schedules, schedule, date, start, slots, closed: day.words })
}

async fn next(
    state: &WebState,
    signed: &Signed,
    schedule: &Schedule,
    calendar: &Calendar,
    from: Timestamp,
) -> Result<Option<Timestamp>, WebError> {
    let access = state.access(&signed.caller);
    let slot = booking::next_free_slot(&access, schedule, calendar, from, LOOK_AHEAD_DAYS).await?;
    Ok(slot.map(|s| s.start))
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Asked(wish): Asked<Wish>,
) -> Result<Markup, WebError> {
    // Words about a patient are not taken from an address.
    let wish = Wish { q: None, reason: None, comment: None, ..wish };
    drawn(&state, &signed, wish, None).await
}

/// Looks for the patient.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Filled(wish): Filled<Wish>,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, Wish { patient: None, ..wish }, None).await
}

/// Makes the appointment.
pub(crate) async fn book(
    State(state): State<WebState>,
    signed: Signed,
    Filled(wish): Filled<Wish>,
) -> Result<Response, WebError> {
    let id = |text: &Option<String>| text.as_deref().and_then(|t| Id::new(t).ok());
    let start = wish.at.as_deref().and_then(at);
    let (Some(patient), Some(schedule), Some(start)) = (id(&wish.patient), id(&wish.schedule), start) else {
        let (title, words) = if start.is_none() {
            ("時刻を選んでください", "左の「いつ」で、空いている時刻を選びます。")
        } else {
            ("患者を選んでください", "氏名や患者番号で探して、選びます。")
        };
        let page = drawn(&state, &signed, wish, Some(alert(title, &[words]))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let kind = wish.kind.clone().filter(|k| KINDS.contains(&k.as_str()));
    let new = NewBooking {
        patient,
        place: Place { schedule, start },
        kind,
        reason: wish.reason.clone(),
        comment: wish.comment.clone(),
    };
    match booking::book(&state.access(&signed.caller), state.new_id()?, &new, state.now()).await {
        Ok(made) => {
            state.tell(signed.caller.tenant);
            let place = BookPlace::day(start.day_in_japan()).after(Did::Booked, &made.id, made.start);
            Ok(Redirect::to(&place.url()).into_response())
        }
        Err(error) => {
            let (status, title, words) = told(error)?;
            let page = drawn(&state, &signed, wish, Some(alert(title, &[words]))).await?;
            Ok((status, page).into_response())
        }
    }
}

/// Who was found, or is known already.
enum Who {
    Nobody,
    Known(Box<Person>),
    Found(Vec<Hit>, bool),
}

async fn drawn(state: &WebState, signed: &Signed, wish: Wish, refused: Option<Markup>) -> Result<Markup, WebError> {
    let read = read(state, signed, wish).await?;
    let access = state.access(&signed.caller);
    let today = state.today();
    let who = match (&read.patient, read.wish.q.as_deref().filter(|q| !q.trim().is_empty())) {
        (Some(patient), _) => Who::Known(Box::new(booking::patient(&access, patient).await?)),
        (None, Some(q)) => {
            let found = patients::search(&access, q, today).await?;
            Who::Found(found.hits, found.more)
        }
        (None, None) => Who::Nobody,
    };
    let header = html! {
        header class="head" {
            h1 { "予約を取る" }
            span class="grow" {}
            a class="btn" href=(BookPlace::day(read.date).url()) { "予約表へ" }
        }
    };
    let body = html! {
        @if let Some(refused) = refused { (refused) }
        @if read.schedules.is_empty() {
            section class="panel" { (empty(Icon::Calendar, "予約枠がまだありません", "管理者が設定で予約枠を作ると、ここで予約を取れます。", None)) }
        } @else {
            div class="bk-new" {
                (when(&read, today))
                (patient(&read, &who, today))
            }
        }
    };
    let page = Page { title: "予約を取る", place: RailPlace::Appointments, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()))
}

fn when(read: &Read, today: Date) -> Markup {
    let patient = read.patient.as_ref().map(|p| format!("&patient={p}")).unwrap_or_default();
    html! {
        section class="panel" aria-labelledby="when-h" {
            div class="panel-h" { h2 id="when-h" { "いつ" } }
            div class="bk-p stack-3" {
                form method="get" action="/appointments/new" class="row row-w" {
                    @if let Some(patient) = &read.patient { (hidden("patient", patient.as_str())) }
                    select class="sel" name="schedule" aria-label="予約枠" {
                        @for schedule in &read.schedules {
                            option value=(schedule.id) selected[read.schedule.as_ref() == Some(schedule)] { (schedule.title) }
                        }
                    }
                    input class="sel" type="date" name="date" value=(read.date) aria-label="日付";
                    button type="submit" class="btn" { "空きを見る" }
                }
                p { b { (format::heading(read.date)) } @if let Some(words) = &read.closed { " " (tag(Tone::Warn, None, words)) } }
                @if read.slots.is_empty() {
                    p class="t-mute" { "この日に空いている枠はありません。ほかの日を選んでください。" }
                } @else {
                    ul class="bk-slots" {
                        @for slot in &read.slots {
                            @let chosen = read.start == Some(slot.start);
                            li {
                                a class=(if chosen { "btn btn-s" } else { "btn" }) aria-current=[chosen.then_some("true")]
                                    href={ (url(read.schedule.as_ref().map(|s| &s.id), Some(slot.start), None)) (patient) } {
                                    (format::clock(slot.start))
                                    @if slot.capacity > 1 { span class="t-12" { (slot.taken) "/" (slot.capacity) } }
                                    @if let Some(label) = &slot.label { span class="t-12" { (label) } }
                                }
                            }
                        }
                    }
                }
                @if let Some(start) = read.start {
                    p class="t-13" { "選択中：" b { (super::when(start, today)) } }
                }
            }
        }
    }
}

/// What the forms of the right side carry of the left.
fn chosen(read: &Read) -> Markup {
    html! {
        @if let Some(schedule) = &read.schedule { (hidden("schedule", schedule.id.as_str())) }
        @if let Some(start) = read.start { (hidden("at", &local(start))) }
    }
}

fn patient(read: &Read, who: &Who, today: Date) -> Markup {
    let typed = read.wish.q.as_deref().unwrap_or_default();
    html! {
        section class="panel" aria-labelledby="who-h" {
            div class="panel-h" { h2 id="who-h" { "だれ" } }
            div class="bk-p stack-3" {
                @if !matches!(who, Who::Known(_)) {
                    form method="post" action="/appointments/find" class="row" {
                        (chosen(read))
                        div class="field grow" {
                            (small(Icon::Search))
                            input type="text" name="q" value=(typed) maxlength="60" required autocomplete="off" spellcheck="false" autofocus[matches!(who, Who::Nobody)]
                                placeholder="氏名・カナ・患者番号・生年月日" aria-label="患者を探す：氏名、カナ、患者番号、生年月日、電話番号";
                        }
                        button type="submit" class="btn" { "探す" }
                    }
                }
                @match who {
                    Who::Nobody => { p class="t-mute" { "患者を探して選びます。" } }
                    Who::Found(hits, _) if hits.is_empty() => {
                        p role="status" { "見つかりません。読みの一部や生年月日でもう一度お試しください。" }
                    }
                    _ => { (confirm(read, who, today)) }
                }
            }
        }
    }
}

fn confirm(read: &Read, who: &Who, today: Date) -> Markup {
    let kind = read.wish.kind.as_deref().unwrap_or("再診");
    html! {
        form method="post" action="/appointments" class="stack-3" {
            (chosen(read))
            @if let Some(q) = &read.wish.q { (hidden("q", q)) }
            @match who {
                Who::Known(person) => { div { (identity(person, today)) } (hidden("patient", person.id.as_str())) }
                Who::Found(hits, more) => {
                    fieldset class="bk-who" {
                        legend class="t-13 t-mute" { (hits.len()) "名" @if *more { "以上。続けて入力すると絞れます" } }
                        @for (n, hit) in hits.iter().enumerate() {
                            label {
                                input type="radio" name="patient" value=(hit.person.id) required checked[n == 0 && hits.len() == 1];
                                span { (identity(&hit.person, today)) @if hit.similar { (tag(Tone::Warn, Some(Icon::Triangle), "似た氏名")) } }
                            }
                        }
                    }
                }
                Who::Nobody => {}
            }
            div class="row row-w" {
                label class="row" { "区分" select class="sel" name="kind" { @for each in KINDS { option selected[each == kind] { (each) } } } }
                div class="field grow" { input type="text" name="reason" maxlength="100" autocomplete="off" value=(read.wish.reason.as_deref().unwrap_or_default()) placeholder="来院の理由（例 血圧 定期）" aria-label="来院の理由"; }
            }
            div class="field" { input type="text" name="comment" maxlength="200" autocomplete="off" value=(read.wish.comment.as_deref().unwrap_or_default()) placeholder="メモ（例 採血あり・朝食抜き）" aria-label="メモ"; }
            // Nobody to choose among: the next Enter books.
            button type="submit" class="btn btn-p btn-lg" autofocus[matches!(who, Who::Found(hits, _) if hits.len() == 1)] {
                @match read.start { Some(start) => { (super::when(start, today)) " に予約する" } None => { "予約する" } }
            }
        }
    }
}

fn identity(person: &Person, today: Date) -> Markup {
    html! {
        b class="hit-n" { (person.name) } " " span class="t-13 t-sub" { (person.kana.as_deref().unwrap_or_default()) }
        @if person.dead { (tag(Tone::Line, None, "死亡")) }
        span class="t-13 t-sub hit-f" {
            span { (person.sex.word()) " " (format::age(person, today)) }
            span { (banner::born(person)) }
            span { "患者番号 " (person.number.as_deref().unwrap_or("なし")) }
        }
    }
}
