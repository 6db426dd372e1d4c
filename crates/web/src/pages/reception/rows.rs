//! The list of 受付一覧: groups, rows, the one next action of each row.
use crate::components::{
    field::hidden,
    icon::{Icon, small, tick},
    notice::empty,
    tag::{Tone, tag},
};
use crate::format;
use crate::links::{self, ReceptionPlace, Tab};
use karute_chart::reception::{Expected, Reception, Visit, WAIT_IS_LONG_MINUTES};
use karute_chart::view::{Insurance, Tag, VisitState};
use karute_chart::visit::{Step, next_step};
use maud::{Markup, html};

/// Groups of a tab, in work order.
fn groups(tab: Tab) -> &'static [VisitState] {
    match tab {
        Tab::Inside => {
            &[VisitState::InConsultation, VisitState::Waiting, VisitState::InTreatment, VisitState::AwaitingPayment]
        }
        Tab::Waiting => &[VisitState::Waiting],
        Tab::Payment => &[VisitState::AwaitingPayment],
        Tab::Finished => &[VisitState::Finished, VisitState::Cancelled],
        Tab::Expected => &[],
    }
}

/// How many a tab holds.
fn count(list: &Reception, tab: Tab) -> usize {
    match tab {
        Tab::Expected => list.expected.len(),
        // Cancelled arrivals are listed there but nobody came.
        Tab::Finished => list.in_state(VisitState::Finished).count(),
        other => groups(other).iter().map(|s| list.in_state(*s).count()).sum(),
    }
}

/// The visits of a group.
fn members(list: &Reception, state: VisitState) -> Vec<&Visit> {
    match state {
        VisitState::Cancelled => list.cancelled.iter().collect(),
        other => list.in_state(other).collect(),
    }
}

/// What the list needs beside its data.
pub(super) struct Context<'a> {
    /// Where we are.
    pub(super) place: &'a ReceptionPlace,
    /// Whether the person may move visits on.
    pub(super) may_act: bool,
    /// Whether the person may see why patients came.
    pub(super) clinical: bool,
    /// Id of the person who looks.
    pub(super) viewer: &'a str,
    /// Text that changes when anything changes.
    pub(super) mark: String,
}

/// The list with its tabs; this is also the fragment that live updates swap in.
pub(super) fn list(list: &Reception, context: &Context<'_>) -> Markup {
    let place = context.place;
    html! {
        section class="rc-list" id="reception-list" aria-label="受付一覧"
            data-rows=(place.rows()) data-mark=(context.mark) data-live[place.date.is_none()] {
            div class="rc-bar" {
                nav class="tabs" aria-label="状態で絞り込み" {
                    @for tab in Tab::ALL {
                        a href=(place.tab(tab).url()) aria-current=[(tab == place.tab).then_some("true")] {
                            (tab.word()) " " span class="cnt" { (count(list, tab)) span class="vh" { "名" } }
                        }
                    }
                }
                a class="end t-13 nw" href="/reception/board" target="_blank" rel="noopener" { "待合の表示" span class="vh" { "（新しいタブで開く）" } }
                p class="row t-13 t-mute nw" data-live-words { (small(Icon::Sync)) (format::clock(list.at)) " 現在" }
            }
            div class="scroll" tabindex="0" role="region" aria-label="一覧" { (body(list, context)) }
        }
    }
}

fn body(list: &Reception, context: &Context<'_>) -> Markup {
    let tab = context.place.tab;
    if count(list, tab) == 0 && (tab != Tab::Finished || list.cancelled.is_empty()) {
        let words = match tab {
            Tab::Expected => "この日の予約で、まだ来院していない方がここに出ます。",
            Tab::Finished => "会計まで終わった方がここに出ます。",
            _ => "受付した方がここに出ます。",
        };
        let title = format!("{}の方はいません", if tab == Tab::Expected { "来院前" } else { tab.word() });
        return empty(Icon::List, &title, words, None);
    }
    html! {
        table class="rc-t" {
            caption class="vh" { (tab.word()) " " (count(list, tab)) "名" }
            thead { tr {
                th class="rc-c1" scope="col" { @if tab == Tab::Expected { "予約" } @else { "番号" } }
                th class="rc-c2" scope="col" { @if tab == Tab::Expected { "" span class="vh" { "時刻" } } @else { "受付・待ち" } }
                th class="rc-c3" scope="col" { "患者" }
                th class="rc-c4 k4" scope="col" { "区分" }
                th class="rc-c5 k5" scope="col" { "保険" }
                th class="rc-c6 k6" scope="col" { "問診" }
                th scope="col" { "来院理由・メモ" }
                th class="rc-c8" scope="col" { span class="vh" { "次の操作" } }
            } }
            @for state in groups(tab) {
                @let members = members(list, *state);
                @if !members.is_empty() {
                    tbody {
                        (group(*state, members.len(), list))
                        @for visit in members { (row(visit, list, context)) }
                    }
                }
            }
            @if tab == Tab::Expected {
                tbody { @for expected in &list.expected { (expected_row(expected, list, context)) } }
            }
        }
    }
}

