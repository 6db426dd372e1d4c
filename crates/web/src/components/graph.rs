//! Graphs of results: inline SVG drawn on the server, measures stacked, never two scales on one axis (ux §4.8).
//!
//! Geometry stands in attributes, colour in classes. High is ▲, low ▼, in range ●, another institution's ◇; a change of
//! method breaks the line (SAFE-13). The values stand in the table beside it and, point by point, in `data-point`.
use super::icon::{Icon, small};
use crate::format;
use karute_chart::graph::{Band, Cell, Row, Scale, Target, ticks};
use karute_chart::view::Flag;
use karute_japan::Date;
use maud::{Markup, html};

const WIDTH: f64 = 720.0;
/// Room at the left for the numbers of the axis, at the right for the last mark.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
/// Height of a measure and of a band.
const PANEL: f64 = 128.0;
const TOP: f64 = 8.0;
const BAND: f64 = 19.0;
const FOOT: f64 = 20.0;

/// The days of a graph.
#[derive(Clone, Copy)]
pub(crate) struct Days {
    /// First.
    pub(crate) from: Date,
    /// Last.
    pub(crate) until: Date,
}

impl Days {
    fn x(self, day: Date) -> f64 {
        let number = |d: Date| d.since(self.from).map_or(0, |s| s.get_days());
        let share = f64::from(number(day)) / f64::from(number(self.until).max(1));
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }
}

/// One measure.
pub(crate) fn measure(row: &Row, target: Option<&Target>, visits: &[Date], days: Days) -> Markup {
    let points = row.points();
    let scale = scale(row, target, &points);
    let height = TOP + PANEL + FOOT;
    let y = |value: f64| TOP + PANEL * (1.0 - scale.share(value));
    let unit = row.unit.as_deref().unwrap_or_default();
    html! {
        figure class="gr" data-graph tabindex="0" role="group" aria-label=(format!("{}のグラフ。左右の矢印キーで点から点へ", row.name)) {
            figcaption class="row row-w" {
                b { (row.name) } @if !unit.is_empty() { " " small { (unit) } }
                @if let Some(target) = target { span class="tag tag-ai" { "目標 " (target.words()) } }
                @if row.method_changed() { span class="tag tag-warn" { (small(Icon::Triangle)) "測定法の変更あり：線を切っています" } }
                @if row.unit_changed { span class="tag tag-warn" { (small(Icon::Triangle)) "単位の違う値は別のグラフです" } }
                span class="end t-12 t-mute gr-at" data-point-words role="status" {}
            }
            svg class="gr-s" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(words(row)) {
                @if !row.is_graded() { (range(row.range(), &scale, "gr-b")) }
                @for (value, word) in axis(row, scale) {
                    path class="gr-g" d=(format!("M{LEFT} {}H{}", at(y(value)), WIDTH - RIGHT)) {}
                    text class="gr-t" x=(LEFT - 6.0) y=(at(y(value) + 4.0)) text-anchor="end" { (word) }
                }
                @for visit in visits.iter().filter(|v| **v >= days.from) {
                    path class="gr-v" d=(format!("M{} {TOP}v{PANEL}", at(days.x(*visit)))) {}
                }
                @if let Some(target) = target {
                    @for bound in [target.bounds().0, target.bounds().1].into_iter().flatten().filter(|b| *b >= scale.low && *b <= scale.high) {
                        path class="gr-o" d=(format!("M{LEFT} {}H{}", at(y(bound)), WIDTH - RIGHT)) {}
                        text class="gr-t gr-ot" x=(WIDTH - RIGHT) y=(at(y(bound) - 4.0)) text-anchor="end" { "目標 " (bound) }
                    }
                }
                @for line in lines(&points, |cell| (days.x(cell.date), y(cell.drawn().unwrap_or(scale.low)))) { polyline class="gr-l" points=(line) {} }
                @for pair in points.windows(2) {
                    @if let [a, b] = pair { @if b.breaks {
                        @let middle = f64::midpoint(days.x(a.date), days.x(b.date));
                        path class="gr-x" d=(format!("M{} {}l-5 12M{} {}l-5 12", at(middle), at(TOP + PANEL - 14.0), at(middle + 5.0), at(TOP + PANEL - 14.0))) {}
                    } }
                }
                @for cell in &points { (mark(cell, days.x(cell.date), y(cell.drawn().unwrap_or(scale.low)), unit, days.until)) }
                (years(days, TOP + PANEL))
            }
        }
    }
}

