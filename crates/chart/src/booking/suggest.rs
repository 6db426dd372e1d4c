//! When to come back: pure.
use super::schedule::TimeOfDay;
use super::slots::Slot;
use jiff::ToSpan as _;
use karute_japan::{Date, Timestamp};

/// Weeks offered when nothing else is known, in this order.
const USUAL_WEEKS: [i64; 3] = [4, 8, 2];
/// Longest distance suggested, in weeks.
const MOST_WEEKS: i64 = 52;
/// Suggestions at most.
const MOST: usize = 2;

/// What the next visit follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Today.
    pub today: Date,
    /// The time to keep: that of today's appointment, else of today's arrival.
    pub time: TimeOfDay,
    /// The first day without the drugs prescribed for the shortest time. Prescribed today for 28 days: in four weeks.
    pub supply_ends: Option<Date>,
    /// Usual distance between visits, in days.
    pub usual_days: Option<i64>,
}

/// Why a date is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The drugs end.
    Supply,
    /// The usual distance.
    Usual,
    /// A common distance.
    Common,
}

/// A suggested slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The slot.
    pub slot: Slot,
    /// Distance aimed at, in weeks.
    pub weeks: i64,
    /// Same day of the week as today.
    pub same_weekday: bool,
    /// Same time as today.
    pub same_time: bool,
    /// Why.
    pub why: Why,
}

impl Suggestion {
    /// `4週後 同じ曜日・時刻`
    pub fn words(&self) -> String {
        match (self.same_weekday, self.same_time) {
            (true, true) => format!("{}週後 同じ曜日・時刻", self.weeks),
            (true, false) => format!("{}週後 同じ曜日", self.weeks),
            (false, _) => format!("約{}週後", self.weeks),
        }
    }
}

/// Distances in weeks to try, best first: as long as the drugs last, then the usual one. Nothing after the drugs end is
/// offered while that is known.
pub(super) fn distances(basis: &Basis) -> Vec<(i64, Why)> {
    let supply = basis
        .supply_ends
        .and_then(|end| basis.today.until(end).ok())
        .map(|span| i64::from(span.get_days()) / 7)
        .filter(|weeks| (1..=MOST_WEEKS).contains(weeks));
    // Rounded to the nearest week.
    let usual = basis.usual_days.map(|days| ((days + 3) / 7).max(1)).filter(|weeks| *weeks <= MOST_WEEKS);
    let mut found: Vec<(i64, Why)> = Vec::new();
    found.extend(supply.map(|w| (w, Why::Supply)));
    found.extend(usual.map(|w| (w, Why::Usual)));
    found.extend(supply.map(|w| (w - 1, Why::Supply)));
    found.extend(USUAL_WEEKS.map(|w| (w, Why::Common)));
    found.retain(|(weeks, _)| *weeks >= 1 && supply.is_none_or(|most| *weeks <= most));
    let mut seen = Vec::new();
    found.retain(|(weeks, _)| {
        let new = !seen.contains(weeks);
        seen.push(*weeks);
        new
    });
    found
}

/// Days around a target: the day itself, then earlier ones (so that the drugs last), then later ones unless the drugs end.
pub(super) fn around(basis: &Basis, weeks: i64) -> Vec<Date> {
    let offsets = [0, -1, -2, -3, 1, 2, 3, -4, -5, -6];
    let day = |offset: i64| basis.today.checked_add((weeks * 7 + offset).days()).ok();
    offsets
        .into_iter()
        .filter_map(day)
        .filter(|d| *d > basis.today && basis.supply_ends.is_none_or(|end| *d <= end || end <= basis.today))
        .collect()
}

/// At most two slots to come back at. `slots` answers with the slots of a day.
pub fn suggest(basis: &Basis, slots: impl Fn(Date) -> Vec<Slot>) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = Vec::new();
    for (weeks, why) in distances(basis) {
        if found.len() >= MOST {
            break;
        }
        let free = around(basis, weeks).into_iter().find_map(|date| nearest(&slots(date), basis.time.on(date)));
        let Some(slot) = free else { continue };
        if found.iter().any(|f| f.slot.start == slot.start) {
            continue;
        }
        let date = slot.start.day_in_japan();
        found.push(Suggestion {
            same_weekday: date.weekday() == basis.today.weekday(),
            same_time: slot.start == basis.time.on(date),
            slot,
            weeks,
            why,
        });
    }
    found
}

