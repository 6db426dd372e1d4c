//! When a patient comes.
use crate::clinic::acute::{ACUTE, Acute};
use crate::people::{Person, later};
use crate::random::Random;
use crate::{Params, Profile};
use jiff::civil::Weekday;
use karute_japan::{Date, Timestamp};

/// Why a patient comes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Chronic,
    Acute(&'static Acute),
    Vaccination,
}

/// A day on which a patient comes, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    pub(crate) day: Date,
    pub(crate) purpose: Purpose,
    /// Days until the next chronic visit.
    pub(crate) interval: i64,
}

/// Whether the clinic is open: not on Sundays, not around New Year.
fn open(day: Date) -> bool {
    let new_year = (day.month() == 1 && day.day() <= 3) || (day.month() == 12 && day.day() >= 30);
    day.weekday() != Weekday::Sunday && !new_year
}

/// The day itself or the next on which the clinic is open.
fn next_open(day: Date) -> Date {
    (0..7).map(|ahead| later(day, ahead)).find(|day| open(*day)).unwrap_or(day)
}

/// All days before `today` on which a patient comes, in order, each once.
pub(crate) fn plan(params: &Params, person: &Person, random: &mut Random) -> Vec<Planned> {
    let today = params.today();
    let mut all: Vec<Planned> = Vec::new();
    chronic(person, today, random, &mut all);
    acute(params, person, today, random, &mut all);
    vaccinations(person, today, random, &mut all);
    all.retain(|planned| planned.day < today && planned.day >= person.since.max(person.birth));
    all.sort_by_key(|planned| planned.day);
    all.dedup_by_key(|planned| planned.day);
    all
}

fn chronic(person: &Person, today: Date, random: &mut Random, all: &mut Vec<Planned>) {
    if person.problems.is_empty() {
        return;
    }
    let intervals = [(28i64, 5.0), (56, 3.0), (84, 2.0)];
    let usual = random.weighted(&intervals, |row| row.1).map_or(28, |row| row.0);
    // The cast comes every four weeks and was here four weeks ago.
    let interval = if person.role().is_some() { 28 } else { usual };
    let mut day = person.since;
    if person.role().is_some() {
        let days = person.since.until(today).map_or(0, |span| i64::from(span.get_days()));
        day = later(person.since, days % 28);
    }
    while day < today {
        all.push(Planned { day: next_open(day), purpose: Purpose::Chronic, interval });
        let mut step = interval;
        if person.role().is_none() {
            step += random.between(-5, 5);
            if random.chance(0.04) {
                step += random.between(60, 300);
            }
            // Some move away.
            if random.chance(0.015) {
                break;
            }
        }
        day = later(day, step);
    }
}

fn acute(params: &Params, person: &Person, today: Date, random: &mut Random, all: &mut Vec<Planned>) {
    let busy = if params.profile == Profile::Busy { 1.6 } else { 1.0 };
    let mut month = person.since.first_of_month();
    while month < today {
        let years = person.years_on(month);
        let yearly = busy
            * match years {
                0..7 => 3.2,
                7..15 => 1.8,
                15..65 => 0.8,
                _ => 0.7,
            };
        let weight = |row: &Acute| {
            if (row.ages.0..=row.ages.1).contains(&years) { row.weight * row.season.factor(month.month()) } else { 0.0 }
        };
        if random.chance(yearly / 12.0)
            && let Some(illness) = random.weighted(&ACUTE, weight)
        {
            let day = next_open(later(month, random.between(0, 27)));
            all.push(Planned { day, purpose: Purpose::Acute(illness), interval: 0 });
        }
        month = later(month.last_of_month(), 1);
    }
    // Whoever has neither a chronic problem nor fell ill came once for some reason.
    if all.is_empty() && person.since < today {
        let weight = |row: &Acute| {
            if (row.ages.0..=row.ages.1).contains(&person.years_on(person.since)) { row.weight } else { 0.0 }
        };
        if let Some(illness) = random.weighted(&ACUTE, weight) {
            let day = next_open(person.since);
            all.push(Planned { day, purpose: Purpose::Acute(illness), interval: 0 });
        }
    }
}

fn vaccinations(person: &Person, today: Date, random: &mut Random, all: &mut Vec<Planned>) {
    let share = if person.years_on(today) >= 65 { 0.45 } else { 0.15 };
    for year in person.since.year()..=today.year() {
        if random.chance(share)
            && let Ok(start) = Date::new(year, 10, 5)
        {
            let day = next_open(later(start, random.between(0, 60)));
            all.push(Planned { day, purpose: Purpose::Vaccination, interval: 0 });
        }
    }
}

/// When on that day the patient arrives: a quarter of the morning before half past nine, a second peak at half past
/// four; Thursday and Saturday only in the morning.
pub(crate) fn arrival(day: Date, random: &mut Random) -> Timestamp {
    let morning_only = matches!(day.weekday(), Weekday::Thursday | Weekday::Saturday);
    let minute = if morning_only || random.chance(0.6) {
        if random.chance(0.25) {
            random.between(8 * 60 + 45, 9 * 60 + 29)
        } else {
            random.between(9 * 60 + 30, 11 * 60 + 45)
        }
    } else {
        random.normal(16.0 * 60.0 + 40.0, 45.0).clamp(15.0 * 60.0, 18.0 * 60.0 + 15.0) as i64
    };
    Timestamp::in_japan(day, 0, minute, random.between(0, 59))
}
