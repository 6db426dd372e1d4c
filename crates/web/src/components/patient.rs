//! The frame of every screen of one patient but the summary: the banner, where one is, the search of this chart.
use super::banner::full;
use super::frame::{Page, Place};
use super::icon::{Icon, small};
use crate::{guard::Signed, links};
use karute_chart::summary::Face;
use karute_fhir::Id;
use maud::{Markup, html};

/// Which screen of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Problems,
    Allergies,
    Results,
    Documents,
    Letters,
    Outside,
    Found,
}

/// Draws it. `typed` stands in the search field.
pub(crate) fn screen(signed: &Signed, face: &Face, part: Part, typed: &str, body: &Markup) -> Markup {
    let id = &face.person.id;
    let aside = html! {
        div class="row pt-here" {
            @if let Some((_, state, number)) = &face.today {
                span class="t-12 t-mute nw" { @if let Some(number) = number { "No." (number) br; } (state.word()) }
            }
            a class="btn" href=(links::patient(id)) { (small(Icon::Left)) "カルテへ" }
        }
    };
    let title = match part {
        Part::Problems => "病名",
        Part::Allergies => "アレルギー・注意",
        Part::Results => "結果とグラフ",
        Part::Documents => "文書・画像",
        Part::Letters => "紹介状・返書",
        Part::Outside => "他院の情報",
        Part::Found => "カルテ内の検索",
    };
    let header = html! { div class="pt-top" {
        (full(face, &aside))
        (tabs(id, part, typed))
    } };
    let body = html! { h1 class="vh" { (title) } (body) };
    Page { title, place: Place::Patient, header, class: "pane scroll", body }.draw(&signed.viewer())
}

/// The screens of a patient, and the search of this chart.
pub(crate) fn tabs(id: &Id, part: Part, typed: &str) -> Markup {
    let tabs = [
        (Part::Problems, links::problems(id), "病名"),
        (Part::Allergies, links::allergies(id), "アレルギー・注意"),
        (Part::Results, links::results(id), "結果とグラフ"),
        (Part::Documents, links::documents(id), "文書・画像"),
        (Part::Letters, links::letters(id), "紹介状"),
        (Part::Outside, links::outside(id), "他院"),
    ];
    html! {
        div class="pt-nav" {
            nav class="tabs" aria-label="この患者の画面" {
                @for (each, path, word) in &tabs { a href=(path) aria-current=[(*each == part).then_some("page")] { (word) } }
            }
            form method="post" action=(format!("/p/{id}/search")) class="field" role="search" {
                (small(Icon::Search))
                input type="text" name="q" value=(typed) maxlength="100" required autocomplete="off" placeholder="このカルテの中を探す" aria-label="このカルテの中を探す：記録・文書・薬・病名の言葉";
            }
        }
    }
}
