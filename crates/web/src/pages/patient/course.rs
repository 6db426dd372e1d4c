//! 経過: what happened so far.
use crate::components::{icon::Icon, notice::empty, timeline::timeline};
use crate::rights::Rights;
use karute_chart::summary::Summary;
use maud::{Markup, html};

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
