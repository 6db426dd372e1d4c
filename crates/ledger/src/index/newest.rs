//! The other question asked all day, "this patient's newest results", has rows in `ix_patient_code` too: one a resource,
//! with the date that a chart puts it in order by in the place of the code, written so that newer ones come first. So a
//! page of a history of ten years is read from its beginning and the rest is left alone.
use super::pairs;
use karute_fhir::ResourceType;
use karute_fhir::search::{IndexEntry, IndexValue, ParamKey, ParamType, params_of};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The dates that charts are sorted by; of a type that has several, the first.
const WHEN: [&str; 4] = ["authoredon", "authored", "authored-on", "date"];
/// What stands for no date; comes after all dates.
const NEVER: &str = "~";

/// A type's date and its patient.
#[derive(Clone, Copy, Debug)]
struct Dated {
    date: ParamKey,
    patient: ParamKey,
}

fn dated() -> impl Iterator<Item = Dated> {
    ResourceType::all().filter_map(|resource_type| {
        let params = params_of(resource_type);
        let key = |code, kind| params.iter().find(|p| p.code == code && p.kind == kind).map(|p| p.key);
        let date = WHEN.into_iter().find_map(|code| key(code, ParamType::Date))?;
        Some(Dated { date, patient: key("patient", ParamType::Reference)? })
    })
}

static BY_DATE: LazyLock<HashMap<ParamKey, ParamKey>> =
    LazyLock::new(|| dated().map(|d| (d.date, d.patient)).collect());
static BY_PATIENT: LazyLock<HashMap<ParamKey, ParamKey>> =
    LazyLock::new(|| dated().map(|d| (d.patient, d.date)).collect());

/// The parameter `patient` of the type that is put in order by this date.
pub(crate) fn patient_of(date: ParamKey) -> Option<ParamKey> {
    BY_DATE.get(&date).copied()
}

/// The last instant a date can mean (µs) as a text that sorts the other way round, like all of them of 16 characters.
pub(crate) fn place(last: Option<i64>) -> String {
    last.map_or_else(|| NEVER.to_owned(), |last| format!("{:016x}", !last.cast_unsigned() ^ (1 << 63)))
}

/// Of a resource's entries: the date's parameter, the patient and the [`place`], for each patient it is about.
pub(super) fn of(entries: &[IndexEntry]) -> impl Iterator<Item = (ParamKey, &str, String)> {
    entries.iter().filter_map(|entry| {
        let date = *BY_PATIENT.get(&entry.param)?;
        let id = match &entry.value {
            IndexValue::Local { target, id } if pairs::is_patient(*target) => id.as_str(),
            _ => return None,
        };
        let last = entries.iter().filter(|e| e.param == date).filter_map(|e| match e.value {
            IndexValue::Date { hi, .. } => Some(hi),
            _ => None,
        });
        Some((date, id, place(last.max())))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::index::key;
    use karute_fhir::search::extract;
    use karute_json::{Limits, parse};

    #[test]
    fn newer_dates_come_first_and_none_comes_last() {
        let dates = [Some(i64::MAX), Some(7), Some(1), Some(0), Some(-1), Some(i64::MIN), None];
        let places: Vec<String> = dates.into_iter().map(place).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(places.iter().collect::<std::collections::BTreeSet<_>>().len() == dates.len());
    }

    #[test]
    fn the_latest_end_of_a_resource_counts_for_its_patient_alone() {
        for (subject, found) in [("Patient/p1", 1), ("Group/p1", 0)] {
            let text = format!(
                r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"subject":{{"reference":"{subject}"}},
                "effectivePeriod":{{"start":"2020-01-01","end":"2020-01-02"}}}}"#
            );
            let entries = extract(&parse(text.as_bytes(), &Limits::FHIR).unwrap());
            let rows: Vec<_> = of(&entries).collect();
            assert_eq!(rows.len(), found);
            for (date, patient, at) in rows {
                let ends = entries.iter().filter_map(|e| match e.value {
                    IndexValue::Date { hi, .. } if e.param == date => Some(hi),
                    _ => None,
                });
                assert_eq!((patient, at), ("p1", place(ends.max())));
            }
        }
    }

    /// The migration fills the rows of what was stored before, and knows the parameters by their numbers.
    #[test]
    fn the_migration_knows_every_type() {
        let pairs: std::collections::BTreeSet<String> =
            dated().map(|d| format!("({}, {})", key::param(d.date), key::param(d.patient))).collect();
        for text in [
            include_str!("../../migrations/sqlite/0006_newest.sql"),
            include_str!("../../migrations/postgres/0006_newest.sql"),
        ] {
            let found: std::collections::BTreeSet<String> = text
                .lines()
                .filter_map(|line| line.trim().strip_suffix([',', ')']).filter(|l| l.starts_with('(')))
                .map(|line| if line.ends_with(')') { line.to_owned() } else { format!("{line})") })
                .collect();
            assert_eq!(found, pairs);
            assert!(text.contains(&key::type_number(ResourceType::parse("Patient").unwrap()).to_string()));
        }
    }
}
