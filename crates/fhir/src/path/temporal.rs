//! Dates and times as spans: what is not known of a value is what it leaves open.
use karute_japan::{PartialDateTime, Precision};
use std::cmp::Ordering;

/// One day and its parts in microseconds.
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

/// A date, an instant or a time of day, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Temporal {
    /// Time of day (counted from midnight), as opposed to a point in history.
    time_of_day: bool,
    /// Known to the second or better: then `lo` is the value.
    exact: bool,
    /// First microsecond it can mean.
    lo: i64,
    /// Last microsecond it can mean.
    hi: i64,
}

impl Temporal {
    /// A FHIR `date`, `dateTime` or `instant`.
    pub(crate) fn date(text: &str) -> Option<Temporal> {
        let date = PartialDateTime::parse(text).ok()?;
        let exact = date.precision >= Precision::Second;
        Some(Temporal { time_of_day: false, exact, lo: date.lo.as_micros(), hi: date.hi.as_micros() })
    }

    /// A FHIR `time` or the part of a literal after `@T`: `10`, `10:30`, `10:30:15.5`.
    pub(crate) fn time(text: &str) -> Option<Temporal> {
        let mut parts = text.split(':');
        let mut two_digits = |limit: i64| -> Option<Option<i64>> {
            let Some(part) = parts.next() else { return Some(None) };
            let whole = part.split('.').next().unwrap_or_default();
            let value = (whole.len() == 2 && whole.bytes().all(|b| b.is_ascii_digit())).then(|| whole.parse::<i64>());
            let value = value?.ok().filter(|value| *value < limit)?;
            Some(Some(value))
        };
        let hour = two_digits(24)??;
        let minute = two_digits(60)?;
        let second = two_digits(60)?;
        if parts.next().is_some() || (text.contains('.') && second.is_none()) {
            return None;
        }
        let fraction = match text.split_once('.') {
            None => 0,
            Some((_, digits)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{digits:0<6}").get(..6)?.parse().ok()?
            }
            Some(_) => return None,
        };
        let lo = hour * HOUR + minute.unwrap_or(0) * 60 * SECOND + second.unwrap_or(0) * SECOND + fraction;
        let span = match (minute, second) {
            (None, _) => HOUR,
            (_, None) => 60 * SECOND,
            _ => 1,
        };
        Some(Temporal { time_of_day: true, exact: second.is_some(), lo, hi: lo + span - 1 })
    }

    /// What follows the `@` of a literal. Without a zone it is read in Japan time.
    pub(crate) fn literal(text: &str) -> Option<Temporal> {
        if let Some(time) = text.strip_prefix('T') {
            return Temporal::time(time);
        }
        let Some((date, time)) = text.split_once('T') else { return Temporal::date(text) };
        if time.is_empty() {
            return Temporal::date(date);
        }
        let (clock, zone) = match time.find(['Z', '+', '-']) {
            Some(at) => time.split_at(at),
            None => (time, "+09:00"),
        };
        if clock.len() == 2 {
            let first = Temporal::date(&format!("{date}T{clock}:00{zone}"))?;
            return Some(Temporal { hi: first.lo + HOUR - 1, ..first });
        }
        Temporal::date(&format!("{date}T{clock}{zone}"))
    }

    /// Reads a text as the same kind of thing.
    pub(crate) fn like(self, text: &str) -> Option<Temporal> {
        if self.time_of_day { Temporal::time(text) } else { Temporal::date(text) }
    }

    /// First microsecond it can mean.
    pub(crate) fn start(self) -> i64 {
        self.lo
    }

    /// Whether it is a time of day.
    pub(crate) fn is_time_of_day(self) -> bool {
        self.time_of_day
    }

    /// Earlier, later or the same; `None` when the unknown part decides (or a time of day meets a date).
    pub(crate) fn compare(self, other: Temporal) -> Option<Ordering> {
        if self.time_of_day != other.time_of_day {
            return None;
        }
        if self.exact && other.exact {
            return Some(self.lo.cmp(&other.lo));
        }
        if self.hi < other.lo {
            return Some(Ordering::Less);
        }
        if self.lo > other.hi {
            return Some(Ordering::Greater);
        }
        (self.lo == other.lo && self.hi == other.hi).then_some(Ordering::Equal)
    }
}
