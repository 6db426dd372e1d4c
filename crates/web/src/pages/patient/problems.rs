//! 病名とアレルギー
use crate::components::banner;
use crate::format;
use karute_chart::summary::Summary;
use karute_chart::view::{Allergy, Problem};
use karute_japan::Date;
use maud::{Markup, html};

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
