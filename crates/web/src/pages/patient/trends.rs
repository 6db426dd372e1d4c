//! The strip of measures: picked by the active disease names, or by the doctor. A press opens the graph.
use crate::components::{
    icon::{Icon, small},
    lab,
    sparkline::sparkline,
};
use crate::{format, links, pages::results::strip_form};
use karute_chart::summary::{Series, Summary};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};

/// The strip of measures. Its number of columns is said before the first of them, so that none moves while a slow browser
/// is still reading the rest.
pub(super) fn trends(summary: &Summary) -> Markup {
    let patient = &summary.person.id;
    let columns = match summary.trends.iter().filter(|series| series.last().is_some()).count() {
        0 | 1 => "panel trend",
        2 => "panel trend n2",
        3 => "panel trend n3",
        4 => "panel trend n4",
        _ => "panel trend n5",
    };
    html! {
        section class=(columns) aria-label="推移" {
            @if summary.trends.is_empty() { p class="tr t-13 t-mute" { "推移に出す値はまだありません。" } }
            @for series in &summary.trends { (trend(series, patient, summary.date)) }
            div class="tr-more" {
                a class="btn btn-g btn-sm" href=(links::results(patient)) { (small(Icon::Graph)) "全項目" }
                details { summary class="t-12" { "項目を選ぶ" } div class="pop tr-form" { (strip_form(summary)) } }
            }
        }
    }
}

fn trend(series: &Series, patient: &Id, today: Date) -> Markup {
    html! {
        @if let Some(last) = series.last() {
            a class="tr" href=(format!("{}?set=all&m={}", links::results(patient), series.key())) {
                span class="tr-l" {
                    small { (series.name) }
                    b { (lab::value(&series.shown(last), series.flag())) @if let Some(unit) = &series.unit { " " small { (unit) } } }
                    small {
                        @if let Some(target) = &series.target { "目標 " (target.words()) } @else { @if let Some(date) = series.date() { (format::near(date, today)) } }
                        @if let Some(previous) = series.previous() { "　前回 " (series.shown(previous)) }
                    }
                }
                (sparkline(series))
                span class="vh" { "グラフを開く" }
            }
        }
    }
}
