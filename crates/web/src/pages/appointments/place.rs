//! Where one is in the appointment book, as an address: days, opaque ids and fixed words, nothing about patients.
use crate::error::WebError;
use jiff::ToSpan as _;
use jiff::civil::{ISOWeekDate, Weekday};
use karute_chart::booking::TimeOfDay;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use serde::Deserialize;

/// What was just done, to be told on the page that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    Booked,
    Moved,
    Cancelled,
    NoShow,
    Restored,
}

impl Did {
    const ALL: [(Did, &'static str); 5] = [
        (Did::Booked, "booked"),
        (Did::Moved, "moved"),
        (Did::Cancelled, "cancelled"),
        (Did::NoShow, "no-show"),
        (Did::Restored, "restored"),
    ];
    fn code(self) -> &'static str {
        Did::ALL.iter().find(|(d, _)| *d == self).map_or("", |(_, code)| code)
    }
    fn parse(code: &str) -> Option<Did> {
        Did::ALL.iter().find(|(_, c)| *c == code).map(|(d, _)| *d)
    }
}

/// Where one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BookPlace {
    /// The day, or a day of the week.
    pub(crate) date: Date,
    /// The week of that day.
    pub(crate) week: bool,
    /// The schedule of the week.
    pub(crate) schedule: Option<Id>,
    /// The selected appointment.
    pub(crate) selected: Option<Id>,
    /// Whether the selected appointment is being moved.
    pub(crate) moving: bool,
    /// What was just done with the selected appointment.
    pub(crate) did: Option<Did>,
    /// Where it was before it was moved: schedule and time.
    pub(crate) before: Option<(Id, Timestamp)>,
}

/// The address, and the hidden fields of forms that lead back to it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Ask {
    date: Option<String>,
    week: Option<String>,
    column: Option<String>,
    a: Option<String>,
    r#move: Option<String>,
    did: Option<String>,
    fs: Option<String>,
    ft: Option<String>,
}

impl Ask {
    /// What forms say of where the person was.
    pub(crate) fn back(date: Option<String>, week: Option<String>, column: Option<String>) -> Ask {
        Ask { date, week, column, ..Ask::default() }
    }
}

impl BookPlace {
    /// From an address; [`WebError::BadRequest`] for what is no day, week or id.
    pub(crate) fn read(ask: &Ask, today: Date) -> Result<BookPlace, WebError> {
        let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let id = |text: &Option<String>| given(text).map(|t| Id::new(&t)).transpose().map_err(|_| WebError::BadRequest);
        let monday = given(&ask.week).map(|w| week(&w).ok_or(WebError::BadRequest)).transpose()?;
        let date = given(&ask.date).map(|d| d.parse::<Date>().map_err(|_| WebError::BadRequest)).transpose()?;
        let selected = id(&ask.a)?;
        Ok(BookPlace {
            date: bounded(monday.or(date).unwrap_or(today), today)?,
            week: monday.is_some(),
            schedule: id(&ask.column)?,
            moving: selected.is_some() && ask.r#move.is_some(),
            did: ask.did.as_deref().and_then(Did::parse),
            before: id(&ask.fs)?.zip(ask.ft.as_deref().and_then(at)),
            selected,
        })
    }
    /// A day.
    pub(crate) fn day(date: Date) -> BookPlace {
        BookPlace { date, week: false, schedule: None, selected: None, moving: false, did: None, before: None }
    }
    /// The first day shown.
    pub(crate) fn first(&self) -> Date {
        if self.week { monday(self.date) } else { self.date }
    }
    /// Days shown.
    pub(crate) fn days(&self) -> u16 {
        if self.week { 7 } else { 1 }
    }
    /// The address.
    pub(crate) fn url(&self) -> String {
        let mut out = "/appointments".to_owned();
        for (n, (name, value)) in self.fields().iter().enumerate() {
            out.push(if n == 0 { '?' } else { '&' });
            out.push_str(name);
            out.push('=');
            out.push_str(value);
        }
        out
    }
    /// What an address or a form must say to come back here.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut all = self.back();
        all.extend(self.selected.iter().map(|a| ("a", a.to_string())));
        all.extend(self.moving.then(|| ("move", "1".to_owned())));
        all.extend(self.did.iter().map(|d| ("did", d.code().to_owned())));
        if let Some((schedule, time)) = &self.before {
            all.push(("fs", schedule.to_string()));
            all.push(("ft", local(*time)));
        }
        all
    }
    /// The same without selection.
    pub(crate) fn back(&self) -> Vec<(&'static str, String)> {
        let mut all =
            if self.week { vec![("week", week_code(self.date))] } else { vec![("date", self.date.to_string())] };
        all.extend(self.schedule.iter().map(|s| ("column", s.to_string())));
        all
    }
    /// The same place on another day.
    pub(crate) fn on(&self, date: Date) -> BookPlace {
        // What is being moved goes along; what is only selected stays behind.
        let selected = self.selected.clone().filter(|_| self.moving);
        BookPlace { date, selected, did: None, before: None, ..self.clone() }
    }
    /// Days before or after; a week in the view of a week.
    pub(crate) fn step(&self, by: i64) -> Option<BookPlace> {
        let days = if self.week { 7 } else { 1 };
        Some(self.on(self.date.checked_add((by * days).days()).ok()?))
    }
    /// With an appointment selected, or none.
    pub(crate) fn select(&self, id: Option<&Id>) -> BookPlace {
        BookPlace { selected: id.cloned(), moving: false, did: None, before: None, ..self.clone() }
    }
    /// While the selected appointment is being moved.
    pub(crate) fn carry(&self) -> BookPlace {
        BookPlace { moving: true, did: None, before: None, ..self.clone() }
    }
    /// The page after something was done.
    pub(crate) fn after(&self, did: Did, id: &Id, start: Option<Timestamp>) -> BookPlace {
        // The day on which the appointment now stands, so that it can be seen.
        let date = start.map_or(self.date, Timestamp::day_in_japan);
        BookPlace { date, selected: Some(id.clone()), moving: false, did: Some(did), before: None, ..self.clone() }
    }
}

