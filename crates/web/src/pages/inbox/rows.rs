//! The list: tabs with their counts, kinds as chips, a line for each document.
use super::{Chip, Lines, Tab};
use crate::components::{
    icon::{Icon, icon, small},
    tag::{Tone, tag},
};
use crate::{format, guard::Signed, links};
use karute_chart::errand::State as Asked;
use karute_chart::inbox::{Kind, Listed, State};
use karute_chart::letter::Stuck;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_sharing::jobs::kept::{Inbox as Held, InboxState};
use karute_sharing::jobs::record::Kept;
use maud::{Markup, html};

/// The tabs of the header.
pub(super) fn tabs(lines: &Lines, signed: &Signed) -> Markup {
    html! {
        nav class="tabs" aria-label="受信箱の分類" {
            @for (tab, count) in Tab::ALL.into_iter().zip(lines.counts) {
                @if signed.rights.notes || tab == Tab::Unmatched {
                    a href=(super::Spot { tab, ..lines.spot }.link(None)) aria-current=[(tab == lines.spot.tab).then_some("page")] {
                        (tab.word()) @if tab != Tab::All { " " span class="cnt" { (count) span class="vh" { "件" } } }
                    }
                }
            }
        }
        // What is typed is searched for by the program; the address tells nothing of it.
        @if signed.rights.notes {
            form method="post" action="/inbox/find" class="find grow" role="search" {
                div class="field grow" { (small(Icon::Search)) input type="search" name="q" value=[lines.words.as_deref()] maxlength="100" autocomplete="off" aria-label="受信箱を探す：患者・差出元・文書の言葉" placeholder="患者・差出元・文書の言葉"; }
            }
        }
    }
}

/// The list.
pub(super) fn list(lines: &Lines, open: Option<&Id>, signed: &Signed, today: Date) -> Markup {
    html! {
        section class="ib-list" aria-label="届いたもの" {
            nav class="ib-fil" aria-label="種類" {
                @for chip in Chip::ALL {
                    a class="fil" href=(super::Spot { chip, ..lines.spot }.link(None)) aria-current=[(chip == lines.spot.chip).then_some("true")] { (chip.word()) }
                }
            }
            div class="scroll" tabindex="0" role="region" aria-label="一覧" {
                @if let Some(words) = &lines.words { p class="row t-13 src" { span { "「" (words) "」 " (lines.shown.len()) "件" } a class="btn btn-g btn-sm end" href="/inbox" { "検索をやめる" } } }
                @for line in &lines.shown { (row(lines, line, (open, signed.rights.notes), today)) }
                @for stuck in &lines.failed { (failed(stuck, today)) }
                @for kept in &lines.held { (held(kept, open)) }
                @if lines.shown.is_empty() && lines.failed.is_empty() && lines.held.is_empty() { p class="t-13 t-mute src" { "ありません" } }
            }
        }
    }
}

const fn mark(kind: Kind) -> Icon {
    match kind {
        Kind::Referral | Kind::Other => Icon::Letter,
        Kind::Discharge | Kind::Plan => Icon::Clip,
        Kind::Laboratory | Kind::Information => Icon::Flask,
        Kind::Checkup => Icon::Graph,
    }
}

fn when(at: Option<Timestamp>, today: Date) -> String {
    at.map_or_else(String::new, |at| {
        if at.day_in_japan() == today { format::clock(at) } else { format::near(at.day_in_japan(), today) }
    })
}

