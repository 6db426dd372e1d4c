//! Years and months of the calendar and of 和暦, where the day is not known: `昭和33年`, `S33.3`, `1958年3月`.
use crate::Date;
use crate::era::{Era, EraError, era_of, parse};
use unicode_normalization::UnicodeNormalization;

/// A date as far as a person knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDate {
    /// Only the year.
    Year(i16),
    /// Year and month, 1 to 12.
    Month(i16, i8),
    /// The whole date.
    Day(Date),
}

impl PartialDate {
    /// The first and the last day that it can mean.
    pub fn bounds(self) -> Option<(Date, Date)> {
        match self {
            PartialDate::Year(year) => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
            PartialDate::Month(year, month) => {
                let first = Date::new(year, month, 1).ok()?;
                Some((first, first.last_of_month()))
            }
            PartialDate::Day(day) => Some((day, day)),
        }
    }

    /// As FHIR writes it: `1958`, `1958-03`, `1958-03-14`.
    pub fn to_fhir(self) -> String {
        match self {
            PartialDate::Year(year) => format!("{year:04}"),
            PartialDate::Month(year, month) => format!("{year:04}-{month:02}"),
            PartialDate::Day(day) => day.to_string(),
        }
    }

    /// `昭和33年`, `昭和33年3月`, `昭和33年3月14日`. Where an era ended within the year or month, both are named:
    /// `昭和64年・平成元年`. Before 明治 the year of the calendar.
    pub fn long(self) -> String {
        if let PartialDate::Day(day) = self {
            return crate::era::long(day);
        }
        let Some((first, last)) = self.bounds() else { return self.to_fhir() };
        let within = |era: &Era| era.first_day() <= last && era.last_day().is_none_or(|end| end >= first);
        let month = if let PartialDate::Month(_, month) = self { format!("{month}月") } else { String::new() };
        let named = |era: Era| match first.year() - era.first_day().year() + 1 {
            1 => format!("{}元年{month}", era.name()),
            year => format!("{}{year}年{month}", era.name()),
        };
        let eras: Vec<String> = Era::ALL.into_iter().filter(within).map(named).collect();
        // In 1868 a part of the year was before 明治.
        if eras.is_empty() { format!("{}年{month}", first.year()) } else { eras.join("・") }
    }
}

/// Reads what a person knows of a date: everything that [`parse`] reads, and years and months alone (`S33`, `昭33年`,
/// `昭和33年3月`, `S33.3`, `1958`, `1958-03`, `1958年3月`). An era must contain some of it.
pub fn parse_partial(text: &str) -> Result<PartialDate, EraError> {
    match parse(text) {
        Ok(day) => return Ok(PartialDate::Day(day)),
        Err(EraError::Form) => {}
        Err(error) => return Err(error),
    }
    if text.len() > 64 {
        return Err(EraError::Form);
    }
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let (era, rest) = era_of(&plain);
    let rest = rest.strip_suffix(['年', '月']).unwrap_or(rest);
    let mut parts = rest.split(['年', '.', '/', '-']);
    let mut next = |most: usize| match parts.next() {
        None => Ok(None),
        Some("元") => Ok(Some(1)),
        Some(part) if (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()) => {
            part.parse::<i16>().map(Some).map_err(|_| EraError::Form)
        }
        Some(_) => Err(EraError::Form),
    };
    let (year, month) = (next(4)?.ok_or(EraError::Form)?, next(2)?);
    if parts.next().is_some() || (era.is_none() && !(1000..=9999).contains(&year)) {
        return Err(EraError::Form);
    }
    if year == 0 {
        return Err(EraError::NoSuchDay);
    }
    let civil = era.map_or(year, |era| year.saturating_add(era.first_day().year() - 1));
    let found = match month {
        None => PartialDate::Year(civil),
        Some(month) => PartialDate::Month(civil, i8::try_from(month).map_err(|_| EraError::NoSuchDay)?),
    };
    let (first, last) = found.bounds().ok_or(EraError::NoSuchDay)?;
    match era {
        Some(era) if last < era.first_day() => Err(EraError::OutsideEra(era, last)),
        Some(era) if era.last_day().is_some_and(|end| first > end) => Err(EraError::OutsideEra(era, first)),
        _ => Ok(found),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn years_and_months_are_read_and_shown() {
        for (texts, fhir, shown) in [
            (&["S33", "s33", "昭和33年", "昭33", "昭和３３年", "1958", "1958年"][..], "1958", "昭和33年"),
            (&["S33.3", "昭和33年3月", "1958-03", "1958/3", "1958年3月", "Ｓ３３．３"], "1958-03", "昭和33年3月"),
            (&["S33.3.14", "1958-03-14"], "1958-03-14", "昭和33年3月14日"),
            (&["S64", "H1", "平成元年", "1989"], "1989", "昭和64年・平成元年"),
            (&["S64.1", "H1.1", "平成元年1月"], "1989-01", "昭和64年1月・平成元年1月"),
            (&["H1.2", "1989-02"], "1989-02", "平成元年2月"),
            (&["H31.4", "2019-04"], "2019-04", "平成31年4月"),
            (&["R1.5", "令和元年5月"], "2019-05", "令和元年5月"),
            (&["M45", "T1", "1912"], "1912", "明治45年・大正元年"),
            (&["R8"], "2026", "令和8年"),
            (&["1850"], "1850", "1850年"),
        ] {
            for text in texts {
                let found = parse_partial(text).unwrap_or_else(|error| panic!("{text} {error}"));
                assert_eq!((found.to_fhir().as_str(), found.long().as_str()), (fhir, shown), "{text}");
            }
        }
    }

    #[test]
    fn an_era_must_contain_some_of_it() {
        for text in ["S65", "H32", "H31.5", "R1.4", "S64.2", "T16", "M46.1"] {
            assert!(matches!(parse_partial(text), Err(EraError::OutsideEra(..))), "{text}");
        }
        for (text, error) in [
            ("S0", EraError::NoSuchDay),
            ("S33.13", EraError::NoSuchDay),
            ("1958-00", EraError::NoSuchDay),
            ("33", EraError::Form),
            ("", EraError::Form),
            ("S", EraError::Form),
            ("S33.3.", EraError::Form),
            ("昭和", EraError::Form),
            ("頃", EraError::Form),
        ] {
            assert_eq!(parse_partial(text), Err(error), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_fhir_writes_is_read_back(year in 1873i16..2100, month in 1i8..=12) {
            for found in [PartialDate::Year(year), PartialDate::Month(year, month)] {
                prop_assert_eq!(parse_partial(&found.to_fhir()), Ok(found));
                let shown = found.long();
                let first = shown.split('・').next().unwrap();
                prop_assert_eq!(parse_partial(first), Ok(found));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse_partial(&text).map(PartialDate::long);
        }
    }
}
