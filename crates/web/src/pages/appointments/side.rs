//! The card of the selected appointment: who, how to reach them, what can be done.
use super::grid::state;
use super::place::BookPlace;
use crate::components::{
    banner,
    field::hidden,
    icon::{Icon, small},
};
use crate::{format, links, rights::Rights};
use karute_chart::booking::{Agenda, Booked, CancelReason};
use karute_japan::Timestamp;
use maud::{Markup, html};

/// The card; nothing when nothing is selected.
pub(super) fn side(
    selected: Option<&Booked>,
    place: &BookPlace,
    agenda: &Agenda,
    rights: Rights,
    now: Timestamp,
) -> Markup {
    let Some(one) = selected else { return html! {} };
    let person = &one.person;
    let (today, appointment) = (now.day_in_japan(), &one.appointment);
    let title = one.schedule.as_ref().and_then(|id| agenda.schedule(id)).map(|s| s.title.as_str());
    html! {
        aside class="rc-side" aria-label="選択中の予約" {
            div class="rc-side-h" {
                span class="t-12 t-mute" {
                    (person.kana.as_deref().unwrap_or_default())
                    @if let Some(number) = &person.number { "　患者番号 " (number) }
                }
                h2 { (person.name) }
                span class="t-13" { (person.sex.word()) "　" (format::age(person, today)) "　" (banner::born(person)) }
            }
            div class="rc-side-b scroll" tabindex="0" role="region" aria-label="予約の内容" {
                dl class="dl" {
                    dt { "日時" } dd { b { (super::when(one.start, today)) } " 〜 " (format::clock(one.end)) " " (state(&appointment.status)) }
                    @if let Some(title) = title { dt { "枠" } dd { (title) } }
                    @if let Some(kind) = &appointment.kind { dt { "区分" } dd { (kind) } }
                    @if let Some(reason) = &appointment.reason { dt { "理由" } dd { (reason) } }
                    @if let Some(comment) = &appointment.comment { dt { "メモ" } dd { (comment) } }
                    @if let Some(reason) = &appointment.cancelled { dt { "取り消し" } dd { (reason) } }
                    dt { "電話" } dd { (person.phone.as_deref().unwrap_or("記録なし")) }
                }
            }
            div class="rc-side-f" {
                @if appointment.status == "booked" { (acts(one, place, rights, now)) }
                @if matches!(appointment.status.as_str(), "cancelled" | "noshow") {
                    form method="post" action={ "/appointments/" (appointment.id) "/restore" } {
                        (here(one, place))
                        button type="submit" class="btn" { (small(Icon::Undo)) "予約に戻す" }
                    }
                }
                div class="row row-w" {
                    @if rights.chart { a class="btn grow" href=(links::patient(&person.id)) { "カルテを開く" } }
                    a class="btn btn-g" href=(place.select(None).url()) { "閉じる" }
                }
            }
        }
    }
}

fn here(one: &Booked, place: &BookPlace) -> Markup {
    html! {
        (hidden("version", &one.appointment.version.to_string()))
        @for (name, value) in place.back() { (hidden(name, &value)) }
    }
}

fn acts(one: &Booked, place: &BookPlace, rights: Rights, now: Timestamp) -> Markup {
    let id = &one.appointment.id;
    let of_today = one.start.day_in_japan() == now.day_in_japan();
    html! {
        @if of_today && rights.move_visits {
            form method="post" action="/reception/arrivals" {
                (hidden("appointment", id.as_str())) (hidden("version", &one.appointment.version.to_string()))
                button type="submit" class="btn btn-p btn-lg" { "受付する" }
            }
        }
        @if one.start > now {
            a class="btn" href=(place.select(Some(id)).carry().url()) { "ほかの枠へ移す" }
        } @else {
            form method="post" action={ "/appointments/" (id) "/no-show" } { (here(one, place)) button type="submit" class="btn" { "来院なしにする" } }
        }
        details class="bk-x" {
            summary class="btn" { "取り消す" }
            form method="post" action={ "/appointments/" (id) "/cancel" } class="stack" {
                (here(one, place))
                fieldset class="bk-why" {
                    legend class="t-12 t-mute" { "理由" }
                    @for (n, reason) in CancelReason::ALL.into_iter().enumerate() {
                        label { input type="radio" name="reason" value=(reason.code()) required checked[n == 0]; (reason.word()) }
                    }
                }
                div class="field" { input type="text" name="words" maxlength="100" autocomplete="off" aria-label="くわしく（なくてもかまいません）" placeholder="くわしく（なくてもよい）"; }
                button type="submit" class="btn" { "この予約を取り消す" }
            }
        }
    }
}
