//! 電話の一覧: whom to call of a day, for a doctor's illness or a reminder. Prints as it is.
use super::grid::state as standing;
use super::place::{Ask, BookPlace};
use crate::components::{
    frame::{Page, Place},
    icon::{Icon, small},
    notice::empty,
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Asked};
use axum::extract::State;
use karute_chart::booking::{self, Agenda, Booked};
use maud::{Markup, html};

/// The list of a day.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Asked(ask): Asked<Ask>,
) -> Result<Markup, WebError> {
    let place = BookPlace { week: false, ..BookPlace::read(&ask, state.today())? };
    let agenda = booking::agenda(&state.access(&signed.caller), place.date, 1).await?;
    let waiting: Vec<&Booked> = agenda.booked.iter().filter(|b| b.appointment.status == "booked").collect();
    let list = |place: &BookPlace| place.url().replacen("/appointments", "/appointments/calls", 1);
    let header = html! {
        header class="head" {
            h1 { "電話の一覧" }
            div class="head-date" { b { (format::heading(place.date)) } span class="t-12 t-mute" { "予約 " (waiting.len()) "名" } }
            nav class="seg" aria-label="日付" {
                @if let Some(before) = place.step(-1) { a href=(list(&before)) aria-label="前の日" { (small(Icon::Left)) } }
                @if let Some(after) = place.step(1) { a href=(list(&after)) aria-label="次の日" { (small(Icon::Right)) } }
            }
            span class="grow" {}
            a class="btn" href=(place.url()) { "予約表へ" }
        }
    };
    let body = html! {
        section class="panel" aria-label="電話をかける患者" {
            @if waiting.is_empty() {
                (empty(Icon::Calendar, "この日にこれから来る予約はありません", "別の日は上の矢印で選べます。", None))
            } @else {
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "時刻" } th scope="col" { "患者" } th scope="col" { "電話" } th scope="col" { "枠" }
                        th scope="col" { "区分・理由" } th scope="col" { span class="vh" { "操作" } }
                    } }
                    tbody { @for one in waiting { (row(one, &agenda, &place)) } }
                }
            }
        }
    };
    let page = Page { title: "電話の一覧", place: Place::Appointments, header, class: "pane scroll", body };
    Ok(page.draw(&signed.viewer()))
}

fn row(one: &Booked, agenda: &Agenda, place: &BookPlace) -> Markup {
    let title = one.schedule.as_ref().and_then(|id| agenda.schedule(id)).map_or("", |s| s.title.as_str());
    html! {
        tr {
            td class="nw" { (format::clock(one.start)) }
            th scope="row" {
                b { (one.person.name) } br;
                span class="t-12 t-mute" { (one.person.kana.as_deref().unwrap_or_default()) "　" (one.person.number.as_deref().unwrap_or_default()) }
            }
            td class="nw" { (one.person.phone.as_deref().unwrap_or("記録なし")) }
            td { (title) }
            td { (one.appointment.kind.as_deref().unwrap_or_default()) " " (one.appointment.reason.as_deref().unwrap_or_default()) (standing(&one.appointment.status)) }
            td class="num" {
                a class="btn btn-sm" href=(place.select(Some(&one.appointment.id)).carry().url()) { "移す" span class="vh" { "：" (one.person.name) "さん" } }
                " "
                a class="btn btn-sm" href=(place.select(Some(&one.appointment.id)).url()) { "開く" span class="vh" { "：" (one.person.name) "さん" } }
            }
        }
    }
}
