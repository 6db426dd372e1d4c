//! 患者を確認: candidates side by side, what differs in bold; reception may say whose it is.
use super::{Opened, detail::facts};
use crate::components::{
    banner,
    field::{hidden, key},
    icon::{Icon, small},
    notice::{alert, empty},
};
use crate::{format, guard::Signed};
use karute_chart::inbox::Candidate;
use karute_chart::view::Person;
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};

/// The right column while nobody has said whose it is.
pub(super) fn column(opened: &Opened, signed: &Signed, wrong: Option<&str>, today: Date) -> Markup {
    let row = &opened.page.row;
    let candidates = &opened.page.candidates;
    html! {
        aside class="rl-side" aria-label="患者を確認" {
          div class="ib-form" {
            div class="panel-h" { h2 { "患者を確認" } span class="end t-12 t-mute" { "違うところが太字です" } }
            div class="rl-sb scroll" tabindex="0" role="region" aria-label="候補の患者" {
                @if let Some(wrong) = wrong { (alert("していません", &[wrong])) }
                dl class="dl" { dt { "文書" } dd { b { (row.who.name) } "　" (facts(&row.who)) @if !row.who.member.is_empty() { br; "被保険者番号 " (row.who.member) } @if !row.who.address.is_empty() { br; (row.who.address) } } }
                @for (n, candidate) in candidates.iter().enumerate() { (one(candidate, (&row.id, row.version), n + 1, signed, today)) }
                @if candidates.is_empty() && opened.hits.is_empty() { (empty(Icon::User, "候補の患者がいません", "当院の患者を探すか、登録してから選んでください。", None)) }
                @for hit in &opened.hits { (found(&hit.person, (&row.id, row.version), today)) }
            }
            div class="rl-sf" {
                @if signed.rights.matches {
                    form method="post" action=(format!("/inbox/{}/search", row.id)) class="row" role="search" {
                        div class="field grow" { (small(Icon::Search)) input type="text" name="q" required maxlength="60" autocomplete="off" aria-label="ほかの患者を探す：氏名、患者番号、生年月日" placeholder="ほかの患者を探す"; }
                        button type="submit" class="btn" { "探す" }
                    }
                    a class="btn btn-g" href="/patients/new" { "新しい患者として登録する" }
                } @else { p class="t-13" { "患者の確認は、医師・看護師・受付が行います。" } }
            }
          }
        }
    }
}

fn press((id, version): (&Id, u32), person: &Person, number: Option<usize>) -> Markup {
    html! {
        form method="post" action=(format!("/inbox/{id}/link")) {
            (hidden("seen", &version.to_string())) (hidden("patient", person.id.as_str()))
            button type="submit" class="btn btn-s" data-key=[number.map(|n| n.to_string())] { "この人にする " @if let Some(n) = number { (key(&n.to_string())) } span class="vh" { "：" (person.name) "さん" } }
        }
    }
}

fn one(candidate: &Candidate, document: (&Id, u32), number: usize, signed: &Signed, today: Date) -> Markup {
    let person = &candidate.person;
    let differs = |what: &str| candidate.differences.iter().any(|each| each.what == what);
    let told = |what: &str, words: Markup| html! { @if differs(what) { b { (words) } } @else { (words) } };
    html! {
        section class="imp imp-1" aria-label=(format!("候補 {number}")) {
            p { b { (person.name) } "　" span class="t-12 t-mute" { "患者番号 " (person.number.as_deref().unwrap_or("なし")) "　" (format::age(person, today)) } }
            dl class="dl" {
                dt { "カナ" } dd { (told("カナ", html! { (person.kana.as_deref().unwrap_or("登録なし")) })) }
                dt { "生年月日" } dd { (told("生年月日", banner::born(person))) }
                dt { "性別" } dd { (told("性別", html! { (person.sex.word()) })) }
                dt { "被保険者番号" } dd { (told("被保険者番号", html! { (candidate.members.first().map_or("登録なし", String::as_str)) })) }
            }
            @for each in &candidate.differences { p class="t-12 t-warn" { (each.what) "が違います：文書 " (if each.theirs.is_empty() { "記載なし" } else { &each.theirs }) } }
            @if signed.rights.matches { (press(document, person, Some(number))) }
        }
    }
}

/// A patient found by a search.
fn found(person: &Person, document: (&Id, u32), today: Date) -> Markup {
    html! {
        section class="imp imp-1" aria-label="探した患者" {
            p { b { (person.name) } "　" span class="t-12 t-mute" { (person.kana.as_deref().unwrap_or_default()) "　" (person.sex.word()) " " (format::age(person, today)) "　" (banner::born(person)) "　患者番号 " (person.number.as_deref().unwrap_or("なし")) } }
            (press(document, person, None))
        }
    }
}
