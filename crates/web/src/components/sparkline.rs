//! Sparklines: inline SVG, geometry in attributes, colour in classes, values as a text alternative.
use karute_chart::summary::Series;
use karute_chart::view::{Flag, Measurement};
use maud::{Markup, html};

const WIDTH: f64 = 116.0;
const HEIGHT: f64 = 46.0;
/// Space kept at both ends so that marks are not cut.
const PAD: f64 = 8.0;

/// A series as a small graph: reference band, line, points, and the last point as ▲ high, ▼ low or ● in range.
pub(crate) fn sparkline(series: &Series) -> Markup {
    let scale = Scale::of(series);
    let label = words(series);
    let band = (series.second.is_empty()).then(|| scale.band(series)).flatten();
    // The individual target takes the place of the reference range, and is named so beside the value.
    let class = if series.target.is_some() { "sp-b sp-o" } else { "sp-b" };
    html! {
        svg class="spark" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) width=(WIDTH) height=(HEIGHT) role="img" aria-label=(label) {
            @if let Some((y, height)) = band { rect class=(class) x="0" y=(at(y)) width=(WIDTH) height=(at(height)) rx="2" {} }
            (line(&series.points, &scale, "sp-1"))
            @if !series.second.is_empty() { (line(&series.second, &scale, "sp-2")) }
        }
    }
}

fn line(points: &[Measurement], scale: &Scale, class: &str) -> Markup {
    let placed: Vec<(f64, f64, Flag)> = points
        .iter()
        .enumerate()
        .filter_map(|(i, p)| Some((scale.x(i, points.len()), scale.y(p.numeric?), p.flag)))
        .collect();
    let path = placed.iter().map(|(x, y, _)| format!("{},{}", at(*x), at(*y))).collect::<Vec<_>>().join(" ");
    html! {
        g class=(class) {
            polyline points=(path) {}
            @if let Some(((x, y, flag), before)) = placed.split_last() {
                @for (px, py, _) in before { circle cx=(at(*px)) cy=(at(*py)) r="1.9" {} }
                @match flag {
                    Flag::High => { path class="sp-h" d=(format!("M{} {}l4.6 8h-9.2z", at(*x), at(y - 5.0))) {} }
                    Flag::Low => { path class="sp-l" d=(format!("M{} {}l4.6-8h-9.2z", at(*x), at(y + 5.0))) {} }
                    Flag::None => { circle class="sp-e" cx=(at(*x)) cy=(at(*y)) r="3.4" {} }
                }
            }
        }
    }
}

fn at(value: f64) -> String {
    format!("{value:.1}")
}

fn words(series: &Series) -> String {
    let values: Vec<String> = series.points.iter().map(|p| series.shown(p)).collect();
    format!("{}の推移 {}", series.name, values.join("、"))
}

/// The individual target, else the reference range of the newest value.
fn bounds(series: &Series) -> (Option<f64>, Option<f64>) {
    let range = || series.points.last().map_or((None, None), |point| point.range);
    series.target.as_ref().map_or_else(range, karute_chart::graph::Target::bounds)
}

struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// From all values; the reference bounds join in where they lie near, so that the band is seen without
    /// flattening the line.
    fn of(series: &Series) -> Scale {
        let values = || series.points.iter().chain(&series.second).filter_map(|p| p.numeric);
        let (mut low, mut high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if !low.is_finite() || !high.is_finite() {
            return Scale { low: 0.0, high: 1.0 };
        }
        let spread = (high - low).max(high.abs() * 0.04).max(f64::EPSILON);
        let range = bounds(series);
        for bound in [range.0, range.1].into_iter().flatten() {
            if bound > low - spread * 1.5 && bound < high + spread * 1.5 {
                low = low.min(bound);
                high = high.max(bound);
            }
        }
        let room = (high - low).max(spread) * 0.08;
        Scale { low: low - room, high: high + room }
    }
    fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low).max(f64::EPSILON);
        HEIGHT - PAD - share.clamp(-0.2, 1.2) * (HEIGHT - 2.0 * PAD)
    }
    #[allow(clippy::unused_self)]
    fn x(&self, index: usize, count: usize) -> f64 {
        let steps = count.saturating_sub(1).max(1) as f64;
        if count < 2 { WIDTH - PAD } else { PAD + (WIDTH - 2.0 * PAD) * index as f64 / steps }
    }
    /// Reference band: top and height, cut to the drawing.
    fn band(&self, series: &Series) -> Option<(f64, f64)> {
        let (low, high) = bounds(series);
        if low.is_none() && high.is_none() {
            return None;
        }
        let top = high.map_or(0.0, |h| self.y(h)).clamp(0.0, HEIGHT);
        let bottom = low.map_or(HEIGHT, |l| self.y(l)).clamp(0.0, HEIGHT);
        (bottom - top > 1.0).then_some((top, bottom - top))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn series(values: &[(&str, Flag)], range: (Option<f64>, Option<f64>)) -> Series {
        let points = values.iter().enumerate().map(|(i, (v, flag))| Measurement {
            code: "x".to_owned(),
            name: "HbA1c".to_owned(),
            value: (*v).to_owned(),
            numeric: v.parse().ok(),
            unit: Some("%".to_owned()),
            flag: *flag,
            range,
            date: Some(jiff::civil::date(2026, 1 + i8::try_from(i).unwrap(), 1)),
            source: None,
        });
        Series { name: "HbA1c".to_owned(), unit: None, points: points.collect(), second: Vec::new(), target: None }
    }

    #[test]
    fn the_last_point_says_by_its_shape_whether_it_is_high_low_or_in_range() {
        for (flag, class) in [(Flag::High, "sp-h"), (Flag::Low, "sp-l"), (Flag::None, "sp-e")] {
            let drawn = sparkline(&series(&[("7.0", Flag::None), ("7.4", flag)], (None, None))).into_string();
            assert!(drawn.contains(class), "{class}");
        }
    }

    #[test]
    fn the_values_stand_in_the_text_alternative() {
        let drawn = sparkline(&series(&[("6.90", Flag::None), ("7.1", Flag::High)], (None, None))).into_string();
        assert!(drawn.contains("HbA1cの推移 6.90、7.1"));
    }

    #[test]
    fn one_point_equal_points_and_odd_ranges_draw_without_nan() {
        let cases = [
            series(&[("7.0", Flag::None)], (None, None)),
            series(&[("5", Flag::None), ("5", Flag::None)], (Some(5.0), Some(5.0))),
            series(&[("0", Flag::None), ("0", Flag::None)], (Some(-1e300), Some(1e300))),
            series(&[], (None, None)),
        ];
        for case in cases {
            let drawn = sparkline(&case).into_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }

    #[test]
    fn nothing_is_styled_inline() {
        let drawn = sparkline(&series(&[("6.9", Flag::None), ("7.1", Flag::High)], (None, Some(6.2)))).into_string();
        assert!(!drawn.contains("style=") && !drawn.contains("fill=") && drawn.contains("sp-b"));
    }
}
