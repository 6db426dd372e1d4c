//! The frame around every screen: rail, header, body.
use super::icon::{Icon, icon, sprite};
use crate::pages::emergency;
use crate::preferences::{Density, Preferences};
use crate::{acts, assets, links, rights::Rights};
use karute_chart::clinic::Mode;
use karute_chart::opened::Left;
use karute_identity::BrowserKeys;
use maud::{DOCTYPE, Markup, html};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Which screen of the rail is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Search,
    Reception,
    Patient,
    Work,
    Approvals,
    Prescriptions,
    Unregistered,
    Inbox,
    Appointments,
    Outgoing,
    Audit,
    Settings,
    Me,
    /// None of the rail.
    Elsewhere,
}

/// What the frame needs to know of the person signed in.
pub(crate) struct Viewer<'a> {
    /// Name as written.
    pub(crate) name: &'a str,
    /// Professions in words.
    pub(crate) role: String,
    /// What they may do.
    pub(crate) rights: Rights,
    /// Idle time after which the screen locks itself, in milliseconds.
    pub(crate) idle_ms: i64,
    /// How they want their screens.
    pub(crate) preferences: Preferences,
    /// How much of the product the clinic uses.
    pub(crate) mode: Mode,
    /// Whether a reason for an emergency is owed.
    pub(crate) owes_reason: bool,
    /// How many entries wait for approval.
    pub(crate) awaiting: u64,
    /// How many prescriptions are not registered.
    pub(crate) unregistered: u64,
    /// How much of the inbox waits.
    pub(crate) waiting: u64,
    /// Where work was left.
    pub(crate) left: &'a [Left],
    /// Keys for what the browser keeps while the server cannot be reached.
    pub(crate) browser_keys: Option<&'a BrowserKeys>,
}

impl Viewer<'_> {
    /// `owner:period:key:key before`, for the script, which takes it off the page at once.
    fn keep(&self) -> Option<Zeroizing<String>> {
        let keys = self.browser_keys?;
        let mut text = Zeroizing::new(String::with_capacity(170));
        let _ = write!(text, "{}:{}", keys.owner, keys.period);
        for key in [&keys.now, &keys.before] {
            text.push(':');
            for byte in key.iter() {
                let _ = write!(text, "{byte:02x}");
            }
        }
        Some(text)
    }
}

/// A whole page inside the frame. `header` is the title row or the patient banner, `body` is `<main>` content.
pub(crate) struct Page<'a> {
    /// Title of the tab; no names of patients (a projected tab bar leaks nothing).
    pub(crate) title: &'a str,
    /// Where we are.
    pub(crate) place: Place,
    /// Header.
    pub(crate) header: Markup,
    /// Class of `<main>`.
    pub(crate) class: &'a str,
    /// Content.
    pub(crate) body: Markup,
}

impl Page<'_> {
    /// Draws it.
    pub(crate) fn draw(self, viewer: &Viewer<'_>) -> Markup {
        document_as(
            "ja",
            self.title,
            viewer.preferences.density,
            &html! {
                a class="skip" href="#main" { "本文へ移動" }
                div class="app" data-keep=[viewer.keep().as_deref()] data-idle=(viewer.idle_ms) data-single-keys=(viewer.preferences.keys.code()) {
                    (rail(self.place, viewer))
                    div class="main" {
                        @if viewer.owes_reason { a class="owes" href=(emergency::PATH) { "緊急閲覧の理由がまだ書かれていません。理由を書く" } }
                        (self.header)
                        main id="main" class=(format!("body {}", self.class)) tabindex="-1" { (self.body) }
                    }
                }
                (acts::palette())
                (acts::key_list())
                dialog id="lock" class="lock" aria-labelledby="lock-h" {
                    h2 id="lock-h" { "画面をロックしています" }
                    (crate::pages::lock::form(viewer.name, "/", false))
                }
            },
        )
    }
}

/// An HTML document around `body`.
pub(crate) fn document(title: &str, body: &Markup) -> Markup {
    document_as("ja", title, Density::Standard, body)
}

/// The same in another language (BCP 47).
pub(crate) fn document_in(language: &str, title: &str, body: &Markup) -> Markup {
    document_as(language, title, Density::Standard, body)
}

