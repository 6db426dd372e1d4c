//! The newest laboratory results.
use crate::components::{
    icon::{Icon, small},
    lab,
    notice::empty,
};
use crate::format;
use karute_chart::summary::Summary;
use karute_chart::view::Measurement;
use maud::{Markup, html};

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
