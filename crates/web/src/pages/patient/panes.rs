//! The panes of the page.
use crate::components::{
    banner,
    icon::{Icon, small},
    lab, medication,
    notice::empty,
    sparkline::sparkline,
    timeline::timeline,
};
use crate::{format, rights::Rights};
use karute_chart::summary::{Series, Summary};
use karute_chart::view::{Allergy, Measurement, Problem};
use karute_japan::Date;
use maud::{Markup, html};

/// The strip of measures picked by the active disease names.
pub(super) fn trends(summary: &Summary) -> Markup {
    html! {
        @if !summary.trends.is_empty() {
            section class="panel trend" aria-label="推移" {
                @for series in &summary.trends { (trend(series, summary.date)) }
            }
        }
    }
}

fn trend(series: &Series, today: Date) -> Markup {
    html! {
        @if let Some(last) = series.last() {
            div class="tr" {
                span class="tr-l" {
                    small { (series.name) }
                    b { (lab::value(&series.shown(last), series.flag())) @if let Some(unit) = &series.unit { " " small { (unit) } } }
                    small {
                        @if let Some(date) = series.date() { (format::near(date, today)) }
                        @if let Some(previous) = series.previous() { "　前回 " (series.shown(previous)) }
                    }
                }
                (sparkline(series))
            }
        }
    }
}

/// 経過
pub(super) fn course(summary: &Summary, rights: Rights) -> Markup {
    html! {
        section class="panel tl" aria-labelledby="course-h" {
            div class="panel-h" {
                h2 id="course-h" { "経過" }
                span class="t-13 t-mute" { "新しい順" @if !rights.notes { "・診察の記録は医療職だけに出ます" } }
            }
            div class="tl-list scroll" tabindex="0" role="region" aria-label="経過の一覧" {
                @if summary.course.is_empty() {
                    (empty(Icon::List, "経過はまだありません", "受診・検査・文書の記録がここに並びます。", None))
                } @else {
                    (timeline(&summary.course, summary.date))
                }
            }
        }
    }
}

/// 現在の薬
pub(super) fn drugs(summary: &Summary) -> Markup {
    let count: usize = summary.drugs.iter().map(|g| g.drugs.len()).sum();
    html! {
        section class="panel pn" aria-labelledby="drugs-h" {
            div class="panel-h" { (small(Icon::Pill)) h2 id="drugs-h" { "現在の薬" } span class="t-13 t-mute" { (count) "剤・当院の処方" } }
            div class="scroll" tabindex="0" role="region" aria-label="現在の薬の一覧" {
                @if summary.drugs.is_empty() {
                    (empty(Icon::Pill, "有効な処方はありません", "当院で処方した薬のうち、日数が残っているものがここに出ます。他院の薬は含みません。", None))
                } @else {
                    ol { @for (i, group) in summary.drugs.iter().enumerate() { (medication::group(i + 1, group, summary.date)) } }
                }
            }
        }
    }
}

/// 病名とアレルギー
pub(super) fn problems(summary: &Summary) -> Markup {
    html! {
        section class="panel pn" aria-labelledby="problems-h" {
            div class="panel-h" { h2 id="problems-h" { "病名" } span class="t-13 t-mute" { "有効 " (summary.problems.len()) } }
            div class="scroll pn-b" tabindex="0" role="region" aria-label="病名とアレルギーの一覧" {
                @if summary.problems.is_empty() { p class="t-13 t-mute pn-p" { "有効な病名はありません。" } }
                ul class="dx-l" { @for problem in &summary.problems { (active(problem, summary.date)) } }
                @if !summary.past_problems.is_empty() {
                    h3 class="sec-t" { "終わった病名" }
                    ul class="dx-l dx-past" { @for problem in &summary.past_problems { (past(problem, summary.date)) } }
                }
                @if let Allergy::Present(entries) = &summary.allergy {
                    h3 class="sec-t" { "アレルギー" }
                    ul class="dx-l" { @for entry in entries { li { b class="t-danger" { (entry.substance) } span { (banner::detail(entry)) } } } }
                }
            }
        }
    }
}

fn active(problem: &Problem, today: Date) -> Markup {
    html! {
        li {
            b { (problem.label()) }
            span {
                @if problem.main { "主　" }
                @if let Some(start) = problem.start { (format::near(start, today)) "〜" }
            }
        }
    }
}

fn past(problem: &Problem, today: Date) -> Markup {
    html! {
        li {
            span { (problem.label()) }
            span {
                @if let Some(start) = problem.start { (format::near(start, today)) }
                "〜"
                @if let Some(end) = problem.end { (format::near(end, today)) }
            }
        }
    }
}

/// The newest results with those before them: freshest column first.
pub(super) fn results(summary: &Summary) -> Markup {
    let table = &summary.results;
    html! {
        section class="panel pn ch-labs" aria-labelledby="results-h" {
            div class="panel-h" { (small(Icon::Flask)) h2 id="results-h" { "検査結果" } span class="t-13 t-mute" { "新しい順" } }
            div class="scroll" tabindex="0" role="region" aria-label="検査結果の一覧" {
                @if table.rows.is_empty() {
                    (empty(Icon::Flask, "検査結果はありません", "検査会社や院内の結果が届くと、ここに並びます。", None))
                } @else {
                    table class="labs" {
                        caption class="vh" { "検査結果。新しい日付が左" }
                        thead { tr {
                            th scope="col" { "項目" }
                            th scope="col" class="t-num" { "基準" }
                            @for date in &table.dates { th scope="col" class="t-num" { (format::near(*date, summary.date)) } }
                        } }
                        tbody {
                            @for row in &table.rows {
                                tr {
                                    th scope="row" { (row.name) @if let Some(unit) = &row.unit { " " small { (unit) } } }
                                    td class="t-num t-mute" { (reference(row.cells.iter().flatten().next())) }
                                    @for cell in &row.cells {
                                        td class="t-num" { @if let Some(found) = cell { (lab::value(&found.value, found.flag)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reference(measured: Option<&Measurement>) -> String {
    let Some(measured) = measured else { return String::new() };
    match measured.range {
        (Some(low), Some(high)) => format!("{low}-{high}"),
        (Some(low), None) => format!("{low}-"),
        (None, Some(high)) => format!("-{high}"),
        (None, None) => String::new(),
    }
}
