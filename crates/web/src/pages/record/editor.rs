//! The editor: a form of plain text areas that works without script; with it, it saves by itself.
use super::View;
use crate::components::{
    field::{hidden, key},
    icon::{Icon, icon, small},
    notice::{Severity, notice},
    tag::{Tone, tag},
};
use crate::{format, pages::intake};
use karute_chart::note::{self, Clash, Draft, LONGEST, Section, both};
use karute_chart::vitals;
use karute_japan::Timestamp;
use maud::{Markup, html};

/// The editor of an open record.
pub(super) fn editor(view: &View<'_>) -> Markup {
    let record = view.record;
    let base = super::links::visit(view.patient, &record.visit.id);
    html! {
        section class="panel nt" id="note" aria-labelledby="note-h" data-note=(base) {
            form method="post" action=(view.link("note")) id="note-form" class="nt-form" autocomplete="off" {
                div class="panel-h" {
                    h2 id="note-h" class="nw" { (view.title()) }
                    span class="t-13 t-mute nw" { (format::near(view.day(), view.today)) }
                    (present(&[]))
                    div class="row end" {
                        @if view.previous.is_some() && view.rights.writes_all {
                            button type="submit" formaction=(view.link("note/copy")) class="btn btn-g btn-sm" data-copy aria-keyshortcuts="Alt+Z" { "前回を写す " (key("Alt+Z")) }
                        }
                        a href=(view.link("phrases")) class="btn btn-g btn-sm" data-phrases aria-keyshortcuts="Alt+;" { "定型文 " (key(";")) }
                    }
                }
                div class="nt-b scroll" {
                    @if let Some(reopened) = &record.reopened {
                        div class="nt-n" {
                            (notice(Severity::Info, "確定した記録を開き直しています", &[
                                &format!("理由：{}", reopened.reason),
                                &super::hand(&reopened.name, Some(Timestamp::from_micros(reopened.at)), view.today),
                            ]))
                        }
                    }
                    @if record.note.as_ref().is_some_and(note_deleted) {
                        div class="nt-n" { a href=(view.link("history")) { "この受診には削除された記録があります" } }
                    }
                    (super::answers(view))
                    @for section in Section::NOTE {
                        @if section != Section::Nursing || shows_nursing(view) { (row(view, section)) }
                    }
                }
                (saved(&record.drafts, view.today, None))
                (hidden("seen", &note::seen(&record.drafts)))
                noscript { div class="nt-s" { button type="submit" class="btn" { "保存する" } } }
            }
            @if let Some(reading) = view.questionnaire { (intake::forms(reading, view.offer())) }
            div data-phrase-list {}
        }
    }
}

fn note_deleted(note: &karute_chart::view::Note) -> bool {
    note.is_deleted()
}

/// 看護記録 stands there for who writes it, and once something is in it.
fn shows_nursing(view: &View<'_>) -> bool {
    !view.rights.writes_all || view.record.draft(Section::Nursing).is_some()
}

fn row(view: &View<'_>, section: Section) -> Markup {
    let record = view.record;
    let draft = record.draft(section);
    let clash = record.clashes.iter().find(|(s, _)| *s == section).map(|(_, c)| c);
    let copied = draft.is_some_and(Draft::is_copied);
    let proxy = draft.is_some_and(|d| d.proxy);
    let label = if section == Section::Nursing { "看" } else { section.code() };
    html! {
        div class=(if proxy { "nt-r is-proxy" } else { "nt-r" }) id=(section.code()) {
            b aria-hidden="true" { (label) }
            div class="nt-c" {
                @if section == Section::Objective { (signs(view)) }
                @if let Some(clash) = clash {
                    (conflict(&view.link("note/choose"), section, clash, draft))
                } @else {
                    (area(view, section, draft.map_or("", |d| d.text.as_str()), copied))
                }
                @if copied { p class="t-12 nt-from" { "前回から写した文です。直すか、このままでよいか確かめてください" } }
                @if proxy { @if let Some(draft) = draft { p class="t-12 t-mute" { (tag(Tone::Line, None, "代行")) " " (draft.name) } } }
            }
        }
    }
}

fn area(view: &View<'_>, section: Section, text: &str, copied: bool) -> Markup {
    let may = view.rights.writes(section);
    html! {
        textarea name=[may.then_some(section.code())] class=(if copied { "nt-x is-copied" } else { "nt-x" })
            rows=(text.lines().count().max(2)) maxlength=(LONGEST) readonly[!may]
            aria-label=(format!("{} {}", section.title(), section.about())) data-section=[may.then_some(section.code())] {
            // A leading line break would be swallowed by the parser.
            "\n" (text)
        }
        @if may { (hidden(&format!("{}_base", section.code()), text)) }
    }
}

