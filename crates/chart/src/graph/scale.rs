//! Scales: where a value lies between the ends of an axis, and which lines to draw.

/// A value that is a word and still has an order: −, ±, 1+ …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grade(pub u8);

impl Grade {
    /// As written on the axis.
    pub const fn word(self) -> &'static str {
        match self.0 {
            0 => "−",
            1 => "±",
            2 => "1+",
            3 => "2+",
            4 => "3+",
            _ => "4+",
        }
    }
}

/// Reads a qualitative value as laboratories write it. 陰性 and 陽性 are the steps − and 1+.
pub fn grade(value: &str) -> Option<Grade> {
    let plain: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '（' | '）'))
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '＋' => '+',
            '－' | '−' | '‐' | '–' | 'ー' => '-',
            other => other,
        })
        .collect();
    Some(Grade(match plain.as_str() {
        "-" | "陰性" => 0,
        "±" | "+-" | "+/-" | "判定保留" => 1,
        "+" | "1+" | "+1" | "陽性" => 2,
        "2+" | "+2" | "++" => 3,
        "3+" | "+3" | "+++" => 4,
        "4+" | "+4" | "5+" | "++++" => 5,
        _ => return None,
    }))
}

/// The ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value at the foot.
    pub low: f64,
    /// Value at the head.
    pub high: f64,
}

impl Scale {
    /// Around these values; bounds join in where they lie near, so that a band is seen without flattening the line.
    pub fn around(values: impl Iterator<Item = f64>, bounds: impl Iterator<Item = f64>) -> Scale {
        let (mut low, mut high) =
            values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if !low.is_finite() || !high.is_finite() {
            return Scale { low: 0.0, high: 1.0 };
        }
        let spread = (high - low).max(high.abs() * 0.05).max(f64::EPSILON);
        for bound in bounds.filter(|b| b.is_finite()) {
            if bound > low - spread && bound < high + spread {
                low = low.min(bound);
                high = high.max(bound);
            }
        }
        let room = (high - low).max(spread) * 0.1;
        Scale { low: low - room, high: high + room }
    }

    /// Steps from − to the highest that occurs, at least 1+.
    pub fn of_grades(grades: impl Iterator<Item = Grade>) -> Scale {
        Scale { low: -0.4, high: f64::from(grades.map(|g| g.0).max().unwrap_or(0).max(2)) + 0.4 }
    }

    /// 0 at the foot, 1 at the head; kept within the drawing.
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low).max(f64::EPSILON)).clamp(0.0, 1.0)
    }
}

/// Round values within a scale, at most five: 1, 2 or 5 times a power of ten apart. Each with the digits it needs.
pub fn ticks(scale: Scale) -> Vec<(f64, String)> {
    let spread = scale.high - scale.low;
    if !spread.is_finite() || spread <= 0.0 || scale.high.abs() > 1e12 {
        return Vec::new();
    }
    let power = 10f64.powi((spread / 4.0).log10().floor() as i32);
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * power).find(|step| spread / step <= 4.5).unwrap_or(10.0 * power);
    let decimals = if step >= 1.0 { 0 } else { (-step.log10().floor()).clamp(0.0, 6.0) as usize };
    let first = (scale.low / step).ceil();
    (0..8)
        .map(|n| (first + f64::from(n)) * step)
        .take_while(|value| *value <= scale.high + step * 1e-6)
        .map(|value| (value, format!("{value:.decimals$}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualitative_values_are_read_as_laboratories_write_them() {
        for (written, step) in [
            ("(-)", Some(0)),
            ("－", Some(0)),
            ("陰性", Some(0)),
            ("±", Some(1)),
            ("1+", Some(2)),
            ("（＋）", Some(2)),
            ("２＋", Some(3)),
            ("+++", Some(4)),
            ("7.4", None),
            ("検体なし", None),
        ] {
            assert_eq!(grade(written).map(|g| g.0), step, "{written}");
        }
    }

    #[test]
    fn an_axis_has_few_round_lines_and_no_needless_zeros() {
        for (low, high, expected) in [
            (6.8, 8.1, &["7.0", "7.5", "8.0"][..]),
            (48.0, 66.0, &["50", "55", "60", "65"]),
            (0.05, 0.3, &["0.1", "0.2", "0.3"]),
            (90.0, 170.0, &["100", "120", "140", "160"]),
            (0.0, 0.0, &[]),
            (f64::NEG_INFINITY, f64::INFINITY, &[]),
        ] {
            let found: Vec<String> = ticks(Scale { low, high }).into_iter().map(|(_, word)| word).collect();
            assert_eq!(found, expected, "{low}..{high}");
        }
    }

    #[test]
    fn a_far_bound_does_not_flatten_the_line_and_odd_values_do_no_harm() {
        let near = Scale::around([7.0, 7.4].into_iter(), [6.8].into_iter());
        assert!(near.low < 6.8);
        let far = Scale::around([7.0, 7.4].into_iter(), [50.0].into_iter());
        assert!(far.high < 8.0);
        for odd in [vec![], vec![f64::NAN], vec![5.0], vec![0.0, 0.0]] {
            let scale = Scale::around(odd.iter().copied(), std::iter::once(f64::INFINITY));
            assert!(scale.low.is_finite() && scale.high > scale.low && scale.share(3.0).is_finite(), "{odd:?}");
        }
    }
}