fn row(lines: &Lines, line: &Listed, (open, reads): (Option<&Id>, bool), today: Date) -> Markup {
    let row = &line.row;
    let fresh = matches!(row.state, State::Unread | State::ToDo | State::Unmatched);
    let inside = row.patient.as_ref().is_some_and(|id| lines.inside.contains(id));
    html! {
        a class=(if fresh { "ib-i is-new" } else { "ib-i" }) href=(lines.spot.link(Some(&row.id))) aria-current=[(open == Some(&row.id)).then_some("true")] {
            (icon(mark(row.kind)))
            span class="ib-w" {
                @match &line.person {
                    Some(person) => { b { (person.name) } span class="t-12 t-mute nw" { (person.sex.word()) " " (format::age(person, today)) } }
                    None => { b { (if row.who.kana.is_empty() { &row.who.name } else { &row.who.kana }) } span class="t-12 t-mute nw" { (row.who.sex.word()) } }
                }
            }
            span class="ib-t" {
                (when(row.came, today))
                @match row.state {
                    State::ToDo => { (tag(Tone::Danger, Some(Icon::Triangle), "要対応")) }
                    State::Unmatched => { (tag(Tone::Warn, Some(Icon::User), "患者を確認")) }
                    State::Reviewed => { (tag(Tone::Line, Some(Icon::Check), &row.done.last().map_or_else(|| "確認済".to_owned(), |done| format!("{} 確認済", done.by)))) }
                    State::Replaced => { (tag(Tone::Line, None, "差し替え済")) }
                    State::Unread => { @if inside { (tag(Tone::Ai, None, "来院中")) } }
                }
                @match lines.errands.get(&row.id) {
                    Some(Asked::Open) => { (tag(Tone::Line, None, Asked::Open.word())) }
                    Some(Asked::Answered) if fresh => { (tag(Tone::Ok, Some(Icon::Check), Asked::Answered.word())) }
                    _ => {}
                }
            }
            span class="ib-2" {
                b { (row.kind.word()) } "　"
                // Reception sees that something came, and from where.
                @if !reads { "患者を確認してください" }
                @else if row.values.is_empty() { (row.summary) }
                @else { span class="t-danger t-b" { (row.values.join("　")) } }
            }
            span class="ib-2 t-mute" { (row.sender.institution) @if !row.sender.department.is_empty() { " " (row.sender.department) } }
        }
    }
}

/// Why a document is not in the list; none of one that is on its way there.
pub(super) fn stands_in_the_way(kept: &Kept<Held>) -> Option<(&'static str, &str)> {
    match &kept.stored.state {
        InboxState::Quarantined { why } => Some(("受け取れません", why)),
        InboxState::Gone => Some(("取得できません", "サービスに文書がありません。差出元に確認してください。")),
        InboxState::AwaitingConsent => {
            Some(("同意待ち", "患者の同意のあとで届きます（カードリーダー・マイナポータル）。"))
        }
        _ => None,
    }
}

/// A document that could not be laid into the list. What came of it is kept; of the patient nothing is told here.
fn held(kept: &Kept<Held>, open: Option<&Id>) -> Markup {
    let Some((word, why)) = stands_in_the_way(kept) else { return html! {} };
    let waits = kept.stored.state == InboxState::AwaitingConsent;
    html! {
        a class="ib-i" href=(format!("/inbox/held/{}", kept.id)) aria-current=[(open == Some(&kept.id)).then_some("true")] {
            (icon(Icon::Letter))
            span class="ib-w" { b { (kept.stored.sender_name) } }
            span class="ib-t" { (tag(if waits { Tone::Line } else { Tone::Danger }, (!waits).then_some(Icon::Triangle), word)) }
            span class="ib-2" { (why) }
        }
    }
}

/// An own letter that did not arrive.
fn failed(stuck: &Stuck, today: Date) -> Markup {
    let letter = &stuck.found.letter;
    let since = stuck.found.delivery.as_ref().and_then(|delivery| delivery.since);
    html! {
        a class="ib-i" href=(links::letter(&letter.patient, &letter.id)) {
            (icon(Icon::Send))
            span class="ib-w" { b { (stuck.person.name) } span class="t-12 t-mute nw" { (stuck.person.sex.word()) " " (format::age(&stuck.person, today)) } }
            span class="ib-t" { (when(since, today)) (tag(Tone::Danger, None, "直す")) }
            span class="ib-2" { b class="t-danger" { "送信できていません" } "　" (stuck.found.delivery.as_ref().and_then(|delivery| delivery.words.as_deref()).unwrap_or_default()) }
            span class="ib-2 t-mute" { (letter.to.name) " 宛" }
        }
    }
}
