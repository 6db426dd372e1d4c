//! Which measures the trend strip shows, picked by the active disease names (ux §4.2).
use crate::graph::Target;
use crate::view::{Flag, Measurement, Problem};
use karute_japan::Date;

/// A measure the strip can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Laboratory test, by the first five characters (analyte) of its JLAC10 code.
    Lab(&'static str),
    /// Blood pressure at the clinic: two lines.
    BloodPressure,
    /// Body weight.
    Weight,
}

/// One line of points, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Name as shown.
    pub name: String,
    /// Unit.
    pub unit: Option<String>,
    /// Points with a numeric value, oldest first, at most eight.
    pub points: Vec<Measurement>,
    /// The second line where values come in pairs (diastolic pressure).
    pub second: Vec<Measurement>,
    /// The individual target, where the doctor set one.
    pub target: Option<Target>,
}

/// Points of a sparkline at most.
pub(super) const POINTS: usize = 8;
/// Measures of the strip at most.
pub(super) const MOST: usize = 5;

/// LOINC codes of vital signs.
pub(crate) const SYSTOLIC: &str = "8480-6";
pub(crate) const DIASTOLIC: &str = "8462-4";
pub(crate) const WEIGHT: &str = "29463-7";

/// Disease words and the measures they call for, most telling first.
const BY_DISEASE: [(&[&str], &[Measure]); 7] = [
    // HbA1c, eGFR, urine albumin, LDL-C
    (&["糖尿病"], &[Measure::Lab("3D046"), Measure::Lab("8A065"), Measure::Lab("3A015"), Measure::Lab("3F077")]),
    (&["高血圧"], &[Measure::BloodPressure, Measure::Lab("8A065")]),
    (&["脂質異常", "コレステロール", "高脂血症"], &[Measure::Lab("3F077"), Measure::Lab("3F015")]),
    (&["尿酸", "痛風"], &[Measure::Lab("3C020")]),
    (&["腎"], &[Measure::Lab("8A065"), Measure::Lab("3C015"), Measure::Lab("3H015")]),
    (&["甲状腺", "橋本病", "バセドウ病"], &[Measure::Lab("4A055"), Measure::Lab("4B035")]),
    (&["肝", "脂肪肝"], &[Measure::Lab("3B045"), Measure::Lab("3B035")]),
];

/// The measures for these disease names; blood pressure and weight fill the strip up.
pub fn chosen(problems: &[Problem]) -> Vec<Measure> {
    let mut list: Vec<Measure> = Vec::new();
    let active = problems.iter().filter(|p| p.active);
    let names: Vec<&str> = active.map(|p| p.name.as_str()).collect();
    let called = BY_DISEASE
        .iter()
        .filter(|(words, _)| names.iter().any(|n| words.iter().any(|w| n.contains(w))))
        .map(|(_, measures)| *measures);
    // One measure of each disease before a second of any.
    let called: Vec<&[Measure]> = called.collect();
    for rank in 0..MOST {
        for measures in &called {
            if let Some(measure) = measures.get(rank)
                && !list.contains(measure)
            {
                list.push(*measure);
            }
        }
    }
    for measure in [Measure::BloodPressure, Measure::Weight] {
        if !list.contains(&measure) {
            list.push(measure);
        }
    }
    list
}

impl Measure {
    fn is(self, measured: &Measurement) -> bool {
        match self {
            // Serum and urine share analyte codes (3A015, 3C015): the material, characters 10 to 12 of JLAC10, tells.
            Measure::Lab("3A015") => measured.code.starts_with("3A015") && material(measured) == Some("001"),
            Measure::Lab(analyte) => measured.code.starts_with(analyte) && material(measured) != Some("001"),
            Measure::BloodPressure => measured.code == SYSTOLIC,
            Measure::Weight => measured.code == WEIGHT,
        }
    }
    /// The series of this measure out of everything measured; `None` when there is nothing to draw.
    pub fn series(self, measured: &[Measurement]) -> Option<Series> {
        let points = line(measured, |m| self.is(m));
        let last = points.last()?;
        let second = match self {
            Measure::BloodPressure => line(measured, |m| m.code == DIASTOLIC),
            _ => Vec::new(),
        };
        let name = match self {
            Measure::BloodPressure => "血圧（診察室）".to_owned(),
            _ => last.name.clone(),
        };
        Some(Series { name, unit: last.unit.clone(), points, second, target: None })
    }

    /// By the code a doctor chose it by.
    pub fn of_code(code: &'static str) -> Measure {
        match code {
            SYSTOLIC => Measure::BloodPressure,
            WEIGHT => Measure::Weight,
            analyte => Measure::Lab(analyte),
        }
    }
}