/// The line of vital signs above O, with what was read from it.
fn signs(view: &View<'_>) -> Markup {
    let text = view.record.text(Section::Vitals);
    html! {
        div class="vit" {
            input type="text" name="V" value=(text) class="vit-i" maxlength="200" autocomplete="off" data-section="V"
                aria-label="バイタル（血圧 脈 体重 体温 SpO2 の順に1行で）" placeholder="バイタル　138/82 72 71.2 36.5";
            (hidden("V_base", text))
            (chips(text, view.height_cm))
            @if let Some(draft) = view.record.draft(Section::Vitals).filter(|d| d.proxy) {
                p class="t-12 t-mute" { (tag(Tone::Line, None, "代行")) " " (draft.name) }
            }
        }
    }
}

/// What was read from the line, or why it could not be.
pub(super) fn chips(line: &str, height_cm: Option<f64>) -> Markup {
    html! {
        div id="vit" class="vit-c" aria-live="polite" {
            @match vitals::parse(line) {
                Ok(read) => {
                    @for (name, value, unit) in vitals::shown(&read, height_cm) {
                        span { (name) " " b { (value) } (unit) }
                    }
                }
                Err(vitals::Unreadable(words)) => { p class="t-13 t-danger" { (words) } }
            }
        }
    }
}

/// Two edits of the same lines.
pub(crate) struct Sides<'a> {
    /// Where a choice goes.
    pub(crate) action: &'a str,
    /// Code of the section.
    pub(crate) code: &'a str,
    /// What the section is called.
    pub(crate) title: &'a str,
    pub(crate) mine: &'a str,
    pub(crate) theirs: &'a str,
    /// Who wrote `theirs`.
    pub(crate) name: &'a str,
    /// Revision of `theirs`.
    pub(crate) revision: u32,
}

/// Two people wrote the same lines: あなた, 相手, 合わせる. Nothing goes until somebody chooses.
pub(super) fn conflict(action: &str, section: Section, clash: &Clash, draft: Option<&Draft>) -> Markup {
    conflict_of(&Sides {
        action,
        code: section.code(),
        title: section.title(),
        mine: &clash.mine,
        theirs: draft.map_or("", |d| d.text.as_str()),
        name: draft.map_or("ほかの人", |d| d.name.as_str()),
        revision: draft.map_or(0, |d| d.revision),
    })
}

/// Draws it.
pub(crate) fn conflict_of(sides: &Sides<'_>) -> Markup {
    let together = both(sides.theirs, sides.mine);
    let (code, title, revision) = (sides.code, sides.title, sides.revision);
    let column = |number: u8, title: &str, text: &str, act: &str| {
        html! {
            div class="cf-c" {
                h3 { (title) }
                p class="nt-pre" { @if text.is_empty() { span class="t-mute" { "（空）" } } @else { (text) } }
                button type="submit" class=(if number == 3 { "btn btn-p btn-sm" } else { "btn btn-sm" }) formaction=(sides.action) name="choice"
                    value=(format!("{code}.{number}.{revision}")) data-choice=(number) { (act) " " (key(&number.to_string())) }
            }
        }
    };
    html! {
        div class="cf" role="group" tabindex="-1" data-clash=(code) aria-label=(format!("{title} の食い違い")) {
            p class="row row-w" {
                (icon(Icon::Triangle)) b { (sides.name) "さんも " (title) " を書き換えました" }
                span class="end t-13" { "どちらの文も残してあります" }
            }
            div class="cf-g" {
                (column(1, "あなた", sides.mine, "こちらにする"))
                (column(2, sides.name, sides.theirs, "こちらにする"))
                (column(3, "合わせる", &together, "両方を残す"))
            }
        }
    }
}

/// The one sign of saving, with the sections as they stand for the script.
pub(super) fn saved(drafts: &[(Section, Draft)], today: karute_japan::Date, now: Option<Timestamp>) -> Markup {
    let last = now.or_else(|| drafts.iter().map(|(_, d)| d.saved()).max());
    let words = last.map(|at| if at.day_in_japan() == today { format::clock(at) } else { format::moment(at, today) });
    html! {
        p class="nt-s t-12 t-mute" id="note-saved" data-seen=(note::seen(drafts)) {
            @if let Some(words) = words { (small(Icon::Check)) span { (words) " 自動保存" } }
            @else { span { "書いたものは自動で保存されます" } }
        }
    }
}

/// The sections as they stand, hidden: the script puts them where nobody is typing.
pub(super) fn sections(drafts: &[(Section, Draft)]) -> Markup {
    html! {
        div id="note-sections" hidden {
            @for (section, draft) in drafts {
                pre data-stands=(section.code()) data-copied[draft.is_copied()] { "\n" (draft.text) }
            }
        }
    }
}

/// Who else has the record open.
pub(super) fn present(names: &[String]) -> Markup {
    html! {
        span class="nt-who t-12" id="note-here" aria-live="polite" {
            @if !names.is_empty() { i aria-hidden="true" {} (names.join("・")) span class="vh" { "さんも開いています" } }
        }
    }
}
