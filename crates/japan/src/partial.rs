//! FHIR dates and times that may lack their end: `2026`, `2026-11`, `2026-11-22`, `2026-11-22T10:25:00+09:00`.
use crate::Timestamp;
use crate::timestamp::{DAY, JAPAN, SECOND, day_number, days_in_month};

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

impl std::fmt::Display for PartialError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "日付または日時の形式ではありません。2026-11-22 や 2026-11-22T10:25:00+09:00 のように書いてください。",
        )
    }
}

impl std::error::Error for PartialError {}

impl PartialDateTime {
    /// Parses a FHIR `date`, `dateTime` or `instant`. Times without zone, which only searches may have, are read in
    /// Japan time. A leap second `:60` is the last microsecond of its minute.
    pub fn parse(text: &str) -> Result<PartialDateTime, PartialError> {
        let (precision, lo, hi) = bounds(text).ok_or(PartialError)?;
        let (lo, hi) = (Timestamp::from_micros(lo), Timestamp::from_micros(hi));
        Ok(PartialDateTime { text: text.to_owned(), precision, lo, hi })
    }
}

/// Reads the text from its start.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, expected: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == expected).then_some(())
    }
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        head.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }
    fn within(&mut self, digits: usize, least: i64, most: i64) -> Option<i64> {
        self.number(digits).filter(|number| (least..=most).contains(number))
    }
    fn ended(&self) -> bool {
        self.0.is_empty()
    }
    /// `Z` or `±hh:mm` in microseconds east; nothing at all means Japan.
    fn zone(&mut self) -> Option<i64> {
        let sign = match self.0.first() {
            None => return Some(JAPAN),
            Some(b'Z') => {
                self.take(b'Z')?;
                return self.ended().then_some(0);
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.number(0)?;
        self.0 = self.0.get(1..)?;
        let hours = self.within(2, 0, 14)?;
        self.take(b':')?;
        let minutes = self.within(2, 0, 59)?;
        let inside = hours < 14 || minutes == 0;
        (self.ended() && inside).then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
    }
}

/// Precision, first and last microsecond.
fn bounds(text: &str) -> Option<(Precision, i64, i64)> {
    let span = |precision, from: i64, until: i64| Some((precision, from, until - 1));
    let midnight = |year, month, day| day_number(year, month, day) * DAY - JAPAN;
    let mut cursor = Cursor(text.as_bytes());
    let year = cursor.within(4, 1, 9999)?;
    if cursor.ended() {
        return span(Precision::Year, midnight(year, 1, 1), midnight(year + 1, 1, 1));
    }
    cursor.take(b'-')?;
    let month = cursor.within(2, 1, 12)?;
    let month_length = days_in_month(year, month);
    let first = midnight(year, month, 1);
    if cursor.ended() {
        return span(Precision::Month, first, first + month_length * DAY);
    }
    cursor.take(b'-')?;
    let day = cursor.within(2, 1, month_length)?;
    let start = midnight(year, month, day);
    if cursor.ended() {
        return span(Precision::Day, start, start + DAY);
    }
    cursor.take(b'T')?;
    let hour = cursor.within(2, 0, 23)?;
    cursor.take(b':')?;
    let minute = cursor.within(2, 0, 59)?;
    let minute_start = start + JAPAN + (hour * 60 + minute) * 60 * SECOND;
    if cursor.0.first() != Some(&b':') {
        let from = minute_start - cursor.zone()?;
        return span(Precision::Minute, from, from + 60 * SECOND);
    }
    cursor.take(b':')?;
    let second = cursor.within(2, 0, 60)?;
    let mut precision = Precision::Second;
    let (mut fraction, mut unit) = (0, SECOND);
    if cursor.0.first() == Some(&b'.') {
        cursor.take(b'.')?;
        precision = Precision::Fraction;
        let digits = cursor.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        fraction = cursor.number(digits.min(6))?;
        unit = 10_i64.pow(6 - digits.min(6) as u32);
        fraction *= unit;
        cursor.0 = cursor.0.get(digits - digits.min(6)..)?;
    }
    let zone = cursor.zone()?;
    if second == 60 {
        return span(precision, minute_start + 60 * SECOND - 1 - zone, minute_start + 60 * SECOND - zone);
    }
    let from = minute_start + second * SECOND + fraction - zone;
    span(precision, from, from + unit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// First and last instant in UTC to the microsecond, by way of jiff.
    fn utc(text: &str) -> (String, String) {
        let parsed = PartialDateTime::parse(text).unwrap();
        assert_eq!(parsed.text, text);
        let show = |at: Timestamp| format!("{:.6}", jiff::Timestamp::from_microsecond(at.as_micros()).unwrap());
        (show(parsed.lo), show(parsed.hi))
    }

    #[test]
    fn every_precision_covers_exactly_what_it_can_mean() {
        for (text, lo, hi) in [
            ("2026", "2025-12-31T15:00:00.000000Z", "2026-12-31T14:59:59.999999Z"),
            ("2026-02", "2026-01-31T15:00:00.000000Z", "2026-02-28T14:59:59.999999Z"),
            ("2024-02", "2024-01-31T15:00:00.000000Z", "2024-02-29T14:59:59.999999Z"),
            ("2026-12", "2026-11-30T15:00:00.000000Z", "2026-12-31T14:59:59.999999Z"),
            ("2026-11-22", "2026-11-21T15:00:00.000000Z", "2026-11-22T14:59:59.999999Z"),
            ("2026-11-22T10:25", "2026-11-22T01:25:00.000000Z", "2026-11-22T01:25:59.999999Z"),
            ("2026-11-22T10:25Z", "2026-11-22T10:25:00.000000Z", "2026-11-22T10:25:59.999999Z"),
            ("2026-11-22T10:25:07+09:00", "2026-11-22T01:25:07.000000Z", "2026-11-22T01:25:07.999999Z"),
            ("2026-11-22T10:25:07", "2026-11-22T01:25:07.000000Z", "2026-11-22T01:25:07.999999Z"),
            ("2026-11-22T10:25:07.1-05:30", "2026-11-22T15:55:07.100000Z", "2026-11-22T15:55:07.199999Z"),
            ("2026-11-22T10:25:07.123Z", "2026-11-22T10:25:07.123000Z", "2026-11-22T10:25:07.123999Z"),
            ("2026-11-22T10:25:07.123456Z", "2026-11-22T10:25:07.123456Z", "2026-11-22T10:25:07.123456Z"),
            ("2026-11-22T10:25:07.123456789Z", "2026-11-22T10:25:07.123456Z", "2026-11-22T10:25:07.123456Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z", "2016-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999999Z", "2016-12-31T23:59:59.999999Z"),
            ("2026-11-22T00:00:00+14:00", "2026-11-21T10:00:00.000000Z", "2026-11-21T10:00:00.999999Z"),
            ("0001-01-01", "0000-12-31T15:00:00.000000Z", "0001-01-01T14:59:59.999999Z"),
        ] {
            assert_eq!(utc(text), (lo.to_owned(), hi.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_day_that_means_for_ever_is_a_day_like_others() {
        // 9999-12-31 stands for "no end" in insurance data; its bounds lie outside what many date types can hold.
        let (end, eve) = (PartialDateTime::parse("9999-12-31").unwrap(), PartialDateTime::parse("9999-12-30").unwrap());
        assert_eq!(end.lo.as_micros(), eve.hi.as_micros() + 1);
        assert_eq!(end.hi, PartialDateTime::parse("9999").unwrap().hi);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "2",
            "202",
            "20260",
            "0000",
            "0000-01-01",
            "10000-01-01",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-1-1",
            "2026-02-30",
            "2023-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-11-00",
            "2026-11-22T",
            "2026-11-22T10",
            "2026-11-22T10:",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:60:00Z",
            "2026-11-22T10:00:61Z",
            "2026-11-22T10:00:00.Z",
            "2026-11-22T10:00:00,5Z",
            "2026-11-22T10:00:00z",
            "2026-11-22t10:00:00Z",
            "2026-11-22 10:00:00Z",
            "2026-11-22T10:00:00+14:01",
            "2026-11-22T10:00:00+15:00",
            "2026-11-22T10:00:00+0900",
            "2026-11-22T10:00:00+09",
            "2026-11-22T10:00:00Z ",
            " 2026",
            "2026-",
            "2026-11-",
            "-2026",
            "+2026",
            "2026-11-22T10:00:00Z+09:00",
            "２０２６",
            "2026年",
            "2026-11-22T10:00:00.１Z",
            "NaN",
            "2026-11-22T1:00:00Z",
        ] {
            assert_eq!(PartialDateTime::parse(bad), Err(PartialError), "{bad}");
        }
    }
}