/// Years around today that can be looked at.
const YEARS: i64 = 20;

fn bounded(date: Date, today: Date) -> Result<Date, WebError> {
    let near = |by: i64| today.checked_add(by.years()).map_err(|_| WebError::BadRequest);
    if (near(-YEARS)?..=near(YEARS)?).contains(&date) { Ok(date) } else { Err(WebError::BadRequest) }
}

/// Monday of a day's week.
pub(crate) fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(back.days()).unwrap_or(date)
}

/// `2026-W47`
fn week_code(date: Date) -> String {
    let week = date.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

fn week(text: &str) -> Option<Date> {
    let (year, number) = text.split_once("-W")?;
    Some(ISOWeekDate::new(year.parse().ok()?, number.parse().ok()?, Weekday::Monday).ok()?.date())
}

/// `2026-11-20T09:15` in Japan, as our forms and addresses write times.
pub(crate) fn local(at: Timestamp) -> String {
    let minutes = TimeOfDay::of(at).minutes();
    format!("{}T{:02}:{:02}", at.day_in_japan(), minutes / 60, minutes % 60)
}

/// The instant of `2026-11-20T09:15` in Japan.
pub(crate) fn at(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    Some(TimeOfDay::parse(time)?.on(date.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn places_read_back_and_weeks_around_the_new_year_are_right() {
        let today: Date = "2026-11-20".parse().unwrap();
        let id = Id::new("a-1").unwrap();
        for (date, week, url) in [
            ("2026-11-20", false, "/appointments?date=2026-11-20"),
            ("2026-11-20", true, "/appointments?week=2026-W47"),
            ("2027-01-01", true, "/appointments?week=2026-W53"),
            ("2024-12-30", true, "/appointments?week=2025-W01"),
        ] {
            let place = BookPlace { week, ..BookPlace::day(date.parse().unwrap()) };
            assert_eq!(place.url(), url);
        }
        let ask = Ask { week: Some("2026-W53".to_owned()), a: Some("a-1".to_owned()), ..Ask::default() };
        let place = BookPlace::read(&ask, today).unwrap();
        assert_eq!((place.first().to_string().as_str(), place.days()), ("2026-12-28", 7));
        assert_eq!(place.carry().url(), "/appointments?week=2026-W53&a=a-1&move=1");
        assert_eq!(place.after(Did::Moved, &id, None).url(), "/appointments?week=2026-W53&a=a-1&did=moved");
        for (name, text) in [("w", "2026-W54"), ("w", "W47"), ("d", "tomorrow"), ("d", "2226-01-01"), ("a", "渡邊")] {
            let text = Some(text.to_owned());
            let ask = match name {
                "w" => Ask { week: text, ..Ask::default() },
                "d" => Ask { date: text, ..Ask::default() },
                _ => Ask { a: text, ..Ask::default() },
            };
            assert!(BookPlace::read(&ask, today).is_err(), "{ask:?}");
        }
        let moment = at("2028-02-29T09:05").unwrap();
        assert_eq!(local(moment), "2028-02-29T09:05");
        assert_eq!(at("2027-02-29T09:05"), None);
    }
}
