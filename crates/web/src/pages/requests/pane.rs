//! Requests as rows of chips beside the record, and as a table on their own page.
use super::{
    Said,
    form::{self, Refused},
};
use crate::components::{
    field::{hidden, key},
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
};
use crate::format;
use crate::links;
use karute_chart::request::{Again, Kind, Request, RequestPane, Status, When};
use maud::{Markup, html};

/// The rows under the prescription, as in the mock-up: what is ordered, when, where.
const ROWS: [(&str, Icon, &[Kind]); 4] = [
    ("検査", Icon::Flask, &[Kind::Lab]),
    ("処置・注射", Icon::Pill, &[Kind::Treatment, Kind::Injection]),
    ("画像・生理", Icon::Eye, &[Kind::Imaging, Kind::Physiology]),
    ("指導", Icon::User, &[Kind::Guidance]),
];

/// Sections of the third column of the chart. The first is always there with the button that adds; the others stand
/// where something is ordered. Without script the button opens the same form (it is a `details`).
pub(crate) fn sections(pane: &RequestPane, may_order: bool, said: &Said) -> Markup {
    let page = links::requests(&pane.patient, &pane.visit);
    html! {
        (said.draw())
        (due(pane))
        @for (n, (title, mark, kinds)) in ROWS.iter().enumerate() {
            @let own: Vec<&Request> = pane.now.iter().filter(|r| kinds.contains(&r.asked.kind)).collect();
            @if n == 0 || !own.is_empty() {
                section class="od-sec" aria-label=(title) {
                    @if n == 0 && may_order {
                        details class="rq-open" open[said.refused.is_some()] {
                            summary class="btn btn-sm" data-key="t" { (small(Icon::Plus)) "追加 " (key("T")) }
                            (super::adder(pane, None, said.refused.as_ref().is_some_and(Refused::wants_details), said.refused.as_ref()))
                        }
                    }
                    div class="od-1" {
                        (small(*mark)) h3 { (title) }
                        div class="grow" { (chips(&own, pane)) }
                        @if !own.is_empty() { a class="t-13 nw" href=(page) { "一覧" span class="vh" { "：" (title) } } }
                    }
                }
            }
        }
    }
}

/// What earlier visits asked for and is due today.
fn due(pane: &RequestPane) -> Markup {
    html! {
        @if !pane.due.is_empty() {
            section class="od-sec" aria-label="前回の指示" {
                div class="od-1" {
                    (small(Icon::Calendar)) h3 { "前回の指示" }
                    ul class="row row-w grow" {
                        @for request in &pane.due {
                            li class="row" {
                                (tag(Tone::Ai, None, &format::half_width(&request.asked.display)))
                                span class="t-12 t-mute nw" { (asked_on(request, pane)) }
                                (state(request))
                            }
                        }
                    }
                    a class="t-13 nw" href=(links::requests(&pane.patient, &pane.visit)) { "一覧" span class="vh" { "：前回の指示" } }
                }
            }
        }
    }
}

/// `11/6 の指示`
fn asked_on(request: &Request, pane: &RequestPane) -> String {
    request.written.map_or_else(String::new, |day| format!("{} の指示", format::near(day, pane.day)))
}

/// What belongs together in one chip: a set, else one request.
fn chips(own: &[&Request], pane: &RequestPane) -> Markup {
    let mut shown: Vec<(String, usize, &Request)> = Vec::new();
    for request in own {
        let set = request.asked.set.as_ref().filter(|_| request.group.is_some());
        let found = set.and_then(|set| shown.iter_mut().find(|(t, _, r)| t == set && r.group == request.group));
        match (found, set) {
            (Some((_, count, _)), _) => *count += 1,
            (None, Some(set)) => shown.push((set.clone(), 1, request)),
            (None, None) => shown.push((format::half_width(&request.asked.display), 0, request)),
        }
    }
    let again = own.iter().filter(|r| pane.again.iter().any(|a| a.request == r.id)).count();
    html! {
        @if shown.is_empty() { span class="t-13 t-mute" { "今日のオーダーはありません" } }
        ul class="row row-w" {
            @for (words, count, request) in &shown {
                li class="row" {
                    @let words = if *count == 0 { words.clone() } else { format!("{words} {count}項目") };
                    (tag(if *count > 0 { Tone::Ai } else { Tone::Line }, None, &words))
                    span class="t-12 t-mute nw" { (when(request, pane)) "・" (request.asked.venue.label()) }
                    (state(request))
                }
            }
        }
        @if again > 0 { p class="t-12 t-mute" { (again) "項目は4週以内に結果があります" } }
    }
}

/// 次回, with the day where an appointment is made.
pub(super) fn next(pane: &RequestPane) -> String {
    pane.next.map_or_else(|| "次回".to_owned(), |day| format!("次回 {}", format::near(day, pane.day)))
}

