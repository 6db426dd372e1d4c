//! Free slots, as pure functions of schedules, calendar and what is booked.
use super::schedule::{Calendar, Effect, Exception, Schedule, TimeOfDay};
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp, holiday};

/// Slots that begin before this are the morning's (午前), the others the afternoon's (午後): minutes since midnight. Morning
/// sessions of clinics end by 13:00, afternoon sessions begin after it.
const NOON: u16 = 13 * 60;
/// How far ahead a free slot is looked for, in days.
pub const HORIZON_DAYS: i64 = 120;

/// A time somebody can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Begins.
    pub start: Timestamp,
    /// Length in minutes.
    pub minutes: u16,
    /// Patients it takes.
    pub capacity: u16,
    /// What it is kept for.
    pub label: Option<String>,
    /// Patients it has.
    pub taken: u16,
}

impl Slot {
    /// Ends.
    pub fn end(&self) -> Timestamp {
        self.start.plus_ms(i64::from(self.minutes) * 60_000)
    }
    /// Whether one more may come.
    pub fn is_free(&self) -> bool {
        self.taken < self.capacity
    }
}

/// A stretch of time somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// In which schedule.
    pub schedule: Id,
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
}

/// A day of a schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Why nothing, or less than usual, can be booked.
    pub words: Option<String>,
    /// What can be booked, in order.
    pub slots: Vec<Slot>,
}

/// The slots of a schedule on a day, with what is held in them. A slot counts everybody whose time overlaps it, so that
/// changed rules never hide who is booked already.
pub fn day(schedule: &Schedule, calendar: &Calendar, date: Date, held: &[Held]) -> Day {
    let exceptions: Vec<&Exception> =
        schedule.exceptions.iter().chain(&calendar.exceptions).filter(|e| e.covers(date)).collect();
    let has = |effect: Effect| exceptions.iter().find(|e| e.effect == effect);
    if let Some(closed) = has(Effect::Closed) {
        return Day { words: Some(closed.says()), slots: Vec::new() };
    }
    let named = holiday(date);
    if let (Some(name), true, None) = (named, calendar.closed_on_holidays, has(Effect::Open)) {
        return Day { words: Some(format!("{name}　休診")), slots: Vec::new() };
    }
    let (morning, afternoon) = (has(Effect::MorningClosed), has(Effect::AfternoonClosed));
    let mut slots: Vec<Slot> = Vec::new();
    for rule in schedule.rules.iter().filter(|r| r.weekday == date.weekday() && r.is_sound()) {
        let mut from = rule.from.minutes();
        while from + rule.minutes <= rule.until.minutes() {
            let shut = if from < NOON { morning.is_some() } else { afternoon.is_some() };
            if let (false, Some(time)) = (shut, TimeOfDay::from_minutes(from)) {
                let slot = Slot {
                    start: time.on(date),
                    minutes: rule.minutes,
                    capacity: rule.capacity,
                    label: rule.label.clone(),
                    taken: 0,
                };
                // Of two rules for the same time the first counts.
                if slots.iter().all(|s| s.start != slot.start) {
                    slots.push(slot);
                }
            }
            from += rule.minutes;
        }
    }
    slots.sort_by_key(|s| s.start);
    for slot in &mut slots {
        let there = held.iter().filter(|h| h.schedule == schedule.id && h.start < slot.end() && slot.start < h.end);
        slot.taken = u16::try_from(there.count()).unwrap_or(u16::MAX);
    }
    let words = morning.or(afternoon).map(|e| e.says());
    let words =
        words.or_else(|| named.map(str::to_owned)).or_else(|| slots.is_empty().then(|| "予約枠のない日".to_owned()));
    Day { words, slots }
}

