//! 国民の祝日: by rule, so that appointments years ahead know them. Source: 国民の祝日に関する法律 (昭和23年法律第178号) 第2条・第3条
//! as in force since 2007, with the moves of 2019 to 2021 by special law. The equinoxes follow the usual formula of the
//! National Astronomical Observatory for 1980 to 2099; officially they are announced in February of the year before.
use crate::Date;
use jiff::ToSpan as _;
use jiff::civil::Weekday;

/// The name of the holiday a day is, `None` for other days and for years outside 2007 to 2099.
pub fn holiday(date: Date) -> Option<&'static str> {
    if !(2007..=2099).contains(&date.year()) {
        return None;
    }
    if let Some(name) = of_itself(date) {
        return Some(name);
    }
    if is_substitute(date) {
        return Some("振替休日");
    }
    // 第3条第3項: a day between two holidays is one; never a Sunday, which needs none.
    let between = neighbour(date, -1).and_then(of_itself).is_some() && neighbour(date, 1).and_then(of_itself).is_some();
    (between && date.weekday() != Weekday::Sunday).then_some("国民の休日")
}

/// 第3条第2項: when a holiday falls on a Sunday, the next day that is no holiday itself is one.
fn is_substitute(date: Date) -> bool {
    let mut day = date;
    // Three holidays in a row (May) are the most there can be.
    for _ in 0..4 {
        let Some(before) = neighbour(day, -1) else { return false };
        if of_itself(before).is_none() {
            return false;
        }
        if before.weekday() == Weekday::Sunday {
            return true;
        }
        day = before;
    }
    false
}

fn neighbour(date: Date, days: i64) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

/// 第2条, without substitutes.
fn of_itself(date: Date) -> Option<&'static str> {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let monday = date.weekday() == Weekday::Monday;
    // Which Monday of its month a Monday is.
    let nth = (day - 1) / 7 + 1;
    if let Some(name) = moved(year, month, day) {
        return (!name.is_empty()).then_some(name);
    }
    match (month, day) {
        (1, 1) => Some("元日"),
        (1, _) if monday && nth == 2 => Some("成人の日"),
        (2, 11) => Some("建国記念の日"),
        (2, 23) if year >= 2020 => Some("天皇誕生日"),
        (3, _) if day == spring(year) => Some("春分の日"),
        (4, 29) => Some("昭和の日"),
        (5, 3) => Some("憲法記念日"),
        (5, 4) => Some("みどりの日"),
        (5, 5) => Some("こどもの日"),
        (7, _) if monday && nth == 3 => Some("海の日"),
        (8, 11) if year >= 2016 => Some("山の日"),
        (9, _) if monday && nth == 3 => Some("敬老の日"),
        (9, _) if day == autumn(year) => Some("秋分の日"),
        (10, _) if monday && nth == 2 => Some(if year >= 2020 { "スポーツの日" } else { "体育の日" }),
        (11, 3) => Some("文化の日"),
        (11, 23) => Some("勤労感謝の日"),
        (12, 23) if year <= 2018 => Some("天皇誕生日"),
        _ => None,
    }
}

/// Days that special laws made or moved; no name for one that was taken away.
fn moved(year: i16, month: i8, day: i8) -> Option<&'static str> {
    Some(match (year, month, day) {
        (2019, 5, 1) => "天皇の即位の日",
        (2019, 10, 22) => "即位礼正殿の儀の行われる日",
        (2020, 7, 23) | (2021, 7, 22) => "海の日",
        (2020, 7, 24) | (2021, 7, 23) => "スポーツの日",
        (2020, 8, 10) | (2021, 8, 8) => "山の日",
        (2020, 7, 20) | (2021, 7, 19) | (2020 | 2021, 8, 11) | (2020, 10, 12) | (2021, 10, 11) => "",
        _ => return None,
    })
}

fn spring(year: i16) -> i8 {
    equinox(208_431, year)
}

fn autumn(year: i16) -> i8 {
    equinox(232_488, year)
}

/// `[base + 0.242194 × (year − 1980)] − [(year − 1980) / 4]`, in whole numbers; `base` in ten-thousandths of a day.
fn equinox(base: i64, year: i16) -> i8 {
    let years = i64::from(year) - 1980;
    let day = (base * 100 + 242_194 * years).div_euclid(1_000_000) - years.div_euclid(4);
    i8::try_from(day).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Every holiday of these years. Written down by hand, not copied from the list of the Cabinet Office, which is to be
    /// compared before the dates are relied on.
    #[test]
    fn the_holidays_of_years_past_and_near_come_out_to_the_day() {
        let published = [
            (2015, "1/1 1/12 2/11 3/21 4/29 5/3 5/4 5/5 5/6 7/20 9/21 9/22 9/23 10/12 11/3 11/23 12/23"),
            (
                2019,
                "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23",
            ),
            (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
            (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
            (
                2024,
                "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
            ),
            (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
            (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
            (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
        ];
        for (year, days) in published {
            let mut found = Vec::new();
            let mut day = Date::new(year, 1, 1).unwrap();
            while day.year() == year {
                if holiday(day).is_some() {
                    found.push(format!("{}/{}", day.month(), day.day()));
                }
                day = day.tomorrow().unwrap();
            }
            assert_eq!(found.join(" "), days, "{year}");
        }
    }

    #[test]
    fn days_have_their_names_and_other_years_none() {
        for (date, name) in [
            ("2026-09-22", Some("国民の休日")),
            ("2026-05-06", Some("振替休日")),
            ("2026-11-23", Some("勤労感謝の日")),
            ("2031-02-24", Some("振替休日")),
            ("2099-01-01", Some("元日")),
            ("2026-11-20", None),
            ("2100-01-01", None),
            ("2006-01-01", None),
        ] {
            assert_eq!(holiday(date.parse().unwrap()), name, "{date}");
        }
    }
}
