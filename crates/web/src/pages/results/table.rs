//! The table: tests down, days across, the newest at the left; values aligned on their point.
use super::Wanted;
use crate::components::{
    icon::{Icon, icon},
    lab,
};
use crate::format;
use karute_chart::graph::{Cell, Row, Set, Sheet};
use karute_fhir::Id;
use maud::{Markup, html};

/// Days across at most; longer spans are read in the graph.
const DAYS: usize = 24;

pub(super) fn table(sheet: &Sheet, set: Set, patient: &Id, wanted: &Wanted, chosen: &[&Row]) -> Markup {
    let dates: Vec<_> = sheet.dates.iter().take(DAYS).collect();
    html! {
        section class="panel rs-t" aria-labelledby="table-h" {
            div class="panel-h" {
                h2 id="table-h" { "表" }
                span class="t-13 t-mute" { (sheet.rows.len()) "項目・新しい順" @if sheet.dates.len() > DAYS { "（新しい" (DAYS) "日分）" } }
            }
            div class="rs-x" tabindex="0" role="region" aria-label="検査結果の表" {
                table class="labs" {
                    caption class="vh" { "検査結果。新しい日付が左" }
                    thead { tr {
                        th scope="col" { "項目" } th scope="col" class="t-num" { "基準" }
                        @for date in &dates { th scope="col" class="t-num" { (format::near(**date, sheet.until)) } }
                    } }
                    tbody {
                        @for row in &sheet.rows {
                            @let on = chosen.iter().any(|c| c.key == row.key && c.unit == row.unit);
                            tr class=[on.then_some("is-on")] {
                                th scope="row" {
                                    @if row.points().is_empty() { (row.name) } @else {
                                        a href=(wanted.url(patient, set, "m", &toggled(row, chosen))) aria-current=[on.then_some("true")] { (row.name) span class="vh" { @if on { "をグラフから外す" } @else { "をグラフに出す" } } }
                                    }
                                    @if let Some(unit) = &row.unit { " " small { (unit) } }
                                }
                                td class="t-num t-mute" { (reference(row)) }
                                @for date in &dates { td class="t-num" { @for cell in row.cells.iter().filter(|c| c.date == **date).take(2) { (value(cell, row)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The keys to draw when this row is pressed: it joins the drawn ones, or leaves them.
fn toggled(row: &Row, chosen: &[&Row]) -> String {
    let drawn: Vec<&str> = chosen.iter().map(|c| c.key.as_str()).collect();
    if drawn.contains(&row.key.as_str()) {
        let rest: Vec<&str> = drawn.into_iter().filter(|key| *key != row.key).collect();
        return rest.join(",");
    }
    // The newest choice stands first; the oldest of three makes room.
    std::iter::once(row.key.as_str()).chain(drawn).take(3).collect::<Vec<_>>().join(",")
}

fn reference(row: &Row) -> String {
    match row.range() {
        (Some(low), Some(high)) => format!("{low}-{high}"),
        (Some(low), None) => format!("{low}-"),
        (None, Some(high)) => format!("-{high}"),
        (None, None) => String::new(),
    }
}

/// A value, filled up at the right so that the points stand under each other.
fn value(cell: &Cell, row: &Row) -> Markup {
    let shown = &cell.measured.value;
    let own = shown.rsplit_once('.').map_or(0, |(_, rest)| rest.len());
    let is_number = cell.measured.numeric.is_some();
    let missing =
        if is_number { row.decimals.saturating_sub(own) + usize::from(own == 0 && row.decimals > 0) } else { 0 };
    html! {
        span class=(if cell.is_outside() { "rv rv-out" } else { "rv" }) title=[cell.measured.source.as_deref()] {
            @if cell.is_outside() { (icon(Icon::Link)) span class="vh" { "他院 " (cell.measured.source.as_deref().unwrap_or_default()) } }
            (lab::value(shown, cell.measured.flag))
            // A figure space is as wide as a digit; nothing is read aloud.
            @if missing > 0 { span aria-hidden="true" { (("\u{2007}").repeat(missing)) } }
            @if cell.breaks { span class="rv-x" title="測定法が変わりました" { "//" span class="vh" { "測定法の変更" } } }
        }
    }
}
