//! Requests as rows of chips beside the record, and as a table on their own page.
use crate::components::{
    field::{hidden, key},
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
};
use crate::format;
use crate::links;
use karute_chart::request::{Again, Kind, Request, RequestPane, Status, Venue, When};
use maud::{Markup, html};

/// The rows under the prescription, as in the mock-up: what is ordered, when, where.
const ROWS: [(&str, Icon, &[Kind]); 4] = [
    ("検査", Icon::Flask, &[Kind::Lab]),
    ("処置・注射", Icon::Plus, &[Kind::Treatment, Kind::Injection]),
    ("画像・生理", Icon::Eye, &[Kind::Imaging, Kind::Physiology]),
    ("指導", Icon::User, &[Kind::Guidance]),
];

/// Sections of the third column of the chart. The first is always there with the button that adds; the others stand
/// where something is ordered. Without script the button opens the same form (it is a `details`).
pub(crate) fn sections(pane: &RequestPane, may_order: bool) -> Markup {
    let page = links::requests(&pane.patient, &pane.visit);
    html! {
        @for (n, (title, mark, kinds)) in ROWS.iter().enumerate() {
            @let own: Vec<&Request> = pane.now.iter().filter(|r| kinds.contains(&r.asked.kind)).collect();
            @if n == 0 || !own.is_empty() {
                section class="od-sec" aria-label=(title) {
                    div class="od-1" {
                        (small(*mark)) h3 { (title) }
                        div class="grow" { (chips(&own, pane)) }
                        @if !own.is_empty() { a class="t-13 nw" href=(page) { "一覧" span class="vh" { "：" (title) } } }
                    }
                    @if n == 0 && may_order {
                        details class="rq-open" {
                            summary class="btn btn-sm" data-key="t" { (small(Icon::Plus)) "追加 " (key("T")) }
                            (super::adder(pane, None, false))
                        }
                    }
                }
            }
        }
    }
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
fn next(pane: &RequestPane) -> String {
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

/// When and where, then what: sets and 前回 with one press each. Hidden fields take what the search chose.
pub(super) fn choice(pane: &RequestPane, details: bool) -> Markup {
    html! {
        (hidden("system", "")) (hidden("code", "")) (hidden("display", ""))
        @if !details { (hidden("back", "chart")) }
        div class="row row-w" {
            @for set in &pane.sets {
                button type="submit" class="btn btn-s btn-sm" name="set" value=(set.id) { (set.title) span class="t-12" { " " (set.items.len()) } }
            }
            @if let Some((visit, before)) = &pane.previous {
                button type="submit" class="btn btn-sm" name="repeat" value=(visit) { (small(Icon::Sync)) "前回と同じ " (before.len()) "項目" }
            }
            @if pane.sets.is_empty() && pane.previous.is_none() {
                p class="t-13 t-mute" { "よく使う組み合わせは、設定の「セット」で作るとここに並びます。" }
            }
        }
        div class="row row-w" {
            fieldset class="opts" {
                legend { "いつ" }
                label class="check" { input type="radio" name="when" value="next" checked; (next(pane)) }
                label class="check" { input type="radio" name="when" value="today"; "今日" }
                label class="check" { input type="radio" name="when" value="day"; "日を決める" }
                input type="date" name="day" class="sel" min=(pane.day) aria-label="日を決めるときの日付";
            }
            fieldset class="opts" {
                legend { "どこで" }
                @for (venue, first) in [(Venue::InHouse, true), (Venue::Outside, false)] {
                    label class="check" { input type="radio" name="venue" value=(venue.code()) checked[first]; (venue.label()) }
                }
            }
            label class="check" { input type="checkbox" name="urgent" value="yes"; "至急" }
        }
        @if details {
            details {
                summary class="t-13" { "用量・経路・部位・伝えること" }
                div class="row row-w rq-more" {
                    div class="fld" { label for="rq-amount" { "用量" } input id="rq-amount" name="amount" maxlength="12" inputmode="decimal" autocomplete="off"; }
                    div class="fld" { label for="rq-unit" { "単位" } input id="rq-unit" name="unit" maxlength="12" autocomplete="off" placeholder="管、mL"; }
                    div class="fld" { label for="rq-route" { "経路" } input id="rq-route" name="route" maxlength="20" autocomplete="off" list="rq-routes" placeholder="筋注"; }
                    datalist id="rq-routes" { @for word in ["静注", "点滴静注", "筋注", "皮下注", "皮内注", "関節内注"] { option value=(word) {} } }
                    div class="fld" { label for="rq-site" { "部位" } input id="rq-site" name="site" maxlength="40" autocomplete="off"; }
                    div class="fld grow" { label for="rq-note" { "伝えること" } input id="rq-note" name="note" maxlength="200" autocomplete="off"; }
                }
            }
        }
    }
}

/// Every request in a row of its own, with the button that takes it back.
pub(super) fn table(pane: &RequestPane, may_order: bool) -> Markup {
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
                    tbody { @for request in &pane.now { (row(request, pane, may_order)) } }
                }
            }
        }
    }
}

fn row(request: &Request, pane: &RequestPane, may_order: bool) -> Markup {
    let again: Option<&Again> = pane.again.iter().find(|a| a.request == request.id);
    html! {
        tr {
            td { (request.asked.kind.label()) }
            th scope="row" {
                b { (format::half_width(&request.asked.display)) }
                (details(request))
                @if let Some(again) = again {
                    br; span class="t-13 t-sub" { (small(Icon::Info)) " " (format::near(again.measured, pane.day)) " に測っています（" (again.value) "）" }
                }
            }
            td class="nw" { (when(request, pane)) "・" (request.asked.venue.label()) }
            td { (state(request)) @if request.status == Status::Draft && !request.awaiting { span class="t-13 t-mute" { "診察の終了で有効" } } }
            @if may_order {
                td class="num" {
                    @if matches!(request.status, Status::Draft | Status::Active) {
                        form method="post" action=(links::request_act(&pane.patient, &pane.visit, &request.id, "remove")) {
                            (hidden("seen", &request.version.to_string()))
                            button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (request.asked.display) } }
                        }
                    }
                }
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
