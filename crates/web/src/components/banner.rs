//! The identity banner: on every screen of a patient, never scrolling, never shortened (SAFE-01, SAFE-02).
use super::icon::{Icon, icon, tick};
use crate::{format, links};
use karute_chart::allergy::{Alerts, Breastfeeding, Pregnancy};
use karute_chart::summary::{Face, Summary};
use karute_chart::view::{Allergy, AllergyEntry, Insurance, Person};
use karute_japan::Date;
use maud::{Markup, html};

/// The banner. `aside` stands at its right end: number, state, the way back.
pub(crate) fn banner(person: &Person, insurance: &[Insurance], allergy: &Allergy, on: Date, aside: &Markup) -> Markup {
    drawn(person, insurance, on, &risk(allergy), aside)
}

/// The banner of a screen of a patient: with what else must be minded, each leading to where it is recorded.
pub(crate) fn full(face: &Face, aside: &Markup) -> Markup {
    let risks = html! {
        a class="risks" href=(links::allergies(&face.person.id)) {
            (risk(&face.allergy))
            (caution(&face.person))
            (alerts(&face.alerts, face.date))
            span class="vh" { "アレルギー・注意を開く" }
        }
    };
    drawn(&face.person, &face.insurance, face.date, &risks, aside)
}

/// The same for the page of the summary.
pub(crate) fn of_summary(summary: &Summary, aside: &Markup) -> Markup {
    let face = Face {
        person: summary.person.clone(),
        date: summary.date,
        insurance: summary.insurance.clone(),
        allergy: summary.allergy.clone(),
        alerts: summary.alerts.clone(),
        today: summary.today.clone(),
    };
    full(&face, aside)
}

/// The name of another patient whose chart was open within the hour and who could be taken for this one: over the page for
/// ten seconds, then gone (SAFE-03). It asks nothing.
pub(crate) fn mistakable(others: &[Person]) -> Markup {
    html! {
        @if !others.is_empty() {
            div class="pt-other" role="status" {
                (icon(Icon::Triangle))
                span { "似た氏名の方のカルテも開いていました。氏名と生年月日を確かめてください。" }
                @for other in others.iter().take(3) { b class="nw" { (other.name) "さん（" (born(other)) "）" } }
            }
        }
    }
}

fn drawn(person: &Person, insurance: &[Insurance], on: Date, risks: &Markup, aside: &Markup) -> Markup {
    html! {
        header class="pt" aria-label="患者" {
            div class="pt-name" {
                small { (person.kana.as_deref().unwrap_or("よみ 未登録")) }
                b { (person.name) }
            }
            dl class="pt-facts" {
                div { dt { "性別・年齢" } dd { (person.sex.word()) "　" (format::age(person, on)) } }
                div { dt { "生年月日" } dd { (born(person)) } }
                div { dt { "患者番号" } dd { (person.number.as_deref().unwrap_or("なし")) } }
                div { dt { "保険" } dd { (insured(insurance)) } }
            }
            div class="pt-risk" { (risks) }
            (aside)
        }
    }
}

/// Birth date in both calendars.
pub(crate) fn born(person: &Person) -> Markup {
    html! {
        @match person.birth {
            Some(birth) => { (format::era_short(birth)) " " small { (birth.year()) } }
            None => { "不明" }
        }
    }
}

fn insured(insurance: &[Insurance]) -> String {
    if insurance.is_empty() {
        return "有効な保険なし".to_owned();
    }
    insurance.iter().map(|i| i.short.as_str()).collect::<Vec<_>>().join("・")
}

/// Allergies in one of three states; never blank.
pub(crate) fn risk(allergy: &Allergy) -> Markup {
    html! {
        @match allergy {
            Allergy::Present(entries) => {
                @for entry in entries.iter().take(2) {
                    span class="risk risk-a" { (icon(Icon::Octagon)) b { "アレルギー　" (entry.substance) } small { (detail(entry)) } }
                }
                @if entries.len() > 2 {
                    span class="risk risk-a" { (icon(Icon::Octagon)) b { "ほか" (entries.len() - 2) "件" } small { "下のアレルギー欄" } }
                }
            }
            Allergy::NoneKnown { confirmed, by } => {
                span class="risk" { (tick()) b { "アレルギー なし" } small { (confirmation(*confirmed, by.as_deref())) } }
            }
            Allergy::Unconfirmed => {
                span class="risk risk-w" { (icon(Icon::Triangle)) b { "アレルギー 未確認" } small { "聞き取りの記録がありません" } }
            }
        }
    }
}

/// 気をつけること, in the words of the desk.
pub(crate) fn caution(person: &Person) -> Markup {
    html! {
        @if let Some(words) = &person.caution {
            span class="risk risk-w" { (icon(Icon::Info)) b { "注意" } small { (words) } }
        }
    }
}

/// Infections, pregnancy, breast-feeding: only what must be minded.
pub(crate) fn alerts(alerts: &Alerts, on: Date) -> Markup {
    html! {
        @if let Some(first) = alerts.infections.first() {
            span class="risk risk-w" {
                (icon(Icon::Triangle)) b { "感染症　" (first.words) }
                small { @if alerts.infections.len() > 1 { "ほか" (alerts.infections.len() - 1) "件" } @else { "標準予防策を確かめる" } }
            }
        }
        @if let Some(state) = alerts.pregnancy.as_ref().filter(|state| state.value != Pregnancy::No) {
            span class="risk risk-w" {
                (icon(Icon::Triangle)) b { (state.value.word()) }
                small { @if let Some(due) = state.due { "予定日 " (format::near(due, on)) } @else if let Some(day) = state.on { (format::near(day, on)) " 確認" } }
            }
        }
        @if let Some(state) = alerts.breastfeeding.as_ref().filter(|state| state.value == Breastfeeding::Yes) {
            span class="risk risk-w" {
                (icon(Icon::Triangle)) b { (state.value.word()) }
                small { @if let Some(day) = state.on { (format::near(day, on)) " 確認" } }
            }
        }
    }
}

/// Reaction and year; says so when the substance cannot be checked by machine (SAFE-02).
pub(crate) fn detail(entry: &AllergyEntry) -> String {
    let reaction = entry.reaction.clone().unwrap_or_else(|| "症状の記録なし".to_owned());
    let year = entry.year.as_deref().map(|y| format!("（{y}年）")).unwrap_or_default();
    let unchecked = if entry.coded { "" } else { "　自動チェック対象外" };
    format!("{reaction}{year}{unchecked}")
}

fn confirmation(confirmed: Option<Date>, by: Option<&str>) -> String {
    match (confirmed, by) {
        (Some(day), Some(by)) => format!("{} {by}が確認", format::full(day)),
        (Some(day), None) => format!("{} 確認", format::full(day)),
        (None, Some(by)) => format!("{by}が確認"),
        (None, None) => "確認日の記録なし".to_owned(),
    }
}
