//! The block at the foot of today's record: the active list, and the field that adds to it.
use super::{codes, one};
use crate::components::{
    field::{hidden, key},
    icon::{Icon, small},
    notice::alert,
    tag::{Tone, tag},
    terms::TermField,
};
use crate::{format, links, rights::Rights};
use karute_chart::problem::{Entry, List, Named};
use karute_fhir::Id;
use karute_japan::Date;
use karute_terminology::Domain;
use maud::{Markup, html};

/// Names shown in the block; the rest is counted.
const SHOWN: usize = 12;

/// What is said after something was done.
pub(crate) enum Told {
    /// Nothing was done.
    Nothing,
    /// A name stands on the list.
    Added(Box<Entry>),
    /// The same disease is active already; the name that was to be added.
    Already(Box<Entry>, Named),
    /// Done, and the form that takes it back.
    Done(String, Option<Markup>),
    /// Not done, and why.
    Refused(&'static str),
}

impl Told {
    /// As it stands above the list.
    pub(super) fn draw(&self, patient: &Id, rights: Rights, today: Date, new: &Id) -> Markup {
        match self {
            Told::Nothing => html! {},
            Told::Added(entry) => {
                let undo = html! {
                    form method="post" action=(links::problem(patient, &entry.id)) data-part {
                        (hidden("act", "delete")) (hidden("seen", &entry.version.to_string())) (hidden("reason", "追加の取り消し"))
                        button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
                    }
                };
                crate::components::notice::toast(&format!("{} を追加しました", entry.problem.label()), Some(undo))
            }
            Told::Already(entry, wanted) => already(patient, entry, wanted, rights, today, new),
            Told::Done(words, undo) => crate::components::notice::toast(words, undo.clone()),
            Told::Refused(words) => alert("登録していません", &[words]),
        }
    }
}

/// The block. `new` is a fresh id for the next name.
pub(crate) fn block(list: &List, patient: &Id, rights: Rights, today: Date, new: &Id, told: &Told) -> Markup {
    html! {
        section class="dx" id="problems-block" aria-labelledby="problems-block-h" {
            div class="od-h row" {
                h2 id="problems-block-h" class="t-13" { "病名" } span class="t-12 t-mute" { "有効 " (list.active.len()) }
                a class="end t-12" href=(links::problems(patient)) { "一覧・転帰" }
            }
            (told.draw(patient, rights, today, new))
            @if list.active.is_empty() { p class="t-13 t-mute" { "有効な病名はありません。" } }
            ul class="dx-l dx-2" {
                @for entry in list.active.iter().take(SHOWN) { (row(patient, entry, today)) }
                @if list.active.len() > SHOWN { li { a href=(links::problems(patient)) { "ほか" (list.active.len() - SHOWN) "件" } } }
            }
            @if rights.problems { div class="term-up" { (add_field(patient, new)) } }
        }
    }
}

fn row(patient: &Id, entry: &Entry, today: Date) -> Markup {
    html! {
        li class=[entry.awaiting.then_some("is-wait")] {
            a class="t-b" href=(links::problem(patient, &entry.id)) { (entry.problem.label()) }
            span {
                @if entry.awaiting { (tag(Tone::Line, None, "承認待ち")) " " }
                @if entry.problem.main { "主　" }
                @if let Some(start) = entry.problem.start {
                    @if start == today { (tag(Tone::Warn, None, "今日")) } @else { (format::near(start, today)) "〜" }
                }
            }
        }
    }
}

/// The field, and the form that its chosen row fills.
pub(crate) fn add_field(patient: &Id, new: &Id) -> Markup {
    let action = format!("{}/search", links::problems(patient));
    let field = TermField {
        action: &action,
        kinds: &[Domain::Disease],
        kind: Domain::Disease,
        typed: "",
        example: "病名を追加　例 DM、みぎ ひざ へんけい",
        take: "problem-take",
        patient: Some(patient),
    };
    html! {
        div class="dx-add" data-key-field="d" {
            (field.draw())
            (key("D"))
            form id="problem-take" method="post" action=(links::problems(patient)) data-part hidden {
                (hidden("new", new.as_str())) (hidden("system", "")) (hidden("code", "")) (hidden("modifiers", ""))
            }
        }
    }
}

/// The same disease is active: goes on, or ends first (SRCH-22).
fn already(patient: &Id, entry: &Entry, wanted: &Named, rights: Rights, today: Date, new: &Id) -> Markup {
    let surer = entry.problem.suspected && !wanted.is_suspected();
    html! {
        div class="note note-warn" role="alert" {
            (small(Icon::Triangle))
            div {
                b { "「" (entry.problem.label()) "」はすでに有効です" }
                p {
                    @if let Some(start) = entry.problem.start { (format::near(start, today)) "から。" }
                    "重ねて登録していません。"
                }
                @if rights.problems {
                    div class="row row-w" {
                        a class="btn btn-sm" href=(links::problems(patient)) { "このまま継続" }
                        @if surer {
                            form method="post" action=(links::problem(patient, &entry.id)) data-part {
                                (hidden("act", "rename")) (hidden("seen", &entry.version.to_string())) (codes(wanted))
                                button type="submit" class="btn btn-sm" { "疑いを外して確定にする" }
                            }
                        }
                        a class="btn btn-sm" href=(format!("{}#end", links::problem(patient, &entry.id))) { "転帰をつける" }
                        @if !surer { (one::end_and_add(patient, entry, wanted, new)) }
                    }
                }
            }
        }
    }
}