/// The first free slot that begins at or after `from`, within [`HORIZON_DAYS`].
pub fn next_free(schedule: &Schedule, calendar: &Calendar, held: &[Held], from: Timestamp) -> Option<Slot> {
    let first = from.day_in_japan();
    (0..HORIZON_DAYS).find_map(|ahead| {
        let date = first.checked_add(ahead.days()).ok()?;
        day(schedule, calendar, date, held).slots.into_iter().find(|s| s.is_free() && s.start >= from)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::schedule::{Rule, ScheduleKind};
    use super::*;
    use jiff::civil::Weekday;

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    fn rule(weekday: Weekday, from: &str, until: &str, capacity: u16) -> Rule {
        Rule { weekday, from: time(from), until: time(until), minutes: 30, capacity, label: None }
    }

    fn mori() -> Schedule {
        use Weekday as W;
        let mut rules: Vec<Rule> = [W::Monday, W::Tuesday, W::Wednesday, W::Friday]
            .into_iter()
            .flat_map(|w| [rule(w, "9:00", "10:00", 2), rule(w, "15:00", "16:00", 1)])
            .collect();
        rules.push(rule(W::Saturday, "9:00", "9:45", 1));
        Schedule {
            id: Id::new("s-1").unwrap(),
            version: 1,
            active: true,
            title: "森".to_owned(),
            kind: ScheduleKind::Doctor,
            practitioner: None,
            rules,
            exceptions: Vec::new(),
        }
    }

    fn except(from: &str, until: &str, effect: Effect, words: &str) -> Exception {
        let words = (!words.is_empty()).then(|| words.to_owned());
        Exception { from: from.parse().unwrap(), until: until.parse().unwrap(), effect, words }
    }

    fn shown(day: &Day) -> String {
        let slots: Vec<String> =
            day.slots.iter().map(|s| format!("{} {}/{}", s.start.clock_in_japan(), s.taken, s.capacity)).collect();
        format!("{}|{}", slots.join(", "), day.words.as_deref().unwrap_or(""))
    }

    #[test]
    fn a_day_has_the_slots_its_rules_and_exceptions_leave() {
        let full = "9:00 0/2, 9:30 0/2, 15:00 0/1, 15:30 0/1|";
        let calendar = Calendar {
            exceptions: vec![
                except("2026-12-29", "2027-01-03", Effect::Closed, "年末年始"),
                except("2026-12-24", "2026-12-24", Effect::AfternoonClosed, ""),
                except("2026-12-02", "2026-12-02", Effect::AfternoonClosed, "医師会"),
                except("2026-12-04", "2026-12-04", Effect::MorningClosed, "校医"),
                except("2027-02-23", "2027-02-23", Effect::Open, "当番医"),
            ],
            ..Calendar::default()
        };
        let table = [
            ("2026-11-20", full),
            ("2026-11-21", "9:00 0/1|"),
            ("2026-11-22", "|予約枠のない日"),
            ("2026-11-23", "|勤労感謝の日　休診"),
            ("2026-11-26", "|予約枠のない日"),
            ("2026-12-02", "9:00 0/2, 9:30 0/2|医師会　午後休診"),
            ("2026-12-04", "15:00 0/1, 15:30 0/1|校医　午前休診"),
            ("2026-12-29", "|年末年始　休診"),
            ("2027-01-03", "|年末年始　休診"),
            ("2027-01-05", full),
            ("2027-02-23", "9:00 0/2, 9:30 0/2, 15:00 0/1, 15:30 0/1|天皇誕生日"),
            ("2028-02-29", full),
            ("2031-11-21", full),
        ];
        for (date, expected) in table {
            assert_eq!(shown(&day(&mori(), &calendar, date.parse().unwrap(), &[])), expected, "{date}");
        }
        let open = Calendar { closed_on_holidays: false, ..Calendar::default() };
        let monday = day(&mori(), &open, "2026-11-23".parse().unwrap(), &[]);
        assert_eq!(monday.slots.len(), 4);
        assert_eq!(monday.words.as_deref(), Some("勤労感謝の日"));
    }

    #[test]
    fn who_overlaps_a_slot_takes_a_place_in_it_and_other_schedules_do_not_matter() {
        let date: Date = "2026-11-20".parse().unwrap();
        let held = |schedule: &str, from: &str, until: &str| Held {
            schedule: Id::new(schedule).unwrap(),
            start: time(from).on(date),
            end: time(until).on(date),
        };
        let all = [
            held("s-1", "9:00", "9:30"),
            held("s-1", "9:15", "9:30"),
            held("s-1", "9:20", "9:50"),
            held("s-2", "9:30", "10:00"),
            held("s-1", "16:00", "16:30"),
        ];
        let found = day(&mori(), &Calendar::default(), date, &all);
        assert_eq!(shown(&found), "9:00 3/2, 9:30 1/2, 15:00 0/1, 15:30 0/1|");
        assert!(!found.slots[0].is_free(), "more than fits is full, not an error");
    }

    #[test]
    fn the_next_free_slot_skips_what_is_full_closed_or_over() {
        let date: Date = "2026-11-20".parse().unwrap();
        let next = |held: &[Held], from: Timestamp| {
            next_free(&mori(), &Calendar::default(), held, from).map(|s| s.start.to_fhir())
        };
        assert_eq!(next(&[], time("9:00").on(date)).as_deref(), Some("2026-11-20T09:00:00.000+09:00"));
        assert_eq!(next(&[], time("9:01").on(date)).as_deref(), Some("2026-11-20T09:30:00.000+09:00"));
        // Friday evening: Saturday; Saturday noon: Monday is a holiday, so Tuesday.
        assert_eq!(next(&[], time("18:00").on(date)).as_deref(), Some("2026-11-21T09:00:00.000+09:00"));
        let saturday: Date = "2026-11-21".parse().unwrap();
        assert_eq!(next(&[], time("12:00").on(saturday)).as_deref(), Some("2026-11-24T09:00:00.000+09:00"));
        let nine = Held {
            schedule: Id::new("s-1").unwrap(),
            start: time("9:00").on(saturday),
            end: time("9:30").on(saturday),
        };
        assert_eq!(next(&[nine], time("18:00").on(date)).as_deref(), Some("2026-11-24T09:00:00.000+09:00"));
        let none = Schedule { rules: Vec::new(), ..mori() };
        assert_eq!(next_free(&none, &Calendar::default(), &[], time("9:00").on(date)), None);
    }
}
