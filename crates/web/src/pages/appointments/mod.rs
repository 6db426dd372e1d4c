//! 予約: days and weeks of the appointment book.
pub(crate) mod act;
pub(crate) mod calls;
mod grid;
pub(crate) mod new;
pub(crate) mod next;
mod place;
mod side;
mod words;

pub(crate) use next::{next_visit, place as next_visit_place};

use crate::components::{
    field::{hidden, key},
    frame::{Page, Place},
    icon::{Icon, small},
    notice::{empty, toast},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Asked};
use axum::extract::State;
use karute_chart::booking::{self, Agenda, Schedule, Slot};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use maud::{Markup, html};
use place::{Ask, BookPlace, Did, local, monday};

/// Days in which the next free slot is looked for.
const LOOK_AHEAD_DAYS: u16 = 60;

/// The screen.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let place = BookPlace::read(&ask, state.today())?;
    drawn(&state, &signed, &place, None).await
}

/// The screen of a place, with words when something could not be done.
pub(super) async fn drawn(
    state: &WebState,
    signed: &Signed,
    place: &BookPlace,
    refused: Option<Markup>,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let agenda = booking::agenda(&access, place.first(), place.days()).await?;
    let selected = match &place.selected {
        Some(id) => match agenda.appointment(id) {
            Some(here) => Some(here.clone()),
            // Being moved to another day, it stands outside the days shown.
            None => booking::appointment(&access, id).await.ok(),
        },
        None => None,
    };
    let column = column(&agenda, place);
    let free = match column {
        Some(schedule) => {
            booking::next_free_slot(&access, schedule, &agenda.calendar, state.now(), LOOK_AHEAD_DAYS).await?
        }
        None => None,
    };
    let header = header(place, state.today(), column, free.as_ref());
    let carried = selected.as_ref().filter(|_| place.moving).map(|b| (&b.appointment.id, b.appointment.version));
    let view = grid::View { agenda: &agenda, place, column, carried, now: state.now(), today: state.today() };
    let body = html! {
        div class="bk-main" {
            @if let Some(refused) = refused { (refused) }
            @if place.week && !agenda.schedules.is_empty() { (tabs(&agenda, place, column)) }
            @if agenda.schedules.is_empty() { (no_schedules(signed)) }
            @if place.moving { (carrying(place, selected.as_ref())) }
            (view.table())
            (view.cancelled())
        }
        (side::side(selected.as_ref(), place, &agenda, signed.rights, state.now()))
        @if let (Some(did), Some(one)) = (place.did, &selected) { (done(did, one, place)) }
        // The script drops an appointment into a slot by filling in this form.
        form id="bk-move" method="post" hidden {
            (hidden("version", "")) (hidden("schedule", "")) (hidden("at", ""))
            @for (name, value) in place.back() { (hidden(name, &value)) }
        }
    };
    Ok(Page { title: "予約", place: Place::Appointments, header, class: "bk", body }.draw(&signed.viewer()))
}

/// The schedule of the week, and of 次の空き: the one asked for, else the first offered.
fn column<'a>(agenda: &'a Agenda, place: &BookPlace) -> Option<&'a Schedule> {
    let named = place.schedule.as_ref().and_then(|id| agenda.schedule(id));
    named.or_else(|| agenda.schedules.iter().find(|s| s.active))
}

fn header(place: &BookPlace, today: Date, column: Option<&Schedule>, free: Option<&Slot>) -> Markup {
    let day = BookPlace { week: false, ..place.on(place.date) };
    let week = BookPlace { week: true, ..place.on(place.date) };
    let unit = if place.week { "週" } else { "日" };
    let here = if place.week { monday(place.date) == monday(today) } else { place.date == today };
    html! {
        header class="head" {
            h1 { "予約" }
            div class="head-date" {
                @if place.week {
                    b { (format::heading(place.first())) "からの週" }
                } @else {
                    b { (format::heading(place.date)) }
                }
                span class="t-12 t-mute" { (format::era_year(place.first())) }
            }
            nav class="seg" aria-label="日付" {
                @if let Some(before) = place.step(-1) { a href=(before.url()) aria-label={ "前の" (unit) } { (small(Icon::Left)) } }
                a href=(place.on(today).url()) aria-current=[here.then_some("date")] { "今日" }
                @if let Some(after) = place.step(1) { a href=(after.url()) aria-label={ "次の" (unit) } { (small(Icon::Right)) } }
            }
            nav class="seg" aria-label="見方" {
                a href=(day.url()) aria-current=[(!place.week).then_some("true")] { "日" }
                a href=(week.url()) aria-current=[place.week.then_some("true")] { "週" }
            }
            span class="grow" {}
            @if let (Some(schedule), Some(slot)) = (column, free) {
                a class="btn" href=(new::url(Some(&schedule.id), Some(slot.start), None)) {
                    "次の空き：" (when(slot.start, today))
                }
            }
            a class="btn" href={ "/appointments/calls?date=" (place.date) } { "電話の一覧" }
            a class="btn btn-p" href=(new::url(place.week.then_some(column.map(|s| &s.id)).flatten(), None, Some(place.date))) data-key="a" {
                (small(Icon::Plus)) "予約 " (key("A"))
            }
        }
    }
}

