//! One record: its number and its items, set and read by their names.
use super::{CsvFault, CsvFaults, FaultKind};
use crate::profile::{Layout, RecordSpec};

/// A record of a sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Number.
    pub number: u16,
    /// Items after the number, each in its place.
    pub items: Vec<String>,
    /// Line it was read from, from 1; 0 for a new one.
    pub line: usize,
}

/// Items are a patient's: only their number is told.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({}, {} items, line {})", self.number, self.items.len(), self.line)
    }
}

/// The layout has no such record or item: the profile is another one than the code was written for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the wire profile has no item {key} in record {number}")]
pub struct RecordError {
    /// Record.
    pub number: u16,
    /// Item; empty when the record itself is missing.
    pub key: String,
}

impl RecordError {
    /// A layout without a record the code writes, told as an unknown record: the profile is the wrong one.
    pub(crate) fn fault(&self) -> CsvFaults {
        let unknown = CsvFault::record(0, self.number, FaultKind::UnknownRecord);
        CsvFaults::one(CsvFault { item: self.key.clone(), ..unknown })
    }
}

impl Record {
    /// A record with these items; the others are empty.
    ///
    /// # Errors
    /// When the layout has no such record or item.
    pub fn new(layout: &Layout, number: u16, items: &[(&str, &str)]) -> Result<Record, RecordError> {
        let missing = |key: &str| RecordError { number, key: key.to_owned() };
        let spec = layout.record(number).ok_or_else(|| missing(""))?;
        let mut values = vec![String::new(); spec.items.len()];
        for (key, value) in items {
            let place = spec.position(key).and_then(|at| values.get_mut(at)).ok_or_else(|| missing(key))?;
            (*value).clone_into(place);
        }
        Ok(Record { number, items: values, line: 0 })
    }

    /// An item by its name; empty when it is not there.
    pub fn get<'r>(&'r self, layout: &Layout, key: &str) -> &'r str {
        layout
            .record(self.number)
            .and_then(|spec| spec.position(key))
            .and_then(|at| self.items.get(at))
            .map_or("", String::as_str)
    }

    /// RP number and number within it, where the record has them.
    pub(crate) fn place(&self, spec: &RecordSpec) -> Option<(u16, Option<u16>)> {
        let number = |key: &str| self.items.get(spec.position(key)?)?.parse().ok();
        let rp = number("rp")?;
        let within = matches!(spec.section, crate::profile::Section::Drug).then(|| number("number")).flatten();
        Some((rp, within))
    }
}
