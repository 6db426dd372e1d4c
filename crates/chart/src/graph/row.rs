//! Rows of the table, which are the lines of the graphs.
use super::scale::{Grade, grade};
use crate::view::Measurement;
use karute_japan::Date;
use std::collections::HashMap;

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The value with everything known of it.
    pub measured: Measurement,
    /// The day.
    pub date: Date,
    /// Measured by another method than the value before it: the two do not compare (SAFE-13).
    pub breaks: bool,
}

impl Cell {
    /// Where a qualitative value stands in its order.
    pub fn grade(&self) -> Option<Grade> {
        grade(&self.measured.value)
    }
    /// Whether another institution measured it.
    pub fn is_outside(&self) -> bool {
        self.measured.source.is_some()
    }
    /// The value to draw, on its own scale.
    pub fn drawn(&self) -> Option<f64> {
        self.measured.numeric.or_else(|| self.grade().map(|g| f64::from(g.0)))
    }
}

/// One test in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What the row is called in addresses and stored choices.
    pub key: String,
    /// Name of the newest value.
    pub name: String,
    /// Unit, once for the row.
    pub unit: Option<String>,
    /// Values, newest first; several of a day in the order reported.
    pub cells: Vec<Cell>,
    /// Decimals of the values, by which the table aligns them.
    pub decimals: usize,
    /// The unit changed along the way: the other values are a row of their own.
    pub unit_changed: bool,
}

impl Row {
    /// Values that can be drawn, oldest first.
    pub fn points(&self) -> Vec<&Cell> {
        self.cells.iter().rev().filter(|cell| cell.drawn().is_some()).collect()
    }
    /// Whether its values are steps (−, ±, 1+) and no numbers.
    pub fn is_graded(&self) -> bool {
        self.cells.iter().all(|cell| cell.measured.numeric.is_none()) && self.cells.iter().any(|c| c.grade().is_some())
    }
    /// The reference range of the newest value.
    pub fn range(&self) -> (Option<f64>, Option<f64>) {
        self.cells.first().map_or((None, None), |cell| cell.measured.range)
    }
    /// The newest value of a day.
    pub fn on(&self, date: Date) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.date == date)
    }
    /// Whether some value was measured by another method.
    pub fn method_changed(&self) -> bool {
        self.cells.iter().any(|cell| cell.breaks)
    }
}

/// What makes two values comparable but for their unit: analyte, identification and material of JLAC10, and which
/// result of the test it is; what the code is otherwise. The method (characters 13 to 15) makes no other row.
pub(crate) fn key(code: &str) -> String {
    match jlac10(code) {
        Some((test, _, result)) => format!("{test}{result}"),
        None => code.to_owned(),
    }
}

/// Test, method and result of a JLAC10 code.
fn jlac10(code: &str) -> Option<(&str, &str, &str)> {
    let is_code = code.len() == 17 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_code {
        return None;
    }
    Some((code.get(..12)?, code.get(12..15)?, code.get(15..)?))
}

/// Rows of what was measured, in the order of `codes` (beginnings of codes), else in the order of the newest report.
pub(super) fn rows(measured: &[Measurement], codes: Option<&[&str]>) -> Vec<Row> {
    let mut newest: Vec<&Measurement> = measured
        .iter()
        .filter(|m| m.date.is_some() && codes.is_none_or(|codes| codes.iter().any(|c| m.code.starts_with(c))))
        .collect();
    newest.sort_by_key(|m| std::cmp::Reverse(m.date));
    let mut at: HashMap<(String, Option<&str>), usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for found in newest {
        let Some(date) = found.date else { continue };
        let own = (key(&found.code), found.unit.as_deref());
        let place = *at.entry(own.clone()).or_insert_with(|| {
            rows.push(Row {
                key: own.0,
                name: found.name.clone(),
                unit: found.unit.clone(),
                cells: Vec::new(),
                decimals: 0,
                unit_changed: false,
            });
            rows.len() - 1
        });
        let Some(row) = rows.get_mut(place) else { continue };
        // What one report says twice is shown once; two different values of a day are both values.
        let again = row
            .cells
            .iter()
            .any(|c| c.date == date && c.measured.value == found.value && c.measured.source == found.source);
        if !again {
            row.decimals = row.decimals.max(decimals(&found.value));
            row.cells.push(Cell { measured: found.clone(), date, breaks: false });
        }
    }
    for row in &mut rows {
        mark_breaks(&mut row.cells);
    }
    let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    for row in &mut rows {
        row.unit_changed = keys.iter().filter(|key| **key == row.key).count() > 1;
    }
    if let Some(codes) = codes {
        rows.sort_by_key(|row| codes.iter().position(|code| row.key.starts_with(code)));
    }
    rows
}

