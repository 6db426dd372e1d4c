//! 和暦.
use crate::Date;
use unicode_normalization::UnicodeNormalization;

/// An era.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Era {
    Meiji,
    Taisho,
    Showa,
    Heisei,
    Reiwa,
}

impl Era {
    /// All eras, oldest first.
    pub const ALL: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// The name, `昭和`.
    pub const fn name(self) -> &'static str {
        match self {
            Era::Meiji => "明治",
            Era::Taisho => "大正",
            Era::Showa => "昭和",
            Era::Heisei => "平成",
            Era::Reiwa => "令和",
        }
    }
    /// The letter, `S`.
    pub const fn letter(self) -> char {
        match self {
            Era::Meiji => 'M',
            Era::Taisho => 'T',
            Era::Showa => 'S',
            Era::Heisei => 'H',
            Era::Reiwa => 'R',
        }
    }
    /// The digit receipts use, 1 to 5.
    pub const fn digit(self) -> char {
        match self {
            Era::Meiji => '1',
            Era::Taisho => '2',
            Era::Showa => '3',
            Era::Heisei => '4',
            Era::Reiwa => '5',
        }
    }
    /// The first day. That of 明治 by the calendar of today, which Japan follows since 1873 (明治6年).
    pub const fn first_day(self) -> Date {
        match self {
            Era::Meiji => Date::constant(1868, 1, 25),
            Era::Taisho => Date::constant(1912, 7, 30),
            Era::Showa => Date::constant(1926, 12, 25),
            Era::Heisei => Date::constant(1989, 1, 8),
            Era::Reiwa => Date::constant(2019, 5, 1),
        }
    }
    /// The last day; `None` while it lasts. 大正 and 昭和 began on the day on which the era before ended, so those two
    /// days may be written both ways.
    pub fn last_day(self) -> Option<Date> {
        match self {
            Era::Meiji => Some(Era::Taisho.first_day()),
            Era::Taisho => Some(Era::Showa.first_day()),
            Era::Showa => Era::Heisei.first_day().yesterday().ok(),
            Era::Heisei => Era::Reiwa.first_day().yesterday().ok(),
            Era::Reiwa => None,
        }
    }
}

/// The era of a day and its year, from 1; `None` before 明治.
pub fn of(date: Date) -> Option<(Era, u16)> {
    let era = Era::ALL.into_iter().rev().find(|era| era.first_day() <= date)?;
    let year = date.year() - era.first_day().year() + 1;
    Some((era, u16::try_from(year).ok()?))
}

/// `S33.3.14`; before 明治 `1850.3.14`.
pub fn short(date: Date) -> String {
    match of(date) {
        Some((era, year)) => format!("{}{year}.{}.{}", era.letter(), date.month(), date.day()),
        None => format!("{}.{}.{}", date.year(), date.month(), date.day()),
    }
}

/// `昭和33年3月14日`, `令和元年5月1日`; before 明治 `1850年3月14日`.
pub fn long(date: Date) -> String {
    let (month, day) = (date.month(), date.day());
    match of(date) {
        Some((era, 1)) => format!("{}元年{month}月{day}日", era.name()),
        Some((era, year)) => format!("{}{year}年{month}月{day}日", era.name()),
        None => format!("{}年{month}月{day}日", date.year()),
    }
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraError {
    /// Not written in a way that is known.
    Form,
    /// There is no such day.
    NoSuchDay,
    /// The day exists, but not in this era.
    OutsideEra(Era, Date),
}

impl std::fmt::Display for EraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EraError::Form => f.write_str("日付を読み取れません。S33.3.14 や 1958-3-14 のように入力してください。"),
            EraError::NoSuchDay => f.write_str("その日付はありません。年月日を確かめてください。"),
            EraError::OutsideEra(era, date) => {
                write!(f, "{}にその日はありません。{}ではありませんか。", era.name(), long(*date))
            }
        }
    }
}

impl std::error::Error for EraError {}

/// Reads a date as people type it: `S33.3.14`, `s330314`, `昭和33年3月14日`, `令和元年5月1日`, `3330314` (元号コード 1 to
/// 5 and six digits), `1958-3-14`, `1958/03/14`, `1958年3月14日`, `19580314`. Full-width digits and letters, 昭 alone
/// and ㍼ are understood. An era must contain the day: `H31.5.1` is refused with the date it would be.
pub fn parse(text: &str) -> Result<Date, EraError> {
    if text.len() > 64 {
        return Err(EraError::Form);
    }
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let (era, rest) = era_of(&plain);
    let parts = if rest.bytes().all(|b| b.is_ascii_digit()) {
        unseparated(era, rest)
    } else {
        separated(rest).map(|parts| (era, parts))
    };
    let Some((era, [year, month, day])) = parts else {
        return Err(EraError::Form);
    };
    let Some(era) = era else {
        return civil(year, month, day);
    };
    if year == 0 {
        return Err(EraError::NoSuchDay);
    }
    let date = civil(year + era.first_day().year() - 1, month, day)?;
    if date < era.first_day() || era.last_day().is_some_and(|last| date > last) {
        return Err(EraError::OutsideEra(era, date));
    }
    Ok(date)
}

fn civil(year: i16, month: i16, day: i16) -> Result<Date, EraError> {
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(EraError::NoSuchDay);
    };
    if year < 1 {
        return Err(EraError::NoSuchDay);
    }
    Date::new(year, month, day).map_err(|_| EraError::NoSuchDay)
}

