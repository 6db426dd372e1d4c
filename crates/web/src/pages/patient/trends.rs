//! The strip of measures picked by the active disease names.
use crate::components::{lab, sparkline::sparkline};
use crate::format;
use karute_chart::summary::{Series, Summary};
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