/// `11/24（火）9:15`
pub(crate) fn when(at: Timestamp, today: Date) -> String {
    let date = at.day_in_japan();
    format!("{}（{}）{}", format::near(date, today), format::weekday(date), format::clock(at))
}

fn tabs(agenda: &Agenda, place: &BookPlace, column: Option<&Schedule>) -> Markup {
    html! {
        nav class="tabs rc-bar" aria-label="予約枠" {
            @for schedule in agenda.schedules.iter().filter(|s| s.active) {
                @let there = BookPlace { schedule: Some(schedule.id.clone()), ..place.on(place.date) };
                a href=(there.url()) aria-current=[(column == Some(schedule)).then_some("page")] { (schedule.title) }
            }
        }
    }
}

fn no_schedules(signed: &Signed) -> Markup {
    let settings =
        signed.rights.settings.then(|| html! { a class="btn btn-p" href="/settings/booking" { "予約枠を作る" } });
    let words = if signed.rights.settings {
        "医師や目的ごとの曜日・時間・人数を決めると、ここで予約を取れます。"
    } else {
        "管理者が設定で予約枠を作ると、ここで予約を取れます。"
    };
    empty(Icon::Calendar, "予約枠がまだありません", words, settings)
}

fn carrying(place: &BookPlace, selected: Option<&booking::Booked>) -> Markup {
    html! {
        @if let Some(one) = selected {
            div class="note note-info bk-carry" role="status" {
                (small(Icon::Info))
                div { b { (one.person.name) "さんの予約を移します" } p { "移す先の「ここへ」を押してください。ほかの日へは、上の日付で進めます。" } }
                a class="btn btn-sm" href=(place.select(Some(&one.appointment.id)).url()) { "やめる" }
            }
        }
    }
}

/// What was done, with the way back (SAFE-09).
fn done(did: Did, one: &booking::Booked, place: &BookPlace) -> Markup {
    let id: &Id = &one.appointment.id;
    let words = match did {
        Did::Booked => "予約しました",
        Did::Moved => "予約を移しました",
        Did::Cancelled => "予約を取り消しました",
        Did::NoShow => "来院なしにしました",
        Did::Restored => "予約を元に戻しました",
    };
    let version = one.appointment.version.to_string();
    let undo = |action: &str, more: Markup| {
        html! {
            form method="post" action={ "/appointments/" (id) "/" (action) } data-undo {
                (hidden("version", &version)) (more)
                @for (name, value) in place.back() { (hidden(name, &value)) }
                button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
            }
        }
    };
    let undo = match (did, &place.before) {
        (Did::Booked, _) => Some(undo("cancel", hidden("reason", "mistake"))),
        (Did::Moved, Some((schedule, time))) => {
            Some(undo("move", html! { (hidden("schedule", schedule.as_str())) (hidden("at", &local(*time))) }))
        }
        (Did::Cancelled | Did::NoShow, _) => Some(undo("restore", html! {})),
        (Did::Moved | Did::Restored, _) => None,
    };
    let told = format!("{}さん　{}：{words}", one.person.name, format::clock(one.start));
    html! { div class="toasts" id="done" { (toast(&told, undo)) } }
}

/// A page about one patient's next appointment, with the patient's identity on it (SAFE-01).
fn alone(signed: &Signed, person: &karute_chart::view::Person, today: Date, body: &Markup) -> Markup {
    let header = html! {
        header class="head" {
            h1 { (person.name) }
            span class="t-13" { (person.sex.word()) "　" (format::age(person, today)) "　" (crate::components::banner::born(person)) }
        }
    };
    let body = html! { section class="panel bk-p stack-3" aria-label="次回の予約" { (body) } };
    Page { title: "次回の予約", place: Place::Appointments, header, class: "pane scroll", body }.draw(&signed.viewer())
}