/// Drugs as bands over the same days.
pub(crate) fn bands(bands: &[Band], days: Days) -> Markup {
    let height = TOP + BAND * bands.len() as f64 + FOOT;
    let told: Vec<String> = bands.iter().map(|b| format!("{} {}", b.name, spans(b, days.until))).collect();
    html! {
        figure class="gr" {
            figcaption class="row" { b { "薬" } small { "処方の日数" } }
            svg class="gr-s" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(format!("薬の帯。{}", told.join("、"))) {
                @for (n, band) in bands.iter().enumerate() {
                    @let top = TOP + BAND * n as f64;
                    path class="gr-g" d=(format!("M{LEFT} {}H{}", at(top + BAND - 2.0), WIDTH - RIGHT)) {}
                    @for (first, last) in &band.stretches {
                        @let x = days.x(*first);
                        rect class="gr-d" x=(at(x)) y=(at(top + 1.0)) width=(at((days.x(*last) - x).max(3.0))) height=(at(BAND - 5.0)) rx="3" {}
                    }
                    text class="gr-t gr-dt" x=(LEFT + 4.0) y=(at(top + BAND - 6.5)) { (band.name) " " (band.dose) }
                }
                (years(days, TOP + BAND * bands.len() as f64))
            }
        }
    }
}

fn spans(band: &Band, today: Date) -> String {
    let one = |(a, b): &(Date, Date)| format!("{}から{}", format::near(*a, today), format::near(*b, today));
    band.stretches.iter().map(one).collect::<Vec<_>>().join("、")
}

fn scale(row: &Row, target: Option<&Target>, points: &[&Cell]) -> Scale {
    if row.is_graded() {
        return Scale::of_grades(points.iter().filter_map(|cell| cell.grade()));
    }
    let range = row.range();
    let aim = target.map_or((None, None), Target::bounds);
    let bounds = [range.0, range.1, aim.0, aim.1].into_iter().flatten();
    Scale::around(points.iter().filter_map(|cell| cell.measured.numeric), bounds)
}

/// Lines of the axis: round numbers, or the steps of a qualitative value.
fn axis(row: &Row, scale: Scale) -> Vec<(f64, String)> {
    if !row.is_graded() {
        return ticks(scale);
    }
    (0..=5u8)
        .map(|n| (f64::from(n), karute_chart::graph::Grade(n).word().to_owned()))
        .filter(|(v, _)| *v <= scale.high)
        .collect()
}

/// The band of the reference range.
fn range((low, high): (Option<f64>, Option<f64>), scale: &Scale, class: &str) -> Markup {
    if low.is_none() && high.is_none() {
        return html! {};
    }
    let top = TOP + PANEL * (1.0 - high.map_or(1.0, |h| scale.share(h)));
    let bottom = TOP + PANEL * (1.0 - low.map_or(0.0, |l| scale.share(l)));
    html! {
        @if bottom - top > 1.0 {
            rect class=(class) x=(LEFT) y=(at(top)) width=(WIDTH - LEFT - RIGHT) height=(at(bottom - top)) {}
        }
    }
}

/// Lines through our own values, cut where the method changed; other institutions' values are points alone.
fn lines(points: &[&Cell], place: impl Fn(&Cell) -> (f64, f64)) -> Vec<String> {
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for cell in points.iter().filter(|cell| !cell.is_outside()) {
        if cell.breaks {
            lines.push(Vec::new());
        }
        let (x, y) = place(cell);
        if let Some(line) = lines.last_mut() {
            line.push(format!("{},{}", at(x), at(y)));
        }
    }
    lines.into_iter().filter(|line| line.len() > 1).map(|line| line.join(" ")).collect()
}

fn mark(cell: &Cell, x: f64, y: f64, unit: &str, today: Date) -> Markup {
    let flag = match cell.measured.flag {
        Flag::High => " 高い",
        Flag::Low => " 低い",
        Flag::None => "",
    };
    let from = cell.measured.source.as_deref().map(|s| format!("（{s}）")).unwrap_or_default();
    let told = format!("{} {}{unit}{flag}{from}", format::near(cell.date, today), cell.measured.value);
    let (x, y) = (at(x), at(y));
    let (class, shape) = match (cell.is_outside(), cell.measured.flag) {
        (true, _) => ("gr-p gr-out", format!("M{x} {y}m0-6l6 6-6 6-6-6z")),
        (false, Flag::High) => ("gr-p gr-h", format!("M{x} {y}m0-5l5 8.5h-10z")),
        (false, Flag::Low) => ("gr-p gr-lo", format!("M{x} {y}m0 5l5-8.5h-10z")),
        (false, Flag::None) => ("gr-p", format!("M{x} {y}m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z")),
    };
    html! { path class=(class) d=(shape) data-point=(told) { title { (told) } } }
}

