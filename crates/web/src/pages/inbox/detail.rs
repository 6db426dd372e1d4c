//! A document in the sender's own order and wording. Everything of it is words: whatever markup came is gone before.
use super::Opened;
use crate::components::{
    banner,
    icon::{Icon, icon, small},
    notice::{Severity, notice},
    tag::{Tone, tag},
};
use crate::{format, guard::Signed};
use karute_chart::inbox::{Block, Received, Row, Shown, State, Who};
use karute_chart::outside::What;
use karute_chart::view::Flag;
use karute_japan::Date;
use maud::{Markup, html};

/// The middle column.
pub(super) fn document(opened: &Opened, signed: &Signed, today: Date) -> Markup {
    let row = &opened.page.row;
    html! {
        section class="ib-doc" aria-label=(row.kind.word()) {
            div class="ib-dh" {
                div class="row row-w" {
                    (tag(Tone::Fuji, Some(Icon::Link), "電子カルテ情報共有サービス"))
                    span class="t-12 t-mute" { "受信 " (row.came.map(|at| format::moment(at, today)).unwrap_or_default()) @if let Some(day) = row.written { "　作成 " (format::near(day, today)) } }
                }
                div class="row" {
                    h2 { (if row.title.is_empty() { row.kind.word() } else { &row.title }) }
                    @if signed.rights.notes {
                        div class="row end" {
                            @if signed.rights.prints { a class="btn btn-sm" href=(format!("/print/inbox/{}", row.id)) target="_blank" { "印刷" } }
                            a class="btn btn-sm" href=(format!("/inbox/{}/original", row.id)) target="_blank" rel="noopener" { "原文" span class="vh" { "（届いたままの文書を新しいタブで開く）" } }
                        }
                    }
                }
                p class="t-13" { b { (row.sender.institution) @if !row.sender.department.is_empty() { " " (row.sender.department) } } @if !row.sender.doctor.is_empty() { "　" (row.sender.doctor) " 医師" } (addressee(opened)) }
            }
            div class="scroll" tabindex="0" role="region" aria-label="文書の本文" {
                @match (&opened.received, signed.rights.notes) {
                    (_, false) => { article class="doc" { (who(opened, signed, today)) p class="t-13 t-mute" { "文書の内容は、医師・看護師が確認します。" } } }
                    (Err(words), _) => { (notice(Severity::Danger, "この文書は開けません", &[words, "原文は届いたまま残っています。"])) }
                    (Ok(received), _) => {
                        article class="doc" { (who(opened, signed, today)) (content(received, &row.id.to_string(), 0)) }
                        @for (n, inside) in received.inside.iter().enumerate() {
                            article class="doc" { h3 class="t-b" { (icon(Icon::Clip)) (inside.title) } (content(inside, &row.id.to_string(), n + 1)) }
                        }
                    }
                }
            }
        }
    }
}

fn addressee(opened: &Opened) -> Markup {
    let to = opened.received.as_ref().map_or("", |received| received.addressee.as_str());
    html! { @if !to.is_empty() { " → " (to) } }
}

/// Whom it is about, as the sender knows the person, and whether that is a patient of ours.
fn who(opened: &Opened, signed: &Signed, today: Date) -> Markup {
    let row = &opened.page.row;
    html! {
        section {
            h3 { "患者" }
            div class="row row-w" {
                b { (row.who.name) } span { (facts(&row.who)) }
                @match &opened.page.person {
                    Some(person) => { (tag(Tone::Ok, Some(Icon::Check), &format!("患者番号 {} の {}", person.number.as_deref().unwrap_or("なし"), person.name))) span class="t-12 t-mute" { (format::age(person, today)) "　" (banner::born(person)) } }
                    None => { (tag(Tone::Warn, Some(Icon::User), "どの患者か確認してください")) }
                }
            }
            (state(row, today))
            (super::errand::told(opened, signed, today))
        }
    }
}

/// `シミズ イサム　男　S22.1.29`
pub(super) fn facts(who: &Who) -> String {
    let birth = who.birth.map_or_else(|| "生年月日不明".to_owned(), format::era_short);
    format!("{}　{}　{birth}", who.kana, who.sex.word())
}

/// What was done about it.
fn state(row: &Row, today: Date) -> Markup {
    let critical: Vec<&str> = row.critical.iter().map(String::as_str).collect();
    html! {
        @if row.state == State::ToDo { (notice(Severity::Danger, "要対応の値があります", &critical)) }
        @if row.state == State::Replaced { (notice(Severity::Warn, "この文書は新しい版に差し替えられました", &[])) }
        @for done in &row.done { p class="row t-13 t-ok" { (small(Icon::Check)) (done.words) "　" (done.by) @if let Some(at) = done.at { "　" (format::moment(at, today)) } } }
    }
}

/// What a document says, in its order; files and what could not be read at its end.
pub(super) fn content(received: &Received, id: &str, within: usize) -> Markup {
    html! {
        @for shown in &received.sections { (section(shown)) }
        @if received.sections.is_empty() { (values(received)) }
        @if !received.files.is_empty() {
            section {
                h3 { "添付" }
                p class="row row-w" {
                    @for (n, file) in received.files.iter().enumerate() { a class="btn btn-sm" href=(format!("/inbox/{id}/files/{within}.{n}")) download { (small(Icon::Clip)) (file.title) } }
                }
            }
        }
        @for gap in &received.gaps { (notice(Severity::Warn, gap, &["原文で確かめてください。"])) }
    }
}

fn section(shown: &Shown) -> Markup {
    html! {
        section {
            h3 { (shown.title) }
            @for block in &shown.blocks {
                @match block {
                    Block::Text(text) => { p class="nt-pre" { (text) } }
                    Block::List(items) => { ul { @for item in items { li { (item) } } } }
                    Block::Table(rows) => { div class="grid-t" { table { tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } } } } }
                }
            }
            @if let Some(empty) = &shown.empty { p class="t-mute" { (empty) } }
        }
    }
}

/// A document without sections (5情報): what it says as data.
fn values(received: &Received) -> Markup {
    html! {
        ul {
            @for item in &received.items {
                @let flag = match &item.what { What::Result(result) => result.measured.flag, _ => Flag::None };
                li { b { (item.name()) } "　" span class=[match flag { Flag::High => Some("v-h"), Flag::Low => Some("v-l"), Flag::None => None }] { (item.words()) } }
            }
        }
    }
}