/// Splits the era from the front: name, its first character, or letter.
pub(crate) fn era_of(text: &str) -> (Option<Era>, &str) {
    for era in Era::ALL {
        let short_name = era.name().chars().next().unwrap_or_default();
        let rest = text
            .strip_prefix(era.name())
            .or_else(|| text.strip_prefix(short_name))
            .or_else(|| text.strip_prefix(era.letter()));
        if let Some(rest) = rest {
            return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
        }
    }
    (None, text)
}

/// Year, month and day without anything between them.
fn unseparated(era: Option<Era>, digits: &str) -> Option<(Option<Era>, [i16; 3])> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    match (era, digits.len()) {
        (Some(era), 6) => Some((Some(era), [number(0..2)?, number(2..4)?, number(4..6)?])),
        (None, 7) => {
            let era = Era::ALL.into_iter().find(|era| digits.starts_with(era.digit()))?;
            Some((Some(era), [number(1..3)?, number(3..5)?, number(5..7)?]))
        }
        (None, 8) => Some((None, [number(0..4)?, number(4..6)?, number(6..8)?])),
        _ => None,
    }
}

/// Year, month and day with `年月日`, `.`, `/` or `-` between them.
fn separated(text: &str) -> Option<[i16; 3]> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['年', '月', '.', '/', '-']);
    let mut next = |most: usize| {
        let part = parts.next()?;
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        match part {
            "元" => Some(1),
            part if fits => part.parse::<i16>().ok(),
            _ => None,
        }
    };
    let found = [next(4)?, next(2)?, next(2)?];
    parts.next().is_none().then_some(found)
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
    fn every_era_begins_and_ends_on_its_day() {
        for (date, shown, in_full) in [
            ("1868-01-25", "M1.1.25", "明治元年1月25日"),
            ("1912-07-29", "M45.7.29", "明治45年7月29日"),
            ("1912-07-30", "T1.7.30", "大正元年7月30日"),
            ("1926-12-24", "T15.12.24", "大正15年12月24日"),
            ("1926-12-25", "S1.12.25", "昭和元年12月25日"),
            ("1958-03-14", "S33.3.14", "昭和33年3月14日"),
            ("1989-01-07", "S64.1.7", "昭和64年1月7日"),
            ("1989-01-08", "H1.1.8", "平成元年1月8日"),
            ("2019-04-30", "H31.4.30", "平成31年4月30日"),
            ("2019-05-01", "R1.5.1", "令和元年5月1日"),
            ("2026-11-20", "R8.11.20", "令和8年11月20日"),
        ] {
            assert_eq!(short(day(date)), shown);
            assert_eq!(long(day(date)), in_full);
            assert_eq!(parse(shown), Ok(day(date)));
            assert_eq!(parse(in_full), Ok(day(date)));
        }
        assert_eq!(short(day("1850-03-14")), "1850.3.14");
        assert_eq!(long(day("1868-01-24")), "1868年1月24日");
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        for text in [
            "S33.3.14",
            "s33.3.14",
            "s330314",
            "S330314",
            "3330314",
            "昭和33年3月14日",
            "昭33.3.14",
            "昭和33.3.14",
            "S33/3/14",
            "S33-03-14",
            "S.33.3.14",
            "㍼33年3月14日",
            "Ｓ３３．３．１４",
            "昭和３３年３月１４日",
            "昭和 33年 3月 14日",
            "1958-3-14",
            "1958-03-14",
            "1958/3/14",
            "1958.3.14",
            "1958年3月14日",
            "19580314",
            "１９５８０３１４",
            " 1958-03-14 ",
        ] {
            assert_eq!(parse(text), Ok(day("1958-03-14")), "{text}");
        }
        assert_eq!(parse("令和元年5月1日"), Ok(day("2019-05-01")));
        assert_eq!(parse("5010501"), Ok(day("2019-05-01")));
        assert_eq!(parse("1450730"), Ok(day("1912-07-30")), "the last day of 明治 is the first of 大正");
        assert_eq!(parse("T15.12.25"), Ok(day("1926-12-25")));
    }

    #[test]
    fn a_day_outside_its_era_is_refused_with_the_right_one() {
        for (text, right) in [
            ("S64.1.8", "平成元年1月8日"),
            ("H1.1.7", "昭和64年1月7日"),
            ("H31.5.1", "令和元年5月1日"),
            ("R1.4.30", "平成31年4月30日"),
            ("M1.1.24", "1868年1月24日"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, EraError::OutsideEra(..)), "{text}");
            assert!(error.to_string().contains(right), "{error}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["S33.2.30", "2023-02-29", "S0.1.1", "19581301", "1958-00-10", "3331314", "0000-01-01", "R99.2.29"]
        {
            assert_eq!(parse(text), Err(EraError::NoSuchDay), "{text}");
        }
        for text in [
            "",
            "S",
            "昭和",
            "33.3.14.1",
            "X33.3.14",
            "6010101",
            "0010101",
            "195803",
            "S3303",
            "S33.3",
            "S33.3.",
            "S33..14",
            "1958-3-14T",
            "19580314x",
            "1958-003-14",
            "S33.3.141",
            "-1958-3-14",
            "１２",
            "12345.1.1",
            &"1".repeat(100),
        ] {
            assert_eq!(parse(text), Err(EraError::Form), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn both_forms_of_any_day_are_read_back(year in 1850i16..2100, month in 1i8..=12, day in 1i8..=28) {
            let date = Date::new(year, month, day).unwrap();
            prop_assert_eq!(parse(&short(date)), Ok(date));
            prop_assert_eq!(parse(&long(date)), Ok(date));
            prop_assert_eq!(parse(&date.to_string()), Ok(date));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