fn document_as(language: &str, title: &str, density: Density, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language) data-density=[(density != Density::Standard).then(|| density.code())] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) "｜Karute" }
                link rel="icon" href=(assets::url("mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::url("karute.css"));
                script type="module" src=(assets::url("app.js")) {}
            }
            body { (sprite()) (body) }
        }
    }
}

/// The mark of the product.
pub(crate) fn mark() -> Markup {
    html! {
        svg width="30" height="30" viewBox="0 0 30 30" aria-hidden="true" {
            rect x="3" y="3" width="24" height="24" rx="7" fill="none" stroke="currentColor" stroke-width="2" {}
            path d="M9 15.5h4l2-5 2.6 9 2-4H22" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}

fn rail(place: Place, viewer: &Viewer<'_>) -> Markup {
    let rights = &viewer.rights;
    let initial = viewer.name.chars().next().unwrap_or('？');
    html! {
        nav class="rail" aria-label="主な画面" {
            span class="rail-mark" { (mark()) @if viewer.mode == Mode::PaperChart { small { "導入版" } } }
            @if rights.search { (entry("/patients", Icon::Search, "検索", place == Place::Search)) }
            @if rights.reception { (entry("/reception", Icon::List, "受付", place == Place::Reception)) }
            @if place == Place::Patient { span class="rail-here" aria-current="page" { (icon(Icon::Chart)) "カルテ" } }
            // A patient who was left with something unfinished stays in sight (SAFE-04).
            @for left in viewer.left { a class="rail-left" href=(links::visit(&left.patient, &left.visit)) { b { (left.family) } "作業中" } }
            @if rights.inbox { (counted("/inbox", Icon::Inbox, "受信", place == Place::Inbox, viewer.waiting)) }
            @if viewer.mode == Mode::Full && rights.book { (entry("/appointments", Icon::Calendar, "予約", place == Place::Appointments)) }
            @if viewer.mode == Mode::Full && rights.perform { (entry("/worklist", Icon::Flask, "検査", place == Place::Work)) }
            @if viewer.mode == Mode::PaperChart && rights.chart { (entry("/prescriptions", Icon::Pill, "処方箋", place == Place::Prescriptions)) }
            @if rights.confirms { (counted("/approvals", Icon::Check, "承認", place == Place::Approvals, viewer.awaiting)) }
            // Nobody leaves with a prescription that the service does not have.
            @if viewer.unregistered > 0 || place == Place::Unregistered { (counted("/unregistered", Icon::Triangle, "未登録", place == Place::Unregistered, viewer.unregistered)) }
            @if rights.jobs { (entry("/outgoing", Icon::Send, "送信", place == Place::Outgoing)) }
            @if rights.audit { (entry("/audit", Icon::Eye, "監査", place == Place::Audit)) }
            @if rights.drugs { (entry("/settings", Icon::Gear, "設定", place == Place::Settings)) }
            span class="rail-gap" {}
            a href="/me" aria-current=[(place == Place::Me).then_some("page")] {
                span class="rail-me" aria-hidden="true" { (initial) }
                span class="vh" { "ログイン中：" (viewer.name) " " (viewer.role) "。" }
                "自分"
            }
            form method="post" action="/lock" data-lock { button type="submit" { (icon(Icon::Lock)) "ロック" } }
            form method="post" action="/sign-out" { button type="submit" { (icon(Icon::Out)) "退出" span class="vh" { "（サインアウト）" } } }
        }
    }
}

/// With the number of what waits there.
fn counted(path: &str, mark: Icon, word: &str, here: bool, count: u64) -> Markup {
    html! {
        a href=(path) aria-current=[here.then_some("page")] {
            (icon(mark)) (word)
            @if count > 0 { span class="rail-n" { @if count > 99 { "99+" } @else { (count) } span class="vh" { "件" } } }
        }
    }
}

fn entry(path: &str, mark: Icon, word: &str, here: bool) -> Markup {
    html! { a href=(path) aria-current=[here.then_some("page")] { (icon(mark)) (word) } }
}

/// The title row of a screen without patient.
pub(crate) fn head(title: &str, rest: &Markup) -> Markup {
    html! { header class="head" { h1 { (title) } (rest) } }
}
