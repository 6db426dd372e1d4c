//! What can be booked: schedules with weekly rules and exceptions.
use jiff::civil::Weekday;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};

/// Rules of one schedule at most.
pub const MOST_RULES: usize = 100;
/// Exceptions of one schedule, or of the clinic, at most.
pub const MOST_EXCEPTIONS: usize = 200;
/// Longest title, label or words of an exception, in characters.
pub const LONGEST_WORDS: usize = 40;

/// A clock time as minutes since midnight, 0 to 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// From minutes since midnight.
    pub fn from_minutes(minutes: u16) -> Option<TimeOfDay> {
        (minutes <= 1440).then_some(TimeOfDay(minutes))
    }
    /// `9:15`, `09:15` or `09:15:00`.
    pub fn parse(text: &str) -> Option<TimeOfDay> {
        let (hours, rest) = text.split_once(':')?;
        let minutes = rest.split_once(':').map_or(rest, |(minutes, _)| minutes);
        let two = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !two(hours) || !two(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        if minutes >= 60 { None } else { TimeOfDay::from_minutes(hours.checked_mul(60)?.checked_add(minutes)?) }
    }
    /// Clock time of an instant in Japan, without seconds.
    pub fn of(at: Timestamp) -> TimeOfDay {
        let midnight = Timestamp::in_japan(at.day_in_japan(), 0, 0, 0);
        let minutes = (at.as_millis() - midnight.as_millis()) / 60_000;
        TimeOfDay(u16::try_from(minutes).unwrap_or(0).min(1440))
    }
    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
    /// The instant on a day.
    pub fn on(self, date: Date) -> Timestamp {
        Timestamp::in_japan(date, 0, i64::from(self.0), 0)
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// What a schedule is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScheduleKind {
    /// 医師
    Doctor,
    /// 目的（予防接種、健診）
    Purpose,
    /// 部屋・機器（検査室、エコー）
    Room,
}

impl ScheduleKind {
    /// All, in the order of the columns.
    pub const ALL: [ScheduleKind; 3] = [ScheduleKind::Doctor, ScheduleKind::Purpose, ScheduleKind::Room];
    /// Code as stored.
    pub fn code(self) -> &'static str {
        match self {
            ScheduleKind::Doctor => "doctor",
            ScheduleKind::Purpose => "purpose",
            ScheduleKind::Room => "room",
        }
    }
    /// Word shown.
    pub fn word(self) -> &'static str {
        match self {
            ScheduleKind::Doctor => "医師",
            ScheduleKind::Purpose => "目的",
            ScheduleKind::Room => "部屋・機器",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<ScheduleKind> {
        ScheduleKind::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// Every week: slots of equal length between two clock times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// On which day of the week.
    pub weekday: Weekday,
    /// First slot begins.
    pub from: TimeOfDay,
    /// Last slot ends, at the latest.
    pub until: TimeOfDay,
    /// Length of a slot in minutes, 5 to 240.
    pub minutes: u16,
    /// Patients a slot takes, 1 to 20.
    pub capacity: u16,
    /// What the slots are kept for (発熱枠), when not for everything.
    pub label: Option<String>,
}

impl Rule {
    /// Whether it makes sense: at least one slot, lengths and numbers within bounds.
    pub fn is_sound(&self) -> bool {
        (5..=240).contains(&self.minutes)
            && (1..=20).contains(&self.capacity)
            && self.from.minutes().checked_add(self.minutes).is_some_and(|end| end <= self.until.minutes())
    }
}

/// What an exception does to its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// 休診
    Closed,
    /// 午前休診
    MorningClosed,
    /// 午後休診
    AfternoonClosed,
    /// 祝日でも診療
    Open,
}

impl Effect {
    /// All of them.
    pub const ALL: [Effect; 4] = [Effect::Closed, Effect::MorningClosed, Effect::AfternoonClosed, Effect::Open];
    /// Code as stored.
    pub fn code(self) -> &'static str {
        match self {
            Effect::Closed => "closed",
            Effect::MorningClosed => "morning-closed",
            Effect::AfternoonClosed => "afternoon-closed",
            Effect::Open => "open",
        }
    }
    /// Word shown.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Closed => "休診",
            Effect::MorningClosed => "午前休診",
            Effect::AfternoonClosed => "午後休診",
            Effect::Open => "祝日でも診療",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|e| e.code() == code)
    }
}

/// Days that differ from the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// What happens.
    pub effect: Effect,
    /// Why (年末年始, 学会).
    pub words: Option<String>,
}

impl Exception {
    /// Whether it reaches a day.
    pub fn covers(&self, date: Date) -> bool {
        (self.from..=self.until).contains(&date)
    }
    /// `年末年始 休診` or `休診`.
    pub fn says(&self) -> String {
        match &self.words {
            Some(words) => format!("{words}　{}", self.effect.word()),
            None => self.effect.word().to_owned(),
        }
    }
}

/// Something that can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Opaque id.
    pub id: Id,
    /// Version, for changes.
    pub version: u32,
    /// Whether it is offered.
    pub active: bool,
    /// Name of the column.
    pub title: String,
    /// What it is of.
    pub kind: ScheduleKind,
    /// The doctor, when it is one's.
    pub practitioner: Option<Id>,
    /// Weekly rules.
    pub rules: Vec<Rule>,
    /// Days that differ, for this schedule alone.
    pub exceptions: Vec<Exception>,
}

/// What holds for all schedules of the clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Version; `None` when it never was changed.
    pub version: Option<u32>,
    /// 祝日は休診.
    pub closed_on_holidays: bool,
    /// Days that differ.
    pub exceptions: Vec<Exception>,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar { version: None, closed_on_holidays: true, exceptions: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn clock_times_are_read_as_people_and_browsers_write_them() {
        for (text, shown) in [
            ("9:05", Some("9:05")),
            ("09:05", Some("9:05")),
            ("18:30:00", Some("18:30")),
            ("24:00", Some("24:00")),
            ("24:01", None),
            ("9:60", None),
            ("9", None),
            ("-1:00", None),
            ("９:00", None),
            ("999:00", None),
            ("", None),
        ] {
            assert_eq!(TimeOfDay::parse(text).map(|t| t.to_string()).as_deref(), shown, "{text}");
        }
        let date: Date = "2028-02-29".parse().unwrap();
        let at = TimeOfDay::parse("9:15").unwrap();
        assert_eq!(at.on(date).to_fhir(), "2028-02-29T09:15:00.000+09:00");
        assert_eq!(TimeOfDay::of(at.on(date)), at);
    }

    #[test]
    fn a_rule_without_a_slot_is_not_sound() {
        let rule = |from: &str, until: &str, minutes, capacity| Rule {
            weekday: Weekday::Monday,
            from: TimeOfDay::parse(from).unwrap(),
            until: TimeOfDay::parse(until).unwrap(),
            minutes,
            capacity,
            label: None,
        };
        for (rule, sound) in [
            (rule("9:00", "12:00", 15, 2), true),
            (rule("9:00", "9:15", 15, 1), true),
            (rule("9:00", "9:14", 15, 1), false),
            (rule("12:00", "9:00", 15, 1), false),
            (rule("9:00", "12:00", 4, 1), false),
            (rule("9:00", "12:00", 241, 1), false),
            (rule("9:00", "12:00", 15, 0), false),
            (rule("9:00", "12:00", 15, 21), false),
        ] {
            assert_eq!(rule.is_sound(), sound, "{rule:?}");
        }
    }
}
