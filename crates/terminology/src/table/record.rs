//! One revision of one record.
use crate::Kind;
use crate::kind::Column;
use karute_japan::Date;

/// A line of a table, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'t> {
    pub(super) line: &'t str,
    kind: Kind,
}

impl<'t> Record<'t> {
    pub(super) fn new(line: &'t str, kind: Kind) -> Record<'t> {
        Record { line, kind }
    }

    /// The kind of its table.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The code, as [`column`](crate::column) says for each kind.
    pub fn key(&self) -> &'t str {
        self.field(0)
    }

    /// First day of this revision; `None`: as far back as anybody asks.
    pub fn from(&self) -> Option<Date> {
        day(self.field(1))
    }

    /// Last day of this revision; `None`: still open.
    pub fn until(&self) -> Option<Date> {
        day(self.field(2))
    }

    /// Whether the code could be used for something new on that day, in the words of this revision.
    pub fn is_usable(&self, on: Date) -> bool {
        self.from().is_none_or(|from| from <= on) && self.until().is_none_or(|until| on <= until)
    }

    /// A value; empty where the source has none.
    pub fn get(&self, column: Column) -> &'t str {
        debug_assert!(column.0 < self.kind.columns().len(), "column of another kind");
        self.field(column.0 + 3)
    }

    /// All values in the order of the columns.
    pub fn values(&self) -> impl Iterator<Item = &'t str> {
        self.line.split('\t').skip(3)
    }

    fn field(&self, number: usize) -> &'t str {
        self.line.split('\t').nth(number).unwrap_or_default()
    }
}

/// `YYYYMMDD`.
pub(super) fn day(text: &str) -> Option<Date> {
    let year: i16 = text.get(..4)?.parse().ok()?;
    let month: i8 = text.get(4..6)?.parse().ok()?;
    let day: i8 = text.get(6..)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// The opposite of [`day`].
pub(super) fn digits(day: Option<Date>) -> String {
    day.map(|d| format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())).unwrap_or_default()
}