/// The months under the lowest line.
fn years(days: Days, foot: f64) -> Markup {
    let months = days.until.since(days.from).map_or(0, |s| s.get_days()) / 30;
    let step = match months {
        ..=7 => 1,
        8..=13 => 2,
        14..=26 => 4,
        27..=62 => 12,
        _ => 24,
    };
    let mut labels = Vec::new();
    let (mut year, mut month) = (days.from.year(), days.from.month());
    for _ in 0..130 {
        month += 1;
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
        let Ok(day) = Date::new(year, month, 1) else { break };
        if day > days.until {
            break;
        }
        let wanted =
            if step >= 12 { month == 1 && year % (step / 12) == 0 } else { (i16::from(month) - 1) % step == 0 };
        if wanted {
            let word = if month == 1 || step >= 12 { format!("{year}年") } else { format!("{month}月") };
            labels.push((days.x(day), word));
        }
    }
    html! {
        @for (x, word) in labels.iter().filter(|(x, _)| *x < WIDTH - 24.0) {
            path class="gr-g" d=(format!("M{} {}v4", at(*x), at(foot))) {}
            text class="gr-t" x=(at(*x)) y=(at(foot + 16.0)) text-anchor="middle" { (word) }
        }
    }
}

/// The text alternative: every value, newest first.
fn words(row: &Row) -> String {
    let unit = row.unit.as_deref().unwrap_or_default();
    let values: Vec<String> =
        row.cells.iter().take(40).map(|c| format!("{}は{}", format::full(c.date), c.measured.value)).collect();
    format!("{}（{unit}）の推移。{}", row.name, values.join("、"))
}

fn at(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_chart::view::Measurement;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn cell(date: &str, value: &str, flag: Flag, breaks: bool, source: Option<&str>) -> Cell {
        let measured = Measurement {
            code: "3D046".to_owned(),
            name: "HbA1c".to_owned(),
            value: value.to_owned(),
            numeric: value.parse().ok(),
            unit: Some("%".to_owned()),
            flag,
            range: (Some(4.9), Some(6.0)),
            date: Some(day(date)),
            source: source.map(str::to_owned),
        };
        Cell { measured, date: day(date), breaks }
    }

    fn row(cells: Vec<Cell>) -> Row {
        Row {
            key: "k".to_owned(),
            name: "HbA1c".to_owned(),
            unit: Some("%".to_owned()),
            cells,
            decimals: 1,
            unit_changed: false,
        }
    }

    fn drawn(cells: Vec<Cell>) -> String {
        let days = Days { from: day("2025-11-20"), until: day("2026-11-20") };
        measure(&row(cells), None, &[day("2026-05-01")], days).into_string()
    }

    #[test]
    fn a_point_says_by_its_shape_what_it_is_and_a_changed_method_breaks_the_line() {
        let text = drawn(vec![
            cell("2026-11-13", "7.4", Flag::High, false, None),
            cell("2026-10-01", "7.0", Flag::None, false, Some("あおば整形外科")),
            cell("2026-08-21", "4.2", Flag::Low, true, None),
            cell("2026-05-29", "5.5", Flag::None, false, None),
        ]);
        for class in ["gr-p gr-h", "gr-p gr-lo", "gr-p gr-out", "\"gr-p\"", "gr-b", "gr-x", "gr-v"] {
            assert!(text.contains(class), "{class}");
        }
        // 4.2 and 7.4 are joined; 5.5 stands before the break and alone.
        assert_eq!(text.matches("<polyline").count(), 1);
        assert!(text.contains("11/13 7.4% 高い") && text.contains("（あおば整形外科）"));
        assert!(!text.contains("style=") && !text.contains("NaN"));
    }

    #[test]
    fn qualitative_values_have_steps_and_no_reference_band() {
        let text = drawn(vec![
            cell("2026-11-13", "1+", Flag::High, false, None),
            cell("2026-08-21", "(-)", Flag::None, false, None),
        ]);
        assert!(text.contains(">±<") && text.contains(">1+<") && !text.contains("gr-b"));
    }

    #[test]
    fn nothing_and_one_value_are_drawn_without_harm() {
        for cells in [
            vec![],
            vec![cell("2026-11-13", "7.4", Flag::High, false, None)],
            vec![cell("2026-11-13", "検体なし", Flag::None, false, None)],
        ] {
            let text = drawn(cells);
            assert!(!text.contains("NaN") && !text.contains("inf"));
        }
    }
}
