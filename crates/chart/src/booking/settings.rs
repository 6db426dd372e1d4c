//! Changing what can be booked.
use super::agenda::{CALENDAR, read_calendar, read_schedules};
use super::change::clean;
use super::resource;
use super::schedule::{
    Calendar, Exception, LONGEST_WORDS, MOST_EXCEPTIONS, MOST_RULES, Rule, Schedule, ScheduleKind, TimeOfDay,
};
use crate::ChartError;
use crate::query::{parse, resource_type};
use futures_util::future::BoxFuture;
use jiff::civil::Weekday;
use karute_fhir::Id;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// Schedules a clinic may have.
const MOST_SCHEDULES: usize = 40;
/// Longest stretch of an exception, in days: a year's leave.
const LONGEST_EXCEPTION: i32 = 366;

/// Everything the settings show.
#[derive(Clone, Debug)]
pub struct Plan {
    /// All schedules, also those no longer offered.
    pub schedules: Vec<Schedule>,
    /// The clinic's calendar.
    pub calendar: Calendar,
}

/// A doctor a schedule can be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doctor {
    /// `Practitioner` id.
    pub id: Id,
    /// Name.
    pub name: String,
}

/// Reads the settings.
pub fn plan(access: &Access) -> BoxFuture<'_, Result<Plan, ChartError>> {
    Box::pin(async move {
        let (schedules, calendar) = super::schedules(access).await?;
        Ok(Plan { schedules, calendar })
    })
}

/// Makes a schedule without rules.
pub fn create_schedule<'a>(
    access: &'a Access,
    id: Id,
    title: &'a str,
    kind: ScheduleKind,
    practitioner: Option<Id>,
) -> BoxFuture<'a, Result<Schedule, ChartError>> {
    Box::pin(async move {
        let title = short(Some(title)).ok_or(ChartError::Invalid)?;
        let reader = access.reader(Action::Read);
        let all = read_schedules(&reader).await?;
        reader.release(()).await?;
        if all.len() >= MOST_SCHEDULES {
            return Err(ChartError::TooMany);
        }
        let schedule = Schedule {
            id,
            version: 0,
            active: true,
            title,
            kind,
            practitioner,
            rules: Vec::new(),
            exceptions: Vec::new(),
        };
        put(access, Action::Create, "予約枠を作る", None, schedule, Expect::Absent).await
    })
}

/// One line within the length of a title, or nothing.
fn short(text: Option<&str>) -> Option<String> {
    clean(text).filter(|t| t.chars().count() <= LONGEST_WORDS)
}

async fn put(
    access: &Access,
    action: Action,
    words: &str,
    before: Option<Value<'static>>,
    schedule: Schedule,
    expect: Expect,
) -> Result<Schedule, ChartError> {
    let mut commit = Commit::new(action);
    commit.detail = Some(words.to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("Schedule")?,
        id: schedule.id.clone(),
        body: resource::schedule_body(before, &schedule),
        expect,
    });
    let made = access.commit(commit).await?;
    let version = made.versions.first().map(|v| v.version);
    Ok(Schedule { version: version.ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?, ..schedule })
}

async fn change(
    access: &Access,
    id: &Id,
    seen: u32,
    words: &str,
    apply: impl FnOnce(&mut Schedule) -> Result<(), ChartError>,
) -> Result<Schedule, ChartError> {
    let Lookup::Found(version) = access.read(resource_type("Schedule")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    let body = parse(&version)?.into_owned();
    let mut schedule = resource::schedule(id.clone(), seen, &body);
    apply(&mut schedule)?;
    put(access, Action::Update, words, Some(body), schedule, Expect::Version(seen)).await
}

/// Adds a rule for each of these days of the week. One that is there already is not added again.
pub fn add_rules<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    weekdays: &'a [Weekday],
    rule: &'a Rule,
) -> BoxFuture<'a, Result<Schedule, ChartError>> {
    Box::pin(async move {
        let label = short(rule.label.as_deref());
        if weekdays.is_empty()
            || !rule.is_sound()
            || label.is_some() != rule.label.as_deref().is_some_and(|l| !l.trim().is_empty())
        {
            return Err(ChartError::Invalid);
        }
        change(access, id, seen, "予約枠の曜日を加える", |schedule| {
            for weekday in weekdays {
                let new = Rule { weekday: *weekday, label: label.clone(), ..rule.clone() };
                if !schedule.rules.contains(&new) {
                    schedule.rules.push(new);
                }
            }
            if schedule.rules.len() > MOST_RULES {
                return Err(ChartError::TooMany);
            }
            schedule.rules.sort_by_key(|r| (r.weekday.to_monday_zero_offset(), r.from, r.until));
            Ok(())
        })
        .await
    })
}

/// Takes a rule out, by its place in the list. Appointments made by it stay.
pub fn remove_rules<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    position: usize,
) -> BoxFuture<'a, Result<Schedule, ChartError>> {
    Box::pin(async move {
        change(access, id, seen, "予約枠の曜日を外す", |schedule| {
            if position >= schedule.rules.len() {
                return Err(ChartError::NotFound);
            }
            schedule.rules.remove(position);
            Ok(())
        })
        .await
    })
}

/// Offers a schedule, or offers it no longer. Its appointments stay.
pub fn set_offered<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    offered: bool,
) -> BoxFuture<'a, Result<Schedule, ChartError>> {
    Box::pin(async move {
        let words = if offered { "予約枠を使う" } else { "予約枠を使うのをやめる" };
        change(access, id, seen, words, |schedule| {
            schedule.active = offered;
            Ok(())
        })
        .await
    })
}

