//! What is wrong with a CSV: where, and what, never the text itself.
use crate::profile::ItemError;

/// The most faults that are listed.
const MAX_FAULTS: usize = 100;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Larger than the profile allows, in bytes or lines.
    TooLarge,
    /// Not UTF-8, or with a byte order mark.
    Encoding,
    /// A carriage return: only LF ends a line.
    LineEnd,
    /// The first line is another one.
    FirstLine,
    /// An empty line.
    EmptyLine,
    /// Not a record of the layout.
    UnknownRecord,
    /// A record that must be there is missing.
    MissingRecord,
    /// A record stands more often than allowed.
    Repeated,
    /// A record stands in the wrong place.
    Order,
    /// RP numbers or numbers within an RP do not run from 1.
    Numbering,
    /// Too few or too many items.
    ItemCount,
    /// An item.
    Item(ItemError),
    /// A rule about several items (digest 5.6), by its words.
    Rule(&'static str),
}

/// One thing that is wrong with a CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFault {
    /// Line, from 1; 0 when it is about the whole text.
    pub line: usize,
    /// Record number; 0 when it is about no record.
    pub record: u16,
    /// RP and number within it, for the records that have them.
    pub place: Option<(u16, Option<u16>)>,
    /// The item by its name in the specification; empty when it is about no item.
    pub item: String,
    /// What.
    pub kind: FaultKind,
}

impl CsvFault {
    /// About the whole text.
    pub(crate) fn whole(kind: FaultKind) -> CsvFault {
        CsvFault { line: 0, record: 0, place: None, item: String::new(), kind }
    }

    /// About a record.
    pub(crate) fn record(line: usize, record: u16, kind: FaultKind) -> CsvFault {
        CsvFault { line, record, place: None, item: String::new(), kind }
    }
}

impl std::fmt::Display for CsvFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.record > 0 {
            write!(f, "{}", self.record)?;
            if let Some((rp, number)) = self.place {
                write!(f, ",{rp}")?;
                if let Some(number) = number {
                    write!(f, ",{number}")?;
                }
            }
            f.write_str(": ")?;
        }
        if !self.item.is_empty() {
            write!(f, "{}: ", self.item)?;
        }
        match self.kind {
            FaultKind::TooLarge => f.write_str("大きすぎます。"),
            FaultKind::Encoding => f.write_str("文字コードがBOMなしのUTF-8ではありません。"),
            FaultKind::LineEnd => f.write_str("改行コードがLFではありません。"),
            FaultKind::FirstLine => f.write_str("先頭行（フォーマット識別）が正しくありません。"),
            FaultKind::EmptyLine => f.write_str("空の行があります。"),
            FaultKind::UnknownRecord => f.write_str("定義されていないレコードです。"),
            FaultKind::MissingRecord => f.write_str("必須のレコードがありません。"),
            FaultKind::Repeated => f.write_str("レコードの数が上限を超えています。"),
            FaultKind::Order => f.write_str("レコードの順序が正しくありません。"),
            FaultKind::Numbering => f.write_str("番号が1からの連番ではありません。"),
            FaultKind::ItemCount => f.write_str("項目の数が正しくありません。"),
            FaultKind::Item(error) => write!(f, "{error}。"),
            FaultKind::Rule(words) => f.write_str(words),
        }
    }
}

/// Everything that is wrong with a CSV, in the order of its lines; at most 100 are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvFaults(Vec<CsvFault>);

impl CsvFaults {
    /// The faults.
    pub fn list(&self) -> &[CsvFault] {
        &self.0
    }

    /// One fault.
    pub(crate) fn one(fault: CsvFault) -> CsvFaults {
        CsvFaults(vec![fault])
    }

    pub(crate) fn add(&mut self, fault: CsvFault) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(fault);
        }
    }

    pub(crate) fn end<T>(self, value: T) -> Result<T, CsvFaults> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl std::fmt::Display for CsvFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" / ")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CsvFaults {}