fn group(state: VisitState, size: usize, list: &Reception) -> Markup {
    html! {
        tr class="rc-g" {
            // The hidden columns of narrow windows must not be spanned: cells for them stand on their own.
            th colspan="3" scope="rowgroup" {
                span class="rc-gl" {
                    b { (state.word()) } span { (size) "名" }
                    @if state == VisitState::Waiting {
                        @if let Some((mean, longest)) = list.waits() {
                            span class="t-mute" { "平均 " (mean) "分・最長 " (longest) "分" }
                        }
                    }
                }
            }
            td class="k4" {} td class="k5" {} td class="k6" {} td {} td {}
        }
    }
}

fn row(visit: &Visit, list: &Reception, context: &Context<'_>) -> Markup {
    let chosen = context.place.visit.as_ref() == Some(&visit.id);
    let number = visit.queue_number.map_or_else(|| "－".to_owned(), |n| n.to_string());
    html! {
        tr class=[chosen.then_some("is-on")] data-visit=(visit.id) data-version=(visit.version) {
            td { span class="rc-no" { (number) } }
            td { (waiting(visit, list)) }
            td {
                span class="rc-nm" {
                    small { (visit.person.kana.as_deref().unwrap_or_default()) "　" (visit.person.sex.word()) " " (format::age(&visit.person, list.date)) }
                    span class="row" {
                        a class="rc-pick" href=(context.place.select(&visit.id).url()) aria-current=[chosen.then_some("true")] { (visit.person.name) }
                        (tags(visit))
                        (news(visit, list, context))
                    }
                }
            }
            td class="k4" {
                (visit.kind.as_deref().unwrap_or("－"))
                br;
                span class="t-12 t-mute" {
                    @match visit.booked { Some(at) => { "予約 " (format::clock(at)) } None => { "当日" } }
                    @if let Some(room) = &visit.room { " " b { (room) } }
                }
            }
            td class="k5" { (insured(visit.insurance.as_ref(), visit.insurance_lapsed)) }
            td class="k6" { (questionnaire(visit)) }
            td class="t-13 rc-why" {
                @if let Some(why) = &visit.cancelled { "取り消し：" (why) }
                @else if context.clinical { (visit.reason.as_deref().unwrap_or_default()) }
            }
            td { @if context.may_act { (action(visit, chosen, context)) } }
        }
    }
}

fn waiting(visit: &Visit, list: &Reception) -> Markup {
    let waited = visit.waited_minutes(list.at);
    let in_state = visit.in_state_minutes(list.at);
    html! {
        span class="t-mute t-12" { (visit.arrived.map(format::clock).unwrap_or_default()) }
        br;
        @match visit.state {
            VisitState::Waiting => {
                @if let Some(minutes) = waited {
                    b class=[(minutes >= WAIT_IS_LONG_MINUTES).then_some("t-warn")] { (minutes) "分" }
                }
            }
            VisitState::Finished | VisitState::Cancelled => { span class="t-13 t-mute" { (visit.state.word()) } }
            state => { b { (short(state)) @if let Some(minutes) = in_state { " " (minutes) "分" } } }
        }
    }
}

fn short(state: VisitState) -> &'static str {
    match state {
        VisitState::InConsultation => "診察",
        VisitState::InTreatment => "処置",
        VisitState::AwaitingPayment => "会計",
        other => other.word(),
    }
}

/// Exceptions only.
pub(super) fn tags(visit: &Visit) -> Markup {
    html! {
        @if !visit.similar.is_empty() { (tag(Tone::Warn, Some(Icon::Triangle), "似た氏名")) }
        @for mark in &visit.tags {
            @match mark {
                Tag::Fever => { (tag(Tone::Danger, None, "発熱")) }
                Tag::Interpreter => { (tag(Tone::Line, None, "通訳")) }
                Tag::Isolation => { (tag(Tone::Danger, Some(Icon::Triangle), "隔離")) }
                Tag::Wheelchair => { (tag(Tone::Line, Some(Icon::Wheelchair), "車椅子")) }
                Tag::QuestionnaireMissing => { span class="only-n" { (tag(Tone::Line, None, "問診 未")) } }
                Tag::QuestionnaireDone => {}
            }
        }
    }
}

