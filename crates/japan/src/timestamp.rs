//! Instants.

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }
    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
    /// This instant moved by `ms` milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0 + ms * 1000)
    }
    /// FHIR `instant` in Japan time with milliseconds: `2026-11-22T19:25:28.123+09:00`.
    pub fn to_fhir(self) -> String {
        todo!()
    }
    /// Reads a FHIR `instant` or a complete `dateTime`.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let _ = text;
        todo!()
    }
    /// The calendar date in Japan, `2026-11-22`.
    pub fn date_in_japan(self) -> String {
        todo!()
    }
}
