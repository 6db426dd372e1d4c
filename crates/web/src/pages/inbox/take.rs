//! カルテへ取り込む: each thing compared with our record; one press imports what is ticked and marks it as reviewed.
use super::Opened;
use crate::components::{
    field::{hidden, key},
    icon::Icon,
    notice::alert,
    tag::{Tone, tag},
};
use crate::{guard::Signed, links};
use karute_chart::inbox::{ACTIONS, Compared, State, Verdict, is_answered};
use karute_chart::outside::{Item, What};
use karute_fhir::Id;
use maud::{Markup, html};

/// Names of values told in one line.
const NAMED: usize = 6;

/// What stands under one tick.
struct Line<'o> {
    /// Places of the items.
    at: Vec<usize>,
    title: String,
    verdict: Verdict,
    detail: String,
    ticked: bool,
    items: Vec<&'o Item>,
}

fn kind(item: &Item) -> &'static str {
    match &item.what {
        What::Disease(_) => "傷病名",
        What::Allergy(_) => "アレルギー",
        What::Result(_) => "検査値",
        What::Drug(_) => "処方",
    }
}

/// Allergies, diseases and drugs each on their own; the values of one day and one standing together.
fn lines<'o>(items: &'o [Item], compared: &[Compared]) -> Vec<Line<'o>> {
    let mut lines: Vec<Line<'o>> = Vec::new();
    for each in compared {
        let Some(item) = items.get(each.at) else { continue };
        let same = |line: &&mut Line<'o>| {
            let first = line.items.first();
            matches!(item.what, What::Result(_))
                && line.verdict == each.verdict
                && first.is_some_and(|first| matches!(first.what, What::Result(_)) && first.day() == item.day())
        };
        if let Some(line) = lines.iter_mut().find(same) {
            line.at.push(each.at);
            line.items.push(item);
            continue;
        }
        let ours = if each.ours.is_empty() { String::new() } else { format!("当院 {} → ", each.ours) };
        let detail = match each.verdict {
            Verdict::Same if each.ours.is_empty() => "変更なし".to_owned(),
            Verdict::Same => format!("当院 {}。変更なし", each.ours),
            Verdict::Differs => format!("{ours}先方 {}", item.words()),
            Verdict::New | Verdict::Unregistered => item.words(),
        };
        let (verdict, ticked) = (each.verdict, each.ticked);
        lines.push(Line {
            at: vec![each.at],
            title: format!("{}　{}", kind(item), item.name()),
            verdict,
            detail,
            ticked,
            items: vec![item],
        });
    }
    for line in lines.iter_mut().filter(|line| line.items.len() > 1) {
        let day = line.items.first().and_then(|item| item.day()).map(|day| format!("{}/{}　", day.month(), day.day()));
        let names: Vec<String> =
            line.items.iter().take(NAMED).map(|item| format!("{} {}", item.name(), item.words())).collect();
        let more =
            if line.items.len() > NAMED { format!(" ほか{}項目", line.items.len() - NAMED) } else { String::new() };
        line.title = format!("検査値　{}項目", line.items.len());
        line.detail = format!("{}{}{more}", day.unwrap_or_default(), names.join("・"));
    }
    let order = |line: &Line<'_>| match line.items.first().map(|item| &item.what) {
        Some(What::Allergy(_)) => 0,
        Some(What::Disease(_)) => 1,
        Some(What::Drug(_)) => 2,
        _ => 3,
    };
    lines.sort_by_key(order);
    lines
}

fn verdict(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Unregistered => tag(Tone::Danger, Some(Icon::Triangle), verdict.word()),
        Verdict::New => tag(Tone::Ai, None, verdict.word()),
        Verdict::Differs => tag(Tone::Warn, Some(Icon::Triangle), verdict.word()),
        Verdict::Same => tag(Tone::Line, None, verdict.word()),
    }
}

/// The right column. Values of a drug stay 他院の薬; nothing becomes a prescription of ours.
pub(super) fn column(opened: &Opened, signed: &Signed, wrong: Option<&str>, new: &Id) -> Markup {
    let row = &opened.page.row;
    let lines = lines(&opened.items, &opened.compared);
    let ticked: usize = lines.iter().filter(|line| line.ticked).count();
    let url = |what: &str| format!("/inbox/{}/{what}", row.id);
    let may = signed.rights.reviews;
    let open = matches!(row.state, State::Unread | State::ToDo);
    html! {
        aside class="rl-side" aria-label="カルテへ取り込む" {
            form method="post" action=(url("import")) id="take" class="ib-form" {
                (hidden("seen", &row.version.to_string()))
                div class="panel-h" { h2 { "カルテへ取り込む" } span class="end t-12 t-mute" { "当院の記録と照合済み" } }
                div class="scroll" tabindex="0" role="region" aria-label="取り込む項目" {
                    @if let Some(wrong) = wrong { (alert("していません", &[wrong])) }
                    @for line in &lines {
                        label class="imp" {
                            input type="checkbox" name="item" value=(line.at.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")) checked[line.ticked] disabled[!may];
                            span class="imp-t" { b { (line.title) } " " (verdict(line.verdict)) }
                            span class="imp-d" { (line.detail) @if line.items.iter().any(|item| item.is_untold()) { "　" (tag(Tone::Warn, None, "患者へ未告知")) } }
                        }
                    }
                    @if lines.is_empty() { p class="t-13 t-mute src" { "取り込める項目はありません。" } }
                }
                div class="rl-sf" {
                    @if may {
                        @if row.state == State::ToDo { (done()) }
                        @if !lines.is_empty() {
                            button type="submit" class="btn btn-p btn-lg" data-key="e" data-count { span { (ticked) "件を取り込" @if open { "み、確認済みに" } @else { "む" } } " " (key("E")) }
                        }
                        div class="row" {
                            @if open { button type="submit" formaction=(url("review")) class=(if lines.is_empty() { "btn btn-p grow" } else { "btn grow" }) data-key="a" { "取り込まず確認 " (key("A")) } }
                            @if signed.rights.writes && is_answered(row.kind) { button type="submit" formaction=(url("reply")) name="new" value=(new) class="btn grow" data-key="l" { "返書を書く " (key("L")) } }
                        }
                    } @else { p class="t-13" { "確認と取り込みは、医師・看護師が行います。" } }
                    div class="row" {
                        @if let Some(patient) = &row.patient { a class="btn btn-g grow" href=(links::patient(patient)) data-key="o" { "カルテを開く " (key("O")) } }
                        @if may { (super::errand::button(&row.id, new)) }
                    }
                }
            }
        }
    }
}

/// 要対応: what was done is recorded before it leaves the list.
fn done() -> Markup {
    html! {
        fieldset class="fs" {
            legend class="t-13" { "何をしたか（要対応）" }
            div class="row row-w" {
                @for word in ACTIONS { label class="check" { input type="radio" name="done" value=(word); (word) } }
                div class="field grow" { input type="text" name="words" maxlength="200" autocomplete="off" aria-label="何をしたか、ほかの言葉で" placeholder="ほか"; }
            }
        }
    }
}
