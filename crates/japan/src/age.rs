//! Ages: what is shown, and what the law counts.
//!
//! What is shown turns on the birthday. By law (年齢計算ニ関スル法律, 民法143条) an age is reached at the end of the day
//! before, so whoever is born on 1 April reaches it on 31 March. Someone born on 29 February reaches it at the end of
//! 28 February in every year.
use crate::Date;
use jiff::ToSpan;

/// A complete age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// Complete years.
    pub years: u16,
    /// Complete months beyond them, 0 to 11.
    pub months: u8,
    /// Days beyond those, 0 to 30.
    pub days: u8,
}

/// The age on a day, turning on the birthday (born on 29 February: on 1 March in other years). `None` before birth.
pub fn age_on(birth: Date, on: Date) -> Option<Age> {
    if on < birth {
        return None;
    }
    let month_index = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    let months = month_index(on) - month_index(birth) - i32::from(on.day() < birth.day());
    // A month that is too short for the day of birth was complete on its last day.
    let begun = birth.checked_add(months.months()).ok()?;
    let days = on.since(begun).ok()?.get_days();
    Some(Age {
        years: u16::try_from(months / 12).ok()?,
        months: u8::try_from(months % 12).ok()?,
        days: u8::try_from(days).ok()?,
    })
}

/// Complete years on a day, as shown.
pub fn years_on(birth: Date, on: Date) -> Option<u16> {
    age_on(birth, on).map(|age| age.years)
}

/// Complete years on a day, as the law counts: one day earlier than shown.
pub fn legal_years_on(birth: Date, on: Date) -> Option<u16> {
    if on < birth {
        return None;
    }
    years_on(birth, on.tomorrow().ok()?)
}

/// The day on which an age is reached by law: the day before the birthday.
pub fn legal_day_of(birth: Date, years: u16) -> Option<Date> {
    let year = birth.year().checked_add(i16::try_from(years).ok()?)?;
    match Date::new(year, birth.month(), birth.day()) {
        Ok(birthday) => birthday.yesterday().ok(),
        // 29 February in a year without one.
        Err(_) => Date::new(year, 2, 28).ok(),
    }
}

/// The last day before school begins (義務教育就学前): 31 March on or after the day on which six years are reached by
/// law. Whoever is born on 1 April belongs to the year before.
pub fn last_day_before_school(birth: Date) -> Option<Date> {
    let six = legal_day_of(birth, 6)?;
    let this_year = Date::new(six.year(), 3, 31).ok()?;
    if six <= this_year { Some(this_year) } else { Date::new(six.year() + 1, 3, 31).ok() }
}

/// The first day on which the share of those from 70 applies: the first of the month after the month in which 70 is
/// reached by law (born on the 1st: that birthday itself).
pub fn first_day_of_70s_share(birth: Date) -> Option<Date> {
    legal_day_of(birth, 70)?.last_of_month().tomorrow().ok()
}

/// The day from which one belongs to 後期高齢者医療 by age: the 75th birthday.
pub fn first_day_of_late_elderly(birth: Date) -> Option<Date> {
    legal_day_of(birth, 75)?.tomorrow().ok()
}

