//! What is on record: who entered, who confirmed, and after a correction the old text struck through beside the new.
use super::{View, hand, lines, revision};
use crate::components::{
    icon::{Icon, small},
    notice::{Severity, empty, notice},
    tag::{Tone, tag},
};
use crate::{format, pages::intake};
use karute_chart::note::{Change, Line, Past};
use karute_chart::view::Note;
use maud::{Markup, html};

/// The record as it stands.
pub(super) fn kept(view: &View<'_>) -> Markup {
    let note = view.record.note.as_ref();
    let awaiting = note.is_some_and(|n| n.awaiting);
    html! {
        section class=(if awaiting { "panel nt is-proxy" } else { "panel nt" }) id="note" aria-labelledby="note-h" {
            div class="panel-h" {
                h2 id="note-h" class="nw" { (view.title()) }
                span class="t-13 t-mute nw" { (format::near(view.day(), view.today)) }
                @if let Some(note) = note { (states(note)) }
                div class="row end" {
                    @if note.is_some() { a class="btn btn-g btn-sm" href=(view.link("history")) { "すべての版" } }
                    @if view.rights.writes && note.is_some_and(|n| !n.is_deleted()) {
                        a class="btn btn-sm" href=(view.link("correct")) { "訂正する" }
                    }
                }
            }
            div class="nt-b scroll" tabindex="0" role="region" aria-label="記録" {
                (super::answers(view))
                @if let Some(reading) = view.questionnaire { (intake::forms(reading, view.offer())) }
                @match note {
                    Some(note) => { (text(view, note)) }
                    None if view.record.drafts.is_empty() => {
                        (empty(Icon::List, "記録はまだありません", "医師・看護師が書くと、ここに出ます。", None))
                    }
                    None => { (drafts(view)) }
                }
            }
        }
    }
}

fn states(note: &Note) -> Markup {
    html! {
        @if note.is_deleted() { (tag(Tone::Danger, None, "削除")) }
        @else if note.awaiting { (tag(Tone::Warn, None, "承認待ち")) }
        @else if note.confirmed.is_some() || note.status == "final" { (tag(Tone::Ok, Some(Icon::Check), "確定")) }
        @if note.is_amended() { (tag(Tone::Line, None, "訂正あり")) }
    }
}

fn text(view: &View<'_>, note: &Note) -> Markup {
    let newest = view.past.first().filter(|p| p.note.version == note.version && note.is_amended());
    html! {
        @if note.revision.is_some() { div class="nt-n" { (revision(note, view.today)) } }
        @if !view.measured.is_empty() {
            div class="nt-r" { b { (small(Icon::Chart)) span class="vh" { "バイタル" } } div class="nt-c" {
                (super::editor::chips(view.measured, view.height_cm))
                @if let Some((name, awaiting)) = view.measured_by { p class="t-12 t-mute" { (tag(Tone::Line, None, "代行")) " " (name) @if *awaiting { " " (tag(Tone::Warn, None, "承認待ち")) } } }
            } }
        }
        @match newest {
            Some(past) => { (compared(past)) }
            None => {
                @for (at, (title, body)) in note.sections.iter().enumerate() {
                    div class="nt-r" id=(title) {
                        b { (short(title)) }
                        div class="nt-c" {
                            p { @if note.is_deleted() { del { (lines(body)) } } @else { (lines(body)) } }
                            (entered(note, at))
                        }
                    }
                }
            }
        }
        p class="nt-s t-12 t-mute" { (hands(view, note)) }
    }
}

fn short(title: &str) -> &str {
    if title == "看護記録" { "看" } else { title }
}

/// Who entered a section, when it was another than the first author or a proxy.
fn entered(note: &Note, at: usize) -> Markup {
    let hand = note.hands.get(at).and_then(Option::as_ref);
    html! {
        @if let Some((name, proxy)) = hand {
            @if *proxy { p class="t-12 t-mute" { (tag(Tone::Line, None, "代行")) " " (name) } }
            @else if note.author.as_ref() != Some(name) { p class="t-12 t-mute" { (name) } }
        }
    }
}

/// A version against the one before it.
pub(super) fn compared(past: &Past) -> Markup {
    html! {
        @for (title, changed) in &past.sections {
            div class="nt-r" id=(title) {
                b { (short(title)) }
                div class="nt-c" { @for line in changed { (one(line)) } }
            }
        }
    }
}

fn one(line: &Line) -> Markup {
    html! {
        @match line.change {
            Change::Same => { p { (line.text) } }
            Change::Out => { p { del { span class="vh" { "消した文：" } (line.text) } } }
            Change::In => { p { ins { span class="vh" { "加えた文：" } (line.text) } } }
        }
    }
}

/// 入力者 and 確定者.
pub(super) fn hands(view: &View<'_>, note: &Note) -> Markup {
    html! {
        "入力 " (note.author.as_deref().unwrap_or("不明"))
        @if let Some(doctor) = &note.principal { "（依頼医 " (doctor) "）" }
        @if let Some(confirmed) = &note.confirmed { "　確定 " (hand(&confirmed.name, confirmed.at, view.today)) }
        @else if note.awaiting { "　承認はまだです" }
        @if let Some(version) = note.version { "　第" (version) "版" }
    }
}

/// Drafts, for those who may read but not write: visibly no record yet (SEC-I2).
fn drafts(view: &View<'_>) -> Markup {
    html! {
        div class="nt-n" { (notice(Severity::Warn, "書きかけです", &["まだ確定していません。"])) }
        @for (section, draft) in &view.record.drafts {
            @if !draft.text.is_empty() {
                div class="nt-r" { b { (short(section.title())) } div class="nt-c" { p { (lines(&draft.text)) } p class="t-12 t-mute" { (small(Icon::User)) " " (draft.name) } } }
            }
        }
    }
}