/// The free slot nearest to a time; slots kept for something else (発熱枠) are left out.
fn nearest(slots: &[Slot], wanted: Timestamp) -> Option<Slot> {
    let free = slots.iter().filter(|s| s.is_free() && s.label.is_none());
    free.min_by_key(|s| (s.start.as_millis() - wanted.as_millis()).abs()).cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn basis(supply_ends: Option<&str>, usual_days: Option<i64>) -> Basis {
        Basis {
            today: "2026-11-20".parse().unwrap(),
            time: TimeOfDay::parse("9:15").unwrap(),
            supply_ends: supply_ends.map(|d| d.parse().unwrap()),
            usual_days,
        }
    }

    fn slot(date: Date, time: &str, taken: u16) -> Slot {
        let start = TimeOfDay::parse(time).unwrap().on(date);
        Slot { start, minutes: 15, capacity: 1, label: None, taken }
    }

    #[test]
    fn the_distance_follows_the_drugs_then_the_habit_then_custom() {
        let table = [
            (Some("2026-12-18"), Some(28), "4 3 2"),
            (Some("2026-12-18"), Some(56), "4 3 2"),
            (Some("2026-12-18"), Some(14), "4 2 3"),
            (Some("2026-12-22"), None, "4 3 2"),
            (Some("2027-02-18"), Some(30), "12 4 11 8 2"),
            (Some("2026-11-24"), Some(28), "4 8 2"),
            (Some("2026-11-01"), None, "4 8 2"),
            (None, Some(91), "13 4 8 2"),
            (None, Some(1), "1 4 8 2"),
            (None, Some(4000), "4 8 2"),
            (None, None, "4 8 2"),
        ];
        for (supply, usual, expected) in table {
            let weeks: Vec<String> = distances(&basis(supply, usual)).iter().map(|(w, _)| w.to_string()).collect();
            assert_eq!(weeks.join(" "), expected, "{supply:?} {usual:?}");
        }
    }

    #[test]
    fn two_slots_are_suggested_the_same_weekday_and_time_first() {
        let every = |date: Date| vec![slot(date, "9:00", 0), slot(date, "9:15", 0), slot(date, "9:30", 0)];
        let found = suggest(&basis(Some("2026-12-18"), Some(28)), every);
        let words: Vec<String> = found.iter().map(|s| format!("{} {}", s.slot.start.to_fhir(), s.words())).collect();
        assert_eq!(
            words,
            [
                "2026-12-18T09:15:00.000+09:00 4週後 同じ曜日・時刻",
                "2026-12-11T09:15:00.000+09:00 3週後 同じ曜日・時刻",
            ]
        );
    }

    #[test]
    fn a_full_time_gives_way_to_the_nearest_and_a_closed_day_to_an_earlier_one() {
        let busy = |date: Date| match date.to_string().as_str() {
            "2026-12-18" => vec![slot(date, "9:00", 0), slot(date, "9:15", 1), slot(date, "11:00", 0)],
            "2026-12-10" => vec![slot(date, "9:15", 0)],
            _ => Vec::new(),
        };
        let found = suggest(&basis(Some("2026-12-18"), None), busy);
        let words: Vec<String> = found.iter().map(|s| format!("{} {}", s.slot.start.to_fhir(), s.words())).collect();
        assert_eq!(words, ["2026-12-18T09:00:00.000+09:00 4週後 同じ曜日", "2026-12-10T09:15:00.000+09:00 約3週後"]);
        assert!(suggest(&basis(None, None), |_| Vec::new()).is_empty());
        let kept = |date: Date| vec![Slot { label: Some("発熱枠".to_owned()), ..slot(date, "9:15", 0) }];
        assert!(suggest(&basis(None, None), kept).is_empty(), "slots kept for something else are not offered");
    }
}
