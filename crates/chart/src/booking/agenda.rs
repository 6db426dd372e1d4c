//! Reading days of the appointment book.
use super::holds;
use super::resource;
use super::schedule::{Calendar, Schedule};
use super::slots::{Day, Held, Slot, day, next_free};
use crate::query::{parse, resource_type, search_all, within};
use crate::view::{Appointment, Person};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Lookup, Reader};
use std::collections::BTreeSet;

/// Appointments read at most: a week of a busy clinic has 900.
const MOST: usize = 2_000;
/// Schedules read at most.
const MOST_SCHEDULES: usize = 60;
/// Id of the clinic's calendar, in every institution.
pub(super) const CALENDAR: &str = "clinic-calendar";
/// Length of an appointment that does not say when it ends, in milliseconds.
const USUAL_MS: i64 = 15 * 60_000;

/// An appointment with its patient.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The appointment.
    pub appointment: Appointment,
    /// Whose.
    pub person: Person,
    /// The schedule whose column it stands in.
    pub schedule: Option<Id>,
    /// Begins.
    pub start: Timestamp,
    /// Ends.
    pub end: Timestamp,
}

impl Booked {
    /// Whether it keeps its place.
    pub fn holds(&self) -> bool {
        holds(&self.appointment.status)
    }
}

/// Some days of the appointment book.
#[derive(Clone, Debug)]
pub struct Agenda {
    /// First day.
    pub from: Date,
    /// Days.
    pub days: u16,
    /// What is offered, in the order of the columns.
    pub schedules: Vec<Schedule>,
    /// What holds for all.
    pub calendar: Calendar,
    /// Appointments, by time; also cancelled ones and 来院なし.
    pub booked: Vec<Booked>,
}

impl Agenda {
    /// Stretches that are held.
    pub fn held(&self) -> Vec<Held> {
        let taking = self.booked.iter().filter(|b| b.holds());
        taking.filter_map(|b| Some(Held { schedule: b.schedule.clone()?, start: b.start, end: b.end })).collect()
    }
    /// A day of a schedule.
    pub fn day(&self, schedule: &Schedule, date: Date) -> Day {
        day(schedule, &self.calendar, date, &self.held())
    }
    /// The first free slot of a schedule within the days read.
    pub fn next_free(&self, schedule: &Schedule, from: Timestamp) -> Option<Slot> {
        let last = self.from.checked_add(i64::from(self.days).days()).ok()?;
        next_free(schedule, &self.calendar, &self.held(), from).filter(|s| s.start.day_in_japan() < last)
    }
    /// A schedule by its id.
    pub fn schedule(&self, id: &Id) -> Option<&Schedule> {
        self.schedules.iter().find(|s| &s.id == id)
    }
    /// An appointment by its id.
    pub fn appointment(&self, id: &Id) -> Option<&Booked> {
        self.booked.iter().find(|b| &b.appointment.id == id)
    }
}

/// Reads days of the book. One audit event.
pub fn agenda(access: &Access, from: Date, days: u16) -> BoxFuture<'_, Result<Agenda, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("予約");
        let found = read(&reader, from, days).await?;
        Ok(reader.release(found).await?)
    })
}

/// What can be booked, and the clinic's calendar, without any appointment. Holds nothing about patients.
pub fn schedules(access: &Access) -> BoxFuture<'_, Result<(Vec<Schedule>, Calendar), ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("予約枠");
        let found = (read_schedules(&reader).await?, read_calendar(&reader).await?.0);
        Ok(reader.release(found).await?)
    })
}

/// An appointment with its patient. One audit event.
pub fn appointment<'a>(access: &'a Access, id: &'a Id) -> BoxFuture<'a, Result<Booked, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("予約");
        let Lookup::Found(version) = reader.read(resource_type("Appointment")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let appointment = Appointment::read(version.id.clone(), version.version, &parse(&version)?);
        let all = read_schedules(&reader).await?;
        let found = with_people(&reader, vec![appointment], &all).await?;
        let one = found.into_iter().next().ok_or(ChartError::NotFound)?;
        Ok(reader.release(one).await?)
    })
}

