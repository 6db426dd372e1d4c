//! 経過: what happened so far.
use super::paper;
use crate::components::{
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
    timeline::timeline,
};
use crate::pages::orders::pane::repeat_form;
use crate::{links, rights::Rights};
use karute_chart::clinic::Mode;
use karute_chart::summary::{EntryKind, Summary};
use karute_fhir::Id;
use maud::{Markup, html};

/// What the course is shown with.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// How much of the product the clinic uses.
    pub(super) mode: Mode,
    /// A chart that was opened in an emergency.
    pub(super) emergency: bool,
    /// The clinic uses the record sharing service.
    pub(super) shares: bool,
}

/// 経過. `into` is the open visit that orders of an earlier one can be taken into.
pub(super) fn course(summary: &Summary, rights: Rights, shown: Shown, into: Option<&Id>) -> Markup {
    let Shown { mode, emergency, shares } = shown;
    let others = summary.course.iter().any(|entry| matches!(entry.kind, EntryKind::Outside(_)));
    let patient = &summary.person.id;
    let act = |from: &Id| {
        let open = into.filter(|open| rights.orders && *open != from);
        open.map_or_else(|| html! {}, |open| repeat_form(patient, from, open, None))
    };
    html! {
        section class="panel tl" aria-labelledby="course-h" {
            div class="panel-h" {
                h2 id="course-h" { "経過" }
                @if emergency {
                    (tag(Tone::Danger, Some(Icon::Triangle), "緊急閲覧中"))
                } @else if !rights.notes {
                    span class="t-13 t-mute" { "診察の記録は医療職だけに出ます" }
                    @if rights.emergency {
                        form method="post" action=(format!("{}/emergency", links::patient(patient))) { button type="submit" class="btn btn-sm" { "緊急閲覧" } }
                    }
                }
                fieldset class="row end tl-f" {
                    legend class="vh" { "経過の絞り込み" }
                    @for (value, word) in [("all", "すべて"), ("visit", "診察"), ("lab", "検査"), ("paper", "文書"), ("other", "他院")].into_iter().filter(|(value, _)| *value != "other" || others) {
                        label class="fil" { input type="radio" name="course" class="vh" value=(value) checked[value == "all"] autocomplete="off"; (word) }
                    }
                }
            }
            div class="tl-list scroll" tabindex="0" role="region" aria-label="経過の一覧" {
                @if rights.notes && (shares || others) {
                    a class="tl-out" href=(links::outside(patient)) { (small(Icon::Link)) "ほかの医療機関の記録を1ページで見る" }
                }
                @if summary.course.is_empty() {
                    (empty(Icon::List, "経過はまだありません", "受診・検査・文書の記録がここに並びます。", None))
                } @else {
                    (timeline(&summary.course, summary.date, (rights.notes || emergency).then_some(patient), &act))
                }
            }
            @if mode == Mode::PaperChart { (paper::form(&summary.person.id)) }
        }
    }
}