/// What another desk just did with it; gone after five seconds (ux §4.1).
fn news(visit: &Visit, list: &Reception, context: &Context<'_>) -> Markup {
    html! {
        @if let Some(act) = visit.act.as_ref().filter(|a| a.is_news(list.at) && a.by != context.viewer) {
            span class="rc-by t-12" role="status" data-news { (act.name) "さんが" (act.words) }
        }
    }
}

fn insured(insurance: Option<&Insurance>, lapsed: bool) -> Markup {
    html! {
        @match insurance {
            Some(found) => { span class="rc-ok" { (found.short) (tick()) span class="vh" { "有効" } } }
            None if lapsed => { span class="row t-12 t-danger nw" { (small(Icon::Triangle)) "保険 期限切れ" } }
            None => { span class="rc-ok t-mute" { "保険なし" } }
        }
    }
}

fn questionnaire(visit: &Visit) -> Markup {
    html! {
        @if visit.tags.contains(&Tag::QuestionnaireDone) { span class="rc-ok t-mute" { "済" } }
        @else if visit.tags.contains(&Tag::QuestionnaireMissing) { (tag(Tone::Line, None, "未記入")) }
        @else { span class="t-mute" { "－" } }
    }
}

/// Whether the next step with a visit is to hand the questionnaire over.
pub(super) fn hands_over(visit: &Visit) -> bool {
    visit.state == VisitState::Waiting && visit.tags.contains(&Tag::QuestionnaireMissing)
}

/// The one next action of a row, labelled by the act.
fn action(visit: &Visit, chosen: bool, context: &Context<'_>) -> Markup {
    html! {
        @if visit.state == VisitState::Cancelled {
            form method="post" action=(links::reception_visit(&visit.id, "restore")) data-act {
                (hidden("version", &visit.version.to_string()))
                (here(context.place))
                button type="submit" class="btn btn-sm" { "受付に戻す" span class="vh" { "：" (visit.person.name) "さん" } }
            }
        } @else if hands_over(visit) {
            form method="post" action=(format!("/intake/new/{}", visit.id)) {
                button type="submit" class="btn btn-sm" { "問診を渡す" span class="vh" { "：" (visit.person.name) "さん" } }
            }
        } @else if let Some(step) = next_step(visit.state) {
            @let class = match (chosen, step) {
                (true, _) => "btn btn-p btn-sm",
                (false, Step::Call) => "btn btn-s btn-sm",
                (false, _) => "btn btn-sm",
            };
            (step_form(visit, step, class, context.place, &html! { (step.word()) span class="vh" { "：" (visit.person.name) "さん" } }))
        }
    }
}

/// A form that takes one step with a visit.
pub(super) fn step_form(visit: &Visit, step: Step, class: &str, place: &ReceptionPlace, words: &Markup) -> Markup {
    html! {
        form method="post" action=(links::step(&visit.id)) data-act {
            (hidden("step", step.code()))
            (hidden("version", &visit.version.to_string()))
            (here(place))
            button type="submit" class=(class) { (words) }
        }
    }
}

/// Where to come back to.
pub(super) fn here(place: &ReceptionPlace) -> Markup {
    html! {
        @if let Some(date) = place.date { (hidden("date", &date.to_string())) }
        @if place.tab != Tab::Inside { (hidden("status", place.tab.code())) }
    }
}

fn expected_row(expected: &Expected, list: &Reception, context: &Context<'_>) -> Markup {
    html! {
        tr {
            td colspan="2" { span class="rc-no" { (expected.start.map(format::clock).unwrap_or_default()) } }
            td {
                span class="rc-nm" {
                    small { (expected.person.kana.as_deref().unwrap_or_default()) "　" (expected.person.sex.word()) " " (format::age(&expected.person, list.date)) }
                    span class="row" { b { (expected.person.name) } }
                }
            }
            td class="k4" { (expected.kind.as_deref().unwrap_or("－")) }
            td class="k5" { (insured(expected.insurance.as_ref(), false)) }
            td class="k6" {}
            td class="t-13 rc-why" { @if context.clinical { (expected.reason.as_deref().unwrap_or_default()) } }
            td {
                @if context.may_act && context.place.date.is_none() {
                    form method="post" action="/reception/arrivals" data-act {
                        (hidden("appointment", expected.id.as_str()))
                        (hidden("version", &expected.version.to_string()))
                        (here(context.place))
                        button type="submit" class="btn btn-s btn-sm" { "受付する" span class="vh" { "：" (expected.person.name) "さん" } }
                    }
                }
            }
        }
    }
}
