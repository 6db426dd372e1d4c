//! The 2-D symbol of a paper prescription (JAHIS 院外処方箋２次元シンボル記録条件規約), made from the same records as the CSV
//! (specification e-prescription 5.7): Shift_JIS and CRLF, its own first line, usages by their words, the 引換番号 in
//! record 82, and without what only the service carries (301, 302).
use super::Prescription;
use crate::profile::Profile;
use crate::wire::csv::CsvFaults;
use encoding_rs::SHIFT_JIS;

/// First line.
const FIRST_LINE: &str = "JAHIS10";
/// Bytes that one symbol holds at the error correction that the form uses (JIS X 0510, 40-M).
const MOST_BYTES: usize = 2_331;
/// Records that the symbol does not know.
const NOT_HERE: [&str; 3] = ["82,", "301,", "302,"];

impl Prescription {
    /// Content of the 2-D symbol; `number` is the 引換番号 of a registered paper prescription. `None` when a name has
    /// characters beyond Shift_JIS or when one symbol cannot hold it: then the form is read by eye, as ever.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn to_symbol(&self, number: Option<&str>, profile: &Profile) -> Result<Option<Vec<u8>>, CsvFaults> {
        let csv = self.to_csv(profile)?;
        let text = String::from_utf8_lossy(&csv);
        let records: Vec<&str> = text.lines().skip(1).collect();
        let mut lines = vec![FIRST_LINE.to_owned()];
        let mut number = number.map(|number| format!("82,1,{number}"));
        for record in records.into_iter().filter(|record| !NOT_HERE.iter().any(|prefix| record.starts_with(prefix))) {
            // What is of the whole prescription stands before the first Rp.
            if record.starts_with("101,") {
                lines.extend(number.take());
            }
            lines.push(usage_in_words(record).unwrap_or_else(|| record.to_owned()));
        }
        lines.extend(number);
        let text = lines.join("\r\n") + "\r\n";
        let (bytes, _, unmappable) = SHIFT_JIS.encode(&text);
        Ok(Some(bytes.into_owned()).filter(|bytes| !unmappable && bytes.len() <= MOST_BYTES))
    }
}

/// Record 111 with its usage as words alone (コード種別 1): codes of the service's usage master (3) are not the symbol's.
fn usage_in_words(record: &str) -> Option<String> {
    let mut items: Vec<&str> = record.split(',').collect();
    if items.first() != Some(&"111") {
        return None;
    }
    *items.get_mut(2)? = "1";
    *items.get_mut(3)? = "";
    Some(items.join(","))
}