/// A value breaks the line when it was measured by another method than the one before it in time.
fn mark_breaks(cells: &mut [Cell]) {
    let methods: Vec<Option<String>> =
        cells.iter().map(|cell| jlac10(&cell.measured.code).map(|(_, method, _)| method.to_owned())).collect();
    for (n, cell) in cells.iter_mut().enumerate() {
        let (own, before) = (methods.get(n).cloned().flatten(), methods.get(n + 1).cloned().flatten());
        cell.breaks = matches!((own, before), (Some(own), Some(before)) if own != before);
    }
}

/// Digits after the point.
fn decimals(value: &str) -> usize {
    value.rsplit_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn safe_13_another_method_breaks_the_line_and_another_unit_makes_another_row() {
        let all = [
            Measurement::sample("3D046000001927101", "%", "2026-11-13", "7.4"),
            Measurement::sample("3D046000001920402", "%", "2026-08-21", "7.9"),
            Measurement::sample("3D046000001920401", "%", "2026-05-29", "7.2"),
            Measurement::sample("3D046000001927101", "mmol/mol", "2026-02-27", "54"),
        ];
        let found = rows(&all, None);
        // Results 01 and 02 of the test are different things: 7.9 is a row of its own.
        assert_eq!(found.len(), 3);
        let percent = &found[0];
        assert_eq!(percent.cells.iter().map(|c| c.breaks).collect::<Vec<_>>(), [true, false]);
        assert!(percent.method_changed() && percent.unit_changed);
        assert_eq!((found[2].unit.as_deref(), found[2].cells.len()), (Some("mmol/mol"), 1));
    }

    #[test]
    fn blood_counts_of_one_analyte_code_stay_apart_and_rows_follow_the_set() {
        let all = [
            Measurement::sample("2A990000001930953", "g/dL", "2026-11-13", "13.9"),
            Measurement::sample("2A990000001930952", "10^3/μL", "2026-11-13", "5.6"),
            Measurement::sample("3F077000002327101", "mg/dL", "2026-11-13", "118"),
            Measurement::sample("3D046000001927101", "%", "2026-11-13", "7.4"),
        ];
        assert_eq!(rows(&all, None).len(), 4);
        let of_set: Vec<String> = rows(&all, Some(&["3D046", "3F077"])).into_iter().map(|r| r.key).collect();
        assert_eq!(of_set, ["3D046000001901", "3F077000002301"]);
    }

    #[test]
    fn what_is_reported_twice_is_one_value_and_two_values_of_a_day_are_two() {
        let all = [
            Measurement::sample("8480-6", "mmHg", "2026-11-20", "148"),
            Measurement::sample("8480-6", "mmHg", "2026-11-20", "138"),
            Measurement::sample("8480-6", "mmHg", "2026-11-20", "138"),
        ];
        assert_eq!(rows(&all, None)[0].cells.len(), 2);
        assert_eq!(
            rows(
                &[Measurement::sample("a", "", "2026-11-20", "7.40"), Measurement::sample("a", "", "2026-11-01", "7")],
                None
            )[0]
            .decimals,
            2
        );
    }
}
