//! The identity banner: on every screen of a patient, never scrolling, never shortened (SAFE-01, SAFE-02).
use super::icon::{Icon, icon, tick};
use crate::format;
use karute_chart::view::{Allergy, AllergyEntry, Insurance, Person};
use karute_japan::Date;
use maud::{Markup, html};

/// The banner. `aside` stands at its right end: number, state, the way back.
pub(crate) fn banner(person: &Person, insurance: &[Insurance], allergy: &Allergy, on: Date, aside: &Markup) -> Markup {
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
            div class="pt-risk" { (risk(allergy)) }
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
