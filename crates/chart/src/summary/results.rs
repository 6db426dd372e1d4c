//! Results as a table: tests down, days across, newest first.
use crate::view::Measurement;
use karute_japan::Date;

/// Results of the newest days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// Days, newest first.
    pub dates: Vec<Date>,
    /// Tests, in the order of the newest report.
    pub rows: Vec<ResultRow>,
}

/// One test.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultRow {
    /// Name as shown.
    pub name: String,
    /// Unit of the newest value.
    pub unit: Option<String>,
    /// A value, or none, for each of [`Results::dates`].
    pub cells: Vec<Option<Measurement>>,
}

/// Days across at most.
const DAYS: usize = 4;

/// The table of what was measured. Tests that differ in code or unit stay apart: their values do not compare.
pub(super) fn table(measured: &[Measurement]) -> Results {
    let mut dates: Vec<Date> = measured.iter().filter_map(|m| m.date).collect();
    dates.sort_by_key(|d| std::cmp::Reverse(*d));
    dates.dedup();
    dates.truncate(DAYS);
    let mut newest_first: Vec<&Measurement> = measured.iter().filter(|m| m.date.is_some()).collect();
    newest_first.sort_by_key(|m| std::cmp::Reverse(m.date));
    let mut keys: Vec<(&str, Option<&str>)> = Vec::new();
    let mut rows: Vec<ResultRow> = Vec::new();
    for found in newest_first {
        let Some(column) = dates.iter().position(|d| Some(*d) == found.date) else { continue };
        let key = (found.code.as_str(), found.unit.as_deref());
        let at = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
            keys.push(key);
            rows.push(ResultRow { name: found.name.clone(), unit: found.unit.clone(), cells: vec![None; dates.len()] });
            rows.len() - 1
        });
        if let Some(cell) = rows.get_mut(at).and_then(|r| r.cells.get_mut(column))
            && cell.is_none()
        {
            *cell = Some(found.clone());
        }
    }
    Results { dates, rows }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_stand_newest_first_and_gaps_stay_empty() {
        let measured = [
            Measurement::sample("HbA1c", "%", "2026-08-21", "7.9"),
            Measurement::sample("K", "mmol/L", "2026-11-13", "4.6"),
            Measurement::sample("HbA1c", "%", "2026-11-13", "7.4"),
        ];
        let table = table(&measured);
        assert_eq!(table.dates, vec!["2026-11-13".parse().unwrap(), "2026-08-21".parse().unwrap()]);
        let shown: Vec<(&str, Vec<Option<&str>>)> = table
            .rows
            .iter()
            .map(|r| (r.name.as_str(), r.cells.iter().map(|c| c.as_ref().map(|m| m.value.as_str())).collect()))
            .collect();
        assert_eq!(shown, vec![("K", vec![Some("4.6"), None]), ("HbA1c", vec![Some("7.4"), Some("7.9")])]);
    }

    #[test]
    fn values_in_different_units_do_not_share_a_row() {
        let measured = [
            Measurement::sample("Glu", "mg/dL", "2026-11-13", "108"),
            Measurement::sample("Glu", "mmol/L", "2026-08-21", "6.0"),
        ];
        assert_eq!(table(&measured).rows.len(), 2);
    }

    #[test]
    fn at_most_four_days_are_shown() {
        let measured: Vec<Measurement> =
            (1..=9).map(|day| Measurement::sample("K", "mmol/L", &format!("2026-11-{day:02}"), "4.6")).collect();
        let table = table(&measured);
        assert_eq!(table.dates.len(), 4);
        assert_eq!(table.rows[0].cells.len(), 4);
    }
}