/// 次回, 今日, 12/18.
fn when(request: &Request, pane: &RequestPane) -> String {
    let today = pane.day;
    match request.asked.when {
        When::NextVisit => next(pane),
        When::On(day) if day == today => "今日".to_owned(),
        When::On(day) => format::near(day, today),
    }
}

fn state(request: &Request) -> Markup {
    html! {
        @if request.awaiting { (tag(Tone::Warn, None, "承認待ち")) }
        @else if request.status == Status::Completed { (tag(Tone::Ok, Some(Icon::Check), "実施済")) }
        @if request.asked.urgent { (tag(Tone::Danger, Some(Icon::Triangle), "至急")) }
    }
}

/// What earlier visits asked for, each with the button that takes it back.
pub(super) fn due_table(pane: &RequestPane, may_order: bool) -> Markup {
    html! {
        @if !pane.due.is_empty() {
            section class="panel" aria-labelledby="rq-due-h" {
                div class="panel-h" { h2 id="rq-due-h" { "前回の指示（今日行うもの）" } span class="t-13 t-mute" { (pane.due.len()) "件" } }
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "区分" } th scope="col" { "内容" } th scope="col" { "いつの指示" } th scope="col" { "状態" }
                        @if may_order { th scope="col" { span class="vh" { "操作" } } }
                    } }
                    tbody {
                        @for request in &pane.due {
                            tr {
                                td { (request.asked.kind.label()) }
                                th scope="row" { b { (format::half_width(&request.asked.display)) } (details(request)) }
                                td class="nw" { (asked_on(request, pane)) "　" (request.by.as_deref().unwrap_or_default()) }
                                td { (state(request)) @if request.status == Status::Active { span class="t-13 t-mute" { "まだ実施していません" } } }
                                @if may_order { td class="num" { (take_back(request, pane)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn take_back(request: &Request, pane: &RequestPane) -> Markup {
    html! {
        @if matches!(request.status, Status::Draft | Status::Active) {
            form method="post" action=(links::request_act(&pane.patient, &pane.visit, &request.id, "remove")) {
                (hidden("seen", &request.version.to_string()))
                button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (request.asked.display) } }
            }
        }
    }
}

/// Every request in a row of its own, with the button that takes it back.
pub(super) fn table(pane: &RequestPane, may_order: bool, refused: Option<&Refused>) -> Markup {
    html! {
        section class="panel" aria-labelledby="rq-h" {
            div class="panel-h" { h2 id="rq-h" { "この受診のオーダー" } span class="t-13 t-mute" { (pane.now.len()) "件" } a class="t-13 end" href=(links::labels(&pane.visit)) { "検体ラベル" } }
            @if pane.now.is_empty() {
                (empty(Icon::Flask, "オーダーはまだありません", "セットを押すか、探して加えます。次回のものは、診察を終えると有効になります。", None))
            } @else {
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "区分" } th scope="col" { "内容" } th scope="col" { "いつ・どこで" } th scope="col" { "状態" }
                        @if may_order { th scope="col" { span class="vh" { "操作" } } }
                    } }
                    tbody { @for request in &pane.now { (row(request, pane, may_order, refused)) } }
                }
            }
        }
    }
}

fn row(request: &Request, pane: &RequestPane, may_order: bool, refused: Option<&Refused>) -> Markup {
    let again: Option<&Again> = pane.again.iter().find(|a| a.request == request.id);
    html! {
        tr {
            td { (request.asked.kind.label()) }
            th scope="row" {
                b { (format::half_width(&request.asked.display)) }
                (details(request))
                @if may_order && matches!(request.status, Status::Draft | Status::Active) { (form::alter(request, pane, refused)) }
                @if let Some(again) = again {
                    div class="row t-13 t-sub" { (small(Icon::Info)) (format::near(again.measured, pane.day)) " に測っています（" (again.value) "）" }
                }
            }
            td class="nw" { (when(request, pane)) "・" (request.asked.venue.label()) }
            td { (state(request)) @if let Some(doctor) = &request.principal { span class="t-13 t-sub" { "依頼医 " (doctor) } } @if request.status == Status::Draft && !request.awaiting { span class="t-13 t-mute" { "診察の終了で有効" } } }
            @if may_order {
                td class="num" { (take_back(request, pane)) }
            }
        }
    }
}

/// Set, specimen, amount, route, site, words: what there is.
pub(super) fn details(request: &Request) -> Markup {
    let asked = &request.asked;
    let parts: Vec<String> = [
        asked.set.clone(),
        request.specimen.clone(),
        asked.amount.as_ref().map(karute_chart::check::Amount::shown),
        asked.route.clone(),
        asked.site.clone(),
        asked.note.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! { @if !parts.is_empty() { br; span class="t-13 t-sub" { (parts.join("　")) } } }
}
