//! A CSV as records.
use super::{CsvFault, CsvFaults, FaultKind, Record, order};
use crate::profile::{Layout, Profile};

/// A CSV taken apart, or to be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its records.
    pub records: Vec<Record>,
}

impl Sheet {
    /// Reads a CSV and checks structure and every item against the layout.
    ///
    /// # Errors
    /// Everything that is wrong, by line.
    pub fn read(bytes: &[u8], layout: &Layout, profile: &Profile) -> Result<Sheet, CsvFaults> {
        let sheet = Sheet::split(bytes, layout, profile)?;
        sheet.check(layout, profile)?;
        Ok(sheet)
    }

    /// Takes the text apart.
    fn split(bytes: &[u8], layout: &Layout, profile: &Profile) -> Result<Sheet, CsvFaults> {
        let whole = |kind| CsvFaults::one(CsvFault::whole(kind));
        let limits = profile.limits();
        if bytes.len() > limits.max_csv_bytes {
            return Err(whole(FaultKind::TooLarge));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| whole(FaultKind::Encoding))?;
        if text.starts_with('\u{FEFF}') {
            return Err(whole(FaultKind::Encoding));
        }
        if text.contains('\r') {
            return Err(whole(FaultKind::LineEnd));
        }
        // The last line may or may not end with LF.
        let text = text.strip_suffix('\n').unwrap_or(text);
        let mut lines = text.split('\n');
        if lines.next() != Some(layout.first_line.as_str()) {
            return Err(CsvFaults::one(CsvFault { line: 1, ..CsvFault::whole(FaultKind::FirstLine) }));
        }
        let mut faults = CsvFaults::default();
        let mut records = Vec::new();
        for (line, text) in (2..).zip(lines) {
            if line > limits.max_csv_lines {
                return Err(whole(FaultKind::TooLarge));
            }
            if text.is_empty() {
                faults.add(CsvFault { line, ..CsvFault::whole(FaultKind::EmptyLine) });
                continue;
            }
            let mut items = text.split(',');
            let number = items.next().unwrap_or_default();
            let plain = number.len() <= 3 && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
            let Some(spec) = number.parse().ok().filter(|_| plain).and_then(|number| layout.record(number)) else {
                faults.add(CsvFault { line, ..CsvFault::whole(FaultKind::UnknownRecord) });
                continue;
            };
            let mut items: Vec<String> = items.map(str::to_owned).collect();
            let expected = spec.items.len();
            if spec.spare_before_last
                && items.len() == expected + 1
                && items.get(expected - 1).is_some_and(String::is_empty)
            {
                items.remove(expected - 1);
            }
            if !layout.exact && items.len() < expected {
                items.resize(expected, String::new());
            }
            if items.len() == expected {
                records.push(Record { number: spec.number, items, line });
            } else {
                faults.add(CsvFault::record(line, spec.number, FaultKind::ItemCount));
            }
        }
        faults.end(Sheet { records })
    }

    /// Checks structure and items.
    pub(crate) fn check(&self, layout: &Layout, profile: &Profile) -> Result<(), CsvFaults> {
        let mut faults = CsvFaults::default();
        for (index, record) in self.records.iter().enumerate() {
            let line = if record.line == 0 { index + 2 } else { record.line };
            let Some(spec) = layout.record(record.number) else {
                faults.add(CsvFault::record(line, record.number, FaultKind::UnknownRecord));
                continue;
            };
            if record.items.len() != spec.items.len() {
                faults.add(CsvFault::record(line, record.number, FaultKind::ItemCount));
            }
            for (item, text) in spec.items.iter().zip(&record.items) {
                if let Err(error) = item.check(text, profile.jis_only()) {
                    faults.add(CsvFault {
                        line,
                        record: record.number,
                        place: record.place(spec),
                        item: item.label.clone(),
                        kind: FaultKind::Item(error),
                    });
                }
            }
        }
        order::check(self, layout, &mut faults);
        faults.end(())
    }

    /// Writes the CSV: LF between lines, none at the end.
    ///
    /// # Errors
    /// Everything that does not fit the layout, and when the text would be larger than the profile allows.
    pub fn write(&self, layout: &Layout, profile: &Profile) -> Result<Vec<u8>, CsvFaults> {
        self.check(layout, profile)?;
        let mut text = layout.first_line.clone();
        for record in &self.records {
            text.push('\n');
            text.push_str(&record.number.to_string());
            for item in &record.items {
                text.push(',');
                text.push_str(item);
            }
        }
        let limits = profile.limits();
        if text.len() > limits.max_csv_bytes || self.records.len() + 1 > limits.max_csv_lines {
            return Err(CsvFaults::one(CsvFault::whole(FaultKind::TooLarge)));
        }
        Ok(text.into_bytes())
    }

    /// Puts a record in a place.
    ///
    /// # Errors
    /// When the layout has no such record or item.
    pub(crate) fn insert(
        &mut self,
        at: usize,
        layout: &Layout,
        number: u16,
        items: &[(&str, &str)],
    ) -> Result<(), CsvFaults> {
        let record = Record::new(layout, number, items).map_err(|error| error.fault())?;
        self.records.insert(at.min(self.records.len()), record);
        Ok(())
    }

    /// The first record with this number.
    pub fn first(&self, number: u16) -> Option<&Record> {
        self.records.iter().find(|record| record.number == number)
    }

    /// All records with this number.
    pub fn all(&self, number: u16) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.number == number)
    }
}
