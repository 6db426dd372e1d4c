//! FHIR dates and times that may lack their end: `2026`, `2026-11`, `2026-11-22`, `2026-11-22T10:25:00+09:00`.
use crate::Timestamp;

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `2026`
    Year,
    /// `2026-11`
    Month,
    /// `2026-11-22`
    Day,
    /// `2026-11-22T10:25+09:00` (searches only)
    Minute,
    /// With seconds.
    Second,
    /// With fractions of a second.
    Fraction,
}

/// A date or time as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialDateTime {
    /// The text as it came.
    pub text: String,
    /// How much of it is known.
    pub precision: Precision,
    /// First instant it can mean (dates without zone are read in Japan time).
    pub lo: Timestamp,
    /// Last instant it can mean, inclusive.
    pub hi: Timestamp,
}

/// Not a FHIR date or dateTime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialError;

impl PartialDateTime {
    /// Parses a FHIR `date`, `dateTime` or `instant`.
    pub fn parse(text: &str) -> Result<PartialDateTime, PartialError> {
        let _ = text;
        todo!()
    }
}
