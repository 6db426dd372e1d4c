//! 経過: what happened so far.
use super::paper;
use crate::components::{
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
    timeline::timeline,
};
use crate::{links, rights::Rights};
use karute_chart::clinic::Mode;
use karute_chart::summary::Summary;
use maud::{Markup, html};

/// 経過
pub(super) fn course(summary: &Summary, rights: Rights, mode: Mode, emergency: bool) -> Markup {
    html! {
        section class="panel tl" aria-labelledby="course-h" {
            div class="panel-h" {
                h2 id="course-h" { "経過" }
                @if emergency {
                    (tag(Tone::Danger, Some(Icon::Triangle), "緊急閲覧中"))
                } @else {
                    span class="t-13 t-mute" { "新しい順" @if !rights.notes { "・診察の記録は医療職だけに出ます" } }
                    @if rights.emergency {
                        form method="post" class="end" action=(format!("{}/emergency", links::patient(&summary.person.id))) { button type="submit" class="btn btn-sm" { "緊急閲覧" } }
                    }
                }
            }
            div class="tl-list scroll" tabindex="0" role="region" aria-label="経過の一覧" {
                @if summary.course.is_empty() {
                    (empty(Icon::List, "経過はまだありません", "受診・検査・文書の記録がここに並びます。", None))
                } @else {
                    (timeline(&summary.course, summary.date))
                }
            }
            @if mode == Mode::PaperChart { (paper::form(&summary.person.id)) }
        }
    }
}
