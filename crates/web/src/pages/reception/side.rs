//! The card beside the list.
use super::rows::{self, here, step_form};
use crate::components::{
    banner,
    field::{hidden, key},
    icon::{Icon, icon},
    lab,
    notice::{Severity, empty, notice},
};
use crate::links::{self, ReceptionPlace};
use crate::pages::intake;
use crate::{format, rights::Rights};
use karute_chart::reception::{Card, Reception, Visit};
use karute_chart::view::{Allergy, Person, Tag};
use karute_chart::visit::{Shift, Step, next_step, other_steps};
use maud::{Markup, html};

/// The card of the selected visit, or words when nothing is selected.
pub(super) fn side(
    list: &Reception,
    selected: Option<(&Visit, Option<&Card>)>,
    place: &ReceptionPlace,
    rights: Rights,
) -> Markup {
    html! {
        aside class="rc-side" id="reception-card" aria-label="選択中の患者" {
            @match selected {
                Some((visit, card)) => { (chosen(list, visit, card, place, rights)) }
                None => { (empty(Icon::User, "患者を選んでください", "一覧の氏名を押すと、ここに保険・アレルギー・前回の内容が出ます。", None)) }
            }
        }
    }
}

fn chosen(list: &Reception, visit: &Visit, card: Option<&Card>, place: &ReceptionPlace, rights: Rights) -> Markup {
    let person = &visit.person;
    html! {
        div class="rc-side-h" {
            span class="t-12 t-mute" {
                (person.kana.as_deref().unwrap_or_default())
                @if let Some(number) = visit.queue_number { "　No." (number) }
                @if let Some(number) = &person.number { "　患者番号 " (number) }
            }
            h2 { (person.name) }
            span class="t-13" {
                (person.sex.word()) "　" (format::age(person, list.date))
                @if let Some(birth) = person.birth { "　" (format::era_long(birth)) "（" (birth.year()) "）" }
            }
        }
        div class="rc-side-b scroll" tabindex="0" role="region" aria-label="選択中の患者の内容" {
            (similar(list, visit, card))
            @if let Some(words) = &person.caution { (notice(Severity::Warn, "気をつけること", &[words])) }
            @if rights.move_visits && visit.is_inside() { (marks(visit, place)) }
            @if let Some(answers) = card.and_then(|c| c.questionnaire.as_ref()) {
                (intake::reading(answers, intake::Offer { insert: false, allergies: false }))
            }
            @if let Some(card) = card { div class="rc-side-c" { (content(card, list)) } }
        }
        div class="rc-side-f" { (steps(visit, place, rights)) }
    }
}

fn similar(list: &Reception, visit: &Visit, card: Option<&Card>) -> Markup {
    let others: Vec<&Person> = match card {
        Some(card) => card.similar.iter().collect(),
        None => {
            visit.similar.iter().filter_map(|id| list.visits.iter().map(|v| &v.person).find(|p| &p.id == id)).collect()
        }
    };
    html! {
        @if !others.is_empty() {
            div class="note note-warn" {
                (icon(Icon::Triangle))
                div {
                    @let inside = |other: &Person| list.visits.iter().any(|v| v.is_inside() && v.person.id == other.id);
                    b { @if others.iter().any(|other| inside(other)) { "似た氏名の方が院内にいます" } @else { "似た氏名の方のカルテを1時間以内に開きました" } }
                    @for other in others {
                        p { (other.name) "　" (format::age(other, list.date)) "　" (other.birth.map(format::era_short).unwrap_or_default()) }
                    }
                    p { "呼び出しは生年月日も確認" }
                }
            }
        }
    }
}

/// The tags of the desk, each switched by one press.
fn marks(visit: &Visit, place: &ReceptionPlace) -> Markup {
    html! {
        div class="row row-w" role="group" aria-label="受付の札" {
            @for tag in Tag::BY_HAND {
                @let on = visit.tags.contains(&tag);
                form method="post" action=(links::reception_visit(&visit.id, "tag")) data-act {
                    (hidden("version", &visit.version.to_string()))
                    (hidden("tag", tag.code()))
                    (hidden("on", if on { "0" } else { "1" }))
                    (here(place))
                    button type="submit" class="btn btn-sm chip" aria-pressed=(on) { (tag.word()) }
                }
            }
        }
        @if visit.doctor_name.is_some() || visit.room.is_some() {
            dl class="dl" {
                @if let Some(name) = &visit.doctor_name { dt { "担当" } dd { (name) } }
                @if let Some(room) = &visit.room { dt { "部屋" } dd { (room) } }
            }
        }
    }
}

