//! 経過: one line of time, newest first.
use super::{
    icon::{Icon, icon},
    lab, medication,
    tag::{Tone, tag},
};
use crate::{format, links};
use karute_chart::summary::{Entry, EntryKind};
use karute_chart::view::Note;
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};

/// Laboratory values of a day shown in the timeline at most; the rest is counted.
const VALUES: usize = 10;
/// Other things that an institution says of a day shown at most; the rest is counted.
const OTHERS: usize = 6;

/// The entries. `patient` makes days lead to their visit; `act` is what can be done with one.
pub(crate) fn timeline(entries: &[Entry], today: Date, patient: Option<&Id>, act: &dyn Fn(&Id) -> Markup) -> Markup {
    html! { @for entry in entries { (draw(entry, today, patient, act)) } }
}

fn draw(entry: &Entry, today: Date, patient: Option<&Id>, act: &dyn Fn(&Id) -> Markup) -> Markup {
    let day = html! {
        h3 { time datetime=(entry.date) { (format::near(entry.date, today)) } }
        span class="t-13 t-mute" { (format::weekday_and_distance(entry.date, today)) }
    };
    match &entry.kind {
        EntryKind::Visit { visit, kind, reason, author, note, record, repeats, drugs, vaccines } => {
            let link = patient.zip(visit.as_ref()).map(|(p, v)| links::visit(p, v));
            let waits = record.as_ref().is_some_and(|r| r.awaiting);
            html! {
                article class=(if waits { "tl-a tl-v is-proxy" } else { "tl-a tl-v" }) {
                    div class="tl-d" {
                        @match &link {
                            Some(link) => { h3 { a href=(link) { time datetime=(entry.date) { (format::near(entry.date, today)) } } } span class="t-13 t-mute" { (format::weekday_and_distance(entry.date, today)) } }
                            None => { (day) }
                        }
                        @if let Some(author) = author { span class="t-13 t-mute" { (author) } }
                        @let acts = visit.as_ref().map(act).filter(|m| !m.0.is_empty());
                        @match acts {
                            Some(acts) => { (acts) }
                            None => { @if let Some(kind) = kind { span class="end" { (tag(Tone::Line, None, kind)) } } }
                        }
                    }
                    div class="tl-e" {
                        @if let Some(record) = record { (marks(record, *repeats)) }
                        @if note.is_empty() {
                            p class="t-13" { (reason.as_deref().unwrap_or("受診")) }
                        } @else {
                            dl class="soap" { @for (letter, text) in note { dt { (short(letter)) } dd { (lines(text)) } } }
                        }
                        @for vaccine in vaccines { p class="t-13" { (tag(Tone::Ai, None, "接種")) " " (vaccine.line) } }
                        @if !drugs.is_empty() { (medication::past(drugs)) }
                    }
                }
            }
        }
        EntryKind::Labs { items } => html! {
            article class="tl-a tl-l" {
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
            article class="tl-a tl-w" {
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
        EntryKind::Outside(outside) => html! {
            article class="tl-a tl-o" {
                div class="tl-d" { (day) }
                div class="tl-x" {
                    span class="row row-w" { (tag(Tone::Fuji, Some(Icon::Link), "他院")) b { (outside.institution) } }
                    @for (kind, words) in outside.others.iter().take(OTHERS) { span { span class="t-mute" { (kind) } "　" (words) } }
                    @if outside.others.len() > OTHERS { span class="t-mute" { "ほか" (outside.others.len() - OTHERS) "件" } }
                    @if !outside.values.is_empty() {
                        span class="lvs" {
                            @for item in outside.values.iter().take(VALUES) { (lab::pair(item)) }
                            @if outside.values.len() > VALUES { span class="t-mute" { "ほか" (outside.values.len() - VALUES) "項目" } }
                        }
                    }
                }
            }
        },
    }
}

/// What must be known of a note beside its text; nothing for most.
fn marks(record: &Note, repeats: bool) -> Markup {
    html! {
        @if record.is_deleted() || record.awaiting || record.is_amended() || repeats {
            p class="row row-w" {
                @if record.is_deleted() {
                    (tag(Tone::Danger, None, "記録を削除"))
                    @if let Some(revision) = &record.revision { span class="t-13" { (revision.reason) } }
                }
                @if record.awaiting { (tag(Tone::Warn, None, "承認待ち")) }
                @if record.is_amended() { (tag(Tone::Line, None, "訂正あり")) }
                @if repeats { (tag(Tone::Line, None, "前回と同文")) }
            }
        }
    }
}

fn short(letter: &str) -> &str {
    if letter == "看護記録" { "看" } else { letter }
}

/// Text with its line breaks.
fn lines(text: &str) -> Markup {
    html! {
        @for (i, line) in text.lines().enumerate() { @if i > 0 { br; } (line) }
    }
}