/// The age as shown: `8か月12日` below one year, `6歳4か月` to 14, `68歳` from 15. `None` before birth.
pub fn display(birth: Date, on: Date) -> Option<String> {
    let age = age_on(birth, on)?;
    Some(match (age.years, age.months) {
        (0, 0) => format!("{}日", age.days),
        (0, months) => format!("{months}か月{}日", age.days),
        (years @ 1..15, months) => format!("{years}歳{months}か月"),
        (years, _) => format!("{years}歳"),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn ages_are_shown_as_people_say_them() {
        for (birth, on, shown) in [
            ("2026-11-22", "2026-11-22", "0日"),
            ("2026-11-01", "2026-11-22", "21日"),
            ("2026-03-10", "2026-11-22", "8か月12日"),
            ("2025-11-23", "2026-11-22", "11か月30日"),
            ("2025-11-22", "2026-11-22", "1歳0か月"),
            ("2020-07-20", "2026-11-22", "6歳4か月"),
            ("2011-11-23", "2026-11-22", "14歳11か月"),
            ("2011-11-22", "2026-11-22", "15歳"),
            ("1958-03-14", "2026-11-22", "68歳"),
            ("1926-11-22", "2026-11-22", "100歳"),
            ("2026-01-31", "2026-02-28", "28日"),
            ("2026-01-31", "2026-03-01", "1か月1日"),
            ("2024-02-29", "2025-02-28", "11か月30日"),
            ("2024-02-29", "2025-03-01", "1歳0か月"),
            ("2024-02-29", "2028-02-29", "4歳0か月"),
        ] {
            assert_eq!(display(day(birth), day(on)).as_deref(), Some(shown), "{birth} on {on}");
        }
        assert_eq!(display(day("2026-11-23"), day("2026-11-22")), None);
    }

    #[test]
    fn the_law_counts_from_the_day_before_the_birthday() {
        for (birth, on, shown, legal) in [
            ("1951-11-23", "2026-11-22", 74, 75),
            ("1951-11-22", "2026-11-21", 74, 75),
            ("1951-11-22", "2026-11-20", 74, 74),
            ("2020-04-01", "2026-03-31", 5, 6),
            ("2020-04-02", "2026-03-31", 5, 5),
            ("2004-02-29", "2026-02-28", 21, 22),
            ("2004-02-29", "2026-02-27", 21, 21),
            ("2004-02-29", "2024-02-28", 19, 20),
            ("2026-11-22", "2026-11-22", 0, 0),
        ] {
            assert_eq!(years_on(day(birth), day(on)), Some(shown), "{birth} on {on}");
            assert_eq!(legal_years_on(day(birth), day(on)), Some(legal), "{birth} on {on}");
        }
        assert_eq!(legal_years_on(day("2026-11-23"), day("2026-11-22")), None);
    }

    #[test]
    fn the_boundaries_of_insurance_follow_the_law() {
        for (birth, school) in [
            ("2020-04-01", "2026-03-31"),
            ("2020-04-02", "2027-03-31"),
            ("2020-03-31", "2026-03-31"),
            ("2020-12-24", "2027-03-31"),
            ("2020-02-29", "2026-03-31"),
        ] {
            assert_eq!(last_day_before_school(day(birth)), Some(day(school)), "{birth}");
        }
        for (birth, from) in [
            ("1956-11-22", "2026-12-01"),
            ("1956-11-01", "2026-11-01"),
            ("1956-11-30", "2026-12-01"),
            ("1956-02-29", "2026-03-01"),
        ] {
            assert_eq!(first_day_of_70s_share(day(birth)), Some(day(from)), "{birth}");
        }
        assert_eq!(first_day_of_late_elderly(day("1951-11-22")), Some(day("2026-11-22")));
        assert_eq!(first_day_of_late_elderly(day("1952-02-29")), Some(day("2027-03-01")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_age_never_shrinks_and_the_law_is_ahead_by_one_day(start in 0i64..60_000, length in 0i64..45_000) {
            let birth = day("1890-01-01").checked_add(start.days()).unwrap();
            let on = birth.checked_add(length.days()).unwrap();
            let next = on.tomorrow().unwrap();
            let (today, tomorrow) = (age_on(birth, on).unwrap(), age_on(birth, next).unwrap());
            prop_assert!(today < tomorrow);
            prop_assert!(today.months < 12 && today.days < 31);
            prop_assert_eq!(legal_years_on(birth, on), years_on(birth, next));
            let reached = legal_day_of(birth, today.years).unwrap();
            prop_assert!(reached <= on);
            prop_assert!(on < legal_day_of(birth, today.years + 1).unwrap().tomorrow().unwrap());
        }
    }
}