/// Makes days differ: for one schedule, or for the whole clinic.
pub fn add_exception<'a>(
    access: &'a Access,
    schedule: Option<&'a Id>,
    seen: Option<u32>,
    exception: &'a Exception,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let length = exception.from.until(exception.until).map_or(i32::MAX, |span| span.get_days());
        let words = exception.words.as_deref();
        let kept = short(words);
        if !(0..LONGEST_EXCEPTION).contains(&length) || kept.is_some() != words.is_some_and(|w| !w.trim().is_empty()) {
            return Err(ChartError::Invalid);
        }
        let exception = Exception { words: kept, ..exception.clone() };
        change_exceptions(access, schedule, seen, "診療日の例外を加える", |all| {
            if all.len() >= MOST_EXCEPTIONS {
                return Err(ChartError::TooMany);
            }
            all.push(exception);
            all.sort_by_key(|e| (e.from, e.until));
            Ok(())
        })
        .await
    })
}

/// Takes an exception out, by its place in the list.
pub fn remove_exception<'a>(
    access: &'a Access,
    schedule: Option<&'a Id>,
    seen: Option<u32>,
    position: usize,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        change_exceptions(access, schedule, seen, "診療日の例外を外す", |all| {
            if position >= all.len() {
                return Err(ChartError::NotFound);
            }
            all.remove(position);
            Ok(())
        })
        .await
    })
}

async fn change_exceptions(
    access: &Access,
    schedule: Option<&Id>,
    seen: Option<u32>,
    words: &str,
    apply: impl FnOnce(&mut Vec<Exception>) -> Result<(), ChartError>,
) -> Result<(), ChartError> {
    match schedule {
        Some(id) => {
            let seen = seen.ok_or(ChartError::Invalid)?;
            change(access, id, seen, words, |schedule| apply(&mut schedule.exceptions)).await.map(drop)
        }
        None => change_calendar(access, seen, words, |calendar| apply(&mut calendar.exceptions)).await,
    }
}

/// 祝日は休診, or not.
pub fn set_closed_on_holidays(
    access: &Access,
    seen: Option<u32>,
    closed: bool,
) -> BoxFuture<'_, Result<(), ChartError>> {
    Box::pin(async move {
        change_calendar(access, seen, "祝日の診療", |calendar| {
            calendar.closed_on_holidays = closed;
            Ok(())
        })
        .await
    })
}

async fn change_calendar(
    access: &Access,
    seen: Option<u32>,
    words: &str,
    apply: impl FnOnce(&mut Calendar) -> Result<(), ChartError>,
) -> Result<(), ChartError> {
    let reader = access.reader(Action::Read);
    let (mut calendar, body) = read_calendar(&reader).await?;
    reader.release(()).await?;
    if calendar.version != seen {
        return Err(ChartError::Conflict);
    }
    apply(&mut calendar)?;
    let mut commit = Commit::new(if seen.is_some() { Action::Update } else { Action::Create });
    commit.detail = Some(words.to_owned());
    commit.changes.push(Change::Put {
        resource_type: resource_type("HealthcareService")?,
        id: Id::new(CALENDAR).map_err(|_| ChartError::NotFound)?,
        body: resource::calendar_body(body, &calendar),
        expect: seen.map_or(Expect::Absent, Expect::Version),
    });
    match access.commit(commit).await {
        Ok(_) => Ok(()),
        Err(LedgerError::Exists) => Err(ChartError::Conflict),
        Err(error) => Err(error.into()),
    }
}

/// The schedules most clinics begin with: one for each doctor, 採血・検査, 予防接種. Only where there are none yet.
pub async fn usual_schedules(
    access: &Access,
    doctors: &[Doctor],
    mut new_id: impl FnMut() -> Option<Id>,
) -> Result<(), ChartError> {
    let reader = access.reader(Action::Read);
    let there = read_schedules(&reader).await?;
    reader.release(()).await?;
    if !there.is_empty() {
        return Err(ChartError::Step);
    }
    let week = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let rules = |days: &[Weekday], from: u16, until: u16, minutes: u16, capacity: u16| -> Vec<Rule> {
        let times = TimeOfDay::from_minutes(from * 60).zip(TimeOfDay::from_minutes(until * 60));
        let made = times.map(|(from, until)| {
            days.iter().map(move |day| Rule { weekday: *day, from, until, minutes, capacity, label: None })
        });
        made.into_iter().flatten().collect()
    };
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("よくある予約枠で始める".to_owned());
    let mut add = |title: &str, kind, practitioner: Option<Id>, rules: Vec<Rule>| -> Result<(), ChartError> {
        let id = new_id().ok_or(ChartError::Invalid)?;
        let title = title.chars().take(LONGEST_WORDS).collect();
        let schedule = Schedule {
            id: id.clone(),
            version: 0,
            active: true,
            title,
            kind,
            practitioner,
            rules,
            exceptions: Vec::new(),
        };
        commit.changes.push(Change::Put {
            resource_type: resource_type("Schedule")?,
            id,
            body: resource::schedule_body(None, &schedule),
            expect: Expect::Absent,
        });
        Ok(())
    };
    for doctor in doctors.iter().take(MOST_SCHEDULES - 2) {
        let mut all = rules(&week, 9, 12, 15, 2);
        all.extend(rules(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Friday], 15, 18, 15, 2));
        all.extend(rules(&[Weekday::Saturday], 9, 13, 15, 2));
        add(&doctor.name, ScheduleKind::Doctor, Some(doctor.id.clone()), all)?;
    }
    add(
        "予防接種",
        ScheduleKind::Purpose,
        None,
        rules(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Friday], 14, 16, 15, 2),
    )?;
    let mut mornings = week.to_vec();
    mornings.push(Weekday::Saturday);
    add("採血・検査", ScheduleKind::Room, None, rules(&mornings, 9, 12, 15, 1))?;
    access.commit(commit).await?;
    Ok(())
}
