//! Instants.
use crate::Date;
use crate::partial::{PartialDateTime, Precision};

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// Japan has been nine hours ahead since 1888. The summer time of 1948 to 1951 is left out on purpose: dates without
/// zone are compared with each other, and must all be read alike.
pub(crate) const JAPAN: i64 = 9 * 3600 * SECOND;

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }
    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
    /// Whole milliseconds since the epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }
    /// This instant moved by `ms` milliseconds; stays at the end of the range rather than wrapping.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms.saturating_mul(1000)))
    }
    /// A clock time on a day in Japan. `hour`, `minute` and `second` may run over: 25 hours is 1:00 of the next day.
    pub fn in_japan(date: Date, hour: i64, minute: i64, second: i64) -> Timestamp {
        let seconds = hour.saturating_mul(3600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
        let days = day_number(date.year().into(), date.month().into(), date.day().into());
        Timestamp((days * DAY - JAPAN).saturating_add(seconds.saturating_mul(SECOND)))
    }
    /// FHIR `instant` in Japan time with milliseconds: `2026-11-22T19:25:28.123+09:00`. Instants before the year 1 or
    /// after 9999 come out as the first or last that can be written.
    pub fn to_fhir(self) -> String {
        let (year, month, day, clock) = self.split_in_japan();
        let ms = clock / 1000;
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}+09:00",
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1000 % 60,
            ms % 1000
        )
    }
    /// Reads a FHIR `instant` or a complete `dateTime`: with seconds and a zone. Digits beyond microseconds are
    /// dropped.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let zoned = text.ends_with('Z') || text.rfind(['+', '-']).is_some_and(|at| at > 10);
        let whole = PartialDateTime::parse(text).ok()?;
        (zoned && whole.precision >= Precision::Second).then_some(whole.lo)
    }
    /// The calendar date in Japan, `2026-11-22`.
    pub fn date_in_japan(self) -> String {
        let (year, month, day, _) = self.split_in_japan();
        format!("{year:04}-{month:02}-{day:02}")
    }
    /// The calendar date in Japan.
    pub fn day_in_japan(self) -> Date {
        let (year, month, day, _) = self.split_in_japan();
        // The parts come from a day number between the years 1 and 9999, so they always are a date.
        Date::new(year as i16, month as i8, day as i8).unwrap_or_default()
    }
    /// The clock time in Japan, `9:05`, as it is shown.
    pub fn clock_in_japan(self) -> String {
        let (_, _, _, clock) = self.split_in_japan();
        let minutes = clock / (60 * SECOND);
        format!("{}:{:02}", minutes / 60, minutes % 60)
    }
    /// Year, month, day and microseconds of the day, in Japan.
    fn split_in_japan(self) -> (i64, i64, i64, i64) {
        let first = day_number(1, 1, 1) * DAY;
        let last = day_number(10_000, 1, 1) * DAY - 1;
        let local = self.0.saturating_add(JAPAN).clamp(first, last);
        let (year, month, day) = calendar_day(local.div_euclid(DAY));
        (year, month, day, local.rem_euclid(DAY))
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar (H. Hinnant's algorithm: years begin in March,
/// so that the leap day comes last).
pub(crate) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`day_number`].
fn calendar_day(number: i64) -> (i64, i64, i64) {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Length of a month; 0 when there is no such month.
pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    #[test]
    fn day_numbers_agree_with_jiff_for_every_day_from_year_1_to_9999() {
        let mut date = Date::constant(1, 1, 1);
        let mut number = day_number(1, 1, 1);
        assert_eq!(day_number(1970, 1, 1), 0);
        loop {
            let (year, month, day) = calendar_day(number);
            assert_eq!((year, month, day), (date.year().into(), date.month().into(), date.day().into()));
            assert_eq!(day_number(year, month, day), number);
            assert_eq!(days_in_month(year, month), i64::from(date.days_in_month()));
            match date.checked_add(1.day()) {
                Ok(next) => (date, number) = (next, number + 1),
                Err(_) => break,
            }
        }
        assert_eq!(number, day_number(9999, 12, 31));
    }

    #[test]
    fn an_instant_is_written_in_japan_time_with_milliseconds() {
        for (micros, text) in [
            (0, "1970-01-01T09:00:00.000+09:00"),
            (-1, "1970-01-01T08:59:59.999+09:00"),
            (1_795_343_128_123_999, "2026-11-22T19:25:28.123+09:00"),
        ] {
            let at = Timestamp::from_micros(micros);
            assert_eq!(at.to_fhir(), text);
            assert_eq!(Timestamp::parse(text).unwrap().as_millis(), at.as_millis());
        }
        assert_eq!(Timestamp::from_micros(i64::MAX).to_fhir(), "9999-12-31T23:59:59.999+09:00");
        assert_eq!(Timestamp::from_micros(i64::MIN).to_fhir(), "0001-01-01T00:00:00.000+09:00");
        assert_eq!(Timestamp::from_micros(i64::MAX).plus_ms(i64::MAX).as_micros(), i64::MAX);
    }

    #[test]
    fn the_day_in_japan_begins_nine_hours_before_that_of_greenwich() {
        let at = Timestamp::parse("2026-11-21T15:00:00Z").unwrap();
        assert_eq!(at.date_in_japan(), "2026-11-22");
        assert_eq!(at.day_in_japan(), Date::constant(2026, 11, 22));
        assert_eq!(at.clock_in_japan(), "0:00");
        assert_eq!(at.plus_ms(-1).date_in_japan(), "2026-11-21");
        assert_eq!(Timestamp::in_japan(Date::constant(2026, 11, 22), 0, 0, 0), at);
        assert_eq!(Timestamp::in_japan(Date::constant(2026, 11, 21), 24, 0, 0), at);
        assert_eq!(Timestamp::in_japan(Date::constant(2026, 11, 22), 9, 5, 30).clock_in_japan(), "9:05");
    }

    #[test]
    fn only_complete_instants_are_read() {
        let micros = |text| Timestamp::parse(text).map(Timestamp::as_micros);
        assert_eq!(micros("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(micros("1970-01-01T00:00:00.5Z"), Some(500_000));
        assert_eq!(micros("1970-01-01T00:00:00.0000019Z"), Some(1));
        assert_eq!(micros("1969-12-31T19:00:00-05:00"), Some(0));
        for bad in
            ["1970", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01T00:00:00", "", "x", "1970-01-01T00:00:00+9:00"]
        {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }
}