/// Material code of a 17-character JLAC10 code: `001` is urine.
fn material(measured: &Measurement) -> Option<&str> {
    measured.code.get(9..12)
}

fn line(measured: &[Measurement], is: impl Fn(&Measurement) -> bool) -> Vec<Measurement> {
    let mut points: Vec<Measurement> =
        measured.iter().filter(|m| m.numeric.is_some() && m.date.is_some() && is(m)).cloned().collect();
    points.sort_by_key(|m| m.date);
    points.dedup_by_key(|m| m.date);
    let skip = points.len().saturating_sub(POINTS);
    points.split_off(skip)
}

impl Series {
    /// The newest point.
    pub fn last(&self) -> Option<&Measurement> {
        self.points.last()
    }
    /// The point before it.
    pub fn previous(&self) -> Option<&Measurement> {
        self.points.iter().rev().nth(1)
    }
    /// Value with its pair: `138/82`.
    pub fn shown(&self, point: &Measurement) -> String {
        match self.second.iter().find(|s| s.date == point.date) {
            Some(pair) => format!("{}/{}", point.value, pair.value),
            None => point.value.clone(),
        }
    }
    /// Date of the newest point.
    pub fn date(&self) -> Option<Date> {
        self.last()?.date
    }
    /// Key of its row in the page of results.
    pub fn key(&self) -> String {
        self.last().map(|point| crate::graph::key(&point.code)).unwrap_or_default()
    }
    /// High or low, of the newest point.
    pub fn flag(&self) -> Flag {
        self.last().map_or(Flag::None, |p| p.flag)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problem(name: &str, active: bool) -> Problem {
        Problem { name: name.to_owned(), start: None, end: None, active, suspected: false, main: false }
    }

    fn point(code: &str, date: &str, value: &str) -> Measurement {
        Measurement {
            code: code.to_owned(),
            name: code.to_owned(),
            value: value.to_owned(),
            numeric: value.parse().ok(),
            unit: None,
            flag: Flag::None,
            range: (None, None),
            date: Some(date.parse().unwrap()),
            source: None,
        }
    }

    type Case<'a> = (&'a [(&'a str, bool)], &'a [Measure]);

    #[test]
    fn measures_follow_the_active_disease_names() {
        let cases: [Case<'_>; 4] = [
            (&[], &[Measure::BloodPressure, Measure::Weight]),
            (&[("糖尿病", false)], &[Measure::BloodPressure, Measure::Weight]),
            (
                &[("脂質異常症", true)],
                &[Measure::Lab("3F077"), Measure::Lab("3F015"), Measure::BloodPressure, Measure::Weight],
            ),
            (
                &[("２型糖尿病", true), ("高血圧症", true)],
                &[
                    Measure::Lab("3D046"),
                    Measure::BloodPressure,
                    Measure::Lab("8A065"),
                    Measure::Lab("3A015"),
                    Measure::Lab("3F077"),
                    Measure::Weight,
                ],
            ),
        ];
        for (names, expected) in cases {
            let problems: Vec<Problem> = names.iter().map(|(n, a)| problem(n, *a)).collect();
            assert_eq!(chosen(&problems), expected, "{names:?}");
        }
    }

    #[test]
    fn serum_and_urine_tests_of_one_analyte_stay_apart() {
        let all = [point("3C015000002327101", "2026-11-01", "1.10"), point("3C015000000127101", "2026-11-01", "90")];
        assert_eq!(Measure::Lab("3C015").series(&all).unwrap().last().unwrap().value, "1.10");
        assert_eq!(Measure::Lab("3A015").series(&all), None);
    }

    #[test]
    fn a_series_is_oldest_first_and_keeps_the_newest_points() {
        let all: Vec<Measurement> = (1..=12)
            .rev()
            .map(|month| point("3D046000001927101", &format!("2026-{month:02}-01"), &format!("7.{}", month % 10)))
            .collect();
        let series = Measure::Lab("3D046").series(&all).unwrap();
        assert_eq!(series.points.len(), POINTS);
        assert_eq!(series.last().unwrap().date, Some("2026-12-01".parse().unwrap()));
        assert_eq!(series.previous().unwrap().date, Some("2026-11-01".parse().unwrap()));
    }

    #[test]
    fn blood_pressure_is_shown_as_a_pair() {
        let all = [point(SYSTOLIC, "2026-11-20", "138"), point(DIASTOLIC, "2026-11-20", "82")];
        let series = Measure::BloodPressure.series(&all).unwrap();
        assert_eq!(series.shown(series.last().unwrap()), "138/82");
    }
}
