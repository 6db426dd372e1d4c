//! 経過: one line of time, newest first.
use super::{
    icon::{Icon, icon},
    lab, medication,
    tag::{Tone, tag},
};
use crate::format;
use karute_chart::summary::{Entry, EntryKind};
use karute_japan::Date;
use maud::{Markup, html};

/// Laboratory values of a day shown in the timeline at most; the rest is counted.
const VALUES: usize = 10;

/// The entries.
pub(crate) fn timeline(entries: &[Entry], today: Date) -> Markup {
    html! { @for entry in entries { (draw(entry, today)) } }
}

fn draw(entry: &Entry, today: Date) -> Markup {
    let day = html! {
        h3 { time datetime=(entry.date) { (format::near(entry.date, today)) } }
        span class="t-13 t-mute" { (format::weekday_and_distance(entry.date, today)) }
    };
    match &entry.kind {
        EntryKind::Visit { kind, reason, author, note, drugs, vaccines, .. } => html! {
            article class="tl-a" {
                div class="tl-d" {
                    (day)
                    @if let Some(author) = author { span class="t-13 t-mute" { (author) } }
                    @if let Some(kind) = kind { span class="end" { (tag(Tone::Line, None, kind)) } }
                }
                div class="tl-e" {
                    @if note.is_empty() {
                        p class="t-13" { (reason.as_deref().unwrap_or("受診")) }
                    } @else {
                        dl class="soap" { @for (letter, text) in note { dt { (letter) } dd { (lines(text)) } } }
                    }
                    @for vaccine in vaccines { p class="t-13" { (tag(Tone::Ai, None, "接種")) " " (vaccine.line) } }
                    @if !drugs.is_empty() { (medication::past(drugs)) }
                }
            }
        },
        EntryKind::Labs { items } => html! {
            article class="tl-a" {
                div class="tl-d" { (day) span class="end" { (tag(Tone::Line, Some(Icon::Flask), &format!("検査 {}項目", items.len()))) } }
                div class="tl-e" {
                    p class="t-13 lvs" {
                        @for item in items.iter().take(VALUES) { (lab::pair(item)) }
                        @if items.len() > VALUES { span class="t-mute" { "ほか" (items.len() - VALUES) "項目" } }
                    }
                }
            }
        },
        EntryKind::Document(document) => html! {
            article class="tl-a" {
                div class="tl-d" { (day) }
                div class=(if document.outside { "tl-x" } else { "tl-p" }) {
                    span class="row row-w" {
                        @if document.outside {
                            (tag(Tone::Fuji, Some(Icon::Link), &document.title))
                            @if let Some(source) = &document.source { b { (source) } }
                        } @else { (icon(Icon::Letter)) b { (document.title) } }
                    }
                    @if let Some(summary) = &document.summary { span { (summary) } }
                }
            }
        },
    }
}

/// Text with its line breaks.
fn lines(text: &str) -> Markup {
    html! {
        @for (i, line) in text.lines().enumerate() { @if i > 0 { br; } (line) }
    }
}