/// The patient an appointment is made for. One audit event.
pub fn patient<'a>(access: &'a Access, id: &'a Id) -> BoxFuture<'a, Result<Person, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("予約の患者");
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, id).await? else {
            return Err(ChartError::NotFound);
        };
        let person = Person::read(version.id.clone(), &parse(&version)?);
        Ok(reader.release(person).await?)
    })
}

pub(super) async fn read(reader: &Reader, from: Date, days: u16) -> Result<Agenda, ChartError> {
    let schedules = read_schedules(reader).await?;
    let calendar = read_calendar(reader).await?.0;
    let appointments = read_appointments(reader, from, days).await?;
    let booked = with_people(reader, appointments, &schedules).await?;
    Ok(Agenda { from, days, schedules, calendar, booked })
}

pub(super) async fn read_appointments(reader: &Reader, from: Date, days: u16) -> Result<Vec<Appointment>, ChartError> {
    let last = from.checked_add(i64::from(days.max(1) - 1).days()).map_err(|_| ChartError::Invalid)?;
    let (begin, _) = within(from);
    let (_, end) = within(last);
    let pairs = [("date", begin.as_str()), ("date", end.as_str()), ("_count", "400"), ("_sort", "date")];
    let mut found = Vec::new();
    for version in search_all(reader, "Appointment", &pairs, MOST).await? {
        found.push(Appointment::read(version.id.clone(), version.version, &parse(&version)?));
    }
    Ok(found)
}

async fn with_people(
    reader: &Reader,
    appointments: Vec<Appointment>,
    schedules: &[Schedule],
) -> Result<Vec<Booked>, ChartError> {
    let ids: BTreeSet<&Id> = appointments.iter().filter_map(|a| a.patient.as_ref()).collect();
    let people = reception::people(reader, &ids).await?;
    let mut booked: Vec<Booked> = appointments
        .iter()
        .filter(|a| a.status != "entered-in-error")
        .filter_map(|a| {
            let (start, end) = stretch(a)?;
            Some(Booked {
                person: people.get(a.patient.as_ref()?)?.clone(),
                schedule: column(a, schedules),
                appointment: a.clone(),
                start,
                end,
            })
        })
        .collect();
    booked.sort_by(|a, b| (a.start, &a.person.kana).cmp(&(b.start, &b.person.kana)));
    Ok(booked)
}

/// From when to when an appointment is.
pub(super) fn stretch(appointment: &Appointment) -> Option<(Timestamp, Timestamp)> {
    let start = appointment.start?;
    Some((start, appointment.end.filter(|end| *end > start).unwrap_or_else(|| start.plus_ms(USUAL_MS))))
}

/// The schedule an appointment belongs to: the one it names, else that of its doctor (appointments of other origin).
pub(super) fn column(appointment: &Appointment, schedules: &[Schedule]) -> Option<Id> {
    let named = appointment.schedule.as_ref().and_then(|id| schedules.iter().find(|s| &s.id == id));
    let of_doctor = || {
        let doctor = appointment.practitioner.as_ref()?;
        schedules.iter().find(|s| s.practitioner.as_ref() == Some(doctor))
    };
    named.or_else(of_doctor).map(|s| s.id.clone())
}

/// All schedules that are not deleted, doctors first; also those no longer offered.
pub(super) async fn read_schedules(reader: &Reader) -> Result<Vec<Schedule>, ChartError> {
    let mut found = Vec::new();
    for version in search_all(reader, "Schedule", &[("_count", "100")], MOST_SCHEDULES).await? {
        found.push(resource::schedule(version.id.clone(), version.version, &parse(&version)?));
    }
    found.sort_by(|a, b| (a.kind, &a.title, &a.id).cmp(&(b.kind, &b.title, &b.id)));
    Ok(found)
}

/// The calendar, and its resource when it has one.
pub(super) async fn read_calendar(
    reader: &Reader,
) -> Result<(Calendar, Option<karute_json::Value<'static>>), ChartError> {
    let id = Id::new(CALENDAR).map_err(|_| ChartError::NotFound)?;
    match reader.read(resource_type("HealthcareService")?, &id).await? {
        Lookup::Found(version) => {
            let body = parse(&version)?.into_owned();
            Ok((resource::calendar(version.version, &body), Some(body)))
        }
        Lookup::Gone(version) => Ok((Calendar { version: Some(version.version), ..Calendar::default() }, None)),
        Lookup::Missing => Ok((Calendar::default(), None)),
    }
}
