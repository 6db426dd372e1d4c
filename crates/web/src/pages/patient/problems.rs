//! 病名 and アレルギー of the summary.
use crate::components::banner;
use crate::pages::problems::block::{Told, block};
use crate::{format, links, rights::Rights};
use karute_chart::summary::Summary;
use karute_chart::view::{Allergy, Problem};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};

/// 病名 and アレルギー. `new` is a fresh id for a name that is added.
pub(super) fn problems(summary: &Summary, rights: Rights, new: &Id) -> Markup {
    html! {
        section class="panel pn pn-dx" aria-label="病名とアレルギー" {
            (block(&summary.list, &summary.person.id, rights, summary.date, new, &Told::Nothing))
            div class="scroll pn-b" tabindex="0" role="region" aria-label="終わった病名とアレルギーの一覧" {
                @if !summary.past_problems.is_empty() {
                    h3 class="sec-t" { "終わった病名" }
                    ul class="dx-l dx-past" { @for problem in &summary.past_problems { (past(problem, summary.date)) } }
                }
                @if let Allergy::Present(entries) = &summary.allergy {
                    h3 class="sec-t" { "アレルギー" }
                    ul class="dx-l" { @for entry in entries { li { b class="t-danger" { (entry.substance) } span { (banner::detail(entry)) } } } }
                }
                p class="pn-p" { a href=(links::allergies(&summary.person.id)) { "アレルギー・注意" } "　" a href=(links::documents(&summary.person.id)) { "文書・画像" } }
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