fn content(card: &Card, list: &Reception) -> Markup {
    html! {
        h3 class="sec-t" { "アレルギー" }
        (allergy(&card.allergy))
        h3 class="sec-t" { "保険" }
        dl class="dl" {
            @match &card.insurance {
                Some(found) => {
                    dt { "種別" } dd { (found.short) }
                    @if let Some(number) = &found.payer_number { dt { "保険者番号" } dd { (number) } }
                    dt { "期限" } dd { @match found.until { Some(day) => { (format::full(day)) "まで" } None => { "記載なし" } } }
                }
                None => { dt { "種別" } dd { "この日に有効な保険の記録がありません" } }
            }
        }
        @if let Some(previous) = &card.previous {
            h3 class="sec-t" { "前回　" (format::near(previous.date, list.date)) }
            div class="t-13" {
                @if let Some(reason) = &previous.reason { p { (reason) } }
                @for drug in previous.drugs.iter().take(6) {
                    p { (drug.name) "　" (drug.sig.as_deref().unwrap_or_default()) "　" span class="nw" { (drug.supply.as_deref().unwrap_or_default()) } }
                }
                @if previous.drugs.len() > 6 { p class="t-mute" { "ほか" (previous.drugs.len() - 6) "剤" } }
                @if previous.drugs.is_empty() { p class="t-mute" { "処方の記録なし" } }
            }
        }
        @if let Some((date, values)) = &card.abnormal {
            h3 class="sec-t" { "検査　" (format::near(*date, list.date)) }
            p class="t-13 lvs" { @for value in values { (lab::pair(value)) } }
        }
    }
}

fn allergy(allergy: &Allergy) -> Markup {
    html! {
        @match allergy {
            Allergy::Present(entries) => {
                ul class="t-13 t-danger" { @for entry in entries { li { b { (entry.substance) } "　" (banner::detail(entry)) } } }
            }
            Allergy::NoneKnown { .. } => { p class="t-13" { "なし（確認済み）" } }
            Allergy::Unconfirmed => { p class="t-13 t-warn t-b" { "未確認" } }
        }
    }
}

fn steps(visit: &Visit, place: &ReceptionPlace, rights: Rights) -> Markup {
    html! {
        @if rights.move_visits {
            @match next_step(visit.state) {
                Some(Step::Call) if rights.chart => {
                    form method="post" action=(links::step(&visit.id)) {
                        (hidden("step", Step::Call.code()))
                        (hidden("version", &visit.version.to_string()))
                        (hidden("open", "chart"))
                        (here(place))
                        button type="submit" class="btn btn-p btn-lg" { "呼び出してカルテを開く " (key("Enter")) }
                    }
                }
                Some(step) => { (step_form(visit, step, "btn btn-p btn-lg", place, &html! { (step.word()) " " (key("Enter")) })) }
                None => {}
            }
        }
        @if rights.move_visits && visit.is_inside() {
            div class="row" {
                a class="btn grow" href=(links::reception_visit(&visit.id, "change")) data-dialog { "順番・担当を変える" }
                a class="btn" href=(links::slip(&visit.id)) { "受付票" }
            }
            @for shift in [Shift::Up, Shift::Down] {
                // The keyboard's way: Alt with an arrow moves the selected row.
                form method="post" action=(links::reception_visit(&visit.id, "order")) data-act data-shift=(shift.code()) hidden {
                    (hidden("version", &visit.version.to_string()))
                    (hidden("shift", shift.code()))
                    (here(place))
                    button type="submit" { (shift.word()) }
                }
            }
        }
        @if rights.chart || rights.move_visits {
            div class="row row-w" {
                @if rights.chart { a class="btn grow" href=(links::patient(&visit.person.id)) { "カルテを開く" } }
                // Where the row itself says 問診を渡す, one button is enough.
                @if rights.questionnaire && visit.is_inside() && !(rights.move_visits && rows::hands_over(visit)) {
                    form method="post" action={ "/intake/new/" (visit.id) } { button type="submit" class="btn" { "問診を渡す" } }
                }
                @if rights.move_visits {
                    @for step in other_steps(visit.state) { (step_form(visit, step, "btn", place, &html! { (step.word()) })) }
                }
            }
        }
    }
}
